"""What a told activity is worth as a record: the rules, the catalogue and the person put together."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from common.refused import Refused
from roster.days import covers
from roster.people import Person
from training.catalogue.queries import Offer, Offers
from training.domain.counting import Activity, check, count
from training.domain.duty import THOUSANDTH
from training.domain.rules import Book, pack_of_year
from training.records.schemas import Content
from training.records.tables import as_stored


class Judged(NamedTuple):
    """What follows from an activity. `jp_counted` is what it counts by itself: where there is a `cap`,
    other records of the person have a say.
    """

    agency_id: UUID
    year: int
    provider_id: UUID | None
    course_id: UUID | None
    jp_stated: Decimal | None
    jp_counted: Decimal
    jp_by_year: dict[str, str] | None
    competencies: list[str]
    rule_pack: str
    why: str
    cap: str | None


def judge(
    content: Content,
    person: Person,
    offers: Offers,
    book: Book,
    *,
    record_id: UUID,
    verified: bool,
    own_provider: UUID | None,
    today: date,
) -> Judged:
    """Raises Refused with the first rule that is broken. `own_provider` is the provider who sends, if one does."""
    if content.end_date < content.start_date:
        raise Refused("dates-reversed", field="end_date")
    if content.end_date > today:
        raise Refused("date-in-future", field="end_date")
    if not person.in_service(content.end_date):
        raise Refused("not-in-service", field="end_date")
    try:
        pack = book.at(content.end_date)
    except LookupError:
        raise Refused("rule-missing", field="end_date") from None
    course = _course(content, offers)
    stated = content.jp if content.jp is not None or course is None else course.jp
    activity = Activity(
        id=record_id,
        form=content.form,
        start=content.start_date,
        end=content.end_date,
        stated=stated,
        sessions=content.session_count,
        session_dates=tuple(content.session_dates),
        international=content.international,
        degree=content.degree,
        verified=verified,
    )
    rule = check(pack.tables, activity)
    # Somebody may join in the middle of a study, and finish it in service.
    if rule.kind != "education" and content.start_date < person.joined_on:
        raise Refused("before-service", field="start_date")
    provider = _provider(content, course, offers, own_provider)
    counted = count(rule, activity)
    try:
        for year in counted.by_year:
            pack_of_year(book, year)
    except LookupError:
        raise Refused("rule-missing", field="start_date") from None
    return Judged(
        agency_id=person.agency_on(content.end_date),
        year=content.end_date.year,
        provider_id=provider,
        course_id=course.id if course else None,
        jp_stated=stated.quantize(THOUSANDTH) if stated is not None else None,
        jp_counted=counted.jp.quantize(THOUSANDTH),
        jp_by_year=as_stored(counted.by_year, content.end_date.year),
        competencies=content.competencies or (course.competencies if course else []),
        rule_pack=pack.id,
        why=counted.why,
        cap=rule.cap.code if rule.cap else None,
    )


def _course(content: Content, offers: Offers) -> Offer | None:
    if content.course_code is None:
        return None
    course = offers.courses.get(content.course_code)
    if course is None:
        raise Refused("course-unknown", field="course_code")
    if not (covers(course.offered, content.start_date) and covers(course.offered, content.end_date)):
        raise Refused("course-not-valid", field="course_code")
    return course


def _provider(content: Content, course: Offer | None, offers: Offers, own_provider: UUID | None) -> UUID | None:
    """Who gave it: whom the line names, else whose course it is, else the provider who sends it."""
    provider = course.provider_id if course else own_provider
    if content.provider_code is not None:
        provider = offers.providers.get(content.provider_code)
        if provider is None:
            raise Refused("provider-unknown", field="provider_code")
    if own_provider is not None and provider != own_provider:
        raise Refused("not-yours", field="provider_code")
    if course is not None and (course.form != content.form or course.provider_id != provider):
        raise Refused("course-mismatch", field="course_code")
    if provider is not None and not offers.holds(provider, content.form, content.start_date, content.end_date):
        raise Refused("provider-not-accredited", field="provider_code")
    return provider
