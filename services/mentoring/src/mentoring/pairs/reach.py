"""Whose a pair is: of the two, once both have accepted, and for reading of whoever runs the programme."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.refused import Refused
from contracts.callers import Caller
from mentoring.domain.programmes import Side
from mentoring.pairs.tables import Pair
from mentoring.people import PEOPLE
from mentoring.programmes.commands import held
from mentoring.programmes.tables import Programme
from roster.people import Locked


class OneOfTwo(NamedTuple):
    """A pair of the caller's, held together with both people, and which of the two the caller is."""

    pair: Pair
    side: Side
    people: Locked


async def own_pair(session: AsyncSession, pair_id: UUID, caller: Caller[None]) -> Pair:
    """A pair that the caller is or was one of, since both have accepted. Raises Refused `not-found`."""
    me: UUID = caller.speaks_for("person")
    own = or_(col(Pair.mentee_id) == me, col(Pair.mentor_id) == me)
    pair = await session.scalar(select(Pair).where(col(Pair.id) == pair_id, own, col(Pair.begins_on).is_not(None)))
    if pair is None:
        raise Refused("not-found")
    return pair


async def held_pair(session: AsyncSession, pair_id: UUID, caller: Caller[None]) -> OneOfTwo:
    """As `own_pair`, held until the transaction ends: the people first, as everybody does who decides about them."""
    pair = await own_pair(session, pair_id, caller)
    people = await PEOPLE.lock(session, [pair.mentee_id, pair.mentor_id])
    await session.refresh(pair, with_for_update=True)
    return OneOfTwo(pair, "mentee" if pair.mentee_id == caller.person else "mentor", people)


async def held_for_desk(session: AsyncSession, pair_id: UUID, caller: Caller[None]) -> Pair:
    """A pair of a programme that the caller runs, held with it. Raises Refused `not-found`."""
    programme_id = await session.scalar(select(col(Pair.programme_id)).where(col(Pair.id) == pair_id))
    if programme_id is None:
        raise Refused("not-found")
    await held(session, programme_id, caller)
    # A draft may be gone by now: others may have been made anew.
    pair = await session.get(Pair, pair_id, with_for_update=True)
    if pair is None:
        raise Refused("not-found")
    return pair


async def seen_pair(session: AsyncSession, pair_id: UUID, caller: Caller[None]) -> Pair:
    """A pair that the caller may see: one of their own, or of a programme they run. Raises Refused `not-found`."""
    found = select(Pair, col(Programme.agency_id)).join(Programme, col(Programme.id) == col(Pair.programme_id))
    row = (await session.execute(found.where(col(Pair.id) == pair_id))).one_or_none()
    if row is not None:
        pair, agency_id = row
        own = "person" in caller.roles and caller.person in (pair.mentee_id, pair.mentor_id)
        if own or caller.unbound or agency_id in caller.agencies:
            return pair
    raise Refused("not-found")
