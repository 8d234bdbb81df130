"""The degrees of formal education: the one ladder that registry, training and credit know.

Plain Python, so that rules may use it.
"""

from collections.abc import Mapping
from typing import Literal, get_args

Degree = Literal["SD", "SLTP", "SLTA", "D-I", "D-II", "D-III", "D-IV", "S1", "S2", "S3"]
DEGREES: tuple[Degree, ...] = get_args(Degree)

LADDER: tuple[tuple[Degree, ...], ...] = (
    ("SD",),
    ("SLTP",),
    ("SLTA",),
    ("D-I",),
    ("D-II",),
    ("D-III",),
    ("D-IV", "S1"),
    ("S2",),
    ("S3",),
)
"""The rungs from low to high. D-IV (sarjana terapan) and S1 (sarjana) are one.

Source: Perpres 8/2012 Pasal 5, which sets pendidikan menengah at level 2 of the KKNI, D-I at 3,
D-II at 4, D-III at 5, D-IV and S1 at 6, S2 at 8, S3 at 9. It puts SD and SLTP together (1,
pendidikan dasar); they are two rungs here since one is reached after the other (UU 20/2003 Pasal 17).
"""

_RUNG: Mapping[str, int] = {degree: rung for rung, degrees in enumerate(LADDER) for degree in degrees}


def is_higher(degree: str, held: str) -> bool:
    """Whether a degree stands above another. Raises KeyError for one that is not on the ladder."""
    return _RUNG[degree] > _RUNG[held]
