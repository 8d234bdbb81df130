"""Requests to mend what the registry has wrong: by kind of datum whom they go to, and in how many working days (`rules/data_fixes`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from common.refused import Refused
from common.rules import Pages, RuleBook, load_rule_book
from credit.domain.rules import OpenReading

PACKS = Path(__file__).parent.parent / "rules" / "data_fixes"


@dataclass(frozen=True)
class FixRoute:
    """The working days, the role that mends it, and the name of the text that tells the way."""

    days: int
    route: str
    text: str


@dataclass(frozen=True)
class FixRules:
    """The kinds of data, and how far the days are confirmed."""

    kinds: Mapping[str, FixRoute]
    status: str
    readings: tuple[OpenReading, ...] = ()

    def of(self, kind: str) -> FixRoute:
        """The way of a kind. Raises Refused `fix-kind-unknown`."""
        if kind not in self.kinds:
            raise Refused("fix-kind-unknown", "kind", kinds=", ".join(self.kinds))
        return self.kinds[kind]


def load(folder: Pages = PACKS) -> RuleBook[FixRules]:
    """The packs of requests, each proved by its own cases. Raises RulePackError."""
    return load_rule_book(folder, lambda tables: msgspec.convert(tables, FixRules), _run_case)


def _run_case(rules: FixRules, given: Mapping[str, Any]) -> Mapping[str, object]:
    try:
        way = rules.of(given["kind"])
    except Refused as refused:
        return {"refused": refused.code}
    return {"days": way.days, "route": way.route}
