"""Facts are recorded, one or a thousand at a time, and withdrawn where they were wrong."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.answers import Answer, Done, answer_each
from common.ids import new_id
from common.refused import Refused
from common.store.sets import insert, one_of
from contracts.callers import Caller
from credit.domain.books import Regulations
from credit.domain.cases import check_not_own
from credit.facts.schemas import FactIn
from credit.facts.tables import facts
from credit.people import PEOPLE, find_people

FACT = ("id", "person_id", "kind", "jenjang", "level", "day", "until", "paper")
WITHDRAW = text(
    "UPDATE facts SET withdrawn_by = :by, withdrawn_at = :now, withdrawn_for = :reason"
    " WHERE id = :id AND withdrawn_at IS NULL RETURNING id"
)


async def record(session: AsyncSession, lines: Sequence[FactIn], caller: Caller[Regulations]) -> list[Answer]:
    """Records what papers say. Each is answered `stored`, `duplicate` of what is on record, or why not."""
    people = await find_people(session, lines, caller)
    asked = select(facts).where(
        one_of(facts.c.person_id, {each for each in people if each}), facts.c.withdrawn_at.is_(None)
    )
    known: dict[tuple[UUID, str, str], tuple[UUID, Any]] = {
        (row.person_id, row.kind, row.paper): (row.id, (row.jenjang, row.level, row.day, row.until))
        for row in await session.execute(asked)
    }
    new: list[tuple[Any, ...]] = []

    def decide(named: tuple[FactIn, UUID | None]) -> Done:
        line, person_id = named
        if person_id is None:
            raise Refused("person-unknown", "nip" if line.nip else "person_id")
        check_not_own(person_id, caller.actor)
        _check(line, caller.rules, caller.today)
        said, place = (line.jenjang, line.level, line.day, line.until), (person_id, line.kind, line.paper)
        if place in known:
            if known[place][1] != said:
                raise Refused("fact-conflict", "paper")
            return Done("duplicate", known[place][0])
        known[place] = fact_id, _ = new_id(), said
        new.append((fact_id, person_id, line.kind, *said, line.paper))
        return Done("stored", fact_id)

    answers = answer_each(zip(lines, people, strict=True), decide)
    await insert(session, facts, FACT, new, recorded_by=caller.subject, recorded_at=caller.now)
    return answers


async def withdraw(session: AsyncSession, fact_id: UUID, reason: str, caller: Caller[Regulations]) -> None:
    """Withdraws a fact that was wrong. Raises Refused: `not-found`, `fact-withdrawn`, `own-case`."""
    owner = await session.scalar(select(facts.c.person_id).where(facts.c.id == fact_id))
    people = (await PEOPLE.lock(session, [owner] if owner else [])).by_id
    if owner is None or owner not in people or not caller.reaches(people[owner].agency_id):
        raise Refused("not-found")
    check_not_own(owner, caller.actor)
    by = {"id": fact_id, "by": caller.subject, "now": caller.now, "reason": reason}
    if await session.scalar(WITHDRAW, by) is None:
        raise Refused("fact-withdrawn")


def _check(line: FactIn, book: Regulations, today: date) -> None:
    if line.day > today:
        raise Refused("paper-in-future", "day")
    if line.jenjang is not None and line.jenjang not in book.at(line.day).tables.jenjang:
        raise Refused("jenjang-unknown", "jenjang")
