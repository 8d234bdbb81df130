"""Whom the figures by sex may count: what is told of them, now and before, never gives away a group under ten.

People are counted in batches. A batch has ten or more of each sex, and so it is without the people of any one agency, whose office
knows them, unless all are of that one. Nobody leaves their batch but in a batch of their own, and the one they leave is
one still. So whatever was told on any day is a sum of batches of today; and so is whatever of it is added up or taken away that
is a number of people: it is of ten of each sex, or of nobody. Who is in no batch, the figures do not tell of.

A batch has both sexes: of one that had a single sex, it would be told who is of it.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from typing import NamedTuple
from uuid import UUID

from contracts.sex import Sex
from mentoring.domain.pairs import LEAST


class Applicant(NamedTuple):
    """Somebody as they stand; `score` is null for who has no mentor."""

    person_id: UUID
    agency_id: UUID
    sex: Sex
    score: int | None


class Counted(NamedTuple):
    """Somebody as they were counted, and in which batch."""

    who: Applicant
    batch: UUID


def to_count(counted: Sequence[Counted], now: Sequence[Applicant]) -> list[list[Applicant]]:
    """The batches that are to be counted anew, of those whose having a mentor is not what was counted; they tell nothing of a few."""
    before = {each.who.person_id: each for each in counted}
    batches = defaultdict[UUID | None, list[Applicant]](list)
    for each in counted:
        batches[each.batch].append(each.who)
    moved = defaultdict[tuple[UUID | None, bool], list[Applicant]](list)
    for each in now:
        known = before.get(each.person_id)
        if known is None:
            moved[None, each.score is None].append(each)
        elif (known.who.score is None) != (each.score is None):
            # By the sex that they were counted with: one that was corrected since would tell of them.
            moved[known.batch, each.score is None].append(
                each._replace(sex=known.who.sex, agency_id=known.who.agency_id)
            )
    found: list[list[Applicant]] = []
    for (batch, _), people in moved.items():
        chosen = _telling(people)
        gone = {each.person_id for each in chosen}
        left = [each for each in batches[batch] if each.person_id not in gone] if batch else []
        if chosen and (not left or tells_of_many(left)):
            found.append(chosen)
    return found


def tells_of_many(people: Collection[Applicant]) -> bool:
    """Whether they are ten or more of each sex, also for each agency that takes away its own, but for one that has all."""
    whole = Counter[Sex](each.sex for each in people)
    by_agency = defaultdict[UUID, Counter[Sex]](Counter)
    for each in people:
        by_agency[each.agency_id][each.sex] += 1
    rests = [whole - theirs for theirs in by_agency.values()]
    return all(min(rest["male"], rest["female"]) >= LEAST for rest in [whole, *rests] if rest.total())


def _telling(people: Sequence[Applicant]) -> list[Applicant]:
    """As many of them as tell of many: those of the smallest agencies are left for another day."""
    sizes = Counter(each.agency_id for each in people)
    order = sorted(sizes, key=lambda agency: (sizes[agency], agency))
    for smallest in range(len(order)):
        chosen = [each for each in people if each.agency_id in order[smallest:]]
        if tells_of_many(chosen):
            return chosen
    return []
