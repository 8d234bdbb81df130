"""What rises in rank and in level do to the points that somebody has in a jenjang, in the order of their days.

A rank takes nothing away: its surplus counts for the next one inside the jenjang. A level uses its need, and what is more is lost.
Where both are of one day the level comes first, and the rank follows with the same AK.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from credit.domain.amounts import total
from credit.domain.books import Regulations
from credit.domain.promotion import Act, Settled, rank_at, settle


@dataclass(frozen=True)
class Rise:
    """A promotion by decree, as the registry tells it."""

    kind: Act
    valid_from: date
    jenjang_before: str | None
    golongan_before: str
    jenjang: str | None
    golongan: str


@dataclass(frozen=True)
class Amount:
    """Points in a jenjang, in twelfths, for a period that begins on `day`."""

    jenjang: str
    day: date
    twelfths: Decimal


@dataclass(frozen=True)
class Settlement:
    """What a rise found (`had`, in twelfths), what it needed (AK), and what became of it."""

    rise: Rise
    jenjang: str
    need: Decimal | None
    had: Decimal
    done: Settled
    rule_pack: str


def accumulate(book: Regulations, rises: Iterable[Rise], amounts: Sequence[Amount]) -> list[Settlement]:
    """The rises with what they did; those from before the rules of promotion, or from outside the functional posts, did nothing.

    Points count for a rise when their period began before its day. A need of 0 is one that the level before it has met.
    """
    settled: list[Settlement] = []
    gone: defaultdict[str, Decimal] = defaultdict(Decimal)
    for rise in sorted(rises, key=lambda rise: (rise.valid_from, rise.kind)):
        level = book.at(rise.valid_from).tables.jenjang.get(rise.jenjang_before or "")
        if level is None or rise.valid_from < book.promotion.packs[0].valid_from:
            continue
        earned = total(each.twelfths for each in amounts if each.jenjang == level.code and each.day < rise.valid_from)
        had = earned - gone[level.code]
        need = level.kj_need if rise.kind == "level" else rank_at(level, rise.golongan_before)
        done = settle(rise.kind, need, had)
        gone[level.code] += done.used + done.lost
        pack = book.promotion.at(rise.valid_from)
        settled.append(Settlement(rise, level.code, need, had, done, pack.id))
    return settled
