"""Signs that something was not as it was told: for a person to judge, and never a reason to refuse it.

What is looked at, and from which number on, is a rule pack; the numbers are counted in SQL (`common.store.signs`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal, get_args

from common.refused import Refused
from common.rules import RuleBook, RulePack, load_rule_book

Verdict = Literal["plausible", "implausible"]
"""What somebody found who looked: it may well have been as it was told, or not."""
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


@dataclass(frozen=True)
class SignRules:
    """From which number on each is a sign, what they are counted by, and how many days are looked back."""

    least: Mapping[str, int]
    within: Mapping[str, Any]
    days_back: int


def load_signs(folder: Path, signs: Sequence[str]) -> RuleBook[SignRules]:
    """The packs that say from which number on each of these is a sign. Raises RulePackError."""

    def parse(tables: Mapping[str, Any]) -> SignRules:
        return SignRules(
            {kind: int(tables["least"][kind]) for kind in signs}, tables["within"], int(tables["days_back"])
        )

    return load_rule_book(folder, parse, _run_case)


def counted_by(pack: RulePack[SignRules], today: date) -> dict[str, Any]:
    """What the statement is told that counts by this pack: each thing is judged by the pack of its own day."""
    rules = pack.tables
    return {
        **rules.within,
        "pack": pack.id,
        "today": today,
        "since": max(pack.valid_from, today - timedelta(days=rules.days_back)),
        "until": pack.valid_to or today + timedelta(days=1),
        "kinds": list(rules.least),
        "least": list(rules.least.values()),
    }


def check_unsettled(verdict: Verdict | None) -> None:
    """Raises Refused `flag-settled` where somebody has judged it already."""
    if verdict is not None:
        raise Refused("flag-settled")


def _run_case(rules: SignRules, given: Mapping[str, Any]) -> Mapping[str, object]:
    return {"sign": given["figure"] >= rules.least[given["kind"]]}
