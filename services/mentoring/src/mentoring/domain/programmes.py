"""What a programme asks, and who may join it: rules that are data of each programme.

No regulation fixes who may mentor whom, how many, or how they are matched. What is given here is what a programme has
that says nothing else: a mentor at least one jenjang above, as the definition of mentoring in Peraturan LAN 10/2018 has
it (knowledge from somebody more experienced), and ahli muda, the group in need by LAN's survey of functional officers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from common.refused import Refused
from mentoring.domain.ladder import Jenjang

Side = Literal["mentee", "mentor"]
Way = Literal["total", "stable"]
"""The highest total of all pairs, or no two who would both rather have each other."""

WEIGHTS: Mapping[str, int] = {
    "competency": 40,
    "family": 15,
    "goals": 20,
    "place": 5,
    "availability": 10,
    "load": 5,
    "wishes": 5,
}
"""What each part of a score weighs where a programme says nothing else."""


@dataclass(frozen=True)
class Rules:
    """Who may join a programme, and by what they are matched."""

    mentee_jenjang: tuple[Jenjang, ...] = ("ahli_muda",)
    mentor_jenjang: tuple[Jenjang, ...] = ("ahli_madya", "ahli_utama")
    first_jenjang: tuple[Jenjang, ...] = ("ahli_muda",)
    """Whose mentees get a seat before all others when seats are scarce."""
    min_distance: int = 1
    """How many jenjang a mentor is above the mentee, at least."""
    other_agency: bool = True
    """Whether mentor and mentee may serve in two agencies."""
    seats: int = 3
    """How many mentees a mentor takes at most."""
    sessions: int = 6
    """How many sessions a pair is to hold."""
    months: int = 6
    """How many months a pair is planned for, from the day both have accepted."""
    confirm_days: int = 14
    """How many days the second of a pair has to say, after the first, that a session was held."""
    quiet_days: int = 30
    """After how many days without a session the two of a pair are reminded of each other."""
    zone_hours: int = 2
    """How many hours the clocks of mentor and mentee may be apart."""
    way: Way = "total"
    weights: Mapping[str, int] = field(default_factory=lambda: WEIGHTS)
    templates: tuple[str, ...] = ()
    """Goals that an agreement may begin with."""


def check_joins(side: Side, jenjang: str | None, rules: Rules) -> None:
    """Raises Refused where somebody of this jenjang may not join on this side: `mentee-jenjang` or `mentor-jenjang`."""
    admitted = rules.mentee_jenjang if side == "mentee" else rules.mentor_jenjang
    if jenjang not in admitted:
        raise Refused(f"{side}-jenjang", field="side", jenjang=jenjang or "-", admitted=", ".join(admitted))


def check_open(today: date, opens_on: date, closes_on: date, *, closed: bool) -> None:
    """Raises Refused where a programme takes nobody today: `programme-closed` or `programme-not-open`."""
    if closed or today > closes_on:
        raise Refused("programme-closed")
    if today < opens_on:
        raise Refused("programme-not-open", day=opens_on)
