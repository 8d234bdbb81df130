"""What the two people of a pair say to an offer, and offers that nobody answered in time.

Locks are taken in one order: the mentor, who may be asked in several programmes at once, their application, then the pair.
"""

from typing import Literal
from uuid import UUID

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.parts import Parts
from common.refused import Refused
from common.store.outbox import emit
from contracts.callers import Caller
from contracts.events.mentoring import MatchDeclined
from mentoring.applications.tables import Application
from mentoring.domain.load import free, most_on
from mentoring.domain.pairs import last_day
from mentoring.pairs.offers import told
from mentoring.pairs.tables import DeclinedPair, Pair
from mentoring.people import PEOPLE
from mentoring.programmes.queries import rules_of
from mentoring.programmes.tables import Programme

PAIRS = Pair.table()
BATCH = 500


async def accept(session: AsyncSession, pair_id: UUID, caller: Caller[None]) -> Pair:
    """Says yes for the caller; said twice, it is said once. Where both have, the pair begins today.

    Where the mentor's seats are taken by others meanwhile, the offer has lapsed, and the next best is sought. Raises
    Refused: `not-found`, `pair-not-offered`.
    """
    pair, mentor = await _own(session, pair_id, caller)
    side = "mentee_accepted_at" if caller.person == pair.mentee_id else "mentor_accepted_at"
    if pair.state == "active" or (pair.state == "offered" and getattr(pair, side) is not None):
        return pair
    _check_offered(pair, caller)
    setattr(pair, side, caller.now)
    pair.version += 1
    if pair.mentee_accepted_at is None or pair.mentor_accepted_at is None:
        return pair
    others = select(func.count(), func.count().filter(PAIRS.c.programme_id == pair.programme_id).label("here")).where(
        PAIRS.c.mentor_id == pair.mentor_id, PAIRS.c.state == "active"
    )
    everywhere, here = (await session.execute(others)).one()
    # The mentor may take fewer than when the offers went out, or have others elsewhere by now: who comes first is in.
    if not free(mentor.seats - here, everywhere, most_on(caller.today)):
        setattr(pair, side, None)
        pair.state = "lapsed"
        _tell(session, pair, "seats", caller)
        return pair
    programme = await session.get_one(Programme, pair.programme_id)
    pair.state = "active"
    pair.begins_on = caller.today
    pair.ends_on = last_day(caller.today, rules_of(programme).months)
    return pair


async def decline(session: AsyncSession, pair_id: UUID, reason: str, caller: Caller[None]) -> Pair:
    """Says no for the caller, for a reason that the desk alone is shown. Raises Refused: `not-found`, `pair-not-offered`."""
    pair, _ = await _own(session, pair_id, caller)
    _check_offered(pair, caller)
    pair.state = "declined"
    pair.version += 1
    session.add(DeclinedPair(pair_id=pair.id, person_id=caller.speaks_for("person"), reason=reason, at=caller.now))
    _tell(session, pair, "answer", caller)
    return pair


async def lapse(session: AsyncSession, parts: Parts) -> int:
    """Lets offers lapse that were not answered in time. Returns how many."""
    now = parts.clock.now()
    due = (
        select(PAIRS.c.id)
        .where(PAIRS.c.state == "offered", PAIRS.c.answer_by <= now)
        .order_by(PAIRS.c.answer_by)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    lapsed = (
        update(Pair)
        .where(col(Pair.id).in_(due))
        .values(state="lapsed", version=PAIRS.c.version + 1)
        .returning(Pair)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    found = (await session.scalars(lapsed)).all()
    for pair in found:
        emit(session, MatchDeclined(**told(pair), by="silence"), sequence=pair.version, time=now)
    return len(found)


async def _own(session: AsyncSession, pair_id: UUID, caller: Caller[None]) -> tuple[Pair, Application]:
    """A pair that the caller is one of, held, and the mentor's application. What was never offered is nobody's."""
    person_id = caller.speaks_for("person")
    own = select(PAIRS.c.programme_id, PAIRS.c.mentor_id).where(
        PAIRS.c.id == pair_id,
        or_(PAIRS.c.mentee_id == person_id, PAIRS.c.mentor_id == person_id),
        PAIRS.c.answer_by.is_not(None),
    )
    found = (await session.execute(own)).one_or_none()
    if found is None:
        raise Refused("not-found")
    key = {"programme_id": found.programme_id, "person_id": found.mentor_id}
    await PEOPLE.lock(session, [found.mentor_id])
    mentor = await session.get(Application, key, with_for_update=True)
    if mentor is None:
        # Whoever is erased has no application any more.
        raise Refused("not-found")
    return await session.get_one(Pair, pair_id, with_for_update=True), mentor


def _check_offered(pair: Pair, caller: Caller[None]) -> None:
    if pair.state != "offered" or pair.answer_by is None or pair.answer_by <= caller.now:
        raise Refused("pair-not-offered")


def _tell(session: AsyncSession, pair: Pair, by: Literal["answer", "seats"], caller: Caller[None]) -> None:
    emit(session, MatchDeclined(**told(pair), by=by), sequence=pair.version, time=caller.now)
