"""What the columns of a spreadsheet are called and hold, and what a cell says in one of them.

A spreadsheet changes what it takes for a number: of a long number only 15 digits are left, a day becomes a count of
days. What may have lost something is refused; nothing is guessed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, NamedTuple

from common.refused import Refused

Kind = Literal["text", "digits", "whole", "decimal", "date"]
EXACT_DIGITS = 15
"""How many digits of a number a spreadsheet keeps; the others become zeros."""
LONGEST = 32_767
"""Characters of a cell, as Excel and Calc have it."""


MAGNITUDE = 30
"""Digits of a number of a cell, before and behind the point: one of a million would take as many to write out."""


class Formula(NamedTuple):
    """A cell that a formula stands in: what it shows may be old, or another's."""

    text: str


class Broken(NamedTuple):
    """A cell that shows an error, or that is too long."""

    text: str


Cell = str | Decimal | date | Formula | Broken | None
"""What a cell holds; None is an empty one. What every cell of a CSV holds is text."""


@dataclass(frozen=True)
class Column:
    """A column: the field it gives, what it is called in both languages, and what its cells hold.

    A date is a date of the spreadsheet, or text as YYYY-MM-DD or DD-MM-YYYY. `digits` are a number that names something and
    is longer than what a spreadsheet keeps of numbers. With `choices` a cell holds one of them, spaces, hyphens and
    capitals aside; `means` are other words for them. `also` are further names that other programs give the column.
    """

    name: str
    indonesian: str
    english: str
    example: str = ""
    kind: Kind = "text"
    required: bool = False
    choices: Sequence[str] = ()
    means: Mapping[str, str] | None = None
    also: Sequence[str] = ()

    def names(self) -> set[str]:
        """All it may be called."""
        return {folded(name) for name in (self.name, self.indonesian, self.english, *self.also)}


def number_of(said: str) -> Cell:
    """A number as a file has it."""
    try:
        number = Decimal(said)
    except InvalidOperation:
        return Broken(said)
    return number if number.is_finite() and abs(number.adjusted()) <= MAGNITUDE else Broken(said)


def day_of(said: str) -> Cell:
    """A day as a file has it, with or without a time."""
    try:
        return date.fromisoformat(said[:10])
    except ValueError:
        return Broken(said)


def folded(written: str) -> str:
    """What is written, without what nobody means by it: capitals, spaces, hyphens, underscores, a mark that it is required."""
    return " ".join(re.sub(r"[\s_\-*]+", " ", written).split()).casefold()


ADDED = {"baris": "row", "alasan": "reason"}
"""What stands beside the columns in a file of what was refused, which may be sent as it is; it says nothing then."""
IGNORED = {*ADDED, *ADDED.values()}


def matched(headings: Sequence[Cell], columns: Sequence[Column]) -> dict[int, Column]:
    """Which column of the declared ones stands at which place.

    Raises Refused for the file: `column-missing` with its name; `column-unknown` and `column-twice` with the cell.
    """
    known = {name: column for column in columns for name in column.names()}
    found: dict[int, Column] = {}
    for place, heading in enumerate(headings):
        name = folded(shown(heading))
        if not name or name in IGNORED:
            continue
        if name not in known:
            raise Refused("column-unknown", field=f"{letters(place)}1")
        if known[name] in found.values():
            raise Refused("column-twice", field=f"{letters(place)}1")
        found[place] = known[name]
    for column in columns:
        if column.required and column not in found.values():
            raise Refused("column-missing", field=column.name, name=column.indonesian)
    return found


def letters(place: int) -> str:
    """What a spreadsheet calls the column at a place, from 0: A, B, ... Z, AA."""
    name = ""
    while place >= 0:
        name = chr(ord("A") + place % 26) + name
        place = place // 26 - 1
    return name


def shown(cell: Cell) -> str:
    """What a cell holds, as text."""
    match cell:
        case None:
            return ""
        case str():
            return cell
        case Decimal():
            return f"{cell:f}"
        case date():
            return cell.isoformat()
        case Formula(text) | Broken(text):
            return text


