"""Which cases one person decides alone (`rules/one_step`): complete, of an accredited source, and not drawn for the audit.

Off as it is shipped. A case that was judged anew or returned since it was sent goes the full way (`credit.domain.cases`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from common.ids import derived_id
from common.rules import Pages, RuleBook, load_rule_book
from credit.domain.rules import OpenReading

PACKS = Path(__file__).parent.parent / "rules" / "one_step"


@dataclass(frozen=True)
class OneStepRules:
    """The policy: whether there is one, of which kinds and sources, and of how many in a hundred two people decide all the same."""

    enabled: bool
    kinds: tuple[str, ...]
    accredited: tuple[str, ...]
    audited_percent: int
    status: str
    source: str
    sources: Mapping[str, str]
    readings: tuple[OpenReading, ...] = ()

    def takes(self, kind: str, source_name: str | None, lot: int, *, complete: bool) -> bool:
        """Whether one person decides a case; `lot` is its number from 0 to 99."""
        return (
            self.enabled
            and kind in self.kinds
            and source_name in self.accredited
            and complete
            and lot >= self.audited_percent
        )


def lot_of(case_id: UUID) -> int:
    """The lot of a case, from 0 to 99: nobody who sends it can know or choose it."""
    return derived_id("one-step", case_id).int % 100


def load(folder: Pages = PACKS) -> RuleBook[OneStepRules]:
    """The packs of the policy, each proved by its own cases. Raises RulePackError."""
    return load_rule_book(folder, lambda tables: msgspec.convert(tables, OneStepRules), _run_case)


def _run_case(rules: OneStepRules, given: Mapping[str, Any]) -> Mapping[str, object]:
    asked = replace(rules, enabled=given["enabled"])
    return {"one_step": asked.takes(given["kind"], given["source_name"], given["lot"], complete=given["complete"])}
