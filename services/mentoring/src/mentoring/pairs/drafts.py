"""What the desk does before anybody hears of a pair: drafts from a run or by hand, mended by hand, then published.

Each holds the programme, so that two of them never give one seat twice.
"""

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.ids import new_id
from common.refused import Refused
from common.store.sets import add, one_of
from contracts.callers import Caller
from mentoring.applications.tables import Application
from mentoring.domain.matching.limits import LIMITS, Mentors
from mentoring.domain.matching.pairs import Case
from mentoring.domain.matching.people import Mentee
from mentoring.domain.matching.scores import scores
from mentoring.domain.pairs import LIVE, PROMISED
from mentoring.pairs.offers import offer
from mentoring.pairs.reviews import note
from mentoring.pairs.schemas import ByHandIn
from mentoring.pairs.tables import Pair, PairChange
from mentoring.profiles.queries import stood
from mentoring.programmes.commands import held
from mentoring.programmes.queries import rules_of
from mentoring.programmes.tables import Programme
from mentoring.runs.inputs import gather
from mentoring.runs.queries import held_run
from mentoring.runs.tables import MatchingResult

PAIRS, APPLICATIONS = Pair.table().c, Application.table().c
NOT_ADMITTED = "not-admitted"


async def draft(session: AsyncSession, run_id: UUID, caller: Caller[None]) -> int:
    """Makes the pairs of a run drafts of its programme, in place of those that stood there. Returns how many they are.

    A draft that the desk had made or changed by hand stays with its log, `replaced`; the others say no more than their run.
    Whoever has left or is promised to somebody since, and whose mentor has no seat left, gets none. Raises Refused
    `not-found`, `run-not-done`, `programme-closed`.
    """
    run = await held_run(session, run_id, caller)
    programme = await _open(session, run.programme_id, caller)
    if run.inputs is None:
        raise Refused("run-not-done")
    drafts = (col(Pair.programme_id) == programme.id, col(Pair.state) == "draft")
    by_hand = exists().where(col(PairChange.pair_id) == col(Pair.id))
    await session.execute(
        update(Pair).where(*drafts, by_hand).values(state="replaced", review=None, version=PAIRS.version + 1)
    )
    await session.execute(delete(Pair).where(*drafts))
    seats = await _seats(session, programme.id)
    taking = select(APPLICATIONS.person_id).where(
        col(Application.programme_id) == programme.id,
        col(Application.side) == "mentee",
        col(Application.withdrawn_at).is_(None),
        col(Application.person_id).not_in(
            select(PAIRS.mentee_id).where(col(Pair.programme_id) == programme.id, col(Pair.state).in_(PROMISED))
        ),
    )
    found = await session.scalars(
        select(MatchingResult)
        .where(
            col(MatchingResult.run_id) == run.id,
            col(MatchingResult.mentor_id).is_not(None),
            col(MatchingResult.mentee_id).in_(taking),
        )
        .order_by(col(MatchingResult.score).desc(), col(MatchingResult.mentee_id))
    )
    made: list[tuple[UUID, UUID, int]] = []
    for row in found:
        if row.mentor_id is not None and seats[row.mentor_id] > 0:
            seats[row.mentor_id] -= 1
            made.append((row.mentee_id, row.mentor_id, row.score or 0))
    await add_pairs(session, programme, made, dict.fromkeys((mentee for mentee, *_ in made), run.id), caller.today)
    return len(made)


async def make(session: AsyncSession, programme_id: UUID, asked: ByHandIn, caller: Caller[None]) -> UUID:
    """Makes a draft by hand, for a mentee without a pair. Raises Refused: `not-found`, `programme-closed`, `already-paired`, `limit-broken`."""
    programme = await _open(session, programme_id, caller)
    live = exists().where(
        col(Pair.programme_id) == programme_id,
        col(Pair.mentee_id) == asked.mentee_id,
        col(Pair.state).in_(LIVE),
    )
    if await session.scalar(select(live)):
        raise Refused("already-paired", field="mentee_id")
    score = await _judged(session, programme, asked.mentee_id, asked.mentor_id, caller)
    [pair_id] = await add_pairs(session, programme, [(asked.mentee_id, asked.mentor_id, score)], {}, caller.today)
    note(session, await session.get_one(Pair, pair_id), "made", asked.reason, caller)
    return pair_id


