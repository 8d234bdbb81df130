"""Settling flags."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from common.signs import check_unsettled
from contracts.callers import Caller
from mentoring.flags.queries import seen_flag
from mentoring.flags.schemas import SettleIn
from mentoring.flags.tables import PairFlag


async def settle(session: AsyncSession, flag_id: UUID, document: SettleIn, caller: Caller[None]) -> None:
    """Says what the desk found. The sessions stay as they are: what follows from it is the desk's to do.

    Raises Refused `not-found` (also for whoever is one of the pair) and `flag-settled`.
    """
    await seen_flag(session, flag_id, caller)
    flag = await session.get(PairFlag, flag_id, with_for_update=True, populate_existing=True)
    if flag is None:
        raise Refused("not-found")
    check_unsettled(flag.verdict)
    flag.verdict, flag.reason = document.verdict, document.reason
    flag.settled_by, flag.settled_at = caller.subject, caller.now
