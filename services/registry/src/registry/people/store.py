"""People between the database and the domain, and the event of a change.

What writes people takes locks in this order: units, posts by id, then numbers in their order, then people by id.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Table, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from common.store import sets
from common.store.outbox import emit
from common.store.sets import Row
from contracts.callers import Caller
from contracts.events import registry as events
from contracts.nip import nip_hash, parse_nip
from contracts.sex import Sex
from registry import contact_store
from registry.audit import audit_row
from registry.domain.contact import sex_of
from registry.domain.history import History, Span, at_or_first
from registry.domain.person import Grade, Person, Place, Promotion, Schooling, Standing, Tag
from registry.domain.post import Holding
from registry.erasing import ERASING
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
from registry.posts.tables import holdings
from registry.tables import changes

T = TypeVar("T")

_PEOPLE = text("SELECT * FROM people WHERE id = ANY(CAST(:ids AS uuid[])) AND erased_on IS NULL")
_LOCKED = text(
    "SELECT * FROM people WHERE id = ANY(CAST(:ids AS uuid[])) AND erased_on IS NULL ORDER BY id FOR NO KEY UPDATE"
)
_HOLDINGS = text(
    "SELECT person_id, post_id, valid_from, valid_to, kind, agency_id FROM holdings"
    " WHERE person_id = ANY(CAST(:ids AS uuid[])) ORDER BY valid_from, post_id"
)
_TAGS = text(
    "SELECT person_id, tag, valid_from, valid_to, paper FROM tags"
    " WHERE person_id = ANY(CAST(:ids AS uuid[])) ORDER BY valid_from, tag"
)
_PROMOTIONS = text(
    "SELECT person_id, kind, valid_from, jenjang_before, golongan_before, jenjang, golongan, decree, decree_date"
    " FROM promotions WHERE person_id = ANY(CAST(:ids AS uuid[])) ORDER BY valid_from, kind"
)
Pair = tuple[Person | None, Person]


async def owners(session: AsyncSession, numbers: Collection[str]) -> dict[str, UUID]:
    """The people whom these NIPs name, or named before."""
    found = await session.execute(
        text("SELECT nip, person_id FROM nips WHERE nip = ANY(CAST(:numbers AS text[]))"), {"numbers": list(numbers)}
    )
    return {row.nip: row.person_id for row in found}


async def claim(session: AsyncSession, wanted: Mapping[str, UUID]) -> set[str]:
    """Takes NIPs for people; gives those that nobody else has taken meanwhile.

    Waits for a transaction that is about to take the same; the order keeps two from waiting for each other.
    """
    taken = await sets.insert(
        session,
        nips,
        ("nip", "person_id"),
        list(wanted.items()),
        "ORDER BY nip ON CONFLICT DO NOTHING RETURNING nip",
    )
    return set(taken.scalars()) if taken else set()


async def retire_number(session: AsyncSession, person_id: UUID, today: date) -> None:
    """Makes the number in use a former one."""
    await session.execute(
        nips.update().where(nips.c.person_id == person_id, nips.c.replaced_on.is_(None)).values(replaced_on=today)
    )


async def release(session: AsyncSession, nip: str, person_id: UUID) -> bool:
    """Frees a number that the person has by mistake; False when they have another one by now."""
    gone = await session.execute(
        nips.delete()
        .where(nips.c.nip == nip, nips.c.person_id == person_id, nips.c.replaced_on.is_(None))
        .returning(nips.c.nip)
    )
    return gone.first() is not None


async def take_up(session: AsyncSession, nip: str, person_id: UUID) -> bool:
    """Gives the person a number that is free or was theirs before; False when somebody else has it."""
    taken = await session.execute(
        postgresql.insert(nips)
        .values(nip=nip, person_id=person_id)
        .on_conflict_do_update(
            index_elements=[nips.c.nip], set_={"replaced_on": None}, where=nips.c.person_id == person_id
        )
        .returning(nips.c.nip)
    )
    return taken.first() is not None


async def keep_mended(session: AsyncSession, before: Person, reason: str, today: date) -> None:
    """Keeps the number that was wrong, and why, beside the version that mends it."""
    row = {
        "person_id": before.id,
        "version": before.version + 1,
        "nip": before.nip,
        "mended_on": today,
        "reason": reason,
    }
    await sets.add(session, mended_numbers, [row])


async def owners_and_mended(
    session: AsyncSession, numbers: Collection[str]
) -> tuple[dict[str, UUID], set[tuple[str, str]]]:
    """`owners`; and the numbers that were registered wrong for somebody, each with that person's name.

    Such a number with such a name means the old mistake again. Its true owner has another name, or has the number already.
    """
    found = await session.execute(
        text(
            "SELECT nip, person_id, NULL AS name FROM nips WHERE nip = ANY(CAST(:numbers AS text[]))"
            " UNION ALL SELECT m.nip, NULL, wronged.name"
            " FROM mended_numbers m JOIN people wronged ON wronged.id = m.person_id"
            " LEFT JOIN nips n ON n.nip = m.nip LEFT JOIN people owner ON owner.id = n.person_id"
            " WHERE m.nip = ANY(CAST(:numbers AS text[])) AND lower(owner.name) IS DISTINCT FROM lower(wronged.name)"
        ),
        {"numbers": list(numbers)},
    )
    owned: dict[str, UUID] = {}
    mended: set[tuple[str, str]] = set()
    for row in found:
        if row.person_id is not None:
            owned[row.nip] = row.person_id
        else:
            mended.add((row.nip, row.name.casefold()))
    return owned, mended


async def mended_of(session: AsyncSession, person_id: UUID) -> set[str]:
    """The numbers that were registered wrong for a person."""
    wrong = select(mended_numbers.c.nip).where(mended_numbers.c.person_id == person_id)
    return set(await session.scalars(wrong))


async def present(session: AsyncSession, ids: Iterable[UUID], *, lock: bool) -> dict[UUID, Person]:
    """People with their histories, but for who was erased. With `lock`, nobody else changes them until the transaction ends."""
    wanted = {"ids": sorted(set(ids))}
    if not wanted["ids"]:
        return {}
    # A statement of its own, so that the others read what is there after the wait for the lock.
    found = await session.execute(_LOCKED if lock else _PEOPLE, wanted)
    rows_found = found.all()
    numbers = await session.execute(
        text(
            "SELECT person_id, nip, replaced_on IS NULL AS in_use, c.sex FROM nips LEFT JOIN contacts c USING (person_id)"
            " WHERE person_id = ANY(CAST(:ids AS uuid[])) ORDER BY replaced_on, nip"
        ),
        wanted,
    )
    number_of: dict[UUID, str] = {}
    corrected: dict[UUID, Sex | None] = {}
    former: defaultdict[UUID, list[str]] = defaultdict(list)
    for row in numbers:
        if row.in_use:
            number_of[row.person_id] = row.nip
            corrected[row.person_id] = row.sex
        else:
            former[row.person_id].append(row.nip)
    served = await _histories(session, assignments, wanted, Place)
    held = await _histories(session, grades, wanted, Grade)
    stood = await _histories(session, statuses, wanted, Standing)
    learned = await _histories(session, educations, wanted, Schooling)
    given = await session.execute(_HOLDINGS, wanted)
    posts: defaultdict[UUID, list[Holding]] = defaultdict(list)
    for person_id, *holding in given:
        posts[person_id].append(Holding(*holding))
    said: defaultdict[UUID, list[Tag]] = defaultdict(list)
    for person_id, *tag in await session.execute(_TAGS, wanted):
        said[person_id].append(Tag(*tag))
    risen: defaultdict[UUID, list[Promotion]] = defaultdict(list)
    for person_id, *promotion in await session.execute(_PROMOTIONS, wanted):
        risen[person_id].append(Promotion(*promotion))
    return {
        row.id: Person(
            id=row.id,
            nip=number_of[row.id],
            staff_type=row.staff_type,
            name=row.name,
            joined_on=row.joined_on,
            assignments=served[row.id],
            grades=held[row.id],
            statuses=stood[row.id],
            educations=learned[row.id],
            former_nips=tuple(former[row.id]),
            holdings=tuple(posts[row.id]),
            tags=tuple(said[row.id]),
            promotions=tuple(risen[row.id]),
            sex=corrected[row.id],
            version=row.version,
        )
        for row in rows_found
    }


async def _histories(
    session: AsyncSession, table: Table, wanted: Mapping[str, Any], kind: Callable[..., T]
) -> dict[UUID, History[T]]:
    """Histories by person. The columns after the dates are the fields of `kind`, in their order."""
    columns = ", ".join(["person_id", "valid_from", "valid_to", *_value_columns(table)])
    found = await session.execute(
        text(f"SELECT {columns} FROM {table.name} WHERE person_id = ANY(CAST(:ids AS uuid[])) ORDER BY valid_from"),  # noqa: S608 - built of names in this code
        wanted,
    )
    spans: defaultdict[UUID, list[Span[T]]] = defaultdict(list)
    for person_id, valid_from, valid_to, *value in found:
        spans[person_id].append(Span(kind(*value), valid_from, valid_to))
    return {person_id: tuple(history) for person_id, history in spans.items()}


def _value_columns(table: Table) -> list[str]:
    return [name for name in table.columns.keys() if name not in {"person_id", "valid_from", "valid_to"}]  # noqa: SIM118 - a column collection iterates over columns, not names


async def save(session: AsyncSession, pairs: Sequence[Pair], caller: Caller[None]) -> None:
    """Stores the next version of each person, records who did it, and announces them."""
    stored = [(before, replace(after, version=after.version + 1)) for before, after in pairs]
    await sets.add(session, people, [_row(after, caller) for before, after in stored if before is None])
    await sets.update(session, people, [_row(after, caller) for before, after in stored if before is not None])
    for table in (assignments, grades, statuses, educations):
        old, new = _differences(table, stored)
        await sets.delete(session, table, old)
        await sets.put(session, table, new)
    for table in (holdings, tags, promotions):
        old, new = _changes(table, stored)
        await sets.delete(session, table, old)
        await sets.put(session, table, new)
    await sets.add(session, changes, [audit_row(before, after, caller) for before, after in stored])
    names = await _unit_names(session, [after for _, after in stored], caller.today)
    for _, after in stored:
        emit(session, _event(after, names, caller), sequence=after.version, time=caller.now)
    renamed = [after for before, after in stored if before and (before.name, before.nip) != (after.name, after.nip)]
    await contact_store.follow(session, renamed, caller)


async def forget(session: AsyncSession, person: Person, caller: Caller[None]) -> None:
    """Erases somebody who is held, and announces what is left: the histories of an id that names nobody."""
    version = person.version + 1
    names = await _unit_names(session, [person], caller.today)
    left = _event(person, names, caller).model_copy(
        update={"nip_hash": "", "former_nip_hashes": [], "erased_on": caller.today, "sex": None}
    )
    await contact_store.forget(session, person, caller)
    await ERASING.erase(session, [person.id])
    await session.execute(
        people.update()
        .where(people.c.id == person.id)
        .values(erased_on=caller.today, announced_on=caller.today, version=version)
    )
    recorded = {"subject_id": person.id, "version": version, "parts": "erased"}
    await sets.add(session, changes, [recorded | {"recorded_by": caller.subject, "recorded_at": caller.now}])
    emit(session, left, sequence=version, time=caller.now)


def _row(person: Person, caller: Caller[None]) -> Row:
    return {
        "id": person.id,
        "name": person.name,
        "staff_type": person.staff_type,
        "joined_on": person.joined_on,
        "begins_on": person.begins_on,
        "announced_on": caller.today,
        "version": person.version,
        "erased_on": None,
    }


def _differences(table: Table, pairs: Iterable[Pair]) -> tuple[list[Row], list[Row]]:
    """The rows of a history to remove, and those to add or overwrite."""
    old: list[Row] = []
    new: list[Row] = []
    columns = _value_columns(table)
    for before, after in pairs:
        known: History[Any] = getattr(before, table.name) if before else ()
        spans: History[Any] = getattr(after, table.name)
        kept = {span.valid_from for span in spans}
        old += ({"person_id": after.id, "valid_from": span.valid_from} for span in known if span.valid_from not in kept)
        new += (
            {
                "person_id": after.id,
                "valid_from": span.valid_from,
                "valid_to": span.valid_to,
                **{name: getattr(span.value, name) for name in columns},
            }
            for span in spans
            if span not in known
        )
    return old, new


def _changes(table: Table, pairs: Iterable[Pair]) -> tuple[list[Row], list[Row]]:
    """The rows of posts that are held, of tags, or of promotions, to remove, and those to add or overwrite."""
    keys = [column.name for column in table.primary_key if column.name != "person_id"]
    old: list[Row] = []
    new: list[Row] = []
    for before, after in pairs:
        known: Sequence[Any] = getattr(before, table.name) if before else ()
        now: Sequence[Any] = getattr(after, table.name)
        kept = {tuple(getattr(each, key) for key in keys) for each in now}
        old += (
            {"person_id": after.id} | asdict(each)
            for each in known
            if tuple(getattr(each, key) for key in keys) not in kept
        )
        new += ({"person_id": after.id} | asdict(each) for each in now if each not in known)
    return old, new


async def _unit_names(session: AsyncSession, persons: Iterable[Person], today: date) -> dict[UUID, str]:
    """What units are called today, or will be when they begin: `UnitChanged` tells of every other day."""
    wanted = {span.value.unit_id for person in persons for span in person.assignments if span.value.unit_id}
    if not wanted:
        return {}
    found = await session.execute(
        text(
            "SELECT DISTINCT ON (unit_id) unit_id, name FROM unit_states WHERE unit_id = ANY(CAST(:ids AS uuid[]))"
            " ORDER BY unit_id, valid_from > :today, abs(valid_from - :today)"
        ),
        {"ids": list(wanted), "today": today},
    )
    return {row.unit_id: row.name for row in found}


def _event(person: Person, unit_names: Mapping[UUID, str], caller: Caller[None]) -> events.PersonChanged:
    place = person.place_on(caller.today)
    grade = at_or_first(person.grades, caller.today)
    standing = at_or_first(person.statuses, caller.today)
    schooling = at_or_first(person.educations, caller.today)

    def name_of(unit_id: UUID | None) -> str | None:
        return unit_names[unit_id] if unit_id else None

    return events.PersonChanged(
        person_id=person.id,
        nip_hash=nip_hash(person.nip, caller.nip_key),
        former_nip_hashes=[nip_hash(nip, caller.nip_key) for nip in person.former_nips],
        staff_type=person.staff_type,
        status=standing.status,
        joined_on=person.joined_on,
        left_on=person.left_on,
        education=schooling.degree,
        jenjang=grade.jenjang,
        golongan=grade.golongan,
        agency_id=place.agency_id,
        unit_id=place.unit_id,
        unit_name=name_of(place.unit_id),
        assignments=[
            events.Assignment(
                agency_id=span.value.agency_id,
                unit_id=span.value.unit_id,
                unit_name=name_of(span.value.unit_id),
                valid_from=span.valid_from,
                valid_to=span.valid_to,
            )
            for span in person.assignments
        ],
        posts=[
            events.Post(
                jenjang=span.value.jenjang,
                golongan=span.value.golongan,
                position=span.value.position,
                valid_from=span.valid_from,
                valid_to=span.valid_to,
            )
            for span in person.grades
        ],
        absences=[
            events.Absence(status=status, valid_from=span.valid_from, valid_to=span.valid_to)
            for span in person.statuses
            if (status := span.value.status) == "leave" or status == "study"
        ],
        statuses=[
            events.Standing(status=span.value.status, valid_from=span.valid_from, valid_to=span.valid_to)
            for span in person.statuses
        ],
        educations=[
            events.Schooling(degree=span.value.degree, valid_from=span.valid_from, valid_to=span.valid_to)
            for span in person.educations
        ],
        holdings=[
            events.Holding(post_id=each.post_id, kind=each.kind, valid_from=each.valid_from, valid_to=each.valid_to)
            for each in person.holdings
        ],
        tags=[events.Tag(tag=each.tag, valid_from=each.valid_from, valid_to=each.valid_to) for each in person.tags],
        promotions=[
            events.Promotion(
                kind=each.kind,
                valid_from=each.valid_from,
                valid_to=None,
                jenjang_before=each.jenjang_before,
                golongan_before=each.golongan_before,
                jenjang=each.jenjang,
                golongan=each.golongan,
            )
            for each in person.promotions
        ],
        sex=sex_of(person.sex, male=parse_nip(person.nip).male),
    )
