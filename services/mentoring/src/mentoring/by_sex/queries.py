"""The figures by sex, as they were counted last."""

from datetime import date
from typing import get_args
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.sex import Sex
from mentoring.by_sex.schemas import SexCoverageOut
from mentoring.by_sex.tables import ToldApplicant

TOLD = ToldApplicant.table().c


async def counted_by_sex(session: AsyncSession, programme_id: UUID) -> tuple[list[SexCoverageOut], date | None]:
    """How many of each sex have a mentor and have none, what they score, and the day of the last count."""
    has = TOLD.score.is_not(None).label("has")
    people, mean = func.count().label("people"), func.avg(TOLD.score).label("mean")
    asked = select(TOLD.sex, has, people, mean, func.max(TOLD.told_on).label("told_on"))
    rows = (await session.execute(asked.where(TOLD.programme_id == programme_id).group_by(TOLD.sex, has))).all()
    if not rows:
        return [], None
    figures = {(row.sex, row.has): row for row in rows}
    shown: list[SexCoverageOut] = []
    for sex in get_args(Sex):
        matched, unmatched = figures.get((sex, True)), figures.get((sex, False))
        shown.append(
            SexCoverageOut(
                sex=sex,
                matched=matched.people if matched else None,
                unmatched=unmatched.people if unmatched else None,
                mean_score=int(round(matched.mean, -2)) if matched else None,
            )
        )
    return shown, max(row.told_on for row in rows)
