"""What a paper of credit points sums up: rows with what stood before, what is new and both; and what the total is enough for.

The form is that of Peraturan BKN 3/2023 (PERBKN3-PAK). Amounts are twelfths (`amounts`): they are added exactly, and rounded only
where they are printed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, get_args

from credit.domain.amounts import MONTHS, total
from credit.domain.entry import Way
from credit.domain.promotion import Act, rank_at
from credit.domain.rules import Jenjang

Row = Literal["basic", "earlier", "adjustment", "conversion", "education", "all"]
"""AK Dasar; AK JF lama; AK penyesuaian or penyetaraan; AK konversi; AK of a higher degree; their sum: in the order of the form."""
ROWS: tuple[Row, ...] = get_args(Row)
GIVEN: dict[Way, Row] = {
    "balance": "earlier",
    "between": "earlier",
    "reappointment": "earlier",
    "first": "basic",
    "transfer": "basic",
    "inpassing": "adjustment",
    "equalised": "adjustment",
}
"""In which row stands what an opening balance gives; months of predikat that it converts are conversion."""


@dataclass(frozen=True)
class Part:
    """An entry of the ledger; a reversal has the kind and the way of what it reverses."""

    number: int
    kind: str
    way: Way | None
    months: int
    twelfths: Decimal
    period_start: date
    period_end: date


@dataclass(frozen=True)
class Sum:
    """A row of the paper, in twelfths: what stood on the one before, what is new, and both."""

    row: Row
    before: Decimal
    new: Decimal
    total: Decimal


@dataclass(frozen=True)
class Verdict:
    """Whether the total is enough for an act: its need (AK), and what is more (or, below 0, less) than that, in twelfths."""

    act: Act
    need: Decimal
    difference: Decimal

    @property
    def considered(self) -> bool:
        """Whether it can be considered (dapat dipertimbangkan), as far as that is a matter of AK."""
        return self.difference >= 0


def row_of(part: Part) -> Row:
    """Where an entry stands. What a rise in level took out of a jenjang is taken from what somebody came with."""
    if part.kind in {"conversion", "education"}:
        return "education" if part.kind == "education" else "conversion"
    if part.months:
        return "conversion"
    return GIVEN[part.way] if part.way else "earlier"


def sums(parts: Sequence[Part], through: int) -> list[Sum]:
    """Every row of the form; entries up to the number `through` stood on the paper before."""
    made: list[Sum] = []
    for row in ROWS:
        within = [part for part in parts if row in {"all", row_of(part)}]
        old = total(part.twelfths for part in within if part.number <= through)
        new = total(part.twelfths for part in within if part.number > through)
        made.append(Sum(row, old, new, old + new))
    return made


def verdicts(level: Jenjang, golongan: str | None, twelfths: Decimal) -> list[Verdict]:
    """What the total is enough for: the next pangkat and the next jenjang, as far as there is one."""
    needs: list[tuple[Act, Decimal | None]] = [
        ("rank", rank_at(level, golongan) if golongan else None),
        ("level", level.kj_need),
    ]
    return [Verdict(act, need, twelfths - need * MONTHS) for act, need in needs if need is not None]
