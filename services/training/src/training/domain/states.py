"""The state in which somebody is on a day of the year: met, on track, needs action, overdue, or exempt.

The ladder is data (`rules/states`). What stands here in SQL too is for millions of rows; a test holds the two together.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from common.rules import load_rule_book
from training.domain.caturwulan import pack_of
from training.domain.duty import MONTHS, Reading, months_until_sql, owes_nothing_sql, pro_rata, pro_rata_sql

PACKS = Path(__file__).parent.parent / "rules" / "states"

DueBy = Literal["year", "month", "period", "nothing"]


@dataclass(frozen=True)
class Rung:
    """A state, and by when the part of the target is due that must be verified for it."""

    code: Literal["met", "on_track", "needs_action", "overdue"]
    due_by: DueBy
    source: str
    status: str
    text: str

    def last_month(self, day: date) -> int:
        """The last month of the year whose part must be verified on a day; 0 for none."""
        if self.due_by == "year":
            return MONTHS[-1]
        if self.due_by == "month":
            return day.month
        if self.due_by == "nothing":
            return 0
        over = [period for period in pack_of(day.year).tables.periods if period.over_from(day.year) <= day]
        return over[-1].last_month if over else 0


@dataclass(frozen=True)
class Ladder:
    """The states in the order in which they are asked, and who is in none of them but exempt."""

    exempt: Reading
    rungs: Sequence[Rung]


def state(ladder: Ladder, day: date, yearly: Decimal, months: Iterable[int], verified: Decimal, *, exempt: bool) -> str:
    """The one state of somebody with these months of duty."""
    owed = list(months)
    if exempt or not owed:
        return "exempt"
    return next(
        rung.code
        for rung in ladder.rungs
        if verified >= pro_rata(yearly, sum(month <= rung.last_month(day) for month in owed))
    )


def state_sql(ladder: Ladder, day: date, who: str) -> str:
    """`state` of a row with `exempt`, `yearly`, `duty_months` and `verified`."""
    rungs = " ".join(
        f"WHEN {who}.verified >= CAST({_due_sql(rung, day, who)} AS numeric) THEN '{rung.code}'"
        for rung in ladder.rungs[:-1]
    )
    exempt = f"{who}.exempt OR {owes_nothing_sql(who)}"
    return f"CASE WHEN {exempt} THEN 'exempt' {rungs} ELSE '{ladder.rungs[-1].code}' END"


def _due_sql(rung: Rung, day: date, who: str) -> str:
    return pro_rata_sql(f"{who}.yearly", months_until_sql(f"{who}.duty_months", str(rung.last_month(day))))


def _parse(tables: Mapping[str, Any]) -> Ladder:
    ladder = Ladder(Reading(**tables["exempt"]), [Rung(**entry) for entry in tables["states"]])
    if ladder.rungs[-1].due_by != "nothing":
        raise ValueError("the last rung must be due by nothing, or some would be in no state")
    return ladder


def _run_case(ladder: Ladder, given: Mapping[str, Any]) -> Mapping[str, object]:
    months = range(given.get("from", 1), 13)
    verified, exempt = Decimal(given["verified"]), given.get("exempt", False)
    return {"state": state(ladder, given["day"], Decimal(20), months, verified, exempt=exempt)}


BOOK = load_rule_book(PACKS, _parse, _run_case)