async def move(session: AsyncSession, pair_id: UUID, mentor_id: UUID, reason: str, caller: Caller[None]) -> Pair:
    """Gives the mentee of a draft another mentor. Raises Refused: `not-found`, `pair-not-draft`, `limit-broken`."""
    [pair] = await _drafts(session, [pair_id], caller)
    await _moved(session, [(pair, mentor_id)], reason, caller)
    return pair


async def exchange(
    session: AsyncSession, pair_id: UUID, other_id: UUID, reason: str, caller: Caller[None]
) -> list[Pair]:
    """Lets the mentees of two drafts exchange their mentors. Raises Refused: `not-found`, `pair-not-draft`, `limit-broken`."""
    one, other = await _drafts(session, [pair_id, other_id], caller)
    await _moved(session, [(one, other.mentor_id), (other, one.mentor_id)], reason, caller)
    return [one, other]


async def publish(session: AsyncSession, programme_id: UUID, caller: Caller[None]) -> tuple[int, int]:
    """Offers every draft that still breaks no limit, and puts the others up for review with the limit they break.

    Each person gets one mail, however many pairs are theirs. Returns how many were offered, and how many were not.
    Raises Refused: `not-found`, `programme-closed`.
    """
    programme = await _open(session, programme_id, caller)
    asked = select(Pair).where(col(Pair.programme_id) == programme.id, col(Pair.state) == "draft")
    drafts = (await session.scalars(asked.order_by(col(Pair.id)).with_for_update())).all()
    case, _ = await gather(
        session, programme.id, rules_of(programme), caller.today, only=[pair.mentee_id for pair in drafts]
    )
    broken = await asyncio.to_thread(_checked, case, {pair.mentee_id: pair.mentor_id for pair in drafts})
    for pair in drafts:
        pair.review = broken.get(pair.mentee_id)
    good = [pair for pair in drafts if pair.review is None]
    await _refresh(session, good, caller.today)
    offer(session, programme, good, caller.now)
    return len(good), len(drafts) - len(good)


async def add_pairs(
    session: AsyncSession,
    programme: Programme,
    made: Sequence[tuple[UUID, UUID, int]],
    runs: Mapping[UUID, UUID | None],
    day: date,
) -> list[UUID]:
    """Stores drafts of (mentee, mentor, score), with the run of each mentee where there is one. Returns their ids."""
    people = sorted({person for mentee, mentor, _ in made for person in (mentee, mentor)})
    where = {row.person_id: row for row in await stood(session, people, day)}
    rows: list[dict[str, Any]] = [
        {
            **dict.fromkeys(Pair.table().columns.keys()),
            "id": new_id(),
            "programme_id": programme.id,
            "mentee_id": mentee,
            "mentor_id": mentor,
            "run_id": runs.get(mentee),
            "score": score,
            "state": "draft",
            "mentee_agency_id": where[mentee].agency_id,
            "mentee_unit_id": where[mentee].unit_id,
            "mentor_agency_id": where[mentor].agency_id,
            "mentor_unit_id": where[mentor].unit_id,
            "next_sought": False,
            "version": 1,
        }
        for mentee, mentor, score in made
    ]
    await add(session, Pair.table(), rows)
    return [row["id"] for row in rows]


async def _open(session: AsyncSession, programme_id: UUID, caller: Caller[None]) -> Programme:
    programme = await held(session, programme_id, caller)
    if programme.state == "closed":
        raise Refused("programme-closed")
    return programme


async def _seats(session: AsyncSession, programme_id: UUID) -> Counter[UUID]:
    """How many mentees more each mentor takes who takes part, beside those promised."""
    asked = select(APPLICATIONS.person_id, APPLICATIONS.seats).where(
        col(Application.programme_id) == programme_id,
        col(Application.side) == "mentor",
        col(Application.withdrawn_at).is_(None),
    )
    seats = Counter[UUID]({row.person_id: row.seats for row in await session.execute(asked)})
    promised = select(PAIRS.mentor_id).where(col(Pair.programme_id) == programme_id, col(Pair.state).in_(PROMISED))
    seats.subtract(await session.scalars(promised))
    return seats


