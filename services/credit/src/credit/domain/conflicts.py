"""Who may not decide a case for a conflict of interest: whoever has declared it, and whoever stands in the line of its person.

Which of these count is data (`rules/conflicts`).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from uuid import UUID, uuid5

import msgspec

from common.rules import RuleBook, load_rule_book
from credit.domain.rules import OpenReading

PACKS = Path(__file__).parent.parent / "rules" / "conflicts"
Why = Literal["declared", "superior-line"]


@dataclass(frozen=True)
class ConflictRules:
    """Which conflicts count, and how far that is confirmed."""

    declared: bool
    superior_line: bool
    source: str
    status: str
    readings: tuple[OpenReading, ...] = ()

    def between(
        self,
        judges: Collection[UUID],
        person_id: UUID,
        above: Mapping[UUID, Collection[UUID]],
        declared: Collection[tuple[UUID, UUID]],
    ) -> Why | None:
        """Why none of these may decide about the person, if so.

        `above` says who stands above each, judges too, however far; `declared` are pairs of judge and person.
        """
        for judge in judges:
            if self.declared and (judge, person_id) in declared:
                return "declared"
            if self.superior_line and (judge in above.get(person_id, ()) or person_id in above.get(judge, ())):
                return "superior-line"
        return None


def load(folder: Path = PACKS) -> RuleBook[ConflictRules]:
    """The packs of conflicts, each proved by its own cases. Raises RulePackError."""
    return load_rule_book(folder, lambda tables: msgspec.convert(tables, ConflictRules), _run_case)


def _run_case(rules: ConflictRules, given: Mapping[str, Any]) -> Mapping[str, object]:
    person, judge = _named("person"), _named("judge")
    above = {person: [_named(each) for each in given["above"]]}
    above |= {_named(each): [person] for each in given["below"]}
    declared = [(judge, person)] if given["declared"] else []
    return {"why": rules.between([judge], person, above, declared) or ""}


def _named(name: str) -> UUID:
    return uuid5(UUID(int=0), name)
