"""What a PAK from before Jejak comes to: its amount in today's method.

AK integrasi = AK konvensional - nilai dasar (BKN-INT23), and lies within the golongan: what does not is a wrong input (FORM-INT).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from common.refused import Refused
from common.rules import Pages, RuleBook, RulePack, load_rule_book
from credit.domain.amounts import education_twelfths, shown_ak
from credit.domain.entry import WHOLE, Method
from credit.domain.rules import OpenReading


@dataclass(frozen=True)
class Range:
    """The amounts a PAK of a golongan can state: from `from_` up to but not `below` (None: without end); `base` is taken off."""

    jenjang: str
    golongan: str
    from_: Decimal
    base: Decimal
    status: str
    sources: tuple[str, ...]
    below: Decimal | None = None


@dataclass(frozen=True)
class PaperRules:
    """The ranges of one method."""

    method: Method
    rows: tuple[Range, ...]
    sources: Mapping[str, str]
    readings: tuple[OpenReading, ...] = ()


def load(folder: Pages) -> RuleBook[PaperRules]:
    """The packs of one method, each proved by its own cases. Raises RulePackError."""
    return load_rule_book(folder, lambda tables: msgspec.convert(tables, PaperRules), _run_case)


def carried(rules: PaperRules, jenjang: str, golongan: str | None, stated: Decimal) -> Decimal:
    """What a PAK carries over, in AK. Raises Refused `paper-out-of-range`, also where no row is of this jenjang and golongan."""
    for row in rules.rows:
        if (row.jenjang, row.golongan) == (jenjang, golongan):
            if row.from_ <= stated and (row.below is None or stated < row.below):
                return stated - row.base
            raise Refused("paper-out-of-range", "stated")
    raise Refused("paper-out-of-range", "stated")


def pack_on(book: RuleBook[PaperRules], dated: date) -> RulePack[PaperRules]:
    """The pack for a paper of that date. Raises Refused `method-closed` where none was set by this method then."""
    try:
        return book.at(dated)
    except LookupError:
        raise Refused("method-closed", "paper_date") from None


def _run_case(rules: PaperRules, given: Mapping[str, Any]) -> Mapping[str, object]:
    try:
        ak = carried(rules, given["jenjang"], given["golongan"], Decimal(given["stated"]))
    except Refused as refused:
        return {"refused": refused.code}
    return {"ak": shown_ak(education_twelfths(WHOLE, ak))}
