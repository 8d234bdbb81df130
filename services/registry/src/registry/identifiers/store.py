"""Ids of other systems between the database and their rules, and the event of a change.

Whoever writes them takes turns with the others who do (`lock`), after all other locks: so an id stays one thing's.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.store import sets
from common.store.outbox import emit
from contracts.callers import Caller
from contracts.events import registry as events
from registry.identifiers.schemas import SYSTEMS, Kind
from registry.identifiers.tables import identified, identifier_changes, identifiers

Name = tuple[Kind, str, str]
"""An id of another system: of what, in which system, and what it is."""

_AGENCIES = text(
    # Who is yet to begin is of the agency in which they will.
    "(SELECT DISTINCT ON (person_id) 'person' AS kind, person_id AS id, agency_id FROM assignments"
    " WHERE person_id = ANY(CAST(:person AS uuid[])) AND (valid_to IS NULL OR :today < valid_to)"
    " ORDER BY person_id, valid_from)"
    " UNION ALL SELECT 'agency', id, id FROM agencies WHERE id = ANY(CAST(:agency AS uuid[]))"
    " UNION ALL SELECT 'unit', id, agency_id FROM units WHERE id = ANY(CAST(:unit AS uuid[]))"
)
_OWNERS = text(
    "SELECT kind, system, value, subject_id FROM identifiers WHERE (kind, system, value) IN (SELECT * FROM"
    " unnest(CAST(:kinds AS text[]), CAST(:systems AS text[]), CAST(:values AS text[])))"
)


class Subject(NamedTuple):
    """What an id is of."""

    kind: Kind
    id: UUID


@dataclass(frozen=True)
class Identity:
    """The ids that other systems have for something, by system."""

    subject: Subject
    ids: Mapping[str, str] = field(default_factory=dict[str, str])
    version: int = 0


async def lock(session: AsyncSession) -> None:
    """Waits for its turn to write ids."""
    await session.execute(text("LOCK TABLE identified IN SHARE ROW EXCLUSIVE MODE"))


async def agencies_of(session: AsyncSession, subjects: Collection[Subject], today: date) -> dict[Subject, UUID]:
    """In which agency each of these serves, or is a unit; an agency is its own. What is not on record is left out."""
    asked = {
        kind: [subject.id for subject in subjects if subject.kind == kind] for kind in ("person", "agency", "unit")
    }
    found = await session.execute(_AGENCIES, asked | {"today": today})
    return {Subject(row.kind, row.id): row.agency_id for row in found}


async def present(session: AsyncSession, subjects: Collection[Subject]) -> dict[Subject, Identity]:
    """The ids of these; none for whatever has none."""
    found = select(identified.c.subject_id, identified.c.version, identifiers.c.system, identifiers.c.value).outerjoin(
        identifiers, identifiers.c.subject_id == identified.c.subject_id
    )
    ids: dict[UUID, dict[str, str]] = {subject.id: {} for subject in subjects}
    versions: dict[UUID, int] = {}
    for subject_id, version, system, value in await session.execute(
        found.where(sets.one_of(identified.c.subject_id, ids))
    ):
        versions[subject_id] = version
        ids[subject_id] |= {system: value} if system else {}
    return {each: Identity(each, ids[each.id], versions.get(each.id, 0)) for each in subjects}


async def owners(session: AsyncSession, names: Collection[Name]) -> dict[Name, UUID]:
    """What these ids are of."""
    rows = list(names)
    asked = {
        "kinds": [kind for kind, _, _ in rows],
        "systems": [system for _, system, _ in rows],
        "values": [value for _, _, value in rows],
    }
    return {(row.kind, row.system, row.value): row.subject_id for row in await session.execute(_OWNERS, asked)}


async def save(session: AsyncSession, pairs: Sequence[tuple[Identity, Identity]], caller: Caller[None]) -> None:
    """Stores the ids of each, before and after a change, as its next version, says who did it, and announces it."""
    rows = [{**after.subject._asdict(), "version": before.version + 1} for before, after in pairs]
    await sets.put(session, identified, [{"subject_id": row.pop("id"), **row} for row in rows])
    old = [
        {"subject_id": before.subject.id, "system": system}
        for before, after in pairs
        for system, value in before.ids.items()
        if after.ids.get(system) != value
    ]
    await sets.delete(session, identifiers, old)
    new = [
        {"subject_id": after.subject.id, "system": system, "kind": after.subject.kind, "value": value}
        for before, after in pairs
        for system, value in after.ids.items()
        if before.ids.get(system) != value
    ]
    await sets.add(session, identifiers, new)
    recorded = [
        {
            "subject_id": after.subject.id,
            "version": before.version + 1,
            "parts": " ".join(system for system in SYSTEMS if before.ids.get(system) != after.ids.get(system)),
            "recorded_by": caller.subject,
            "recorded_at": caller.now,
        }
        for before, after in pairs
    ]
    await sets.add(session, identifier_changes, recorded)
    for before, after in pairs:
        told = events.IdentifiersChanged(kind=after.subject.kind, subject_id=after.subject.id, ids=dict(after.ids))
        emit(session, told, sequence=before.version + 1, time=caller.now)
