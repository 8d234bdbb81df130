"""All the rules of credit, by subject: each subject has its packs, each of them its period."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, get_args

from common.leases import LeaseRules, load_leases
from common.rules import Draft, Pages, RuleBook, RulePack, RulePackError
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
    results,
    returns,
    waiting,
    working_days,
)
from credit.domain.rules import Book, OpenReading, Rules

FOLDER = Path(__file__).parent.parent / "rules"
FOLDERS: Mapping[str, str] = {"days": "periods", "leases": "checking"}
"""The folders of subjects that are not called by them."""
Subject = Literal[
    "conversion",
    "entry",
    "conventional",
    "integration",
    "promotion",
    "days",
    "professionalism",
    "results",
    "returns",
    "waiting",
    "calendar",
    "leases",
    "appeals",
    "data_fixes",
    "conflicts",
    "second_checks",
    "one_step",
]
SUBJECTS: tuple[Subject, ...] = get_args(Subject)
POINTS: frozenset[Subject] = frozenset({"conversion", "entry", "conventional", "integration"})
"""The subjects whose rules make points: what was made by the others is not in the ledger."""
READERS: Mapping[Subject, Callable[[Book, Pages], RuleBook[Any]]] = {
    "conversion": lambda _, folder: packs.load(folder),
    "entry": entry.load,
    "conventional": lambda _, folder: papers.load(folder),
    "integration": lambda _, folder: papers.load(folder),
    "promotion": promotion.load,
    "days": lambda _, folder: promotion_days.load(folder),
    "professionalism": lambda _, folder: professionalism.load(folder),
    "results": lambda _, folder: results.load(folder),
    "returns": lambda _, folder: returns.load(folder),
    "waiting": lambda _, folder: waiting.load(folder),
    "calendar": lambda _, folder: working_days.load(folder),
    "leases": lambda _, folder: load_leases(folder),
    "appeals": lambda _, folder: appeals.load(folder),
    "data_fixes": lambda _, folder: fixing.load(folder),
    "conflicts": lambda _, folder: conflicts.load(folder),
    "second_checks": lambda _, folder: agreement.load(folder),
    "one_step": lambda _, folder: one_step.load(folder),
}
"""How the packs of each subject are read and proved; the cases of some need the coefficients of conversion."""


@dataclass(frozen=True, eq=False)
class Regulations(RuleBook[Rules]):
    """The packs of conversion, which every month is judged by, and those of what lies around it."""

    entry: RuleBook[entry.EntryRules]
    conventional: RuleBook[papers.PaperRules]
    integration: RuleBook[papers.PaperRules]
    promotion: RuleBook[promotion.PromotionRules]
    days: RuleBook[promotion_days.DayRules]
    professionalism: RuleBook[professionalism.IndexRules]
    results: RuleBook[results.ResultRules]
    returns: RuleBook[returns.ReturnRules]
    waiting: RuleBook[waiting.WaitingRules]
    calendar: working_days.Calendar
    leases: RuleBook[LeaseRules]
    appeals: RuleBook[appeals.AppealRules]
    data_fixes: RuleBook[fixing.FixRules]
    conflicts: RuleBook[conflicts.ConflictRules]
    second_checks: RuleBook[agreement.SecondCheckRules]
    one_step: RuleBook[one_step.OneStepRules]

    def of(self, subject: Subject) -> RuleBook[Any]:
        """The packs of a subject."""
        return self if subject == "conversion" else getattr(self, subject)

    @cached_property
    def ids(self) -> frozenset[str]:
        """The ids of all packs."""
        return frozenset(pack.id for subject in SUBJECTS for pack in self.of(subject).packs)

    def standing_in(self, subject: Subject, pack: RulePack[Any], replaced: RulePack[Any]) -> "Regulations":
        """The rules with a pack in place of another, for as long as that one holds."""
        stands = replace(pack, valid_from=replaced.valid_from, valid_to=replaced.valid_to)
        return self._with(subject, [stands if each is replaced else each for each in self.of(subject).packs])

    def with_law(self, subject: Subject, pack: RulePack[Any], day: date) -> "Regulations":
        """The rules with a pack that is law from a day on, for as long as the one that it follows would have been.

        Raises LookupError where there is none to follow, or it begins on that day itself.
        """
        follows = self.of(subject).at(day)
        if follows.valid_from == day:
            raise LookupError(f"{follows.id} begins on {day.isoformat()}")
        ends, begins = replace(follows, valid_to=day), replace(pack, valid_from=day, valid_to=follows.valid_to)
        others = [each for each in self.of(subject).packs if each is not follows]
        return self._with(subject, sorted([*others, ends, begins], key=lambda each: each.valid_from))

    def _with(self, subject: Subject, found: Collection[RulePack[Any]]) -> "Regulations":
        if subject == "conversion":
            return replace(self, packs=tuple(found))
        return replace(self, **{subject: RuleBook(tuple(found))})

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
    others: dict[str, Any] = {
        subject: read(conversion, folder / FOLDERS.get(subject, subject))
        for subject, read in READERS.items()
        if subject != "conversion"
    }
    return Regulations(packs=conversion.packs, **others)


def read_draft(book: Book, subject: Subject, content: str) -> RulePack[Any]:
    """A pack of a subject as a draft has it, proved by its own cases. Raises RulePackError, also where it cannot be read."""
    try:
        return READERS[subject](book, Draft(content)).packs[0]
    except RulePackError:
        raise
    except Exception as error:
        # What a draft may hold is anything: a table that is missing, a text where a number stands, a case of another subject.
        raise RulePackError(f"draft: {type(error).__name__}: {error}") from error
