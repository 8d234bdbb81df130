"""Papers become cases of opening balances, one or a thousand at a time."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.answers import Answer, Done, answer_each
from common.ids import new_id
from common.refused import Refused
from contracts.callers import Caller
from credit.cases.judging import booked_by_person, check_free
from credit.cases.opening import NewCase, open_cases
from credit.domain.books import Regulations
from credit.domain.cases import check_not_own
from credit.domain.judging import counted_months, open_balance
from credit.domain.periods import months_since
from credit.openings.schemas import OpeningIn
from credit.people import find_people, tenures

OPENED = text(
    "SELECT cases.id, person_id, paper, paper_date, claim, segments.jenjang FROM cases"
    " JOIN segments ON segments.case_id = cases.id AND segments.version = cases.judged AND segments.number = 1"
    " WHERE kind = 'opening' AND state NOT IN ('returned', 'reversed') AND person_id = ANY(CAST(:ids AS uuid[]))"
)


@dataclass(frozen=True)
class Opened:
    """A paper that has a case, and what it says."""

    id: UUID
    paper_date: date
    claim: Mapping[str, Any]


async def open_balances(session: AsyncSession, lines: Sequence[OpeningIn], caller: Caller[Regulations]) -> list[Answer]:
    """Opens a case for every paper. Each is answered `stored`, `duplicate` of what is known, or why not.

    A paper is opened once, and so is a jenjang, but by reappointment: an amount that holds all there was would count twice.
    """
    answers, new = await decide_openings(session, lines, await find_people(session, lines, caller), caller)
    await open_cases(session, new, caller.actor, caller.rules, caller.now)
    return answers


async def decide_openings(
    session: AsyncSession,
    lines: Sequence[OpeningIn],
    people: Sequence[UUID | None],
    caller: Caller[Regulations],
    *,
    trial: bool = False,
) -> tuple[list[Answer], list[NewCase]]:
    """What becomes of each paper, of the person that it names; nothing is stored. A `trial` may be of the caller's own case."""
    ids = sorted({person_id for person_id in people if person_id})
    tenure_of = await tenures(session, ids)
    rows = (await session.execute(OPENED, {"ids": ids})).all()
    opened = {(row.person_id, row.paper): Opened(row.id, row.paper_date, row.claim) for row in rows}
    begun = {(row.person_id, row.jenjang) for row in rows}
    booked = await booked_by_person(session, ids, date.min, max(line.day for line in lines))
    new: list[NewCase] = []

    def decide(named: tuple[OpeningIn, UUID | None]) -> Done:
        line, person_id = named
        if person_id is None:
            raise Refused("person-unknown", "nip" if line.nip else "person_id")
        opening = line.opening
        claim: Mapping[str, Any] = msgspec.json.decode(msgspec.json.encode(opening))
        known = opened.get((person_id, line.paper))
        if known is not None:
            if (known.paper_date, known.claim) != (line.paper_date, claim):
                raise Refused("paper-already-opened", "paper")
            return Done("duplicate", known.id)
        if not trial:
            check_not_own(person_id, caller.actor)
        if line.paper_date > caller.today or line.day > caller.today:
            raise Refused("paper-in-future", "paper_date" if line.paper_date > caller.today else "day")
        outcome = open_balance(caller.rules, tenure_of[person_id], opening, line.paper_date)
        jenjang = outcome.segments[0].jenjang
        if opening.way != "reappointment" and (person_id, jenjang) in begun:
            raise Refused("jenjang-already-opened", "person_id")
        period = counted_months(caller.rules, tenure_of[person_id], opening)
        check_free(opening, period, booked[person_id])
        case = NewCase(
            id=new_id(),
            kind="opening",
            person_id=person_id,
            period_start=period[0],
            period_end=period[1],
            segments=outcome.segments,
            claim=json.dumps(claim),
            paper=line.paper,
            paper_date=line.paper_date,
        )
        new.append(case)
        opened[person_id, line.paper] = Opened(case.id, line.paper_date, claim)
        begun.add((person_id, jenjang))
        if opening.way == "balance":
            booked[person_id] |= dict.fromkeys(months_since(*period), case.id)
        return Done("stored", case.id)

    return answer_each(zip(lines, people, strict=True), decide), new
