"""Reading free slots, for everybody, and talks, for the two of each."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.refused import Refused
from common.web.pages import BY_ID, Page, Window
from contracts.callers import Caller
from mentoring.domain.talks import AGREED, Kind, State, shown
from mentoring.talks.schemas import SlotOut, TalkOut
from mentoring.talks.tables import Talk, TalkSlot

BOTH: Select[Talk, TalkSlot] = select(Talk, TalkSlot).join(TalkSlot, col(TalkSlot.id) == col(Talk.slot_id))


def taken(now: datetime) -> ColumnElement[bool]:
    """Whether somebody has a slot: a talk in it was accepted, or waits for its answer still."""
    waits = (col(Talk.state) == "requested") & (col(Talk.answer_by) > now)
    return exists().where(col(Talk.slot_id) == col(TalkSlot.id), or_(col(Talk.state).in_(AGREED), waits))


async def free_slots(
    session: AsyncSession, window: Window, kind: Kind | None, mentor_id: UUID | None, caller: Caller[None]
) -> Page[SlotOut]:
    """The slots that are free and still to come, in the order they were offered."""
    found = select(TalkSlot).where(
        col(TalkSlot.withdrawn_at).is_(None), col(TalkSlot.starts_at) > caller.now, ~taken(caller.now)
    )
    if kind is not None:
        found = found.where(col(TalkSlot.kind) == kind)
    if mentor_id is not None:
        found = found.where(col(TalkSlot.mentor_id) == mentor_id)
    rows = await session.scalars(window.narrow(found, col(TalkSlot.id), BY_ID))
    return window.page([SlotOut.model_validate(row) for row in rows], lambda slot: [slot.id])


async def own_talks(session: AsyncSession, window: Window, caller: Caller[None]) -> Page[TalkOut]:
    """The talks that the caller has asked for or was asked for, in the order they were."""
    rows = await session.execute(window.narrow(BOTH.where(_own(caller)), col(Talk.id), BY_ID))
    return window.page([_shown(row, caller.now) for row in rows], lambda talk: [talk.id])


async def talk(session: AsyncSession, talk_id: UUID, caller: Caller[None]) -> TalkOut:
    """A talk of the caller's. Raises Refused `not-found`."""
    row = (await session.execute(BOTH.where(col(Talk.id) == talk_id, _own(caller)))).one_or_none()
    if row is None:
        raise Refused("not-found")
    return _shown(row, caller.now)


def state_of(found: Talk, now: datetime) -> State:
    """The state of a talk with what time has done to it."""
    return shown(found.state, found.expires_at or found.answer_by, now)


def _own(caller: Caller[None]) -> ColumnElement[bool]:
    me = caller.speaks_for("person")
    return or_(col(Talk.mentee_id) == me, col(TalkSlot.mentor_id) == me)


def _shown(row: Row[Talk, TalkSlot], now: datetime) -> TalkOut:
    found, slot = row
    offered: dict[str, Any] = slot.model_dump(include={"mentor_id", "kind", "starts_at", "ends_at", "way"})
    asked: dict[str, Any] = found.model_dump() | {"state": state_of(found, now)}
    return TalkOut(**offered | asked)
