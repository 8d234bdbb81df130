"""Reading what was told of pairs for their hours."""

from uuid import UUID

from sqlalchemy import select
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
    pair = await seen_pair(session, pair_id, caller)
    found = select(Completion).where(col(Completion.pair_id) == pair_id).order_by(col(Completion.year))
    return CompletionsOut(items=[_shown(row, pair.mentee_id, language) for row in await session.scalars(found)])


def _shown(row: Completion, mentee_id: UUID, language: Language) -> CompletionOut:
    if row.refused:
        state, sentence = "refused", say(REFUSALS.get(row.refused, REFUSALS["other"]), language)
    elif row.answered < row.version:
        state, sentence = "told", say("completion.told", language)
    else:
        state, sentence = "recorded", say("completion.recorded", language, sessions=len(row.days))
    return CompletionOut(
        **row.model_dump(include={"pair_id", "year", "days", "told_at", "version", "record_id", "refused"}),
        mentee_id=mentee_id,
        state=state,
        sentence=sentence,
    )
