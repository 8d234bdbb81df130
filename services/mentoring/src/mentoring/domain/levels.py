"""How far somebody is in a competency: what counts when several have said so, and what training shows.

Whose word counts most, and which level so many hours show, is data (`rules/levels`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

from common.rules import load_rule_book

PACKS = Path(__file__).parent.parent / "rules" / "levels"

Stated = Literal["self", "superior"]
"""Who says it here."""
Source = Stated | Literal["training", "career"]
"""Who says it, anywhere."""


class Level(NamedTuple):
    """A level (1 to 5) as somebody stated it on a day, or as training had shown it by then."""

    competency: str
    level: int
    source: Source
    dated_on: date


@dataclass(frozen=True)
class LevelRules:
    """Sources, whoever counts more last; and the hours from which on training shows a level, the fewest first."""

    sources: tuple[Source, ...]
    hours: tuple[tuple[Decimal, int], ...]


def counting(levels: Iterable[Level], rules: LevelRules) -> dict[str, Level]:
    """The level that counts of each competency: by the source that counts most, and of one source the newest."""
    found: dict[str, Level] = {}
    for each in sorted(levels, key=lambda level: (rules.sources.index(level.source), level.dated_on)):
        found[each.competency] = each
    return found


def shown_by(jp: Decimal, rules: LevelRules) -> int:
    """The level that so many verified hours (JP) of training in a competency show; 0 where they are too few."""
    return max((level for hours, level in rules.hours if jp >= hours), default=0)


def _parse(tables: Mapping[str, Any]) -> LevelRules:
    sources = tuple[Source, ...](tables["ranking"]["sources"])
    if sorted(sources) != sorted([*get_args(Stated), "training", "career"]):
        raise KeyError("a rank for each source")
    return LevelRules(sources, tuple((Decimal(each["jp"]), each["level"]) for each in tables["hours"]))


def _run_case(rules: LevelRules, given: Mapping[str, Any]) -> Mapping[str, object]:
    if "jp" in given:
        return {"level": shown_by(Decimal(given["jp"]), rules)}
    [found] = counting((Level("", level, source, day) for source, level, day in given["stated"]), rules).values()
    return {"level": found.level, "source": found.source}


BOOK = load_rule_book(PACKS, _parse, _run_case)


def rules_on(day: date) -> LevelRules:
    """The rules of a day. Raises LookupError where no pack covers it."""
    return BOOK.at(day).tables
