"""What a told activity is worth as a record: the rules, the catalogue and the person put together."""

from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple
from uuid import UUID

from common.refused import Refused
from roster.days import Period, covers
from roster.people import Person
from training.catalogue.queries import Offer, Offers
from training.domain.counting import Activity, check, count
from training.domain.duty import THOUSANDTH
from training.domain.rules import Book, pack_of_year
from training.records.schemas import Content
from training.records.tables import as_stored

REMEMBERED = 1_000
"""Answers kept, some 1.3 MB: those who took part in one course ask the same, and they mostly come in one upload."""
ALONE, WHOEVER_SAYS = UUID(int=0), True
"""`id` and `verified` of an activity by itself: they only order those that share a cap."""
Unknown = Literal["unknown"]


class Question(NamedTuple):
    """All that is looked at to say what an activity is worth: two that are equal have one answer.

    `activity` states the hours that were told, and is of nobody; `serves` says whether the person was in service at
    its end, `joined_later` whether they were not yet at its start. `provider` is who gave it: whom the line names, else
    whose course it is, else `own_provider`, the one who sends, if one does; `accredited` is when it may be given: the course itself, where it
    ever was accredited, else the provider for the form.
    """

    activity: Activity
    competencies: tuple[str, ...]
    serves: bool
    joined_later: bool
    course: Offer | Unknown | None
    provider: UUID | Unknown | None
    accredited: tuple[Period, ...]
    own_provider: UUID | None
    today: date


class Judged(NamedTuple):
    """What follows from an activity. `jp_counted` is what it counts by itself: where there is a `cap`,
    other records of the person have a say.
    """

    year: int
    provider_id: UUID | None
    course_id: UUID | None
    jp_stated: Decimal | None
    jp_counted: Decimal
    jp_by_year: dict[str, str] | None
    sessions: int
    competencies: list[str]
    rule_pack: str
    why: str
    cap: str | None
    accredited: bool
    """Whether whoever gave it was accredited for it on both days; else a person must say that it counts as verified."""


def judge(
    content: Content,
    person: Person,
    offers: Offers,
    book: Book,
    *,
    own_provider: UUID | None,
    today: date,
) -> Judged:
    """Raises Refused with the first rule that is broken. `own_provider` is the provider who sends, if one does."""
    course: Offer | Unknown | None = None
    provider: UUID | Unknown | None = own_provider
    if content.course_code is not None:
        course = offers.courses.get(content.course_code, "unknown")
        provider = course.provider_id if isinstance(course, Offer) else None
    if content.provider_code is not None:
        provider = offers.providers.get(content.provider_code, "unknown")
    activity = Activity(
        ALONE,
        content.form,
        content.start_date,
        content.end_date,
        content.jp,
        content.sessions or len(content.session_dates) or 1,
        tuple(content.session_dates),
        content.international,
        content.degree,
        WHOEVER_SAYS,
    )
    question = Question(
        activity,
        tuple(content.competencies),
        person.in_service(content.end_date),
        content.start_date < person.joined_on,
        course,
        provider,
        _accredited(course, provider, content.form, offers),
        own_provider,
        today,
    )
    return answer(question, book)


@lru_cache(REMEMBERED)
def answer(asked: Question, book: Book) -> Judged:
    """What `judge` says, by the rules alone; refusals are not remembered."""
    activity = asked.activity
    if activity.end < activity.start:
        raise Refused("dates-reversed", field="end_date")
    if activity.end > asked.today:
        raise Refused("date-in-future", field="end_date")
    if not asked.serves:
        raise Refused("not-in-service", field="end_date")
    try:
        pack = book.at(activity.end)
    except LookupError:
        raise Refused("rule-missing", field="end_date") from None
    course = _course(asked)
    if course is not None and activity.stated is None:
        activity = activity._replace(stated=course.jp)
    rule = check(pack.tables, activity)
    # Somebody may join in the middle of a study, and finish it in service.
    if rule.kind != "education" and asked.joined_later:
        raise Refused("before-service", field="start_date")
    provider = _provider(asked, course)
    counted = count(rule, activity)
    try:
        for year in counted.by_year:
            pack_of_year(book, year)
    except LookupError:
        raise Refused("rule-missing", field="start_date") from None
    return Judged(
        year=activity.end.year,
        provider_id=provider,
        course_id=course.id if course else None,
        jp_stated=activity.stated.quantize(THOUSANDTH) if activity.stated is not None else None,
        jp_counted=counted.jp.quantize(THOUSANDTH),
        jp_by_year=as_stored(counted.by_year, activity.end.year),
        sessions=activity.sessions,
        competencies=list(asked.competencies or (course.competencies if course else ())),
        rule_pack=pack.id,
        why=counted.why,
        cap=rule.cap.code if rule.cap else None,
        accredited=provider is None
        or all(any(covers(period, day) for period in asked.accredited) for day in _days(asked)),
    )


def _accredited(
    course: Offer | Unknown | None, provider: UUID | Unknown | None, form: str, offers: Offers
) -> tuple[Period, ...]:
    if isinstance(course, Offer) and course.accredited:
        return course.accredited
    return offers.accredited.get((provider, form), ()) if isinstance(provider, UUID) else ()


def _course(asked: Question) -> Offer | None:
    if asked.course == "unknown":
        raise Refused("course-unknown", field="course_code")
    if asked.course and not all(covers(asked.course.offered, day) for day in _days(asked)):
        raise Refused("course-not-valid", field="course_code")
    return asked.course


def _provider(asked: Question, course: Offer | None) -> UUID | None:
    provider = asked.provider
    if provider == "unknown":
        raise Refused("provider-unknown", field="provider_code")
    if asked.own_provider is not None and provider != asked.own_provider:
        raise Refused("not-yours", field="provider_code")
    if course is not None and (course.form != asked.activity.form or course.provider_id != provider):
        raise Refused("course-mismatch", field="course_code")
    return provider


def _days(asked: Question) -> tuple[date, date]:
    return asked.activity.start, asked.activity.end
