"""Mails as people read them: templates, numbers and dates in the PIC's language and time zone, headers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from babel import dates, lists, numbers
from css_inline import CSSInliner
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from notification.messages.commands import Claimed
from notification.rounds.figures import Figures, RoundFigures

TEMPLATES = {"sweep": "digest", "reopened": "reopened"}
LOCALES = {"id": "id", "en": "en_GB"}
MOMENT = {"id": "d MMMM y 'pukul' HH.mm", "en": "d MMMM y 'at' HH:mm"}
MONTHS_PER_PERIOD = 4
HOURS = "#,##0.###"  # all the digits there are: rounded, somebody listed could miss "0 JP"
SHARE = "#,##0.#%"

inliner = CSSInliner(load_remote_stylesheets=False, keep_style_tags=False)


@dataclass(frozen=True)
class Text:
    """A mail's subject and its two bodies."""

    subject: str
    plain: str
    html: str


@lru_cache
def _templates(language: str, time_zone: str) -> Environment:
    """Templates whose filters speak a language and know a time zone; a variable that is not there is an error."""
    locale = LOCALES[language]
    zone = ZoneInfo(time_zone)

    def count(value: int) -> str:
        return numbers.format_decimal(value, locale=locale)

    def hours(value: Decimal) -> str:
        return numbers.format_decimal(value, format=HOURS, locale=locale)

    def share(value: Decimal) -> str:
        return numbers.format_percent(value, format=SHARE, locale=locale)

    def day(value: date) -> str:
        return dates.format_date(value, "long", locale=locale)

    def moment(value: datetime) -> str:
        local = value.astimezone(zone)
        return f"{dates.format_datetime(local, MOMENT[language], tzinfo=zone, locale=locale)} {local.tzname()}"

    def months(period: int) -> str:
        names = dates.get_month_names("wide", locale=locale)
        return f"{names[(period - 1) * MONTHS_PER_PERIOD + 1]}–{names[period * MONTHS_PER_PERIOD]}"

    def by_year(rounds: Sequence[RoundFigures], *, spelt: bool = False) -> list[tuple[int, str]]:
        """Years with their periods, as in 1 and 2; spelt with their months."""
        return [
            (year, lists.format_list([one(found.period, spelt=spelt) for found in periods], locale=locale))
            for year, periods in groupby(rounds, attrgetter("year"))
        ]

    def one(period: int, *, spelt: bool) -> str:
        return f"{period} ({months(period)})" if spelt else str(period)

    def due(found: RoundFigures) -> str:
        low, high = hours(found.due_low), hours(found.due_high)
        return f"{low} JP" if low == high else f"{low}–{high} JP"

    environment = Environment(
        loader=PackageLoader("notification"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "count": count,
        "hours": hours,
        "share": share,
        "day": day,
        "moment": moment,
        "months": months,
        "by_year": by_year,
        "due": due,
    }
    return environment


def render(figures: Figures, *, rank: str, language: str, time_zone: str, links: Mapping[UUID, str]) -> Text:
    """What a PIC reads: `rank` (main or deputy) is the office greeted, `links` lead to the rounds."""
    folder = f"{TEMPLATES[figures.kind]}/{language}"
    environment = _templates(language, time_zone)

    def part(name: str) -> str:
        return environment.get_template(f"{folder}/{name}").render(
            figures=figures, rounds=figures.told, rank=rank, language=language, links=links
        )

    return Text(
        subject=" ".join(part("subject.txt").split()),
        plain=part("body.txt"),
        html=inliner.inline(part("body.html")),
    )


def link_to(portal_url: str, round_id: UUID, agency_id: UUID) -> str:
    """Where the agency sees its round."""
    return f"{portal_url.rstrip('/')}/rounds/{round_id}?{urlencode({'agency': str(agency_id)})}"


def compose(message: Claimed, *, sender: str, portal_url: str, now: datetime, trace: str | None) -> EmailMessage:
    """The mail of a message. Sent again it has the same Message-ID, by which a server can tell it is the same."""
    domain = parseaddr(sender)[1].partition("@")[2]
    text = render(
        message.figures,
        rank=message.rank,
        language=message.language,
        time_zone=message.time_zone,
        links={
            found.round_id: link_to(portal_url, found.round_id, message.agency_id) for found in message.figures.told
        },
    )
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
    mail["List-Id"] = f"Sounding Bangkom <sounding.{domain}>"
    mail["X-Jejak-Round"] = str(message.round_id)
    if trace:
        mail["X-Jejak-Trace"] = trace
    mail.set_content(text.plain, cte="quoted-printable")
    mail.add_alternative(text.html, subtype="html", cte="quoted-printable")
    mail["Content-Language"] = message.language
    return mail
