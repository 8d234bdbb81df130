"""Asking for exemptions, approving, refusing and ending them.

Nobody approves what is their own, or what they asked for or entered. Whatever is approved or ended counts at once: the
person's years are laid again, and their shortfalls follow.
"""

from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.ids import new_id
from common.refused import Refused
from contracts.callers import Caller
from training.domain.exemptions import BOOK
from training.domain.rules import Book
from training.exemptions.schemas import EndIn, ExemptionIn
from training.exemptions.tables import Exemption, ExemptionChange
from training.ledger.commands import lay_again
from training.people import PEOPLE
from training.soundings.shortfalls import follow, settle


async def ask(session: AsyncSession, asked: ExemptionIn, caller: Caller[Book]) -> UUID:
    """Asks for an exemption of somebody. Raises Refused."""
    if not await _held(session, asked.person_id, caller):
        raise Refused("person-unknown", field="person_id")
    if asked.valid_to is not None and asked.valid_to <= asked.valid_from:
        raise Refused("dates-reversed", field="valid_to")
    try:
        grounds = BOOK.at(asked.valid_from).tables
    except LookupError:
        raise Refused("rule-missing", field="valid_from") from None
    if asked.ground not in grounds:
        raise Refused("ground-unknown", field="ground")
    until = [] if asked.valid_to is None else [col(Exemption.valid_from) < asked.valid_to]
    overlapping = exists().where(
        col(Exemption.person_id) == asked.person_id,
        col(Exemption.state) != "refused",
        or_(col(Exemption.valid_to).is_(None), asked.valid_from < col(Exemption.valid_to)),
        *until,
    )
    if await session.scalar(select(overlapping)):
        raise Refused("periods-overlap", field="valid_from")
    hands = sorted(caller.actor.hands)
    exemption = Exemption(id=new_id(), **asked.model_dump(), state="asked", hands=hands, version=0)
    session.add(exemption)
    await session.flush()
    _note(session, exemption, "asked", None, caller)
    return exemption.id


async def approve(session: AsyncSession, exemption_id: UUID, caller: Caller[Book]) -> None:
    """Approves an exemption that was asked for; one that is approved stays so. Raises Refused."""
    exemption = await _take(session, exemption_id, caller)
    _check_other(exemption, caller)
    if exemption.state == "approved":
        return
    _check_asked(exemption)
    exemption.state = "approved"
    _note(session, exemption, "approved", None, caller)
    await _count_anew(session, exemption.person_id, caller)


async def refuse(session: AsyncSession, exemption_id: UUID, reason: str, caller: Caller[Book]) -> None:
    """Refuses an exemption that was asked for. Raises Refused."""
    exemption = await _take(session, exemption_id, caller)
    _check_other(exemption, caller)
    _check_asked(exemption)
    exemption.state = "refused"
    _note(session, exemption, "refused", reason, caller)


async def end(session: AsyncSession, exemption_id: UUID, end: EndIn, caller: Caller[Book]) -> None:
    """Ends an approved exemption earlier: the duty holds again from that day. Raises Refused."""
    exemption = await _take(session, exemption_id, caller)
    if caller.actor.is_own_case(exemption.person_id):
        raise Refused("own-exemption")
    if exemption.state != "approved":
        raise Refused("exemption-not-approved")
    if end.on == exemption.valid_to:
        return
    if end.on < exemption.valid_from or (exemption.valid_to is not None and end.on > exemption.valid_to):
        raise Refused("end-outside", field="on")
    exemption.valid_to = end.on
    _note(session, exemption, "ended", end.reason, caller)
    await _count_anew(session, exemption.person_id, caller)


async def _held(session: AsyncSession, person_id: UUID, caller: Caller[Book]) -> bool:
    """Holds somebody, if the caller may see them."""
    seen = await session.scalar(
        select(PEOPLE.c.person_id).where(PEOPLE.c.person_id == person_id, PEOPLE.seen_by(caller))
    )
    if seen is not None:
        await PEOPLE.lock(session, [person_id])
    return seen is not None


async def _take(session: AsyncSession, exemption_id: UUID, caller: Caller[Book]) -> Exemption:
    """An exemption, held after its person. Raises Refused `not-found`, also for one the caller may not see."""
    person_id = await session.scalar(select(col(Exemption.person_id)).where(col(Exemption.id) == exemption_id))
    if person_id is None or not await _held(session, person_id, caller):
        raise Refused("not-found")
    return await session.get_one(Exemption, exemption_id, with_for_update=True)


def _check_other(exemption: Exemption, caller: Caller[Book]) -> None:
    if caller.actor.is_own_case(exemption.person_id) or not caller.actor.hands.isdisjoint(exemption.hands):
        raise Refused("own-exemption")


def _check_asked(exemption: Exemption) -> None:
    if exemption.state != "asked":
        raise Refused("exemption-decided")


def _note(session: AsyncSession, exemption: Exemption, act: str, reason: str | None, caller: Caller[Book]) -> None:
    exemption.version += 1
    session.add(
        ExemptionChange(
            exemption_id=exemption.id,
            version=exemption.version,
            act=act,
            valid_to=exemption.valid_to,
            reason=reason,
            done_by=caller.subject,
            done_at=caller.now,
        )
    )


async def _count_anew(session: AsyncSession, person_id: UUID, caller: Caller[Book]) -> None:
    await session.flush()
    await settle(session, await lay_again(session, [person_id], caller.rules, caller.clock), caller.clock)
    await follow(session, [person_id], caller.clock)
