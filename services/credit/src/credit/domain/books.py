"""All the rules of credit, by subject: each subject has its packs, each of them its period."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from common.leases import LeaseRules, load_leases
from common.rules import RuleBook, RulePack
from credit.domain import (
    agreement,
    appeals,
    conflicts,
    entry,
    fixing,
    one_step,
    packs,
    papers,
    professionalism,
    promotion,
    promotion_days,
    returns,
    waiting,
    working_days,
)
from credit.domain.rules import OpenReading, Rules

FOLDER = Path(__file__).parent.parent / "rules"


@dataclass(frozen=True, eq=False)
class Regulations(RuleBook[Rules]):
    """The packs of conversion, which every month is judged by, and those of what lies around it."""

    entry: RuleBook[entry.EntryRules]
    conventional: RuleBook[papers.PaperRules]
    integration: RuleBook[papers.PaperRules]
    promotion: RuleBook[promotion.PromotionRules]
    days: RuleBook[promotion_days.DayRules]
    professionalism: RuleBook[professionalism.IndexRules]
    returns: RuleBook[returns.ReturnRules]
    waiting: RuleBook[waiting.WaitingRules]
    calendar: working_days.Calendar
    leases: RuleBook[LeaseRules]
    appeals: RuleBook[appeals.AppealRules]
    data_fixes: RuleBook[fixing.FixRules]
    conflicts: RuleBook[conflicts.ConflictRules]
    second_checks: RuleBook[agreement.SecondCheckRules]
    one_step: RuleBook[one_step.OneStepRules]

    @cached_property
    def by_id(self) -> dict[str, RulePack[Any]]:
        """Every pack that an entry can name."""
        books: list[RuleBook[Any]] = [self, self.entry, self.conventional, self.integration, self.promotion]
        return {pack.id: pack for book in books for pack in book.packs}

    def readings_of(self, kind: str, pack_ids: Collection[str]) -> list[OpenReading]:
        """The open readings behind what these packs make of a kind of case."""
        named = [self.by_id[pack_id].tables.readings for pack_id in sorted(pack_ids)]
        return [reading for readings in named for reading in readings if kind in reading.of]


def load(folder: Path = FOLDER) -> Regulations:
    """All packs of credit, each proved by its own cases. Raises RulePackError."""
    conversion = packs.load(folder / "conversion")
    return Regulations(
        packs=conversion.packs,
        entry=entry.load(conversion, folder / "entry"),
        conventional=papers.load(folder / "conventional"),
        integration=papers.load(folder / "integration"),
        promotion=promotion.load(conversion, folder / "promotion"),
        days=promotion_days.load(folder / "periods"),
        professionalism=professionalism.load(folder / "professionalism"),
        returns=returns.load(folder / "returns"),
        waiting=waiting.load(folder / "waiting"),
        calendar=working_days.load(folder / "calendar"),
        leases=load_leases(folder / "checking"),
        appeals=appeals.load(folder / "appeals"),
        data_fixes=fixing.load(folder / "data_fixes"),
        conflicts=conflicts.load(folder / "conflicts"),
        second_checks=agreement.load(folder / "second_checks"),
        one_step=one_step.load(folder / "one_step"),
    )
