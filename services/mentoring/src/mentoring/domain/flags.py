"""What points at sessions that were not held as they were told: for a person to judge, and never a reason to refuse one.

What is looked at, and from which number on, is data (`rules/flags`); the numbers are counted in `mentoring.flags.finding`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from common.refused import Refused
from common.rules import load_rule_book

PACKS = Path(__file__).parent.parent / "rules" / "flags"

Sign = Literal["overlap", "rhythm", "long-day", "mutual", "at-once", "same-log"]
"""A mentor in two sessions at one time; too many sessions in a week; more than a working day of them; each the other's
mentor; sessions of months told of in one sitting; the same log for several."""
SIGNS: tuple[Sign, ...] = get_args(Sign)
Verdict = Literal["plausible", "implausible"]
"""What the desk found: the sessions may well have been held, or not."""
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


@dataclass(frozen=True)
class SignRules:
    """From which number on each is a sign, the spans by which they are counted, and how many days are looked back."""

    least: Mapping[Sign, int]
    within: Mapping[str, int]
    days_back: int


def is_sign(kind: Sign, figure: int, rules: SignRules) -> bool:
    """Whether so many are to be shown to somebody."""
    return figure >= rules.least[kind]


def check_unsettled(verdict: Verdict | None) -> None:
    """Raises Refused where somebody has judged it already."""
    if verdict is not None:
        raise Refused("flag-settled")


def _parse(tables: Mapping[str, Any]) -> SignRules:
    return SignRules({kind: int(tables["least"][kind]) for kind in SIGNS}, tables["within"], int(tables["days_back"]))


def _run_case(rules: SignRules, given: Mapping[str, Any]) -> Mapping[str, object]:
    return {"sign": is_sign(given["kind"], given["figure"], rules)}


BOOK = load_rule_book(PACKS, _parse, _run_case)
