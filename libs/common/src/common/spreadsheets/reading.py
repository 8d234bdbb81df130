"""Rows of a spreadsheet as values by name; each row says itself what is wrong with it."""

import csv
from codecs import getincrementaldecoder
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from common.refused import Refused
from common.spreadsheets import ods, xlsx
from common.spreadsheets.columns import LONGEST, Cell, Column, matched, shown, value
from common.spreadsheets.xml import unzipped

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
ENDINGS = {CSV: "csv", XLSX: "xlsx", ODS: "ods"}
"""The media types that are read, and how the names of such files end."""
MOST_ROWS = 1_048_576
"""Rows of a sheet, as Excel and Calc have it."""
SEPARATORS = ";,\t"
LOOKED_AT = 64 * 1024


class Row(NamedTuple):
    """A row: its number in the spreadsheet, its values by name, and what is wrong with it.

    The value of a refused cell is what the cell shows.
    """

    number: int
    values: dict[str, Any]
    refused: list[Refused]


def type_of(path: Path) -> str:
    """What a file is by its content. Raises Refused: `file-empty`, `file-type-refused`, `file-unreadable`, `file-expands`."""
    with path.open("rb") as file:
        beginning = file.read(LOOKED_AT)
    if not beginning:
        raise Refused("file-empty")
    if beginning.startswith(b"PK"):
        with unzipped(str(path)) as book:
            names = set(book.namelist())
            if xlsx.WORKBOOK in names:
                return XLSX
            is_small = "mimetype" in names and book.getinfo("mimetype").file_size < LOOKED_AT
            if is_small and book.read("mimetype").strip() == ODS.encode():
                return ODS
        raise Refused("file-type-refused")
    try:
        getincrementaldecoder("utf-8")().decode(beginning)  # whose last character may be cut
    except UnicodeDecodeError as error:
        raise Refused("file-type-refused") from error
    if b"\0" in beginning or beginning.startswith((b"%PDF", b"{", b"<")):
        raise Refused("file-type-refused")
    return CSV


def read(path: Path, media_type: str, columns: Sequence[Column]) -> Generator[Row]:
    """The rows below the headings, in order, without the empty ones.

    The headings stand in the first row that holds anything. Raises Refused for the whole file: what `matched` raises,
    `file-unreadable`, `file-empty`, `file-expands`, `rows-too-many`.
    """
    cells = _cells(path, media_type)
    with closing(cells):
        headings = next((row for _, row in cells if any(shown(cell).strip() for cell in row)), None)
        if headings is None:
            raise Refused("file-empty")
        places = matched(headings, columns)
        for number, row in cells:
            if number > MOST_ROWS:
                raise Refused("rows-too-many", limit=MOST_ROWS)
            found = Row(number, {}, [])
            for place, column in places.items():
                if place < len(row):
                    _put(found, column, row[place])
            if found.values:
                yield found


def _put(row: Row, column: Column, cell: Cell) -> None:
    try:
        said = value(cell, column)
    except Refused as refused:
        row.refused.append(refused)
        said = shown(cell)[:LONGEST]
    if said is not None:
        row.values[column.name] = said


def _cells(path: Path, media_type: str) -> Generator[tuple[int, Sequence[Cell]]]:
    if media_type == CSV:
        yield from _csv(path)
        return
    with unzipped(str(path)) as book:
        yield from (xlsx if media_type == XLSX else ods).rows(book)


def _csv(path: Path) -> Iterator[tuple[int, Sequence[Cell]]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            first = file.readline(LOOKED_AT)
            file.seek(0)
            separator = max(SEPARATORS, key=first.count)
            yield from enumerate(csv.reader(file, delimiter=separator, strict=True), 1)
        except (csv.Error, UnicodeDecodeError) as error:
            raise Refused("file-unreadable") from error
