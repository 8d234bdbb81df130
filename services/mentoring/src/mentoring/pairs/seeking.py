"""The next best for whoever's offer came to nothing, and for the seat that is free again.

What both people know of stays as it is. So it is a match of its own: of those who lost their offer and those whom the same
run left without a mentor, with the mentors who have seats free.
"""

import asyncio
from collections import defaultdict
from dataclasses import replace
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.parts import Parts
from common.store.sets import one_of
from mentoring.domain.matching.pairs import NOBODY, Case
from mentoring.domain.matching.runs import matched
from mentoring.domain.pairs import LIVE
from mentoring.pairs.drafts import add_pairs
from mentoring.pairs.offers import offer
from mentoring.pairs.tables import Pair
from mentoring.programmes.queries import rules_of
from mentoring.programmes.tables import Programme
from mentoring.runs.inputs import gather
from mentoring.runs.tables import MatchingResult

PAIRS, RESULTS = Pair.table(), MatchingResult.table()
UNSOUGHT = PAIRS.c.state.in_(("declined", "lapsed")) & ~PAIRS.c.next_sought


async def seek(session: AsyncSession, parts: Parts) -> int:
    """Offers the next best in one programme. Returns for how many pairs that came to nothing it has looked."""
    programme_id = await session.scalar(select(PAIRS.c.programme_id).where(UNSOUGHT).order_by(PAIRS.c.id).limit(1))
    if programme_id is None:
        return 0
    programme = await session.get_one(Programme, programme_id, with_for_update=True)
    asked = select(Pair).where(UNSOUGHT, PAIRS.c.programme_id == programme_id).with_for_update()
    gone = (await session.scalars(asked)).all()
    for pair in gone:
        pair.next_sought = True
    if programme.state == "open":
        await _offer_next(session, programme, {pair.mentee_id: pair.run_id for pair in gone}, parts)
    return len(gone)


async def _offer_next(session: AsyncSession, programme: Programme, lost: dict[UUID, UUID | None], parts: Parts) -> None:
    runs = sorted({run for run in lost.values() if run is not None})
    without = await session.execute(
        select(RESULTS.c.mentee_id, RESULTS.c.run_id).where(
            one_of(RESULTS.c.run_id, runs), RESULTS.c.mentor_id.is_(None)
        )
    )
    wanting = {row.mentee_id: row.run_id for row in without} | lost
    case, _ = await gather(
        session, programme.id, rules_of(programme), parts.clock.today(), held=LIVE, only=list(wanting)
    )
    tried = defaultdict[UUID, set[UUID]](set)
    before = select(PAIRS.c.mentee_id, PAIRS.c.mentor_id).where(
        PAIRS.c.programme_id == programme.id,
        one_of(PAIRS.c.mentee_id, list(wanting)),
        PAIRS.c.answer_by.is_not(None),
    )
    for row in await session.execute(before):
        tried[row.mentee_id].add(row.mentor_id)
    mentees = [replace(mentee, avoids=mentee.avoids | tried[mentee.id]) for mentee in case.mentees]
    free = Case(mentees, [mentor for mentor in case.mentors if mentor.seats], case.rules)
    if not free.mentees or not free.mentors:
        return
    # In a thread: others are answered meanwhile.
    done = await asyncio.to_thread(matched, free)
    made = [
        (mentee.id, free.mentors[at].id, score)
        for mentee, at, score in zip(free.mentees, done.match.mentor.tolist(), done.scores, strict=True)
        if at != NOBODY
    ]
    ids = await add_pairs(session, programme, made, wanting, parts.clock.today())
    pairs = await session.scalars(select(Pair).where(one_of(PAIRS.c.id, ids)).order_by(col(Pair.id)))
    offer(session, programme, pairs.all(), parts.clock.now())
