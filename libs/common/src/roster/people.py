"""The copy of people: no name and no NIP, only its hash; and the one way to find and hold them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Table, and_, exists, false, literal, or_, text, true
from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Event, Received
from common.invariants import Invariant
from contracts.callers import Caller
from contracts.events.registry import PersonChanged, Schooling, Standing
from roster.copies import Copy, News, retell
from roster.days import Assignment, agency_on, in_service
from roster.tables import PERIOD, made

ALWAYS = ("nip_hash", "agency_id", "joined_on", "left_on")
"""What every copy holds of a person: by which number they are known, where they serve now, and when they joined and left."""
NUMBER = ("person_id", "number", "nip_hash")
PLACE = ("person_id", "valid_from", "valid_to", "agency_id")
LOCK = text(
    "WITH former AS MATERIALIZED ("
    " SELECT person_id, nip_hash FROM former_numbers WHERE nip_hash = ANY(CAST(:nip_hashes AS text[]))"
    ") SELECT person_id, agency_id, joined_on, left_on,"
    " nip_hash || ARRAY(SELECT former.nip_hash FROM former WHERE former.person_id = people.person_id) AS nip_hashes"
    " FROM people WHERE person_id = ANY(CAST(:ids AS uuid[]) || ARRAY(SELECT former.person_id FROM former))"
    " OR nip_hash = ANY(CAST(:nip_hashes AS text[]))"
    " ORDER BY person_id FOR NO KEY UPDATE"
)
ASSIGNED = text(
    "SELECT person_id, valid_from, valid_to, agency_id FROM assignments WHERE person_id IN ("
    " SELECT person_id FROM assignments WHERE person_id = ANY(CAST(:ids AS uuid[])) AND valid_to IS NOT NULL"
    ") ORDER BY person_id, number"
)
"""Most have served in one agency only; it is on their row."""


@dataclass(slots=True)
class Person:
    """Somebody held: when they serve, and where; `assignments` is empty for who never moved."""

    person_id: UUID
    agency_id: UUID
    joined_on: date
    left_on: date | None
    assignments: list[Assignment] = field(default_factory=list[Assignment])

    def in_service(self, day: date) -> bool:
        return in_service(day, self.joined_on, self.left_on)

    def agency_on(self, day: date) -> UUID:
        return agency_on(day, self.assignments, self.agency_id)


@dataclass(frozen=True)
class Locked:
    """People found and held, by id and by the hash of a number that is or was theirs."""

    by_id: dict[UUID, Person]
    by_nip: dict[str, Person]


class People(Copy):
    """The people a service knows, with those fields and histories that it keeps.

    `fields` are of the event `PersonChanged`, beside those of `ALWAYS`. Each of `histories` (assignments, posts,
    statuses, absences, educations, holdings, tags, promotions) is a table of that name with the fields named; a row is a period, and `number` its
    place in the history. Former numbers are always kept: a number that somebody had before a new contract names them
    still.
    """

    event: ClassVar[type[Event]] = PersonChanged
    dates: ClassVar[Sequence[str]] = ("joined_on", "left_on")

    def __init__(self, module: str, *fields: str, **histories: Sequence[str]) -> None:
        columns = (*ALWAYS, *fields, "sequence")
        # Not unique: two people's events have no common order, so a number may move before it is freed.
        super().__init__(made(module, "people", ("person_id",), columns, indexed=("nip_hash", "agency_id")))
        self.histories = {
            "former_numbers": made(module, "former_numbers", NUMBER[:2], NUMBER[2:], indexed=("nip_hash",)),
            **{
                name: made(module, name, ("person_id", "number"), (*PERIOD, *kept), indexed=("agency_id", "post_id"))
                for name, kept in histories.items()
            },
        }

    @property
    def _placed(self) -> bool:
        """Whether it keeps in which agency somebody served on any day."""
        assignments = self.histories.get("assignments")
        return assignments is not None and "agency_id" in assignments.c

    async def lock(self, session: AsyncSession, ids: Collection[UUID] = (), nip_hashes: Collection[str] = ()) -> Locked:
        """Finds people and holds them until the transaction ends, in the order of person id.

        Whoever decides about a person's rows holds the person first, so two changes wait for each other and never
        for good; foreign keys that point to people do not wait. A number that somebody had before a new contract
        finds them still; one that two people have at the moment (it moves) finds nobody.
        """
        rows = await session.execute(LOCK, {"ids": list(ids), "nip_hashes": list(nip_hashes)})
        by_id: dict[UUID, Person] = {}
        by_nip: dict[str, Person] = {}
        shared: set[str] = set()
        for person_id, agency_id, joined_on, left_on, theirs in rows:
            person = by_id[person_id] = Person(person_id, agency_id, joined_on, left_on)
            shared.update(nip_hash for nip_hash in theirs if by_nip.setdefault(nip_hash, person) is not person)
        for nip_hash in shared:
            del by_nip[nip_hash]
        if self._placed:
            for person_id, *assignment in await session.execute(ASSIGNED, {"ids": list(by_id)}):
                by_id[person_id].assignments.append(Assignment(*assignment))
        return Locked(by_id, by_nip)

    def seen_by(self, caller: Caller[Any]) -> ColumnElement[bool]:
        """The condition that keeps a query to the people a caller may see: everybody for a national role, for an
        office whoever serves in its agency or region now, for a steward whoever holds the position today, and for a
        person themselves. A service that lets stewards in keeps `posts` with `position`.
        """
        if caller.unbound:
            return true()
        seen: list[ColumnElement[bool]] = []
        if caller.agencies:
            seen.append(self.c.agency_id.in_(caller.agencies))
        if caller.holds_by("person"):
            seen.append(self.c.person_id == caller.speaks_for("person"))
        if caller.holds_by("position"):
            seen.append(self.in_position(caller))
        return or_(false(), *seen)

    def in_position(self, caller: Caller[Any]) -> ColumnElement[bool]:
        """Whoever serves today in the position that the caller is steward of; who has left keeps the last one open."""
        posts, day = self.histories["posts"], literal(caller.today, Date)
        held = exists().where(
            posts.c.person_id == self.c.person_id,
            posts.c.position == caller.speaks_for("position"),
            posts.c.valid_from <= day,
            or_(posts.c.valid_to.is_(None), day < posts.c.valid_to),
        )
        return and_(self.c.joined_on <= day, or_(self.c.left_on.is_(None), day < self.c.left_on), held)

    @property
    def invariants(self) -> list[Invariant]:
        """What must always hold of the copy."""
        strangers = " UNION ALL SELECT ".join(
            f"'{name}' AS history, person_id FROM {name} h"
            " WHERE NOT EXISTS (SELECT FROM people p WHERE p.person_id = h.person_id)"
            for name in self.histories
        )
        return [Invariant("a history is of somebody who is known", f"SELECT {strangers}")]

    async def _keep(self, session: AsyncSession, batch: Sequence[Received], *, awaited: bool) -> News:
        news = await super()._keep(session, batch, awaited=awaited)
        moved: Sequence[UUID] = ()
        for name, table in self.histories.items():
            if not news.told:
                break
            rows = [row for person in news.told.values() for row in _rows(person, name, table)]
            before = await retell(session, table, list(news.told), rows)
            if name == "assignments" and self._placed:
                moved = _moved(before, news.told)
        return replace(news, moved=moved)


def _rows(person: PersonChanged, name: str, table: Table) -> list[Sequence[Any]]:
    if name == "former_numbers":
        return [(person.person_id, number, each) for number, each in enumerate(person.former_nip_hashes, 1)]
    columns = table.c.keys()[2:]
    return [
        (person.person_id, number, *(getattr(part, column) for column in columns))
        for number, part in enumerate(_periods(person, name), 1)
    ]


def _periods(person: PersonChanged, name: str) -> list[Any]:
    """A history as it is kept: without periods of no days, and of `statuses` only those in which somebody is not active.

    Events from before statuses and degrees had dates are read as if they told of them.
    """
    parts: list[Any] = getattr(person, name)
    if name == "statuses":
        parts = [part for part in parts or _statuses(person) if part.status != "active"]
    if name == "educations" and person.education and not parts:
        parts = [Schooling(degree=person.education, valid_from=person.joined_on, valid_to=None)]
    return [part for part in parts if part.valid_from != part.valid_to]


def _statuses(person: PersonChanged) -> list[Standing]:
    parts = [Standing(**absence.model_dump()) for absence in person.absences]
    if person.left_on:
        gone = person.status if person.status in {"retired", "deceased"} else "retired"
        parts.append(Standing(status=gone, valid_from=person.left_on, valid_to=None))
    return parts


def _moved(before: Sequence[Any], told: Mapping[UUID, PersonChanged]) -> list[UUID]:
    """Who served in another agency on some day by what is told than by what was known `before`; units do not matter."""
    known = {tuple(getattr(row, name) for name in PLACE) for row in before}
    new = {
        (person_id, part.valid_from, part.valid_to, part.agency_id)
        for person_id, person in told.items()
        for part in _periods(person, "assignments")
    }
    return sorted({person_id for person_id, *_ in known} & {person_id for person_id, *_ in known ^ new})
