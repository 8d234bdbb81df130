"""Reports of a problem in a pair: what they are about, and who may be trusted with one.

No regulation says who hears of it. Whoever does stands outside: they are neither of the two, and in nobody's line.
"""

from collections.abc import Iterable, Mapping
from typing import Literal, get_args
from uuid import UUID

About = Literal["conduct", "absence", "confidentiality", "conflict_of_interest", "other"]
ABOUT: tuple[About, ...] = get_args(About)


def handler(candidates: Iterable[UUID], two: set[UUID], above: Mapping[UUID, set[UUID]]) -> UUID | None:
    """The first who is neither of the two, and stands neither above nor below one of them, however far.

    `above` says of each, candidates too, who stands above them.
    """
    over = set[UUID]().union(*(above.get(each, set()) for each in two))
    for candidate in candidates:
        if candidate not in two | over and not two & above.get(candidate, set()):
            return candidate
    return None
