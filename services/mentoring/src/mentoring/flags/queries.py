"""Reading flags: for whoever runs the programme, and never for one of the pair."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.refused import Refused
from common.texts import Language
from common.web.pages import BY_ID, Page, Window
from contracts.callers import Caller
from mentoring.flags.schemas import FlagOut
from mentoring.flags.tables import PairFlag
from mentoring.pairs.tables import Pair
from mentoring.programmes.queries import seen_programme
from mentoring.programmes.tables import Programme
from mentoring.texts import SIGNS, say


async def flag_page(
    session: AsyncSession,
    window: Window,
    programme_id: UUID,
    language: Language,
    caller: Caller[None],
    *,
    settled: bool,
) -> Page[FlagOut]:
    """The flags of a programme in the order they were found, open or settled. Raises Refused `not-found`."""
    await seen_programme(session, programme_id, caller)
    is_settled = col(PairFlag.verdict).is_not(None) if settled else col(PairFlag.verdict).is_(None)
    found = _of_others(caller).where(col(Pair.programme_id) == programme_id, is_settled)
    rows = await session.execute(window.narrow(found, col(PairFlag.id), BY_ID))
    return window.page([_shown(row, language) for row in rows], lambda flag: [flag.id])


async def seen_flag(session: AsyncSession, flag_id: UUID, caller: Caller[None]) -> Row[PairFlag, UUID, UUID]:
    """A flag of a programme that the caller runs, of a pair they are not one of. Raises Refused `not-found`."""
    found = _of_others(caller).join(Programme, col(Programme.id) == col(Pair.programme_id))
    row = (
        await session.execute(found.where(col(PairFlag.id) == flag_id, caller.sees(col(Programme.agency_id))))
    ).one_or_none()
    if row is None:
        raise Refused("not-found")
    return row


async def flag(session: AsyncSession, flag_id: UUID, language: Language, caller: Caller[None]) -> FlagOut:
    """A flag as shown. Raises Refused `not-found`."""
    return _shown(await seen_flag(session, flag_id, caller), language)


def _of_others(caller: Caller[None]) -> Select[PairFlag, UUID, UUID]:
    found = select(PairFlag, col(Pair.mentee_id), col(Pair.mentor_id)).join(Pair, col(Pair.id) == col(PairFlag.pair_id))
    if caller.person is None:
        return found
    return found.where(col(Pair.mentee_id) != caller.person, col(Pair.mentor_id) != caller.person)


def _shown(row: Row[PairFlag, UUID, UUID], language: Language) -> FlagOut:
    flag, mentee_id, mentor_id = row
    told: dict[str, Any] = flag.model_dump() | {"mentee_id": mentee_id, "mentor_id": mentor_id}
    return FlagOut(**told, sentence=say(SIGNS[flag.kind], language, figure=flag.figure))
