"""Reading people as of a day, and their history."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Row,
    Select,
    Uuid,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    null,
    or_,
    select,
    text,
    true,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from common.store.sets import one_of
from common.web.pages import BY_ID, Page, Window
from contracts.callers import Caller
from contracts.introductions import introduced
from registry.agencies.tables import agencies
from registry.domain.person import GONE
from registry.people.schemas import (
    AssignmentOut,
    ChangeOut,
    EducationOut,
    GradeOut,
    HistoryOut,
    NamedOut,
    NamesIn,
    NamesOut,
    NumberOut,
    PersonOut,
    PromotionOut,
    StatusOut,
    TagOut,
)
from registry.people.tables import (
    assignments,
    educations,
    grades,
    mended_numbers,
    nips,
    people,
    promotions,
    statuses,
    tags,
)
from registry.periods import holds
from registry.posts.tables import holdings, post_states
from registry.resting import shown_to
from registry.rights import NIPS
from registry.tables import changes
from registry.units.tables import unit_states, units
from roster.lines import team_sql

TEAM = text(team_sql(":me", "CAST(:today AS date)"))
present = assignments.alias("present")
here = func.coalesce(post_states.c.unit_id, assignments.c.unit_id)
"""The unit somebody serves in: that of the post they hold as their own, or else the one they were assigned to."""


async def person(session: AsyncSession, person_id: UUID, caller: Caller[None], as_of: date | None = None) -> PersonOut:
    """Somebody as of a day. The agency in which they serve today sees them; of a past day, also the one of that day.

    Before its day, a move shows nothing to the agency it leads to. Raises Refused `not-found`.
    """
    return await _one(session, person_id, caller, as_of, _visible(caller, as_of))


async def oneself(session: AsyncSession, caller: Caller[None], as_of: date | None) -> PersonOut:
    """The caller as of a day. Raises Refused `not-found`."""
    return await _one(session, caller.speaks_for("person"), caller, as_of, true())


async def just_changed(
    session: AsyncSession, person_id: UUID, caller: Caller[None], as_of: date | None = None
) -> PersonOut:
    """Somebody whom the caller has just changed, even if the change took them out of the caller's sight."""
    return await _one(session, person_id, caller, as_of, true())


async def people_page(
    session: AsyncSession,
    window: Window,
    caller: Caller[None],
    *,
    agency_id: UUID | None,
    unit_id: UUID | None,
    as_of: date | None,
    tag: str | None = None,
) -> Page[PersonOut]:
    """Who serves in an agency or unit on a day, or has a tag then, as far as the caller may see them; without those retired or dead by then.

    For a future day these are the people of today's agencies, wherever they will be.
    """
    place, day = (present, None) if _to_come(caller.today, as_of) else (assignments, as_of)
    if agency_id in caller.agencies:
        # Of an agency that is theirs today, whoever names it reads the past too, also from before it was theirs.
        day = None
    found = (
        _as_of(caller, as_of)
        .where(_seen(caller, place.c.agency_id, day), statuses.c.status.not_in(GONE))
        .limit(window.limit + 1)
    )
    if agency_id is not None:
        found = found.where(assignments.c.agency_id == agency_id)
    if unit_id is not None:
        found = found.where(here == unit_id)
    if tag is not None:
        found = found.where(_tags(caller.today, as_of).where(tags.c.tag == tag).exists())
    if seen := window.seen(BY_ID):
        found = found.where(assignments.c.person_id > seen[0])
    rows = [_out(row) for row in await session.execute(found.order_by(assignments.c.person_id))]
    return window.page(rows, key=lambda row: [row.id])