def value(cell: Cell, column: Column) -> Any:
    """What a cell says in a column: text, a whole number, or None where it is empty; decimals and days as text.

    Raises Refused that names the column: `cell-formula`, `cell-broken`, `cell-number-is-day`, `cell-day-is-number`,
    `cell-digits-lost`, `cell-number-invalid`, `cell-choice-unknown`, `date-invalid`.
    """
    if isinstance(cell, str):
        cell = cell.strip()
    if cell is None or cell == "":
        return None
    if isinstance(cell, Formula) or (isinstance(cell, str) and cell.startswith("=")):
        raise Refused("cell-formula", field=column.name)
    if isinstance(cell, str):
        cell = rearmed(cell)
    if isinstance(cell, Broken):
        raise Refused("cell-broken", field=column.name)
    if column.choices:
        return _choice(shown(cell), column)
    return _READ[column.kind](cell, column)


LOST = re.compile(r"\d([.,]\d+)?[eE]\+?\d+")
WHOLE = re.compile(r"-?\d{1,15}")
DECIMAL = re.compile(r"(-?\d{1,15})(?:[.,](\d{1,15}))?")
DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
LOCAL_DAY = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")


def _choice(written: str, column: Column) -> str:
    meant = {folded(choice): choice for choice in column.choices}
    meant |= {folded(word): choice for word, choice in (column.means or {}).items()}
    if folded(written) not in meant:
        raise Refused("cell-choice-unknown", field=column.name)
    return meant[folded(written)]


def _text(cell: str | Decimal | date, column: Column) -> str:
    if isinstance(cell, date):
        raise Refused("cell-number-is-day", field=column.name)
    if isinstance(cell, Decimal):
        return _digits(cell, column)
    return cell


def _digits(cell: str | Decimal | date, column: Column) -> str:
    """Digits, of which none may be lost: a number of more than fifteen has lost the others."""
    if isinstance(cell, date):
        raise Refused("cell-number-is-day", field=column.name)
    if isinstance(cell, Decimal):
        if cell != cell.to_integral_value() or cell < 0:
            return shown(cell)
        if len(digits := f"{cell:.0f}") > EXACT_DIGITS:
            raise Refused("cell-digits-lost", field=column.name)
        return digits
    if LOST.fullmatch(cell):
        raise Refused("cell-digits-lost", field=column.name)
    return cell


def _whole(cell: str | Decimal | date, column: Column) -> int:
    if isinstance(cell, Decimal) and cell == cell.to_integral_value() and len(f"{cell:.0f}") <= EXACT_DIGITS:
        return int(cell)
    if isinstance(cell, str) and WHOLE.fullmatch(cell):
        return int(cell)
    raise Refused("cell-number-invalid", field=column.name)


def _decimal(cell: str | Decimal | date, column: Column) -> str:
    """A decimal as text; with one comma or point, so that nobody has to guess which of two parts thousands."""
    if isinstance(cell, Decimal):
        return shown(cell)
    if isinstance(cell, str) and (found := DECIMAL.fullmatch(cell)):
        return f"{found[1]}.{found[2]}" if found[2] else found[1]
    raise Refused("cell-number-invalid", field=column.name)


def _day(cell: str | Decimal | date, column: Column) -> str:
    if isinstance(cell, Decimal) or (isinstance(cell, str) and cell.isdigit()):
        raise Refused("cell-day-is-number", field=column.name)
    if isinstance(cell, date):
        return cell.isoformat()
    if found := DAY.fullmatch(cell):
        year, month, day = found.groups()
    elif found := LOCAL_DAY.fullmatch(cell):
        day, month, year = found.groups()
    else:
        raise Refused("date-invalid", field=column.name)
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError as error:
        raise Refused("date-invalid", field=column.name) from error


_READ = {"text": _text, "digits": _digits, "whole": _whole, "decimal": _decimal, "date": _day}

ARMED = ("=", "+", "-", "@", "\t", "\r")


def disarmed(written: str) -> str:
    """Text that no spreadsheet takes for a formula when it opens a file of ours."""
    return f"'{written}" if written.lstrip("'").startswith(ARMED) else written


def rearmed(written: str) -> str:
    """What was `disarmed`."""
    return written[1:] if written.startswith("'") and written.lstrip("'").startswith(ARMED) else written
