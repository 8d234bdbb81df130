"""Who may not decide a case for a conflict of interest: whoever has declared it, stands in the line of its person, or serves in
their unit.

Which of these count, and how wide a unit is, is data (`rules/conflicts`).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args
from uuid import UUID, uuid5

import msgspec

from common.rules import Pages, RuleBook, load_rule_book
from credit.domain.rules import OpenReading

PACKS = Path(__file__).parent.parent / "rules" / "conflicts"
Why = Literal["declared", "superior-line", "same-unit"]
EVERY: tuple[Why, ...] = get_args(Why)


@dataclass(frozen=True)
class ConflictRules:
    """Which conflicts count, and how far that is confirmed.

    `unit_levels` says how wide a unit is: 0 is the very one that both serve in, 1 also the one above it and those beside it,
    and so on; without it serving in one unit is no conflict.
    """

    declared: bool
    superior_line: bool
    source: str
    status: str
    unit_levels: int | None = None
    readings: tuple[OpenReading, ...] = ()

    @property
    def counting(self) -> list[Why]:
        """The conflicts that count, in the order in which they are named."""
        counts: dict[Why, bool] = {
            "declared": self.declared,
            "superior-line": self.superior_line,
            "same-unit": self.unit_levels is not None,
        }
        return [why for why, does in counts.items() if does]

    def between(
        self,
        judges: Collection[UUID],
        person_id: UUID,
        above: Mapping[UUID, Collection[UUID]],
        declared: Collection[tuple[UUID, UUID]],
        units: Mapping[UUID, Sequence[UUID]],
    ) -> Why | None:
        """Why none of these may decide about the person, if so: for many at once see `credit.conflicts.queries`.

        `above` says who stands above each, judges too, however far; `declared` are pairs of judge and person; `units` is the
        unit of each, and those above it, from the bottom up.
        """
        wide = 0 if self.unit_levels is None else self.unit_levels + 1
        near = set(units.get(person_id, ())[:wide])
        found: dict[Why, bool] = {
            "declared": any((judge, person_id) in declared for judge in judges),
            "superior-line": any(
                judge in above.get(person_id, ()) or person_id in above.get(judge, ()) for judge in judges
            ),
            "same-unit": any(not near.isdisjoint(units.get(judge, ())[:wide]) for judge in judges),
        }
        return next((why for why in self.counting if found[why]), None)


def load(folder: Pages = PACKS) -> RuleBook[ConflictRules]:
    """The packs of conflicts, each proved by its own cases. Raises RulePackError."""
    return load_rule_book(folder, lambda tables: msgspec.convert(tables, ConflictRules), _run_case)


def _run_case(rules: ConflictRules, given: Mapping[str, Any]) -> Mapping[str, object]:
    person, judge = _named("person"), _named("judge")
    above = {person: [_named(each) for each in given["above"]]}
    above |= {_named(each): [person] for each in given["below"]}
    declared = [(judge, person)] if given["declared"] else []
    units = {person: [_named(each) for each in given["units"]], judge: [_named(each) for each in given["judges_units"]]}
    return {"why": rules.between([judge], person, above, declared, units) or ""}


def _named(name: str) -> UUID:
    return uuid5(UUID(int=0), name)
