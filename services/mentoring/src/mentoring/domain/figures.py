"""What a report may tell of what each mentee has said to nobody but their mentor: of ten and more together, on any day.

Whoever runs a programme reads its report as often as they like, and knows everybody in it. What is told of each mentee therefore
stands still until ten or more stand otherwise than they were told, and then changes for all of these at once. So any figure of any day, and
what two of them differ by, is of ten people or of nobody.
"""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Literal, NamedTuple
from uuid import UUID

from mentoring.domain.pairs import LEAST

Kind = Literal["content", "useful", "helped", "goals", "circle", "talk", "guidance"]
"""What is summed: degrees at the end, after sessions and with thanks; goals; presences in circles, talks, talks on a career."""


class Sum(NamedTuple):
    """How often somebody has said or done something, and what it comes to: degrees, goals reached, hours."""

    number: int = 0
    amount: Decimal = Decimal()


def to_tell(
    told: Mapping[tuple[Kind, UUID], Sum], standing: Mapping[tuple[Kind, UUID], Sum]
) -> Mapping[tuple[Kind, UUID], Sum]:
    """What is told anew, by kind and person: of each kind all that is otherwise by now, where that is of enough people, else nothing."""
    found: defaultdict[Kind, dict[tuple[Kind, UUID], Sum]] = defaultdict(dict)
    for key in told.keys() | standing.keys():
        if (now := standing.get(key, Sum())) != told.get(key, Sum()):
            found[key[0]][key] = now
    return {key: now for changed in found.values() if len(changed) >= LEAST for key, now in changed.items()}
