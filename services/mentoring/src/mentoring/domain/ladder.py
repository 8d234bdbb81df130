"""The levels of functional posts, and how far one is above another."""

from typing import Literal, get_args

Skill = Literal["pemula", "terampil", "mahir", "penyelia"]
Expertise = Literal["ahli_pertama", "ahli_muda", "ahli_madya", "ahli_utama"]
Jenjang = Skill | Expertise
LADDERS: tuple[tuple[str, ...], ...] = (get_args(Skill), get_args(Expertise))
"""Skill and expertise, from below. Source: PermenPANRB 1/2023; they are not compared with each other."""
JENJANG = tuple(jenjang for ladder in LADDERS for jenjang in ladder)


def distance(lower: str | None, higher: str | None) -> int | None:
    """How many jenjang the second is above the first, less than 0 where it is below; None where no ladder holds both."""
    for ladder in LADDERS:
        if lower in ladder and higher in ladder:
            return ladder.index(higher) - ladder.index(lower)
    return None
