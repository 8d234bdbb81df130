"""What a predikat must name of the performance it rests on: a result (rencana hasil kerja) and an outcome (sasaran), by their ids.

Which of them are required, for which periods, is data (`rules/results`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import msgspec

from common.refused import Refused
from common.rules import Pages, RuleBook, load_rule_book
from credit.domain.rules import OpenReading

PACKS = Path(__file__).parent.parent / "rules" / "results"
Link = Literal["performance_result", "performance_outcome"]


@dataclass(frozen=True)
class ResultRules:
    """Which links are required, and how far that is confirmed."""

    required: tuple[Link, ...]
    source: str
    status: str
    readings: tuple[OpenReading, ...] = ()

    def missing(self, named: Mapping[Link, str | None]) -> Link | None:
        """The first link that is required and not named."""
        return next((link for link in self.required if not named[link]), None)


def load(folder: Pages = PACKS) -> RuleBook[ResultRules]:
    """The packs of links to performance, each proved by its own cases. Raises RulePackError."""
    return load_rule_book(folder, lambda tables: msgspec.convert(tables, ResultRules), _run_case)


def check_links(book: RuleBook[ResultRules], named: Mapping[Link, str | None], period_end: date) -> None:
    """Refuses what does not name the performance that the rule of its period asks for (`result-missing`)."""
    pack = book.at(period_end)
    if link := pack.tables.missing(named):
        raise Refused("result-missing", link, source=pack.source)


def _run_case(rules: ResultRules, given: Mapping[str, Any]) -> Mapping[str, object]:
    return {
        "missing": rules.missing(
            {
                "performance_result": given["performance_result"],
                "performance_outcome": given["performance_outcome"],
            }
        )
        or ""
    }