async def names(session: AsyncSession, asked: NamesIn, caller: Caller[None], as_of: date | None) -> NamesOut:
    """The names of those whom the caller may see as of a day, of whoever is below them today or was introduced to them, and their own.

    Raises Refused `introduction-invalid`.
    """
    known = introduced(caller, asked.introductions)
    office: ColumnElement[bool] = false()
    if caller.unbound or caller.agencies or caller.holds_by("position"):
        office = _visible(caller, as_of)
    theirs: ColumnElement[bool] = false()
    if caller.holds_by("person"):
        me = caller.speaks_for("person")
        team = TEAM.bindparams(me=me, today=caller.today).columns(person_id=Uuid()).subquery()
        theirs = or_(people.c.id == me, people.c.id.in_(select(team.c.person_id)))
    nip = case((office, _nip(caller))).label("nip")
    met = one_of(people.c.id, sorted(known)) if known else false()
    found = (
        _as_of(caller, as_of)
        .with_only_columns(people.c.id.label("person_id"), people.c.name, nip)
        .where(one_of(people.c.id, asked.person_ids), or_(office, theirs, met))
        .order_by(people.c.id)
    )
    items = [NamedOut.model_validate(row, from_attributes=True) for row in await session.execute(found)]
    return NamesOut(items=items, not_visible=sorted(set(asked.person_ids) - {item.person_id for item in items}))


async def history(session: AsyncSession, person_id: UUID, caller: Caller[None]) -> HistoryOut:
    """Everything on record of somebody who serves today in the caller's sight. Raises Refused `not-found`."""
    now = await person(session, person_id, caller)

    async def rows(query: Select[*tuple[Any, ...]], *order: ColumnElement[Any]) -> list[Row[Any]]:
        return list(await session.execute(query.order_by(*order)))

    served = (
        select(assignments, agencies.c.code.label("agency_code"), unit_states.c.name.label("unit_name"))
        .join(agencies, agencies.c.id == assignments.c.agency_id)
        .outerjoin(
            unit_states,
            and_(unit_states.c.unit_id == assignments.c.unit_id, holds(unit_states, assignments.c.valid_from)),
        )
        .where(assignments.c.person_id == person_id)
    )
    theirs = select(nips.c.nip, nips.c.replaced_on, null().label("reason")).where(nips.c.person_id == person_id)
    wrong = select(mended_numbers.c.nip, mended_numbers.c.mended_on, mended_numbers.c.reason).where(
        mended_numbers.c.person_id == person_id
    )
    numbers = union_all(theirs, wrong).subquery()
    held = select(grades).where(grades.c.person_id == person_id)
    stood = select(statuses).where(statuses.c.person_id == person_id)
    learned = select(educations).where(educations.c.person_id == person_id)
    said = select(tags).where(tags.c.person_id == person_id)
    risen = select(promotions).where(promotions.c.person_id == person_id)
    made = select(changes).where(changes.c.subject_id == person_id)
    return HistoryOut(
        person_id=person_id,
        numbers=[
            NumberOut(nip=now.nip and row.nip, replaced_on=row.replaced_on, reason=row.reason)
            for row in await rows(select(numbers), numbers.c.replaced_on.nulls_last(), numbers.c.nip)
        ],
        assignments=[
            AssignmentOut.model_validate(row, from_attributes=True)
            for row in await rows(served, assignments.c.valid_from)
        ],
        grades=[GradeOut.model_validate(row, from_attributes=True) for row in await rows(held, grades.c.valid_from)],
        statuses=[
            StatusOut.model_validate(row, from_attributes=True) for row in await rows(stood, statuses.c.valid_from)
        ],
        educations=[
            EducationOut.model_validate(row, from_attributes=True)
            for row in await rows(learned, educations.c.valid_from)
        ],
        tags=[
            TagOut.model_validate(row, from_attributes=True) for row in await rows(said, tags.c.valid_from, tags.c.tag)
        ],
        promotions=[
            PromotionOut.model_validate(row, from_attributes=True)
            for row in await rows(risen, promotions.c.valid_from, promotions.c.kind)
        ],
        changes=[
            ChangeOut(
                version=row.version, parts=row.parts.split(), recorded_by=row.recorded_by, recorded_at=row.recorded_at
            )
            for row in await rows(made, changes.c.version)
        ],
        version=now.version,
    )


async def _one(
    session: AsyncSession, person_id: UUID, caller: Caller[None], as_of: date | None, visible: ColumnElement[bool]
) -> PersonOut:
    row = (await session.execute(_as_of(caller, as_of).where(people.c.id == person_id, visible))).one_or_none()
    if row is None:
        raise Refused("not-found")
    return _out(row)


def _seen(caller: Caller[None], agency_column: ColumnElement[UUID], day: date | None = None) -> ColumnElement[bool]:
    """The people a caller may see on a day, but for those whose record rests."""
    return and_(_within(caller, agency_column, day), shown_to(caller, people.c.id, present.c.agency_id))


