"""Mails as people read them: templates, numbers and dates in the recipient's language and time zone, headers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import partial
from itertools import groupby
from operator import attrgetter
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from babel import dates, lists
from css_inline import CSSInliner

from common.texts import LOCALES, Language, number
from notification.digests.figures import Figures, RoundFigures
from notification.domain.caturwulan import first_and_last_month
from notification.domain.pics import Addressee
from notification.messages.calendar import entry
from notification.messages.commands import Claimed, Letter
from notification.messages.kinds import KINDS, SESSION, Session
from notification.texts import say, say_count, templates

TEMPLATES = {"sweep": "digest", "reopened": "reopened"}
LABEL = 26

inliner = CSSInliner(load_remote_stylesheets=False, keep_style_tags=False)


@dataclass(frozen=True)
class Text:
    """A mail's subject and its two bodies."""

    subject: str
    plain: str
    html: str


def render(figures: Figures, *, rank: str, language: Language, time_zone: str, links: Mapping[UUID, str]) -> Text:
    """What a PIC reads: `rank` (main or deputy) is the office greeted, `links` are the rounds' addresses."""

    def body(form: str) -> str:
        return (
            templates(language)
            .get_template(f"{TEMPLATES[figures.kind]}.{form}")
            .render(
                figures=figures,
                rounds=figures.told,
                rank=rank,
                links=links,
                counted_at=_moment(figures.counted_at, ZoneInfo(time_zone), language),
                months=partial(_months, language=language),
                periods=partial(_periods, language=language),
                due=partial(_due, language=language),
                row=_row,
            )
        )

    return Text(subject=_subject(figures, language), plain=body("txt"), html=inliner.inline(body("html")))


def _subject(figures: Figures, language: Language) -> str:
    if figures.kind == "reopened":
        return say_count("reopened.subject", figures.short, language, periods=_periods(figures.told, language))
    swept = figures.told[0]
    return say("digest.subject", language, short=swept.short, people=swept.people, period=swept.period, year=swept.year)


def _moment(moment: datetime, zone: ZoneInfo, language: Language) -> str:
    """A moment as clocks of the time zone show it."""
    local = moment.astimezone(zone)
    time = dates.format_time(local, "short", tzinfo=zone, locale=LOCALES[language])
    return say("mail.moment", language, day=local.date(), time=time, zone=local.tzname())


def _months(period: int, language: Language) -> str:
    names = dates.get_month_names("wide", locale=LOCALES[language])
    return "–".join(names[month] for month in first_and_last_month(period))


def _periods(rounds: Sequence[RoundFigures], language: Language, *, spelt: bool = False) -> str:
    """The periods of each year, as in 1 and 2 of 2026; where they are spelt, with their months."""

    def one(found: RoundFigures) -> str:
        return f"{found.period} ({_months(found.period, language)})" if spelt else str(found.period)

    return "; ".join(
        say(
            "mail.periods", language, periods=lists.format_list([*map(one, found)], locale=LOCALES[language]), year=year
        )
        for year, found in groupby(rounds, attrgetter("year"))
    )


def _due(found: RoundFigures, language: Language) -> str:
    low, high = number(found.due_low, language), number(found.due_high, language)
    return f"{low} JP" if low == high else f"{low}–{high} JP"


def _row(label: str, value: str) -> str:
    """A row of a table in plain text."""
    return f"{label:<{LABEL}}: {value}"


def link_to(portal_url: str, round_id: UUID, agency_id: UUID) -> str:
    """The address at which an agency sees its round."""
    return f"{portal_url.rstrip('/')}/rounds/{round_id}?{urlencode({'agency': str(agency_id)})}"


def write(letter: Letter, addressee: Addressee, portal_url: str) -> Text:
    """What the recipient of a letter reads."""
    language, kind = addressee.language, KINDS[letter.template]
    values = kind.values.model_validate({name: each for name, each in letter.values.items() if name != "to"})

    def body(form: str) -> str:
        return (
            templates(language)
            .get_template(f"{letter.template}.{letter.version}.{form}")
            .render(
                values=values,
                to=letter.values["to"],
                rank=addressee.rank,
                reason=say(kind.reasons[letter.why], language),
                portal=portal_url.rstrip("/"),
                moment=partial(_moment, zone=ZoneInfo(addressee.time_zone), language=language),
            )
        )

    subject, _, plain = body("txt").partition("\n")
    return Text(subject=subject, plain=plain.lstrip("\n"), html=inliner.inline(body("html")))


def compose(message: Claimed, *, sender: str, portal_url: str, now: datetime, trace: str | None) -> EmailMessage:
    """The mail of a message. Sent again it has the same Message-ID, by which whoever gets it twice can tell."""
    domain = parseaddr(sender)[1].partition("@")[2]
    content, addressee = message.content, message.addressee
    assert addressee, "what is sent goes to somebody"  # noqa: S101 - tells the type checker
    if isinstance(content, Letter):
        text, about = write(content, addressee, portal_url), f"Jejak <{content.template}.{domain}>"
    else:
        text, about = _digest(message, content, addressee, portal_url), f"Sounding Bangkom <sounding.{domain}>"
    recipient, *copied = message.envelope.addresses
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = recipient
    if copied:
        mail["Cc"] = ", ".join(copied)
    mail["Subject"] = text.subject
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{message.mail_id}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["List-Id"] = about
    if message.round_id:
        mail["X-Jejak-Round"] = str(message.round_id)
    if trace:
        mail["X-Jejak-Trace"] = trace
    mail.set_content(text.plain, cte="quoted-printable")
    mail.add_alternative(text.html, subtype="html", cte="quoted-printable")
    if isinstance(content, Letter) and content.template == SESSION:
        session = Session.model_validate({name: each for name, each in content.values.items() if name != "to"})
        # A calendar acts on what the header of the part says, so it says the same as the entry (RFC 6047, 2.4).
        told = {"method": session.method}
        mail.add_alternative(entry(session, addressee, sender), subtype="calendar", params=told, cte="base64")
    for file in content.files if isinstance(content, Letter) else ():
        kind, _, subtype = file.media_type.partition("/")
        mail.add_attachment(file.content, maintype=kind, subtype=subtype, filename=file.name)
    mail["Content-Language"] = addressee.language
    return mail


def _digest(message: Claimed, figures: Figures, addressee: Addressee, portal_url: str) -> Text:
    assert message.agency_id, "a digest is an agency's"  # noqa: S101 - tells the type checker
    return render(
        figures,
        rank=addressee.rank or "main",
        language=addressee.language,
        time_zone=addressee.time_zone,
        links={found.round_id: link_to(portal_url, found.round_id, message.agency_id) for found in figures.told},
    )
