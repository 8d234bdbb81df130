"""Sharing one queue by many: for how long what somebody took is in their hands alone, and how much is at once.

The numbers are data of each service (`rules/checking`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from common.rules import Pages, RuleBook, load_rule_book


@dataclass(frozen=True)
class LeaseRules:
    """For how long an item is in one pair of hands, and how many are at once."""

    lease: timedelta
    most: int

    def may_take(self, in_hand: int, asked: int) -> int:
        """How many more somebody is given who has so many and asks for so many."""
        return max(0, min(asked, self.most - in_hand))


def load_leases(folder: Pages) -> RuleBook[LeaseRules]:
    """The packs of leases, each proved by its own cases. Raises RulePackError."""
    return load_rule_book(folder, _parse, _run_case)


def _parse(tables: Mapping[str, Any]) -> LeaseRules:
    return LeaseRules(timedelta(minutes=tables["lease_minutes"]), tables["most_at_once"])


def _run_case(rules: LeaseRules, given: Mapping[str, Any]) -> Mapping[str, object]:
    return {"given": rules.may_take(given["in_hand"], given["asked"])}
