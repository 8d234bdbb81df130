"""Offering slots, asking for a talk, and answering.

A slot is held by whoever changes something of it, so of two who ask for it at once one has it.
"""

from datetime import timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.ids import new_id
from common.refused import Refused
from contracts.callers import Caller
from mentoring.applications.tables import Application
from mentoring.completion.commands import tell
from mentoring.completion.counting import HeldSession, Presence, count
from mentoring.domain.sessions import Span, confirmed
from mentoring.domain.talks import LIVE, answer_by, check_answered, held
from mentoring.people import PEOPLE
from mentoring.programmes.queries import rules_of
from mentoring.programmes.tables import Programme
from mentoring.talks import letters
from mentoring.talks.queries import BOTH, state_of
from mentoring.talks.schemas import SlotIn, SlotOut, TalkIn
from mentoring.talks.tables import Talk, TalkSlot

Settled = Literal["accepted", "rejected", "expired", "cancelled"]


async def offer(session: AsyncSession, document: SlotIn, caller: Caller[None]) -> SlotOut:
    """Offers a time of the caller's, who is a mentor in an open programme.

    Raises Refused `not-a-mentor`, `slot-past`, `slot-overlaps`.
    """
    me: UUID = caller.speaks_for("person")
    await PEOPLE.lock(session, [me])
    mentoring = (
        select(col(Application.programme_id))
        .join(Programme, col(Programme.id) == col(Application.programme_id))
        .where(
            col(Application.person_id) == me,
            col(Application.side) == "mentor",
            col(Application.withdrawn_at).is_(None),
            col(Programme.state) == "open",
        )
        .order_by(col(Programme.id))
    )
    programmes = (await session.scalars(mentoring)).all()
    if not programmes or document.programme_id not in (None, *programmes):
        raise Refused("not-a-mentor")
    if document.starts_at <= caller.now:
        raise Refused("slot-past", field="starts_at")
    overlapping = select(col(TalkSlot.id)).where(
        col(TalkSlot.mentor_id) == me,
        col(TalkSlot.withdrawn_at).is_(None),
        col(TalkSlot.starts_at) < document.ends_at,
        col(TalkSlot.ends_at) > document.starts_at,
    )
    if await session.scalar(overlapping.limit(1)) is not None:
        raise Refused("slot-overlaps", field="starts_at")
    slot = TalkSlot(
        id=new_id(),
        programme_id=document.programme_id or programmes[0],
        mentor_id=me,
        kind=document.kind,
        starts_at=document.starts_at,
        ends_at=document.ends_at,
        way=document.way,
        withdrawn_at=None,
    )
    session.add(slot)
    return SlotOut.model_validate(slot)


async def withdraw(session: AsyncSession, slot_id: UUID, caller: Caller[None]) -> None:
    """Takes a slot of the caller's back; what somebody has asked for in it is rejected.

    Raises Refused `not-found`, and `talk-state` where the talk in it was held, by the word of one of the two or both.
    """
    slot = await session.get(TalkSlot, slot_id, with_for_update=True)
    if slot is None or slot.mentor_id != caller.speaks_for("person"):
        raise Refused("not-found")
    live = await _live(session, slot.id)
    if live is not None and live.state in {"pending", "confirmed"}:
        raise Refused("talk-state", state=state_of(live, caller.now))
    slot.withdrawn_at = slot.withdrawn_at or caller.now
    if live is not None:
        _settle(session, live, slot, "expired" if state_of(live, caller.now) == "expired" else "rejected", caller)


async def ask(session: AsyncSession, slot_id: UUID, document: TalkIn, caller: Caller[None]) -> UUID:
    """Asks for a slot that is free. Raises Refused `not-found`, `own-slot`, `slot-taken`, `not-in-service`."""
    me: UUID = caller.speaks_for("person")
    person = (await PEOPLE.lock(session, [me])).by_id.get(me)
    if person is None or not person.in_service(caller.today):
        raise Refused("not-in-service")
    slot = await session.get(TalkSlot, slot_id, with_for_update=True)
    if slot is None or slot.withdrawn_at is not None or slot.starts_at <= caller.now:
        raise Refused("not-found")
    if slot.mentor_id == me:
        raise Refused("own-slot")
    if (live := await _live(session, slot.id)) is not None:
        if state_of(live, caller.now) != "expired":
            raise Refused("slot-taken")
        _settle(session, live, slot, "expired", caller)
        # The old one must be out of the way before the new one comes: a slot has one live talk.
        await session.flush()
    found = Talk(
        id=new_id(),
        slot_id=slot.id,
        mentee_id=me,
        topic=document.topic,
        state="requested",
        asked_at=caller.now,
        answer_by=answer_by(caller.now, slot.starts_at),
        reason=None,
        version=1,
    )
    session.add(found)
    letters.tell(session, "asked", found.id, slot.mentor_id, slot.starts_at, caller.now)
    return found.id