async def _drafts(session: AsyncSession, ids: Sequence[UUID], caller: Caller[None]) -> list[Pair]:
    """These drafts of one programme, in this order, held with it."""
    programmes = set(await session.scalars(select(PAIRS.programme_id).where(one_of(PAIRS.id, ids))))
    if len(programmes) != 1:
        raise Refused("not-found")
    await _open(session, programmes.pop(), caller)
    # Read when the programme is held: until then somebody may move it, publish it or make drafts anew.
    found = {pair.id: pair for pair in await session.scalars(select(Pair).where(one_of(PAIRS.id, ids)))}
    if len(found) < len(ids):
        raise Refused("not-found")
    if any(pair.state != "draft" for pair in found.values()):
        raise Refused("pair-not-draft")
    return [found[each] for each in ids]


async def _moved(session: AsyncSession, moves: Sequence[tuple[Pair, UUID]], reason: str, caller: Caller[None]) -> None:
    programme = await session.get_one(Programme, moves[0][0].programme_id)
    freed = [pair.mentor_id for pair, _ in moves]
    for pair, mentor_id in moves:
        pair.score = await _judged(session, programme, pair.mentee_id, mentor_id, caller, freed)
    for pair, mentor_id in moves:
        pair.mentor_id, pair.review, pair.version = mentor_id, None, pair.version + 1
        note(session, pair, "moved", reason, caller)
    await _refresh(session, [pair for pair, _ in moves], caller.today)


async def _judged(
    session: AsyncSession,
    programme: Programme,
    mentee_id: UUID,
    mentor_id: UUID,
    caller: Caller[None],
    freed: Collection[UUID] = (),
) -> int:
    """What two score who may be a pair; `freed` are the mentors of the drafts in whose place it comes.

    Raises Refused `limit-broken`.
    """
    rules = rules_of(programme)
    case, _ = await gather(session, programme.id, rules, caller.today, only=[mentee_id])
    drafted = select(Pair).where(col(Pair.programme_id) == programme.id, col(Pair.state) == "draft")
    drafts = Counter(pair.mentor_id for pair in await session.scalars(drafted))
    drafts.subtract(freed)
    mentors = Mentors(case.mentors)
    limit = NOT_ADMITTED
    if case.mentees and mentor_id in mentors.at:
        at = mentors.at[mentor_id]
        limit = _limit(case, mentors, case.mentees[0], at, int(mentors.seats[at]) - drafts[mentor_id])
    if limit is not None:
        raise Refused("limit-broken", field="mentor_id", limit=limit)
    return int(scores(case.mentees[0], mentors, rules)[mentors.at[mentor_id]])


def _checked(case: Case, wanted: Mapping[UUID, UUID]) -> dict[UUID, str]:
    """The limit that each of these pairs breaks, by mentee."""
    mentors = Mentors(case.mentors)
    mentees = {mentee.id: mentee for mentee in case.mentees}
    left = Counter[int](dict(enumerate(mentors.seats.tolist())))
    found: dict[UUID, str] = {}
    for mentee_id, mentor_id in wanted.items():
        mentee, at = mentees.get(mentee_id), mentors.at.get(mentor_id)
        if mentee is None or at is None:
            found[mentee_id] = NOT_ADMITTED
        elif limit := _limit(case, mentors, mentee, at, left[at]):
            found[mentee_id] = limit
        else:
            left[at] -= 1
    return found


def _limit(case: Case, mentors: Mentors, mentee: Mentee, at: int, seats: int) -> str | None:
    broke = (name for name, breaks in LIMITS.items() if breaks(mentee, mentors, case.rules)[at])
    return next(broke, "seats" if seats < 1 else None)


async def _refresh(session: AsyncSession, pairs: Sequence[Pair], day: date) -> None:
    """Keeps with each pair where both serve today."""
    people = sorted({person for pair in pairs for person in (pair.mentee_id, pair.mentor_id)})
    where = {row.person_id: row for row in await stood(session, people, day)}
    for pair in pairs:
        mentee, mentor = where[pair.mentee_id], where[pair.mentor_id]
        pair.mentee_agency_id, pair.mentee_unit_id = mentee.agency_id, mentee.unit_id
        pair.mentor_agency_id, pair.mentor_unit_id = mentor.agency_id, mentor.unit_id
