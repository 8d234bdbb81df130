"""Checking records that nobody has confirmed yet: how long one is in somebody's hands, and how many at once.

The numbers are data (`rules/checking`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal, get_args

from common.refused import Refused
from common.rules import load_rule_book

PACKS = Path(__file__).parent.parent / "rules" / "checking"

Verdict = Literal["confirmed", "refused"]
"""What became of a record that was checked: it counts as verified, or no more at all."""
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


@dataclass(frozen=True)
class CheckingRules:
    """For how long a record is in one verifier's hands, and how many are at once."""

    lease: timedelta
    most: int

    def may_take(self, in_hand: int, asked: int) -> int:
        """How many more somebody is given who has so many and asks for so many."""
        return max(0, min(asked, self.most - in_hand))


def check_open(verdict: Verdict | None, held_by: str, until: datetime, subject: str, now: datetime) -> None:
    """Raises Refused: `check-decided`, and `lease-over` where the record is in somebody else's hands or in nobody's any more."""
    if verdict is not None:
        raise Refused("check-decided")
    if held_by != subject or until <= now:
        raise Refused("lease-over")


def _parse(tables: Mapping[str, Any]) -> CheckingRules:
    return CheckingRules(timedelta(minutes=tables["lease_minutes"]), tables["most_at_once"])


def _run_case(rules: CheckingRules, given: Mapping[str, Any]) -> Mapping[str, object]:
    return {"given": rules.may_take(given["in_hand"], given["asked"])}


BOOK = load_rule_book(PACKS, _parse, _run_case)
