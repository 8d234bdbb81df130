"""Who of those who would have a mentor has one, by region, jenjang and sex, and what keeps each of the others without (M18)."""

import asyncio
import hmac
from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from statistics import median
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from common.small_groups import told
from common.web.pages import BY_ID, Page, Window
from contracts.callers import Caller
from mentoring.by_sex.queries import counted_by_sex
from mentoring.domain.matching.changes import binding
from mentoring.domain.matching.limits import Mentors, allowed
from mentoring.domain.matching.pairs import Case, Match
from mentoring.domain.matching.runs import Run
from mentoring.domain.pairs import HAD, LEAST, PROMISED
from mentoring.pairs.schemas import CoverageOut, GroupCoverageOut, UnmatchedOut
from mentoring.pairs.tables import Pair
from mentoring.profiles.queries import stood
from mentoring.programmes.queries import rules_of, seen_programme
from mentoring.runs.inputs import gather

PAIRS = Pair.table().c


class _Standing(NamedTuple):
    """Who takes part on a day: the mentees who may, those who may no longer, and the scores and mentors of who has a pair."""

    case: Case
    left: Sequence[UUID]
    scores: dict[UUID, int]
    taken: Counter[UUID]

    @property
    def applicants(self) -> list[UUID]:
        return sorted([*(mentee.id for mentee in self.case.mentees), *self.left])


async def coverage(session: AsyncSession, programme_id: UUID, caller: Caller[None]) -> CoverageOut:
    """How many have a mentor, and of groups of ten and more who. Raises Refused `not-found`."""
    now = await _standing(session, programme_id, caller)
    leaves = defaultdict[tuple[Hashable, ...], list[UUID]](list)
    for row in await stood(session, now.applicants, caller.today):
        leaves[row.region or "-", row.jenjang or "-"].append(row.person_id)
    counted = {path: _counts(people, now.scores) for path, people in leaves.items()}
    key = caller.nip_key.encode()
    # Regions with their jenjang are one tree, so that no difference of two groups is a small one.
    shown = told(counted, LEAST, lambda path: hmac.digest(key, repr(path).encode(), "sha256"))
    groups: list[GroupCoverageOut] = []
    for path, (size, parts) in sorted(shown.items(), key=repr):
        if not path:
            continue
        people = [each for leaf, theirs in leaves.items() if leaf[: len(path)] == path for each in theirs]
        scores = [now.scores[each] for each in people if each in now.scores]
        matched, unmatched = parts or (None, None)
        groups.append(
            GroupCoverageOut(
                region=str(path[0]),
                jenjang=str(path[1]) if len(path) > 1 else None,
                applicants=size,
                matched=matched,
                unmatched=unmatched,
                median_score=round(median(scores)) if matched else None,
            )
        )
    matched, unmatched = _counts(now.applicants, now.scores)
    by_sex, counted_on = await counted_by_sex(session, programme_id)
    return CoverageOut(
        applicants=len(now.applicants),
        matched=matched,
        unmatched=unmatched,
        groups=groups,
        by_sex=by_sex,
        by_sex_on=counted_on,
    )


async def unmatched_page(
    session: AsyncSession, window: Window, programme_id: UUID, caller: Caller[None]
) -> Page[UnmatchedOut]:
    """Who has no mentor, each with the limit that binds them, in the order of their ids. Raises Refused `not-found`."""
    now = await _standing(session, programme_id, caller)
    seen = window.seen(BY_ID)
    without = [each for each in now.applicants if each not in now.scores and (seen is None or each > seen[0])]
    limits = await asyncio.to_thread(_limits, now, without[: window.limit + 1])
    return window.page(
        [UnmatchedOut(person_id=each, limited_by=limit) for each, limit in limits.items()],
        lambda shown: [shown.person_id],
    )


async def _standing(session: AsyncSession, programme_id: UUID, caller: Caller[None]) -> _Standing:
    programme = await seen_programme(session, programme_id, caller)
    case, left = await gather(session, programme.id, rules_of(programme), caller.today, held=())
    had = select(PAIRS.mentee_id, PAIRS.mentor_id, PAIRS.score, PAIRS.state).where(
        PAIRS.programme_id == programme.id, PAIRS.state.in_(HAD)
    )
    pairs = (await session.execute(had.order_by(PAIRS.id))).all()
    applicants = {*(mentee.id for mentee in case.mentees), *left}
    scores = {row.mentee_id: row.score for row in pairs if row.mentee_id in applicants}
    return _Standing(case, left, scores, Counter(row.mentor_id for row in pairs if row.state in PROMISED))


def _counts(people: Sequence[UUID], scores: dict[UUID, int]) -> tuple[int, int]:
    matched = sum(each in scores for each in people)
    return matched, len(people) - matched


def _limits(now: _Standing, people: Sequence[UUID]) -> dict[UUID, str]:
    """The limit that binds each of these; `not-matched-yet` for who could have a seat that is free."""
    mentors = Mentors(now.case.mentors)
    done = Run(now.case, mentors, Match(mentors.seats[:0].astype("int32"), 0))
    free = mentors.seats > [now.taken[mentor.id] for mentor in mentors.all]
    number_of = {mentee.id: number for number, mentee in enumerate(now.case.mentees)}
    found: dict[UUID, str] = {}
    for each in people:
        number = number_of.get(each)
        if number is None:
            found[each] = "not-admitted"
        elif (allowed(now.case.mentees[number], mentors, now.case.rules) & free).any():
            found[each] = "not-matched-yet"
        else:
            found[each] = binding(done, number)
    return found
