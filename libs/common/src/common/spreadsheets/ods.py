"""Rows of the first table of an ODS (OASIS OpenDocument 1.3), in the memory of a few of them."""

from collections.abc import Iterator
from zipfile import ZipFile

from common.refused import Refused
from common.spreadsheets.columns import LONGEST, Broken, Cell, Formula, day_of, number_of
from common.spreadsheets.xlsx import MOST_COLUMNS
from common.spreadsheets.xml import fed

CELLS = {"table-cell", "covered-table-cell"}
ASIDE = {"annotation", "shapes"}


def rows(book: ZipFile) -> Iterator[tuple[int, list[Cell]]]:
    """The rows that hold anything, with their numbers.

    Raises Refused `file-unreadable`, and what the reader of its parts raises.
    """
    with book.open("content.xml") as part:
        reader = _Rows()
        for _ in fed(part, reader.start, reader.end, reader.text):
            for number, row, times in reader.taken():
                yield from ((number + each, list(row)) for each in range(times))
            if reader.over:
                return


class _Rows:
    def __init__(self) -> None:
        self.over = False
        self._rows: list[tuple[int, list[Cell], int]] = []
        self._number = 1
        self._times = 1
        self._row: list[Cell] = []
        self._width = 0
        self._cell: dict[str, str] = {}
        self._said: list[str] = []
        self._length = 0
        self._paragraphs = 0
        self._reading = False
        self._aside = 0

    def taken(self) -> list[tuple[int, list[Cell], int]]:
        """The rows that have ended since, each with how often it stands there."""
        rows, self._rows = self._rows, []
        return rows

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self.over:
            return
        if name in CELLS:
            self._cell = attributes
            self._said.clear()
            self._length = self._paragraphs = 0
        elif name in ASIDE:
            self._aside += 1
        elif name == "p" and not self._aside:
            self._reading = True
            if self._paragraphs:
                self.text("\n")
            self._paragraphs += 1
        elif name == "s" and self._reading:
            self.text(" " * min(int(attributes.get("c", "1")), LONGEST))
        elif name == "table-row":
            self._row, self._width = [], 0
            self._times = max(int(attributes.get("number-rows-repeated", "1")), 1)

    def text(self, said: str) -> None:
        if self._reading and not self._aside:
            self._length += len(said)
            if self._length <= LONGEST:
                self._said.append(said)

    def end(self, name: str) -> None:
        if self.over:
            return
        if name == "p":
            self._reading = False
        elif name in ASIDE:
            self._aside -= 1
        elif name in CELLS:
            self._add()
        elif name == "table-row":
            if self._row:
                self._rows.append((self._number, self._row, self._times))
            self._number += self._times
        elif name == "table":
            self.over = True

    def _add(self) -> None:
        """A cell may stand for many: those behind the last one that holds anything are many thousands, all empty."""
        times = max(int(self._cell.get("number-columns-repeated", "1")), 1)
        cell = _read(self._cell, "".join(self._said), self._length)
        if cell is not None:
            if self._width + times > MOST_COLUMNS:
                raise Refused("file-unreadable")
            self._row += [None] * (self._width - len(self._row)) + [cell] * times
        self._width += times


def _read(attributes: dict[str, str], said: str, length: int) -> Cell:
    if "formula" in attributes:
        return Formula(said)
    if length > LONGEST:
        return Broken(said)
    match attributes.get("value-type"):
        case "float" | "percentage" | "currency":
            return number_of(attributes.get("value", ""))
        case "date":
            return day_of(attributes.get("date-value", ""))
        case _:
            return said or None
