"""Reading the catalogue: as it is needed to judge records, and as it is shown."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import ARRAY, Row, Select, Text, exists, literal, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.refused import Refused
from common.web.pages import BY_ID, Page, Window
from roster.days import Period, covers
from training.catalogue.schemas import (
    AccreditationChangeOut,
    AccreditationOut,
    CourseAccreditationOut,
    CourseOut,
    CourseState,
    ProviderOut,
)
from training.catalogue.tables import Accreditation, AccreditationChange, Course, Provider
from training.fields import Code

BY_CODE: TypeAdapter[tuple[Code]] = TypeAdapter(tuple[Code])
OWN: TypeAdapter[tuple[CourseAccreditationOut, ...]] = TypeAdapter(tuple[CourseAccreditationOut, ...])


class Offer(NamedTuple):
    """A course: its form, its JP where the programme states them, when it is on offer, and when it is accredited itself, if it ever was."""

    id: UUID
    provider_id: UUID
    form: str
    jp: Decimal | None
    competencies: tuple[str, ...]
    offered: Period
    accredited: tuple[Period, ...] = ()


@dataclass(frozen=True)
class Offers:
    """Courses and providers by code, and when providers are accredited for what, by provider and form."""

    courses: dict[str, Offer]
    providers: dict[str, UUID]
    accredited: dict[tuple[UUID, str], tuple[Period, ...]]


async def look_up(
    session: AsyncSession,
    *,
    course_codes: Collection[str],
    provider_codes: Collection[str],
    provider_ids: Collection[UUID] = (),
) -> Offers:
    """The courses and providers named, and the providers of those courses."""
    courses: dict[str, Offer] = {}
    if course_codes:
        rows = await session.execute(
            text(
                "SELECT code, id, provider_id, form, jp, competencies, valid_from, valid_to, accreditations FROM courses"
                " WHERE code = ANY(CAST(:codes AS text[]))"
            ),
            {"codes": list(course_codes)},
        )
        courses = {
            row.code: Offer(
                row.id,
                row.provider_id,
                row.form,
                row.jp,
                tuple(row.competencies),
                (row.valid_from, row.valid_to),
                tuple((each.valid_from, each.valid_to) for each in OWN.validate_python(row.accreditations)),
            )
            for row in rows
        }
    providers: dict[str, UUID] = {}
    accredited: dict[tuple[UUID, str], tuple[Period, ...]] = {}
    ids = {*provider_ids, *(course.provider_id for course in courses.values())}
    if provider_codes or ids:
        rows = await session.execute(
            text(
                "SELECT p.id, p.code, a.form, a.valid_from, a.valid_to"
                " FROM providers p LEFT JOIN accreditations a ON a.provider_id = p.id"
                " WHERE p.code = ANY(CAST(:codes AS text[])) OR p.id = ANY(CAST(:ids AS uuid[]))"
            ),
            {"codes": list(provider_codes), "ids": list(ids)},
        )
        for row in rows:
            providers[row.code] = row.id
            if row.form is not None:
                held = accredited.get((row.id, row.form), ())
                accredited[row.id, row.form] = (*held, (row.valid_from, row.valid_to))
    return Offers(courses, providers, accredited)


async def provider(session: AsyncSession, provider_id: UUID) -> ProviderOut:
    """A provider. Raises Refused `not-found`."""
    shown = await _shown(session, select(Provider).where(col(Provider.id) == provider_id))
    if not shown:
        raise Refused("not-found")
    return shown[0]


async def provider_page(session: AsyncSession, window: Window) -> Page[ProviderOut]:
    found = window.narrow(select(Provider), col(Provider.code), BY_CODE)
    return window.page(await _shown(session, found), lambda shown: [shown.code])


async def _shown(session: AsyncSession, found: Select[Provider]) -> list[ProviderOut]:
    providers = (await session.scalars(found)).all()
    held: dict[UUID, list[AccreditationOut]] = defaultdict(list)
    for accreditation in await session.scalars(
        select(Accreditation)
        .where(col(Accreditation.provider_id).in_([provider.id for provider in providers]))
        .order_by(col(Accreditation.form), col(Accreditation.valid_from))
    ):
        held[accreditation.provider_id].append(AccreditationOut.model_validate(accreditation))
    return [
        ProviderOut(id=one.id, code=one.code, name=one.name, version=one.version, accreditations=held[one.id])
        for one in providers
    ]


async def course(session: AsyncSession, course_id: UUID, today: date) -> CourseOut:
    """A course. Raises Refused `not-found`."""
    row = (await session.execute(_offered(today).where(col(Course.id) == course_id))).one_or_none()
    if row is None:
        raise Refused("not-found")
    return _course(row, today)


async def course_page(
    session: AsyncSession,
    window: Window,
    today: date,
    provider_id: UUID | None,
    form: str | None,
    competencies: Collection[str],
) -> Page[CourseOut]:
    """Courses in the order of their codes; with `competencies` those that teach one of them: what closes a gap."""
    found = _offered(today)
    if provider_id is not None:
        found = found.where(col(Course.provider_id) == provider_id)
    if form is not None:
        found = found.where(col(Course.form) == form)
    if competencies:
        found = found.where(col(Course.competencies).bool_op("&&")(literal(list(competencies), ARRAY(Text))))
    rows = await session.execute(window.narrow(found, col(Course.code), BY_CODE))
    return window.page([_course(row, today) for row in rows], lambda shown: [shown.code])


async def accreditation_changes(
    session: AsyncSession, window: Window, provider_id: UUID
) -> Page[AccreditationChangeOut]:
    """How the accreditations of a provider and of its courses were changed, by whom and when, the first change first."""
    found = select(AccreditationChange).where(col(AccreditationChange.provider_id) == provider_id)
    rows = await session.scalars(window.narrow(found, col(AccreditationChange.id), BY_ID))
    return window.page([AccreditationChangeOut.model_validate(row) for row in rows], lambda shown: [shown.id])


def _offered(today: date) -> Select[Course, bool]:
    accredited = exists().where(
        col(Accreditation.provider_id) == col(Course.provider_id),
        col(Accreditation.form) == col(Course.form),
        col(Accreditation.valid_from) <= today,
        or_(col(Accreditation.valid_to).is_(None), today < col(Accreditation.valid_to)),
    )
    return select(Course, accredited)


def _course(row: Row[Course, bool], today: date) -> CourseOut:
    course, accredited = row
    own = CourseState.model_validate(course).accreditations
    if own:
        accredited = any(covers((each.valid_from, each.valid_to), today) for each in own)
    return CourseOut.model_validate(course.model_dump() | {"accredited": accredited})
