"""Reading matching runs."""

import asyncio
from collections.abc import Mapping
from uuid import UUID

import numpy as np
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.refused import Refused
from common.texts import Language
from common.web.pages import BY_ID, Page, Window
from contracts.callers import Caller
from mentoring.domain.matching.changes import Change, Why, number_of, smallest_change, why
from mentoring.domain.matching.limits import Mentors
from mentoring.domain.matching.pairs import NOBODY, Match, Priced
from mentoring.domain.matching.runs import Run, listed_of
from mentoring.domain.matching.scores import WHOLE
from mentoring.programmes.queries import seen_programme
from mentoring.runs.inputs import unpacked, unpacked_pairs
from mentoring.runs.schemas import ChangeOut, MovedOut, PartOut, ResultOut, RunOut, WhyOut
from mentoring.runs.tables import MatchingPairs, MatchingResult, MatchingRun
from mentoring.texts import CHANGES, LIMITS, PARTS, say

MOVED = """
    SELECT mentee_id AS person_id, a.mentor_id, b.mentor_id AS other_mentor_id
    FROM (SELECT * FROM matching_results WHERE run_id = :run) a
    FULL JOIN (SELECT * FROM matching_results WHERE run_id = :other) b USING (mentee_id)
    WHERE a.mentor_id IS DISTINCT FROM b.mentor_id {after} ORDER BY mentee_id LIMIT :limit
"""


async def held_run(session: AsyncSession, run_id: UUID, caller: Caller[None]) -> MatchingRun:
    """A run of a programme that the caller may see. Raises Refused `not-found`."""
    run = await session.get(MatchingRun, run_id)
    if run is None:
        raise Refused("not-found")
    await seen_programme(session, run.programme_id, caller)
    return run


async def run_page(session: AsyncSession, window: Window, programme_id: UUID, caller: Caller[None]) -> Page[RunOut]:
    """The runs of a programme in the order they were ordered. Raises Refused `not-found`."""
    await seen_programme(session, programme_id, caller)
    found = select(MatchingRun).where(col(MatchingRun.programme_id) == programme_id)
    rows = await session.scalars(window.narrow(found, col(MatchingRun.id), BY_ID))
    return window.page([RunOut.model_validate(row) for row in rows], lambda shown: [shown.id])


async def result_page(session: AsyncSession, window: Window, run_id: UUID, caller: Caller[None]) -> Page[ResultOut]:
    """What a run found, in the order of mentees' ids. Raises Refused `not-found`."""
    await held_run(session, run_id, caller)
    found = select(MatchingResult).where(col(MatchingResult.run_id) == run_id)
    rows = await session.scalars(window.narrow(found, col(MatchingResult.mentee_id), BY_ID))
    return window.page([ResultOut.model_validate(row) for row in rows], lambda shown: [shown.person_id])


async def moved_page(
    session: AsyncSession, window: Window, run_id: UUID, other_id: UUID, caller: Caller[None]
) -> Page[MovedOut]:
    """The mentees whose mentor is not the same in two runs. Raises Refused `not-found`."""
    await held_run(session, run_id, caller)
    await held_run(session, other_id, caller)
    seen = window.seen(BY_ID)
    statement = text(MOVED.format(after="AND mentee_id > :after" if seen else ""))
    given = {"run": run_id, "other": other_id, "limit": window.limit + 1, **({"after": seen[0]} if seen else {})}
    rows = [MovedOut(**row._asdict()) for row in await session.execute(statement, given)]
    return window.page(rows, lambda shown: [shown.person_id])


async def explained(
    session: AsyncSession, run_id: UUID, person_id: UUID, language: Language, caller: Caller[None]
) -> WhyOut:
    """Why somebody has this mentor, or none, by what the run was made of. Raises Refused `not-found`, `run-not-done`."""
    run = await held_run(session, run_id, caller)
    if run.inputs is None:
        raise Refused("run-not-done")
    result = await session.get(MatchingResult, {"run_id": run_id, "mentee_id": person_id})
    if result is None:
        raise Refused("not-found")
    return await why_of(session, run, result, language)


async def why_of(session: AsyncSession, run: MatchingRun, result: MatchingResult, language: Language) -> WhyOut:
    """Why a mentee of a run has this mentor, or none."""
    run_id, person_id = run.id, result.mentee_id
    if result.limited_by == "not-admitted":
        return _without(result, None, language)
    of_run = col(MatchingResult.run_id) == run_id
    held = await session.execute(select(col(MatchingResult.mentee_id), col(MatchingResult.mentor_id)).where(of_run))
    mentor_of = {row.mentee_id: row.mentor_id for row in held}
    pairs = await session.scalar(select(col(MatchingPairs.pairs)).where(col(MatchingPairs.run_id) == run_id))
    # In a thread: a large run takes a second, and others are answered meanwhile.
    found, change, whole = await asyncio.to_thread(_explain, run, mentor_of, pairs, person_id)
    if found is None:
        return _without(result, change, language)
    parts = [
        PartOut(
            name=name,
            points=points,
            most=whole[name],
            sentence=say(PARTS[name], language, points=points, most=whole[name]),
        )
        for name, points in found.parts.items()
    ]
    return WhyOut(
        person_id=person_id,
        mentor_id=found.mentor_id,
        score=found.score,
        parts=parts,
        better=found.better,
        price=found.price,
        limited_by=None,
        sentence=say("why.matched", language, score=found.score, better=found.better, price=found.price),
        change=None,
    )


def _explain(
    run: MatchingRun, mentor_of: Mapping[UUID, UUID | None], pairs: bytes | None, person_id: UUID
) -> tuple[Why | None, Change | None, dict[str, int]]:
    case = unpacked(run.inputs or b"")
    mentors = Mentors(case.mentors)
    at = [NOBODY if (held := mentor_of[mentee.id]) is None else mentors.at[held] for mentee in case.mentees]
    chosen = np.array(at, dtype=np.int32)
    match = Match(chosen, run.total or 0)
    if run.prices is not None:
        match = Priced(chosen, run.total or 0, np.array(run.prices, dtype=np.int64))
    # A run from before its pairs were kept has them looked for anew.
    looked_at = unpacked_pairs(pairs, len(case.mentees)) if pairs else None
    done = Run(case, mentors, match, listed_of(case), looked_at)
    number = number_of(case, person_id)
    heavy = sum(case.rules.weights.values())
    whole = {name: round(WHOLE * weight / heavy) for name, weight in case.rules.weights.items()}
    found = why(done, number)
    return found, None if found else smallest_change(done, number), whole


def _without(result: MatchingResult, change: Change | None, language: Language) -> WhyOut:
    limit = result.limited_by or ""
    return WhyOut(
        person_id=result.mentee_id,
        mentor_id=None,
        score=None,
        parts=[],
        better=None,
        price=None,
        limited_by=limit,
        sentence=say(LIMITS[limit], language),
        change=change and _shown(change, language),
    )


def _shown(change: Change, language: Language) -> ChangeOut:
    """A change as whoever runs the programme reads it: whom a mentee avoids is shown to them alone."""
    value = None if change.kind == "conflict" else change.value
    said = say(CHANGES[change.kind], language, value=value, seats=change.seats)
    return ChangeOut.model_validate({"kind": change.kind, "value": value, "seats": change.seats, "sentence": said})
