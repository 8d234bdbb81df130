"""What people's points would be had a draft been the law: each entry anew from its own inputs, each rise from what is there then.

The months that count are those that were counted: a draft of this subject changes what a month, a predikat or a degree gives.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Protocol
from uuid import UUID

from common.rules import RulePack
from credit.domain.accumulation import Amount, Rise, accumulate
from credit.domain.amounts import conversion_twelfths, education_twelfths, total
from credit.domain.books import Regulations
from credit.domain.packs import read_pack
from credit.domain.rules import Rules


class Entry(Protocol):
    """An entry of a case in the ledger, or what takes one back."""

    @property
    def id(self) -> UUID: ...
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
    draft: RulePack[Rules]


@lru_cache(maxsize=2)
def replay_of(book: Regulations, content: str) -> Replay:
    """The copy of the rules in which a draft stands for the pack that holds on its first day, for as long as that one does."""
    draft = read_pack("draft", content)
    replaced = book.at(draft.valid_from)
    stands_for = replace(draft, valid_from=replaced.valid_from, valid_to=replaced.valid_to)
    packs = tuple(stands_for if pack is replaced else pack for pack in book.packs)
    return Replay(book, replace(book, packs=packs), replaced.id, stands_for)


def changes(replay: Replay, entries: Sequence[Entry], rises: Sequence[Rise]) -> dict[str, tuple[Decimal, Decimal]]:
    """What a person has in each jenjang now and would have, in twelfths, where that differs; `entries` are in their order."""
    anew: dict[UUID, Decimal] = {}
    for entry in entries:
        if entry.reverses is not None:
            anew[entry.id] = -anew.get(entry.reverses, -entry.twelfths)
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
    rules = replay.draft.tables
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
