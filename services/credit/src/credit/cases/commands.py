"""Moving cases on, one or a thousand at a time.

Locks are taken in one order everywhere: people by id, then cases by id.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, literal_column, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from common.answers import Answer, Done, answer_each
from common.refused import Refused
from common.store.sets import one_of
from common.web import etag
from contracts.callers import Caller
from credit import rights
from credit.cases.judging import judge_stored
from credit.cases.tables import cases
from credit.cases.taking_back import take_back
from credit.cases.writing import (
    Judged,
    case_of,
    content_of,
    save_judged,
    save_moves,
    save_returns,
)
from credit.conflicts.queries import conflicted
from credit.domain.books import Regulations
from credit.domain.cases import Act, Case, Decided, move, repeats
from credit.domain.conflicts import Why
from credit.domain.returns import Fault
from credit.ledger.commands import enter
from credit.parts.commands import decide_with_returns
from credit.people import PEOPLE
from credit.queue.tables import queue


@dataclass(frozen=True)
class Wanted:
    """A case somebody wants to move on, from a version they have seen; a reason is kept in its history, faults are what a return finds."""

    id: UUID
    seen: etag.Versions = None
    reason: str | None = None
    faults: Sequence[Fault] = ()


@dataclass(frozen=True)
class Decision:
    """A case somebody wants to decide, and how."""

    act: Decided
    wanted: Wanted


async def check(session: AsyncSession, wanted: Sequence[Wanted], caller: Caller[Regulations]) -> list[Answer]:
    """Confirms that the papers of cases that others have submitted are in order."""
    answers, moved = await _decide(session, wanted, "check", caller)
    await save_moves(session, moved, caller.actor, caller.rules, caller.now, _reasons(wanted))
    return answers


async def attest(session: AsyncSession, wanted: Sequence[Wanted], caller: Caller[Regulations]) -> list[Answer]:
    """Attests cases that others have submitted and checked: their points enter the ledger."""
    answers, moved = await _decide(session, wanted, "attest", caller)
    await save_moves(session, moved, caller.actor, caller.rules, caller.now, _reasons(wanted))
    await enter(session, [case.id for case in moved], caller.rules, caller.now)
    await take_back(session, [case for case in moved if case.kind == "reversal"], caller)
    return answers


async def send_back(session: AsyncSession, wanted: Sequence[Wanted], caller: Caller[Regulations]) -> list[Answer]:
    """Returns cases for repair, each for its reason, and frees their months; the parts that none of its faults names are right."""
    answers, moved = await _decide(session, wanted, "return", caller)
    faults = {item.id: item.faults for item in wanted}
    await save_returns(session, moved, caller.actor, caller.rules, caller.now, _reasons(wanted), faults)
    await decide_with_returns(session, moved, faults, caller.rules.returns.at(caller.today).tables)
    return answers


DECIDE: Mapping[Decided, tuple[frozenset[str], Callable[..., Awaitable[list[Answer]]]]] = {
    "check": (rights.CHECK.allowed_roles, check),
    "attest": (rights.ATTEST.allowed_roles, attest),
    "return": (rights.SEND_BACK.allowed_roles, send_back),
}
"""Who may decide a case how, and what does it."""


async def decide(session: AsyncSession, decisions: Sequence[Decision], caller: Caller[Regulations]) -> list[Answer]:
    """Checks, attests and returns cases, each by its own act. One that is named twice is decided twice, in this order."""
    await _locked(session, [each.wanted for each in decisions], caller)
    answers: dict[int, Answer] = {
        number: Refused("field-missing", "reason")
        for number, each in enumerate(decisions)
        if each.act == "return" and each.wanted.reason is None
    }
    for numbers in _once_each(decisions):
        for act, (roles, doing) in DECIDE.items():
            of_act = [number for number in numbers if decisions[number].act == act and number not in answers]
            if roles.isdisjoint(caller.roles):
                answers |= dict.fromkeys(of_act, Refused("forbidden", "act"))
            elif of_act:
                answered = await doing(session, [decisions[number].wanted for number in of_act], caller)
                answers |= zip(of_act, answered, strict=True)
    return [answers[number] for number in range(len(decisions))]


def _once_each(decisions: Sequence[Decision]) -> list[list[int]]:
    """The numbers of decisions in rounds, in none of which a case comes twice."""
    rounds: list[list[int]] = []
    named: Counter[UUID] = Counter()
    for number, decision in enumerate(decisions):
        case_id = decision.wanted.id
        if named[case_id] == len(rounds):
            rounds.append([])
        rounds[named[case_id]].append(number)
        named[case_id] += 1
    return rounds


def _reasons(wanted: Sequence[Wanted]) -> dict[UUID, str]:
    return {item.id: item.reason for item in wanted if item.reason}


async def resubmit(session: AsyncSession, wanted: Wanted, caller: Caller[Regulations]) -> Answer:
    """Submits a returned case again as it is, judged anew by the posts and free months of today."""
    found = await _locked(session, [wanted], caller)
    [answer], moved = _moved(found, [wanted], "resubmit", caller, {})
    for case in moved:
        row = found[case.id]
        obstacle = await session.scalar(OBSTACLE, {"id": case.id}) if case.kind == "education" else None
        if obstacle:
            return Refused(obstacle)
        outcome = (await judge_stored(session, [row], caller.rules))[case.id]
        if isinstance(outcome, Refused):
            return outcome
        await save_judged(session, [Judged(case, content_of(row), outcome)], caller.actor, caller.rules, caller.now)
    return answer


async def _decide(
    session: AsyncSession, wanted: Sequence[Wanted], act: Decided, caller: Caller[Regulations]
) -> tuple[list[Answer], list[Case]]:
    """Decides about each case in turn, but for whom the caller has a conflict of interest with."""
    found = await _locked(session, wanted, caller)
    barred = await conflicted(session, {row.person_id for row in found.values()}, caller)
    return _moved(found, wanted, act, caller, barred)


def _moved(
    found: Mapping[UUID, Any],
    wanted: Sequence[Wanted],
    act: Act,
    caller: Caller[Regulations],
    barred: Mapping[UUID, Why],
) -> tuple[list[Answer], list[Case]]:
    """Decides about each case in turn: `updated`, `unchanged` when somebody repeats their own act, or why not."""
    moved: dict[UUID, Case] = {}
    actor = caller.actor

    def decide(item: Wanted) -> Done:
        row = found.get(item.id)
        case = moved.get(item.id) or (case_of(row, row.hands) if row else None)
        if case is None:
            raise Refused("not-found", "id")
        if repeats(case, act, actor.subject) and etag.suits(item.seen, case.version - 1):
            return Done("unchanged", case.id)
        if not etag.suits(item.seen, case.version):
            raise Refused("changed-meanwhile", "version")
        if row and act != "resubmit" and _in_other_hands(row, caller):
            raise Refused("in-other-hands", "id")
        if case.person_id in barred and not caller.actor.is_own_case(case.person_id):
            raise Refused("conflict-of-interest", "id", why=barred[case.person_id])
        if row and row.rests and act in {"check", "attest"}:
            raise Refused("at-rest", "id")
        moved[case.id] = move(case, act, actor, named=item.seen is not None)
        return Done("updated", case.id)

    return answer_each(wanted, decide), list(moved.values())


async def _locked(session: AsyncSession, wanted: Sequence[Wanted], caller: Caller[Regulations]) -> dict[UUID, Any]:
    """The cases within the caller's reach, locked after their people; `hands` are those of the records behind them."""
    ids = [item.id for item in wanted]
    owners = await session.scalars(select(cases.c.person_id).where(one_of(cases.c.id, ids)).distinct())
    people = (await PEOPLE.lock(session, owners.all())).by_id
    own = [one.person_id for one in people.values() if caller.reaches(one.agency_id)]
    rows = await session.execute(
        select(cases, HANDS, RESTS, queue.c.held_by, queue.c.held_for, queue.c.held_until)
        .outerjoin(queue, queue.c.case_id == cases.c.id)
        .where(one_of(cases.c.id, ids), one_of(cases.c.person_id, own))
        .order_by(cases.c.id)
        .with_for_update(of=cases)
    )
    return {row.id: row for row in rows}


def _in_other_hands(row: Any, caller: Caller[Regulations]) -> bool:
    if row.held_until is None or row.held_until <= caller.now or row.held_by == caller.subject:
        return False
    return row.held_for is None or row.held_for != (caller.acting_for or caller.person)


HANDS = literal_column("(SELECT hands FROM evidence WHERE evidence.record_id = cases.record_id)", JSONB).label("hands")
"""Who had a hand in the record that a degree came from."""
RESTS = literal_column(
    "EXISTS (SELECT FROM restrictions r WHERE r.person_id = cases.person_id AND jsonb_exists(r.parts, 'cases'))",
    Boolean,
).label("rests")
"""Whether the cases of that person rest at their request: nobody decides one until they lift it."""
OBSTACLE = text(
    """
    SELECT CASE
        WHEN evidence.reason_code = 'degree-already-claimed' THEN 'degree-already-claimed'
        WHEN (evidence.case_id, evidence.outcome) IS DISTINCT FROM (cases.id, 'education-case') THEN 'record-gone'
    END
    FROM cases LEFT JOIN evidence ON evidence.record_id = cases.record_id WHERE cases.id = :id
    """
)
"""The code of what keeps an education case from being submitted again; null when nothing does."""
