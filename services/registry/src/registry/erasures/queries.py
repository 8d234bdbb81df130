"""Reading erasures."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from contracts.events.erasure import ANSWERING
from registry.erasures.schemas import ErasureAnswerOut, ErasureOut
from registry.erasures.tables import erasure_answers, erasures


async def erasure(session: AsyncSession, erasure_id: UUID) -> ErasureOut:
    """An erasure, and what services have said to it. Raises Refused `not-found`."""
    found = (await session.execute(select(erasures).where(erasures.c.id == erasure_id))).one_or_none()
    if found is None:
        raise Refused("not-found")
    answers = await session.execute(
        select(erasure_answers).where(erasure_answers.c.erasure_id == erasure_id).order_by(erasure_answers.c.service)
    )
    told = [ErasureAnswerOut.model_validate(row, from_attributes=True) for row in answers]
    awaited = sorted(set(ANSWERING) - {answer.service for answer in told}) if found.state == "asked" else []
    shown = {name: value for name, value in found._asdict().items() if name in ErasureOut.model_fields}
    return ErasureOut(**shown, answers=told, awaited=awaited)
