"""Reading what was told of sessions for their hours."""

from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.texts import Language
from contracts.callers import Caller
from mentoring.completion.schemas import CompletionOut, CompletionsOut
from mentoring.completion.tables import Completion
from mentoring.pairs.reach import seen_pair
from mentoring.texts import REFUSALS, say


async def completions(session: AsyncSession, pair_id: UUID, language: Language, caller: Caller[None]) -> CompletionsOut:
    """What was told of a pair, year by year, and what became of it. Raises Refused `not-found`."""
    await seen_pair(session, pair_id, caller)
    return await _found(session, col(Completion.pair_id) == pair_id, language)


async def own_completions(session: AsyncSession, language: Language, caller: Caller[None]) -> CompletionsOut:
    """What was told of the caller as a mentee, of whatever kind."""
    return await _found(session, col(Completion.mentee_id) == caller.speaks_for("person"), language)


async def _found(session: AsyncSession, which: ColumnElement[bool], language: Language) -> CompletionsOut:
    found = select(Completion).where(which).order_by(col(Completion.year), col(Completion.id))
    return CompletionsOut(items=[_shown(row, language) for row in await session.scalars(found)])


def _shown(row: Completion, language: Language) -> CompletionOut:
    if row.refused:
        state, sentence = "refused", say(REFUSALS.get(row.refused, REFUSALS["other"]), language)
    elif row.answered < row.version:
        state, sentence = "told", say("completion.told", language)
    else:
        state, sentence = "recorded", say("completion.recorded", language, sessions=len(row.days))
    return CompletionOut(
        **row.model_dump(exclude={"id", "answered", "revoked"}),
        state=state,
        sentence=sentence,
    )
