"""What is asked after a class, and when: whether it was used, and how many answers are told together (`rules/after_classes`)."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from common.rules import load_rule_book

PACKS = Path(__file__).parent.parent / "rules" / "after_classes"


class AfterClasses(NamedTuple):
    """After how many days whoever was there is asked, until when, and the least number of answers that are told at a time."""

    days: int
    until: int
    least: int

    def ended(self, today: date) -> tuple[date, date]:
        """The first and the last day on which a class ended whose people are asked today."""
        return today - timedelta(days=self.until), today - timedelta(days=self.days)


def _parse(tables: Mapping[str, Any]) -> AfterClasses:
    return AfterClasses(tables["use"]["days"], tables["use"]["until"], tables["answers"]["least"])


def _run_case(rule: AfterClasses, given: Mapping[str, Any]) -> Mapping[str, object]:
    ended: date = given["ended_on"]
    return {"ask_on": ended + timedelta(days=rule.days), "last_day": ended + timedelta(days=rule.until)}


BOOK = load_rule_book(PACKS, _parse, _run_case)
