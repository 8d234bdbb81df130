"""Keeps the copy of people in step with the registry, and with it what they owe and the agency their hours count for."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Table, delete
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import Clock
from common.events import Received
from common.messages.inbox import Subscription
from common.store.sets import insert, one_of, overwrite
from contracts import topics
from contracts.events import PersonChanged
from training.domain.rules import Book
from training.ledger.commands import lay_again
from training.people.tables import Absence, Assignment, FormerNumber, Person
from training.records.writing import refile
from training.soundings.commands import follow

PERSON = (
    "person_id",
    "nip_hash",
    "staff_type",
    "status",
    "joined_on",
    "left_on",
    "education",
    "agency_id",
    "unit_id",
    "unit_name",
    "sequence",
)
ASSIGNMENT = ("person_id", "valid_from", "valid_to", "agency_id", "unit_id", "unit_name")
NUMBER = ("person_id", "nip_hash")
ABSENCE = ("person_id", "valid_from", "valid_to", "status")


def subscription(book: Book, clock: Clock) -> Subscription:
    """What this service wants of the registry."""

    async def handle(session: AsyncSession, received: Sequence[Received]) -> None:
        await keep_people(session, received, book, clock)

    return Subscription("training.people", topics.PEOPLE, [PersonChanged], handle)


async def keep_people(session: AsyncSession, received: Sequence[Received], book: Book, clock: Clock) -> None:
    """Keeps the newest state of each person; what is older than the state known changes nothing."""
    newest: dict[UUID, Received] = {}
    for event in sorted(received, key=lambda event: event.sequence):
        newest[event.event.person_id] = event
    # Locked in the order of person id, as everywhere.
    people = sorted(newest)
    kept = await insert(
        session,
        Person.table(),
        PERSON,
        [_person(newest[person]) for person in people],
        f"ON CONFLICT (person_id) DO UPDATE SET {overwrite(PERSON)}"
        " WHERE people.sequence < excluded.sequence RETURNING person_id,"
        " old.person_id IS NOT NULL"
        "  AND (old.joined_on, old.left_on) IS DISTINCT FROM (new.joined_on, new.left_on) AS other_days",
    )
    stored = kept.all() if kept else []
    changed = [row.person_id for row in stored]
    if changed:
        states: list[PersonChanged] = [newest[person].event for person in changed]
        served = _assignments(states)
        before = await _replace(session, Assignment.table(), ASSIGNMENT, changed, served)
        await _replace(session, Absence.table(), ABSENCE, changed, _absences(states))
        await _replace(session, FormerNumber.table(), NUMBER, changed, _former_numbers(states))
        await lay_again(session, changed, book, clock)
        moved = _moved(before, served)
        if moved:
            await refile(session, moved, clock)
        if other := sorted({*moved, *(row.person_id for row in stored if row.other_days)}):
            await follow(session, other, clock)


def _moved(before: Sequence[Sequence[Any]], after: Sequence[Sequence[Any]]) -> list[UUID]:
    """Who was known, and by the new history served in another agency on some day."""
    known = {person for person, *_ in before}
    # Without unit and its name, which come last.
    differences = {tuple(part[:4]) for part in before} ^ {tuple(part[:4]) for part in after}
    return sorted(known & {person for person, *_ in differences})


def _person(received: Received) -> tuple[Any, ...]:
    return (*(getattr(received.event, column) for column in PERSON[:-1]), received.sequence)


def _assignments(states: Sequence[PersonChanged]) -> list[tuple[Any, ...]]:
    return [
        (state.person_id, part.valid_from, part.valid_to, part.agency_id, part.unit_id, part.unit_name)
        for state in states
        for part in state.assignments
        if part.valid_from != part.valid_to
    ]


def _absences(states: Sequence[PersonChanged]) -> list[tuple[Any, ...]]:
    return [
        (state.person_id, part.valid_from, part.valid_to, part.status)
        for state in states
        for part in state.absences
        if part.valid_from != part.valid_to
    ]


def _former_numbers(states: Sequence[PersonChanged]) -> list[tuple[Any, ...]]:
    return [(state.person_id, former) for state in states for former in state.former_nip_hashes]


async def _replace(
    session: AsyncSession,
    table: Table,
    columns: Sequence[str],
    people: Sequence[UUID],
    rows: Sequence[tuple[Any, ...]],
) -> Sequence[Sequence[Any]]:
    """Returns the rows there were before."""
    gone = delete(table).where(one_of(table.c.person_id, people)).returning(*(table.c[name] for name in columns))
    before = (await session.execute(gone)).all()
    await insert(session, table, columns, rows)
    return before
