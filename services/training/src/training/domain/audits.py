"""Audits by lot: how many records each stratum gives to a sample, and what may be found of one.

No regulation says how many. A sample is laid out as what it is drawn from: by form of learning and jenjang.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Literal, TypeVar, get_args

Finding = Literal["proved", "not-proved", "unclear"]
FINDINGS: tuple[Finding, ...] = get_args(Finding)
S = TypeVar("S")


def quotas(strata: Mapping[S, int], size: int) -> dict[S, int]:
    """How many of each stratum make a sample of this size: its share, the largest remainders rounded up.

    So the share of a stratum in the sample is less than one record away from its share of all. All of them, where there are no
    more than `size`.
    """
    total = sum(strata.values())
    if total <= size:
        return dict(strata)
    shares = {stratum: Fraction(count * size, total) for stratum, count in strata.items()}
    whole = {stratum: int(share) for stratum, share in shares.items()}
    left = size - sum(whole.values())
    # Of equal remainders the larger stratum goes first, then the one named first: the same each time.
    ranked = sorted(shares, key=lambda each: (whole[each] - shares[each], -strata[each], str(each)))
    return whole | {stratum: whole[stratum] + 1 for stratum in ranked[:left]}
