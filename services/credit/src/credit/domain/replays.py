"""What people's points would be had a draft been the law: each entry anew from its own inputs, each rise from what is there then.

The months that count are those that were counted: a draft of conversion changes what a month, a predikat or a degree gives. An
opening balance is worked out twice from its paper, by the rules and by those with the draft: what differs is what the draft changes.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Protocol
from uuid import UUID

from common.refused import Refused
from common.rules import RulePack
from credit.domain.accumulation import Amount, Rise, accumulate
from credit.domain.amounts import conversion_twelfths, education_twelfths, total
from credit.domain.books import Regulations, Subject, read_draft
from credit.domain.entry import Opening
from credit.domain.judging import open_balance
from credit.domain.periods import Tenure
from credit.domain.rules import Rules


class Entry(Protocol):
    """An entry of a case in the ledger, or what takes one back."""

    @property
    def id(self) -> UUID: ...
    @property
    def case_id(self) -> UUID: ...
    @property
    def segment(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def jenjang(self) -> str: ...
    @property
    def period_start(self) -> date: ...
    @property
    def months(self) -> int: ...
    @property
    def predikat(self) -> str | None: ...
    @property
    def twelfths(self) -> Decimal: ...
    @property
    def rule_pack(self) -> str: ...
    @property
    def reverses(self) -> UUID | None: ...


NOTHING = Decimal("0.0000")


@dataclass(frozen=True, eq=False)
class Replay:
    """The rules as they are, and as they would be with a draft in place of the pack `replaced`."""

    before: Regulations
    after: Regulations
    replaced: str
    draft: RulePack[Any]


@lru_cache(maxsize=2)
def replay_of(book: Regulations, subject: Subject, content: str) -> Replay:
    """The copy of the rules in which a draft stands for the pack that holds on its first day, for as long as that one does."""
    draft = read_draft(book, subject, content)
    replaced = book.of(subject).at(draft.valid_from)
    return Replay(book, book.standing_in(subject, draft, replaced), replaced.id, draft)


def more_opened(replay: Replay, tenure: Tenure, opening: Opening, paper_date: date) -> Decimal:
    """How much more an opening balance would come to, in twelfths; what is refused comes to nothing."""
    return _opened(replay.after, tenure, opening, paper_date) - _opened(replay.before, tenure, opening, paper_date)


def _opened(book: Regulations, tenure: Tenure, opening: Opening, paper_date: date) -> Decimal:
    try:
        return total(segment.twelfths for segment in open_balance(book, tenure, opening, paper_date).segments)
    except Refused:
        return NOTHING


def changes(
    replay: Replay, entries: Sequence[Entry], rises: Sequence[Rise], more: Mapping[UUID, Decimal]
) -> dict[str, tuple[Decimal, Decimal]]:
    """What a person has in each jenjang now and would have, in twelfths, where that differs; `entries` are in their order.

    `more` is what each opening balance would come to beyond what it does, by its case.
    """
    anew: dict[UUID, Decimal] = {}
    for entry in entries:
        if entry.reverses is not None:
            anew[entry.id] = -anew.get(entry.reverses, -entry.twelfths)
        elif entry.kind == "opening":
            anew[entry.id] = entry.twelfths + (more.get(entry.case_id, NOTHING) if entry.segment == 1 else NOTHING)
        elif entry.rule_pack == replay.replaced:
            anew[entry.id] = _under(replay, entry.kind, entry.jenjang, entry.months, entry.predikat)
        else:
            anew[entry.id] = entry.twelfths
    if not rises and all(anew[entry.id] == entry.twelfths for entry in entries):
        return {}
    now = _left(replay.before, entries, {entry.id: entry.twelfths for entry in entries}, rises)
    then = _left(replay.after, entries, anew, rises)
    return {jenjang: (now[jenjang], then[jenjang]) for jenjang in sorted(now) if now[jenjang] != then[jenjang]}


@lru_cache(maxsize=10_000)
def _under(replay: Replay, kind: str, jenjang: str, months: int, predikat: str | None) -> Decimal:
    """What an entry would be by the draft; nothing where it does not know its jenjang or predikat any more."""
    rules: Rules = replay.draft.tables
    level = rules.jenjang.get(jenjang)
    if level is None:
        return NOTHING
    if kind == "education":
        return education_twelfths(rules.education.percent, level.kp_need) if rules.education else NOTHING
    rated = rules.conversion.predikat.get(predikat or "") if rules.conversion else None
    return conversion_twelfths(months, rated.percent, level.coefficient) if rated else NOTHING


def _left(
    book: Regulations, entries: Iterable[Entry], worth: Mapping[UUID, Decimal], rises: Sequence[Rise]
) -> dict[str, Decimal]:
    """What is left in each jenjang after all rises."""
    amounts = [Amount(entry.jenjang, entry.period_start, worth[entry.id]) for entry in entries]
    left: defaultdict[str, list[Decimal]] = defaultdict(list)
    for amount in amounts:
        left[amount.jenjang].append(amount.twelfths)
    for settled in accumulate(book, rises, amounts) if rises else ():
        left[settled.jenjang] += [-settled.done.used, -settled.done.lost]
    return {jenjang: total(parts) for jenjang, parts in left.items()}