async def accept(session: AsyncSession, talk_id: UUID, caller: Caller[None]) -> None:
    """Accepts what the caller was asked for. Raises Refused `not-found`, `talk-state`."""
    found, slot = await _asked_of(session, talk_id, caller)
    check_answered(state_of(found, caller.now))
    _settle(session, found, slot, "accepted", caller)
    letters.invite(session, found, slot, caller.now)


async def reject(session: AsyncSession, talk_id: UUID, reason: str, caller: Caller[None]) -> None:
    """Rejects what the caller was asked for; the slot is free again. Raises Refused `not-found`, `talk-state`."""
    found, slot = await _asked_of(session, talk_id, caller)
    check_answered(state_of(found, caller.now))
    found.reason = reason
    _settle(session, found, slot, "rejected", caller)


async def cancel(session: AsyncSession, talk_id: UUID, reason: str, caller: Caller[None]) -> None:
    """Calls off a talk that is asked for or accepted, or takes back that it was held, by either of the two.

    Raises Refused `not-found`, `talk-state`.
    """
    found, slot = await _of_both(session, talk_id, caller)
    if (state := state_of(found, caller.now)) not in LIVE:
        raise Refused("talk-state", state=state)
    found.reason = reason
    _settle(session, found, slot, "cancelled", caller)
    found.expires_at = found.held_on = None
    await tell(session, [found.id], caller.clock, "talk_id")


async def confirm(session: AsyncSession, talk_id: UUID, caller: Caller[None]) -> None:
    """Says that a talk was held; once both have said so, it counts. Said again, nothing changes.

    Raises Refused `not-found`, `talk-state`, what `domain.sessions.confirmed` raises and what `counting.count` raises.
    """
    row = (await session.execute(BOTH.where(col(Talk.id) == talk_id))).one_or_none()
    if row is None:
        raise Refused("not-found")
    people = await PEOPLE.lock(session, [row[0].mentee_id, row[1].mentor_id])
    found, slot = await _of_both(session, talk_id, caller)
    span, side = Span(slot.starts_at, slot.ends_at), "mentee" if found.mentee_id == caller.person else "mentor"
    before = held(found.state, found.mentee_said_at, found.mentor_said_at, found.expires_at)
    programme = await session.get_one(Programme, slot.programme_id)
    said = confirmed(before, side, span, caller.now, timedelta(days=rules_of(programme).confirm_days))
    if said == before:
        return
    if said.state == "confirmed":
        occasion = HeldSession(found.id, slot.kind, found.id, slot.programme_id, slot.mentor_id, span)
        present = {found.mentee_id: Presence(found.id, found.version + 1)}
        found.held_on = (await count(session, occasion, present, people, caller))[found.mentee_id]
    found.state = "confirmed" if said.state == "confirmed" else "pending"
    found.mentee_said_at, found.mentor_said_at, found.expires_at = said.mentee_at, said.mentor_at, said.expires_at
    found.version += 1
    await tell(session, [found.id], caller.clock, "talk_id")


async def _of_both(session: AsyncSession, talk_id: UUID, caller: Caller[None]) -> tuple[Talk, TalkSlot]:
    """A talk of the caller's as either of the two, held with its slot. Raises Refused `not-found`."""
    found, slot = await _held(session, talk_id)
    if caller.speaks_for("person") not in {found.mentee_id, slot.mentor_id}:
        raise Refused("not-found")
    return found, slot


def _settle(session: AsyncSession, talk: Talk, slot: TalkSlot, state: Settled, caller: Caller[None]) -> None:
    """Gives a talk its new state, tells the other of the two, and takes it out of calendars that it was in."""
    was_set = talk.state == "accepted" and slot.ends_at > caller.now
    talk.state, talk.version = state, talk.version + 1
    # Whoever asked hears it, but for what they called off themselves.
    concerned = slot.mentor_id if caller.person == talk.mentee_id and state == "cancelled" else talk.mentee_id
    letters.tell(session, state, talk.id, concerned, slot.starts_at, caller.now)
    if was_set:
        letters.invite(session, talk, slot, caller.now, off=True)


async def _asked_of(session: AsyncSession, talk_id: UUID, caller: Caller[None]) -> tuple[Talk, TalkSlot]:
    found, slot = await _held(session, talk_id)
    if slot.mentor_id != caller.speaks_for("person"):
        raise Refused("not-found")
    return found, slot


async def _held(session: AsyncSession, talk_id: UUID) -> tuple[Talk, TalkSlot]:
    """A talk with its slot, which is held first. Raises Refused `not-found`."""
    slot_id = await session.scalar(select(col(Talk.slot_id)).where(col(Talk.id) == talk_id))
    if slot_id is None:
        raise Refused("not-found")
    slot = await session.get_one(TalkSlot, slot_id, with_for_update=True)
    return await session.get_one(Talk, talk_id, populate_existing=True), slot


async def _live(session: AsyncSession, slot_id: UUID) -> Talk | None:
    return await session.scalar(select(Talk).where(col(Talk.slot_id) == slot_id, col(Talk.state).in_(LIVE)))
