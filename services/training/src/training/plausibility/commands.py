"""What a person says to a flag of theirs, and what was found."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from common.signs import check_unsettled
from contracts.callers import Caller
from training.domain.rules import Book
from training.plausibility import queries
from training.plausibility.schemas import SettleIn
from training.plausibility.tables import RecordFlag


async def answer(session: AsyncSession, flag_id: UUID, words: str, caller: Caller[Book]) -> None:
    """Says what the caller has to say to a flag of a record of their own. Raises Refused `not-found`, `flag-settled`."""
    shown = await queries.flag(session, flag_id, "id", caller)
    if shown.person_id != caller.speaks_for("person"):
        raise Refused("not-found")
    flag = await _unsettled(session, flag_id)
    flag.answer, flag.answered_at = words, caller.now


async def settle(session: AsyncSession, flag_id: UUID, document: SettleIn, caller: Caller[Book]) -> None:
    """Says what was found. The record stays as it is: what follows is for whoever may correct or revoke it.

    Raises Refused: `not-found`, `own-record`, `flag-settled`.
    """
    shown = await queries.flag(session, flag_id, "id", caller)
    if caller.actor.is_own_case(shown.person_id):
        raise Refused("own-record")
    flag = await _unsettled(session, flag_id)
    flag.verdict, flag.reason = document.verdict, document.reason
    flag.settled_by, flag.settled_at = caller.subject, caller.now


async def _unsettled(session: AsyncSession, flag_id: UUID) -> RecordFlag:
    flag = await session.get_one(RecordFlag, flag_id, with_for_update=True, populate_existing=True)
    check_unsettled(flag.verdict)
    return flag
