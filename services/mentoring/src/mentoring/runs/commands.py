"""Ordering a matching run, and the job that does it."""

import asyncio
from dataclasses import replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.ids import new_id
from common.parts import Parts
from common.refused import Refused
from common.runner import Step, Turn
from common.store.jobs import order
from common.store.sets import add
from contracts.callers import Caller
from mentoring.domain.matching.changes import binding
from mentoring.domain.matching.pairs import NOBODY, Case, Priced, shuffled
from mentoring.domain.matching.runs import Run, matched
from mentoring.domain.programmes import Way
from mentoring.programmes.commands import held
from mentoring.programmes.queries import rules_of
from mentoring.programmes.tables import Programme
from mentoring.runs.inputs import gather, packed, packed_pairs, unpacked
from mentoring.runs.queries import held_run
from mentoring.runs.schemas import RunIn
from mentoring.runs.tables import MatchingPairs, MatchingResult, MatchingRun

JOB = "match"


async def order_run(session: AsyncSession, programme_id: UUID, document: RunIn, caller: Caller[None]) -> UUID:
    """Orders a match of whoever takes part when its job comes to it. Raises Refused."""
    programme = await held(session, programme_id, caller)
    if programme.state == "closed":
        raise Refused("programme-closed")
    weights = document.weights.model_dump() if document.weights else programme.rules["weights"]
    if not any(weights.values()):
        raise Refused("weights-missing", field="weights")
    return await _order(
        session, caller, programme.id, document.seed, document.way or programme.rules["way"], weights, None
    )


async def repeat(session: AsyncSession, run_id: UUID, caller: Caller[None]) -> UUID:
    """Orders a run again, of the same people as they were then. Raises Refused `not-found`, `run-not-done`."""
    run = await held_run(session, run_id, caller)
    if run.inputs is None:
        raise Refused("run-not-done")
    return await _order(session, caller, run.programme_id, run.seed, run.way, run.weights, run.id)


async def match_step(session: AsyncSession, parts: Parts, turn: Turn) -> Step:
    """Matches, and keeps what it was made of and what came out: one step, so a run that is killed begins anew."""
    run = await session.get_one(MatchingRun, UUID(turn.plan["run"]))
    programme = await session.get_one(Programme, run.programme_id)
    rules = replace(rules_of(programme), weights=run.weights, way=run.way)
    left: list[UUID] = []
    if of := turn.plan["of"]:
        before = await session.get_one(MatchingRun, UUID(of))
        case = unpacked(before.inputs or b"")
    else:
        found, left = await gather(session, run.programme_id, rules, parts.clock.today())
        case = shuffled(found, run.seed)
    done, limits, pairs = await asyncio.to_thread(_match, case)
    run.inputs = packed(case)
    session.add(MatchingPairs(run_id=run.id, pairs=pairs))
    run.prices = done.match.prices.tolist() if isinstance(done.match, Priced) else None
    run.mentors, run.seats = len(case.mentors), sum(mentor.seats for mentor in case.mentors)
    run.mentees, run.matched, run.total = (
        len(case.mentees) + len(left),
        len(case.mentees) - len(limits),
        done.match.total,
    )
    run.lost_mentees, run.lost_points = done.loss
    rows = [
        {
            "run_id": run.id,
            "mentee_id": mentee.id,
            "mentor_id": None if at == NOBODY else case.mentors[at].id,
            "score": None if at == NOBODY else score,
            "limited_by": limits.get(number),
        }
        for number, (mentee, at, score) in enumerate(
            zip(case.mentees, done.match.mentor.tolist(), done.scores, strict=True)
        )
    ]
    nothing = {"run_id": run.id, "mentor_id": None, "score": None, "limited_by": "not-admitted"}
    await add(session, MatchingResult.table(), [*rows, *({**nothing, "mentee_id": each} for each in left)])
    return Step(run.mentees, run.mentees)


def _match(case: Case) -> tuple[Run, dict[int, str], bytes]:
    done = matched(case)
    without = [number for number, at in enumerate(done.match.mentor.tolist()) if at == NOBODY]
    return done, {number: binding(done, number) for number in without}, packed_pairs(done.pairs)


async def _order(
    session: AsyncSession,
    caller: Caller[None],
    programme_id: UUID,
    seed: int,
    way: Way,
    weights: dict[str, int],
    of: UUID | None,
) -> UUID:
    run_id = new_id()
    plan = {"run": run_id, "of": of}
    session.add(
        MatchingRun(
            id=run_id,
            programme_id=programme_id,
            job_id=await order(session, JOB, plan, caller.subject),
            seed=seed,
            way=way,
            weights=weights,
            ordered_by=caller.subject,
            ordered_at=caller.now,
        )
    )
    return run_id
