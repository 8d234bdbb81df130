"""Why somebody has their mentor, or none, for themselves: nothing of a draft, and of other mentors nothing."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.refused import Refused
from common.texts import Language
from contracts.callers import Caller
from mentoring.domain.pairs import HAD
from mentoring.pairs.tables import Pair
from mentoring.runs.queries import why_of
from mentoring.runs.schemas import WhyOut
from mentoring.runs.tables import MatchingResult, MatchingRun
from mentoring.texts import say


async def own_match(session: AsyncSession, programme_id: UUID, language: Language, caller: Caller[None]) -> WhyOut:
    """Why the caller has their mentor, or none, by the newest run of which a pair was offered.

    Raises Refused `not-found`, and `run-not-done` where no run has found what became of them: the desk had changed it, or
    they were offered the next best.
    """
    me: UUID = caller.speaks_for("person")
    pairs = Pair.table().c
    known = (pairs.programme_id == programme_id) & pairs.answer_by.is_not(None)
    newest = (
        select(MatchingRun, MatchingResult)
        .join(MatchingResult, col(MatchingResult.run_id) == col(MatchingRun.id))
        .where(col(MatchingResult.mentee_id) == me, col(MatchingRun.id).in_(select(pairs.run_id).where(known)))
        .order_by(col(MatchingRun.id).desc())
        .limit(1)
    )
    row = (await session.execute(newest)).one_or_none()
    own = (await session.execute(select(pairs.mentor_id, pairs.state).where(known, pairs.mentee_id == me))).all()
    offered = [each.mentor_id for each in own if each.state in HAD] or [each.mentor_id for each in own]
    if row is None or row.MatchingResult.mentor_id not in (offered or [None]):
        raise Refused("run-not-done" if own else "not-found")
    run, result = row
    return _for_mentee(await why_of(session, run, result, language), language)


def _for_mentee(told: WhyOut, language: Language) -> WhyOut:
    """What a mentee may read of it: which mentor will not have them, or lacks a seat, is not told."""
    change = told.change
    if change and change.kind == "seats":
        said = say("change.seats-of-a-mentor", language, seats=change.seats)
        change = change.model_copy(update={"value": None, "sentence": said})
    if told.limited_by == "conflict" and not (change and change.kind == "conflict"):
        return told.model_copy(
            update={"limited_by": None, "sentence": say("why.within-limits", language), "change": change}
        )
    return told.model_copy(update={"change": change})
