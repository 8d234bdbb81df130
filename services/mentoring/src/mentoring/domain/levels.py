"""How far somebody is in a competency: what counts when several have said so."""

from collections.abc import Iterable
from datetime import date
from typing import Literal, NamedTuple

Source = Literal["self", "superior"]
SOURCES: tuple[Source, ...] = ("self", "superior")
"""Who says it, whoever counts more last."""


class Level(NamedTuple):
    """A level (1 to 5) as somebody stated it on a day."""

    competency: str
    level: int
    source: Source
    dated_on: date


def counting(levels: Iterable[Level]) -> dict[str, Level]:
    """The level that counts of each competency: by the source that counts most, and of one source the newest."""
    found: dict[str, Level] = {}
    for each in sorted(levels, key=lambda level: (SOURCES.index(level.source), level.dated_on)):
        found[each.competency] = each
    return found
