"""How far two who decide the same cases agree, beyond what chance alone would give (Cohen's kappa).

How many are decided twice is data (`rules/second_checks`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec

from common.rules import Pages, RuleBook, load_rule_book
from credit.domain.rules import OpenReading

PACKS = Path(__file__).parent.parent / "rules" / "second_checks"
SHOWN = Decimal("0.001")


@dataclass(frozen=True)
class SecondCheckRules:
    """`share` of ten thousand decisions are drawn, by a hash with `seed`, for `days`; fewer than `smallest_group` tell nothing."""

    share: int
    seed: str
    days: int
    smallest_group: int
    source: str
    status: str
    readings: tuple[OpenReading, ...] = ()


@dataclass(frozen=True)
class Pairs:
    """Decisions made twice: right to both, to the first alone, to the second alone, to neither."""

    both: int
    first_only: int
    second_only: int
    neither: int

    @property
    def number(self) -> int:
        return self.both + self.first_only + self.second_only + self.neither

    @property
    def agreed(self) -> Fraction:
        """The share on which they agree. Raises ZeroDivisionError for none."""
        return Fraction(self.both + self.neither, self.number)


def load(folder: Pages = PACKS) -> RuleBook[SecondCheckRules]:
    """The packs of second checks, each proved by its own cases. Raises RulePackError."""
    return load_rule_book(folder, lambda tables: msgspec.convert(tables, SecondCheckRules), _run_case)


def kappa(pairs: Pairs) -> Fraction | None:
    """Cohen's kappa (Educational and Psychological Measurement 20, 1960); None where chance alone would make all agree."""
    if not pairs.number:
        return None
    first = Fraction(pairs.both + pairs.first_only, pairs.number)
    second = Fraction(pairs.both + pairs.second_only, pairs.number)
    by_chance = first * second + (1 - first) * (1 - second)
    return None if by_chance == 1 else (pairs.agreed - by_chance) / (1 - by_chance)


def told(value: Fraction | None, pairs: Pairs, rules: SecondCheckRules) -> str | None:
    """A figure as it is told, with three decimals; None for a small group."""
    if value is None or pairs.number < rules.smallest_group:
        return None
    return str((Decimal(value.numerator) / value.denominator).quantize(SHOWN, ROUND_HALF_UP))


def _run_case(rules: SecondCheckRules, given: Mapping[str, Any]) -> Mapping[str, object]:
    pairs = Pairs(**given)
    return {"kappa": told(kappa(pairs), pairs, rules) or ""}
