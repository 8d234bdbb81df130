"""Reading feedback: it is for the two of a pair."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from contracts.callers import Caller
from mentoring.agreements.queries import version_of, versions
from mentoring.domain.agreements import Goal, standing
from mentoring.domain.feedback import Stage, change_of, items
from mentoring.domain.programmes import Side
from mentoring.feedback.schemas import (
    AnswersOut,
    ChangeOut,
    FeedbackOut,
    RatedGoalOut,
    SessionFeedbackOut,
)
from mentoring.feedback.tables import Feedback, SessionFeedback
from mentoring.pairs.reach import own_pair
from mentoring.sessions.queries import whole_session

Given = Mapping[tuple[Side, Stage], Feedback]


async def feedback(session: AsyncSession, pair_id: UUID, caller: Caller[None]) -> FeedbackOut:
    """What the two of a pair say, item by item. Raises Refused `not-found`."""
    pair = await own_pair(session, pair_id, caller)
    rows, goals = await given(session, pair_id), await goals_of(session, pair_id)
    wanted = {goal.competency: goal.wanted for goal in goals}

    def seen(side: Side, competency: str) -> ChangeOut:
        start, end = rows.get((side, "start")), rows.get((side, "end"))
        change = change_of(competency, start and start.levels, end and end.levels)
        return ChangeOut(start=change.start, end=change.end, change=change.change)

    def content(side: Side) -> int | None:
        end = rows.get((side, "end"))
        return end and end.content

    return FeedbackOut(
        pair_id=pair.id,
        mentee_id=pair.mentee_id,
        mentor_id=pair.mentor_id,
        goals=[
            RatedGoalOut(
                competency=each, wanted=wanted.get(each), mentee=seen("mentee", each), mentor=seen("mentor", each)
            )
            for each in sorted(items_of(goals, rows))
        ],
        mentee_content=content("mentee"),
        mentor_content=content("mentor"),
    )


async def after_session(session: AsyncSession, session_id: UUID, caller: Caller[None]) -> SessionFeedbackOut:
    """What the two have answered after a session of the caller's. Raises Refused `not-found`."""
    found = await whole_session(session, session_id, caller)
    asked = select(SessionFeedback).where(col(SessionFeedback.session_id) == session_id)
    said = {row.side: AnswersOut.model_validate(row) for row in await session.scalars(asked)}
    return SessionFeedbackOut(
        session_id=session_id,
        mentee_id=found.mentee_id,
        mentor_id=found.mentor_id,
        mentee_says=said.get("mentee"),
        mentor_says=said.get("mentor"),
    )


async def given(session: AsyncSession, pair_id: UUID) -> Given:
    """What was said of a pair, by side and stage."""
    rows = await session.scalars(select(Feedback).where(col(Feedback.pair_id) == pair_id))
    return {(row.side, row.stage): row for row in rows}


async def goals_of(session: AsyncSession, pair_id: UUID) -> list[Goal]:
    """The goals that hold between the two; none before both have signed."""
    rows = {row.version: row for row in await versions(session, pair_id)}
    holds, _ = standing(map(version_of, rows.values()))
    return [Goal(**goal) for goal in rows[holds.version].goals] if holds else []


def items_of(goals: list[Goal], rows: Given) -> frozenset[str]:
    """The competencies that the two are asked about."""
    return items(goals, [row.levels for (_, stage), row in sorted(rows.items()) if stage == "start"])
