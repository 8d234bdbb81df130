"""Reading what attendees say: each their own, and a provider what is told together."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, exists, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.refused import Refused
from contracts.callers import Caller
from training.class_feedback.schemas import (
    EvaluationOut,
    FeedbackOut,
    MarksOut,
    OwnFeedbackOut,
    ReflectionOut,
    Served,
    UseOut,
    UsesOut,
)
from training.class_feedback.tables import Evaluation, Reflection, Use
from training.classes.queries import own_class
from training.classes.tables import Attendance, TaughtClass
from training.domain.rules import Book

HUNDREDTH = Decimal("0.01")
EVALUATED = text("""
    SELECT later, count(*) AS evaluations, count(*) FILTER (WHERE told) AS told, avg(content) FILTER (WHERE told) AS content,
        avg(teaching) FILTER (WHERE told) AS teaching, avg(organisation) FILTER (WHERE told) AS organisation,
        array_agg(words ORDER BY words) FILTER (WHERE told AND words <> '') AS words
    FROM class_evaluations WHERE class_id = :class_id GROUP BY later
""")
COUNTED = text("""
    SELECT
        (SELECT count(DISTINCT person_id) FROM class_attendance WHERE class_id = :class_id AND present) AS attended,
        r.*, u.*
    FROM (
        SELECT count(*) AS reflections, count(told) AS reflected, count(*) FILTER (WHERE 'knowledge' = ANY(told)) AS knowledge,
            count(*) FILTER (WHERE 'skill' = ANY(told)) AS skill, count(*) FILTER (WHERE 'attitude' = ANY(told)) AS attitude
        FROM class_reflections WHERE class_id = :class_id
    ) r, (
        SELECT count(*) AS asked, count(used) AS answered, count(told) AS said, count(*) FILTER (WHERE told) AS used
        FROM class_uses WHERE class_id = :class_id
    ) u
""")


async def attendee(session: AsyncSession, class_id: UUID, caller: Caller[Book]) -> UUID:
    """The caller, who was in a class that is over. Raises Refused: `not-attended`, `class-not-over`."""
    person_id: UUID = caller.speaks_for("person")
    there = exists().where(
        col(Attendance.class_id) == class_id, col(Attendance.person_id) == person_id, col(Attendance.present)
    )
    ends_on = await session.scalar(select(col(TaughtClass.ends_on)).where(col(TaughtClass.id) == class_id, there))
    if ends_on is None:
        raise Refused("not-attended")
    if caller.today < ends_on:
        raise Refused("class-not-over")
    return person_id


async def own(session: AsyncSession, class_id: UUID, caller: Caller[Book]) -> OwnFeedbackOut:
    """All that the caller has said of a class. Raises Refused: `not-attended`, `class-not-over`."""
    key: dict[str, Any] = {"class_id": class_id, "person_id": await attendee(session, class_id, caller)}
    evaluations = {
        each.later: EvaluationOut.model_validate(each)
        for each in await session.scalars(select(Evaluation).filter_by(**key))
    }
    reflection, use = await session.get(Reflection, key), await session.get(Use, key)
    return OwnFeedbackOut(
        **key,
        evaluation=evaluations.get(False),
        later_evaluation=evaluations.get(True),
        reflection=ReflectionOut.model_validate(reflection) if reflection else None,
        use=UseOut.model_validate(use) if use else None,
    )


async def feedback(session: AsyncSession, class_id: UUID, caller: Caller[Book]) -> FeedbackOut:
    """What came of a class that the caller gives, as far as it may be told. Raises Refused `not-found`."""
    await own_class(session, class_id, caller)
    row = (await session.execute(COUNTED, {"class_id": class_id})).one()
    evaluated = {each.later: each for each in await session.execute(EVALUATED, {"class_id": class_id})}
    many = {later: evaluated[later].evaluations if later in evaluated else 0 for later in (False, True)}
    marks = {
        later: _marks(evaluated[later]) if later in evaluated and evaluated[later].told else None for later in many
    }
    served: dict[Served, int] = {"knowledge": row.knowledge, "skill": row.skill, "attitude": row.attitude}
    return FeedbackOut(
        class_id=class_id,
        attended=row.attended,
        evaluations=many[False],
        marks=marks[False],
        later_evaluations=many[True],
        later_marks=marks[True],
        reflections=row.reflections,
        served=served if row.reflected else None,
        asked=row.asked,
        answered=row.answered,
        answer_rate=_share(row.answered, row.asked) if row.asked else None,
        uses=UsesOut(answers=row.said, used=row.used, rate=_share(row.used, row.said)) if row.said else None,
    )


def _marks(row: Row[Any]) -> MarksOut:
    return MarksOut(
        answers=row.told,
        content=_rounded(row.content),
        teaching=_rounded(row.teaching),
        organisation=_rounded(row.organisation),
        words=row.words or [],
    )


def _rounded(mean: Decimal) -> Decimal:
    return mean.quantize(HUNDREDTH)


def _share(part: int, whole: int) -> Decimal:
    return (Decimal(part) / whole).quantize(HUNDREDTH)
