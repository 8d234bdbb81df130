"""The stable match: no mentor and mentee who would both rather have each other (Gale and Shapley, mentees ask).

Both look at what their pair scores; a mentor takes the first ones before all others. Ties go by the order of the case.
"""

from heapq import heappush, heappushpop

import numpy as np

from mentoring.domain.matching.limits import Mentors
from mentoring.domain.matching.pairs import Case, Match, Pairs, match_of


def stable(case: Case, mentors: Mentors, pairs: Pairs) -> Match:
    """The stable match that is best for the mentees. It is the same in whichever order they ask."""
    wanted: list[list[int]] = []
    for number in range(len(case.mentees)):
        start, end = int(pairs.starts[number]), int(pairs.starts[number + 1])
        order = np.argsort(-pairs.score[start:end], kind="stable")
        # The best one last: it is taken from the end.
        wanted.append((order[::-1] + start).tolist())
    scored: list[int] = pairs.score.tolist()
    mentor_of: list[int] = pairs.mentor.tolist()
    first = [case.is_first(mentee) for mentee in case.mentees]
    held: list[list[tuple[bool, int, int, int]]] = [[] for _ in range(len(mentors))]
    asking = list(range(len(case.mentees)))[::-1]
    while asking:
        number = asking.pop()
        if not wanted[number]:
            continue
        pair = wanted[number].pop()
        places = held[mentor_of[pair]]
        asked = (first[number], scored[pair], -number, pair)
        if len(places) < mentors.seats[mentor_of[pair]]:
            heappush(places, asked)
        else:
            _, _, left, _ = heappushpop(places, asked)
            asking.append(-left)
    return match_of(case, pairs, np.array(sorted(pair for places in held for *_, pair in places), dtype=np.int64))
