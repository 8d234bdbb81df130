"""Reading pairs: drafts are shown to the desk alone."""

from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.web.pages import BY_ID, Page, Window
from contracts.callers import Caller
from mentoring.domain.pairs import State
from mentoring.pairs.schemas import DeskPairOut, PairOut
from mentoring.pairs.tables import Pair
from mentoring.programmes.queries import seen_programme


async def own_pairs(session: AsyncSession, window: Window, caller: Caller[None]) -> Page[PairOut]:
    """The pairs that the caller is or was one of, in the order they were made."""
    person_id = caller.speaks_for("person")
    own = or_(col(Pair.mentee_id) == person_id, col(Pair.mentor_id) == person_id)
    found = select(Pair).where(own, col(Pair.answer_by).is_not(None))
    rows = await session.scalars(window.narrow(found, col(Pair.id), BY_ID))
    return window.page([PairOut.model_validate(row) for row in rows], lambda shown: [shown.id])


async def pair_page(
    session: AsyncSession, window: Window, programme_id: UUID, state: State | None, caller: Caller[None]
) -> Page[DeskPairOut]:
    """The pairs of a programme in the order they were made. Raises Refused `not-found`."""
    await seen_programme(session, programme_id, caller)
    found = select(Pair).where(col(Pair.programme_id) == programme_id)
    if state is not None:
        found = found.where(col(Pair.state) == state)
    rows = await session.scalars(window.narrow(found, col(Pair.id), BY_ID))
    return window.page([DeskPairOut.model_validate(row) for row in rows], lambda shown: [shown.id])
