"""What is known of somebody for a match. Sex, age, years of service, origin and faith are not, so that nothing can follow from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

CLOCKS: Mapping[str, int] = {"WIB": 7, "WITA": 8, "WIT": 9}
"""Hours before UTC."""


@dataclass(frozen=True, kw_only=True)
class Taker:
    """Somebody who takes part, on either side."""

    id: UUID
    jenjang: str
    family: str
    """The position without its jenjang."""
    agency_id: UUID
    region: str | None = None
    zone: str = "WIB"
    levels: Mapping[str, int] = field(default_factory=dict[str, int])
    """1 to 5, by competency."""
    languages: frozenset[str] = frozenset({"id"})
    meets: frozenset[str] = frozenset({"online", "onsite"})
    free: frozenset[str] = frozenset()
    """Half days with time; none stated says nothing."""
    wishes: tuple[UUID, ...] = ()
    """Whom they would like most, the first one first."""
    avoids: frozenset[UUID] = frozenset()
    above: frozenset[UUID] = frozenset()
    """Everybody who stands above them, however far, acting holders included."""


@dataclass(frozen=True, kw_only=True)
class Mentee(Taker):
    goals: Mapping[str, int] = field(default_factory=dict[str, int])
    """The level they would reach, by competency."""


@dataclass(frozen=True, kw_only=True)
class Mentor(Taker):
    seats: int
    """How many mentees more they take in this match."""
    load: int = 0
    """How many they have already."""


def family_of(position: str | None, jenjang: str | None) -> str:
    """The position without its jenjang: that of an Analis Kebijakan Ahli Muda is analis kebijakan."""
    words = (position or "").lower()
    return words.removesuffix((jenjang or "").replace("_", " ")).strip()
