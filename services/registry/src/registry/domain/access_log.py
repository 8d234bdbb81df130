"""How long it is kept who looked at whose record: the months are data (`rules/access_log`)."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from common.rules import load_rule_book

PACKS = Path(__file__).parent.parent / "rules" / "access_log"


def _parse(tables: Mapping[str, Any]) -> int:
    return int(tables["kept"]["months"])


def _first_kept(months: int, today: date) -> date:
    since = today.year * 12 + today.month - 1 - months
    return date(since // 12, since % 12 + 1, 1)


def _run_case(months: int, given: Mapping[str, Any]) -> Mapping[str, object]:
    return {"kept_from": _first_kept(months, given["today"])}


BOOK = load_rule_book(PACKS, _parse, _run_case)


def kept_from(today: date) -> date:
    """The first day of the oldest month that is kept, by the rule of today. Raises LookupError where none covers it."""
    return _first_kept(BOOK.at(today).tables, today)
