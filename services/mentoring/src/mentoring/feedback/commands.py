"""Giving feedback."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from contracts.callers import Caller
from mentoring.domain.feedback import Stage, check_after, check_rated
from mentoring.feedback.queries import given, goals_of, items_of
from mentoring.feedback.schemas import AnswersIn, FeedbackIn
from mentoring.feedback.tables import Feedback, SessionFeedback
from mentoring.pairs.reach import held_pair
from mentoring.sessions.commands import held_session


async def give(session: AsyncSession, pair_id: UUID, stage: Stage, document: FeedbackIn, caller: Caller[None]) -> None:
    """Keeps what the caller says at a stage, in place of what they said before. Raises Refused."""
    two = await held_pair(session, pair_id, caller)
    rows = await given(session, pair_id)
    others = {key: row for key, row in rows.items() if key != (two.side, "start") or stage == "end"}
    check_rated(stage, two.pair.state, document.levels, items_of(await goals_of(session, pair_id), others))
    if (stage == "end") != (document.content is not None):
        raise Refused("field-missing" if stage == "end" else "field-unknown", field="content")
    await session.merge(
        Feedback(pair_id=pair_id, side=two.side, stage=stage, **document.model_dump(), given_on=caller.today)
    )


async def answer(session: AsyncSession, session_id: UUID, document: AnswersIn, caller: Caller[None]) -> None:
    """Keeps what the caller answers after a session, in place of what they did before.

    Raises Refused `not-found`, `session-cancelled`, `session-not-over`.
    """
    two, found = await held_session(session, session_id, caller)
    check_after(found.state, found.ends_at, caller.now)
    await session.merge(
        SessionFeedback(session_id=session_id, side=two.side, **document.model_dump(), said_at=caller.now)
    )
