"""Audits: confirmed sessions drawn by lot, and who outside looks into each.

No regulation says how many. Whoever looks is neither of the two nor in the line of one of them, as with reports of problems.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, get_args
from uuid import UUID

from mentoring.domain.reports import handler

Finding = Literal["held", "not-held", "unclear"]
FINDINGS: tuple[Finding, ...] = get_args(Finding)


def given(
    pairs: Iterable[frozenset[UUID]], auditors: Sequence[UUID], above: Mapping[UUID, set[UUID]]
) -> list[UUID | None]:
    """Who looks into the session of each of these pairs: of those outside, whoever has fewest so far; None where all are inside.

    `above` says of each, auditors too, who stands above them.
    """
    load = Counter[UUID]()
    found: list[UUID | None] = []
    for two in pairs:
        chosen = handler(sorted(auditors, key=lambda each: (load[each], each)), set(two), above)
        if chosen is not None:
            load[chosen] += 1
        found.append(chosen)
    return found
