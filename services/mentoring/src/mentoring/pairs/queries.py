"""Reading pairs: drafts are shown to the desk alone."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.refused import Refused
from common.store.sets import one_of
from common.web.pages import BY_ID, Page, Window
from contracts.callers import Caller
from mentoring import rights
from mentoring.domain.pairs import State
from mentoring.pairs.schemas import DeskPairOut, PairChangeOut, PairOut
from mentoring.pairs.tables import DeclinedPair, Pair, PairChange
from mentoring.programmes.queries import seen_programme
from mentoring.programmes.tables import Programme

PAIRS, PROGRAMMES, DECLINED = Pair.table().c, Programme.table().c, DeclinedPair.table()


async def own_pairs(session: AsyncSession, window: Window, caller: Caller[None]) -> Page[PairOut]:
    """The pairs that the caller is or was one of, in the order they were made."""
    person_id = caller.speaks_for("person")
    own = or_(col(Pair.mentee_id) == person_id, col(Pair.mentor_id) == person_id)
    found = select(Pair).where(own, col(Pair.answer_by).is_not(None))
    rows = await session.scalars(window.narrow(found, col(Pair.id), BY_ID))
    return window.page([PairOut.model_validate(row) for row in rows], lambda shown: [shown.id])


async def pair_page(
    session: AsyncSession,
    window: Window,
    programme_id: UUID,
    state: State | None,
    caller: Caller[None],
    *,
    review: bool,
) -> Page[DeskPairOut]:
    """The pairs of a programme in the order they were made; with `review`, those up for it. Raises Refused `not-found`."""
    await seen_programme(session, programme_id, caller)
    found = select(Pair).where(col(Pair.programme_id) == programme_id)
    if state is not None:
        found = found.where(col(Pair.state) == state)
    if review:
        found = found.where(col(Pair.review).is_not(None))
    rows = await session.scalars(window.narrow(found, col(Pair.id), BY_ID))
    return window.page(await _for_desk(session, rows.all(), caller), lambda shown: [shown.id])


async def pair_of_desk(session: AsyncSession, pair_id: UUID, caller: Caller[None]) -> DeskPairOut:
    """A pair of a programme that the caller may see. Raises Refused `not-found`."""
    pair = await session.get(Pair, pair_id)
    if pair is None:
        raise Refused("not-found")
    await seen_programme(session, pair.programme_id, caller)
    [shown] = await _for_desk(session, [pair], caller)
    return shown


async def changes(session: AsyncSession, pair_id: UUID, caller: Caller[None]) -> list[PairChangeOut]:
    """What the desk did with a pair, the first first. Raises Refused `not-found`."""
    await pair_of_desk(session, pair_id, caller)
    found = select(PairChange).where(col(PairChange.pair_id) == pair_id).order_by(col(PairChange.version))
    return [PairChangeOut.model_validate(row) for row in await session.scalars(found)]


async def _for_desk(session: AsyncSession, pairs: Sequence[Pair], caller: Caller[None]) -> list[DeskPairOut]:
    """Pairs with who declined them and why, where that is for the caller."""
    asked = (
        select(DECLINED)
        .join(Pair, PAIRS.id == DECLINED.c.pair_id)
        .join(Programme, PROGRAMMES.id == PAIRS.programme_id)
        .where(
            one_of(DECLINED.c.pair_id, [pair.id for pair in pairs]), rights.DECLINES.shown(caller, PROGRAMMES.agency_id)
        )
    )
    declines = {
        row.pair_id: {"declined_by": row.person_id, "decline_reason": row.reason}
        for row in await session.execute(asked)
    }
    return [DeskPairOut.model_validate(pair.model_dump() | declines.get(pair.id, {})) for pair in pairs]