def _within(caller: Caller[None], agency_column: ColumnElement[UUID], day: date | None) -> ColumnElement[bool]:
    """Those of the caller's agencies, and whoever then holds the position they are steward of."""
    if not caller.holds_by("position"):
        return caller.sees(agency_column, day)
    held = grades.c.position == caller.speaks_for("position")
    return or_(held, caller.sees(agency_column, day)) if caller.unbound or caller.agencies else held


def own(caller: Caller[None], person_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    """The condition that a row is about the caller."""
    return person_id == caller.speaks_for("person") if "person" in caller.roles else false()


def serves_with(caller: Caller[None], person_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    """The condition that a row is about whoever serves today in the agency whose HR the caller is."""
    if "agency_hr" not in caller.roles:
        return false()
    return exists().where(
        assignments.c.person_id == person_id,
        holds(assignments, literal(caller.today, Date)),
        caller.sees(assignments.c.agency_id),
    )


def _visible(caller: Caller[None], as_of: date | None) -> ColumnElement[bool]:
    """Whom a caller may see as of a day: whoever serves in their sight today, or of a past day served there then."""
    now = _seen(caller, present.c.agency_id)
    return now if _to_come(caller.today, as_of) else or_(now, _seen(caller, assignments.c.agency_id, as_of))


def _to_come(today: date, as_of: date | None) -> bool:
    return as_of is not None and as_of > today


def _out(row: Row[Any]) -> PersonOut:
    return PersonOut(**row._asdict())


def _day(today: date, as_of: date | None) -> ColumnElement[date]:
    """The day asked for; by default today, or the first day of somebody yet to begin."""
    return func.greatest(literal(today, Date), people.c.begins_on) if as_of is None else literal(as_of, Date)


def _tags(today: date, as_of: date | None) -> Select[str]:
    """The tags that somebody has on the day asked for."""
    return select(tags.c.tag).where(tags.c.person_id == people.c.id, holds(tags, _day(today, as_of))).correlate(people)


def _nip(caller: Caller[None]) -> ColumnElement[str]:
    """Somebody's number, for who needs it and for themselves; null for everybody else."""
    shown = NIPS.shown(caller, present.c.agency_id, assignments.c.agency_id)
    return case((or_(shown, people.c.id == literal(caller.person, Uuid)), nips.c.nip)).label("nip")


def _as_of(caller: Caller[None], as_of: date | None) -> Select[*tuple[Any, ...]]:
    day = _day(caller.today, as_of)
    return (
        select(
            people.c.id,
            _nip(caller),
            people.c.name,
            people.c.staff_type,
            assignments.c.agency_id,
            agencies.c.code.label("agency_code"),
            here.label("unit_id"),
            units.c.code.label("unit_code"),
            unit_states.c.name.label("unit_name"),
            grades.c.jenjang,
            grades.c.golongan,
            grades.c.position,
            educations.c.degree.label("education"),
            people.c.joined_on,
            statuses.c.status,
            func.array(_tags(caller.today, as_of).order_by(tags.c.tag).scalar_subquery()).label("tags"),
            day.label("as_of"),
            people.c.version,
        )
        .select_from(people)
        .join(nips, and_(nips.c.person_id == people.c.id, nips.c.replaced_on.is_(None)))
        .join(assignments, and_(assignments.c.person_id == people.c.id, holds(assignments, day)))
        .join(present, and_(present.c.person_id == people.c.id, holds(present, _day(caller.today, None))))
        .join(agencies, agencies.c.id == assignments.c.agency_id)
        .outerjoin(
            holdings, and_(holdings.c.person_id == people.c.id, holdings.c.kind == "definitive", holds(holdings, day))
        )
        .outerjoin(post_states, and_(post_states.c.post_id == holdings.c.post_id, holds(post_states, day)))
        .outerjoin(units, units.c.id == here)
        .outerjoin(unit_states, and_(unit_states.c.unit_id == units.c.id, holds(unit_states, day)))
        .join(grades, and_(grades.c.person_id == people.c.id, holds(grades, day)))
        .join(statuses, and_(statuses.c.person_id == people.c.id, holds(statuses, day)))
        .join(educations, and_(educations.c.person_id == people.c.id, holds(educations, day)))
    )
