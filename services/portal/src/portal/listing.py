"""The one table: what stands in it, the order it is in, and the same rows as CSV, XLSX or PDF.

A page that asks a service for a list by pages hands over those it shows; the file is made of all of them, page by page.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# (xlsxwriter ships no complete types)

import asyncio
import csv
import hashlib
import io
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import xlsxwriter
from fastapi import Response
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from common.papers import pdf
from common.refused import Refused
from common.sheets import MEDIA_TYPE
from common.spreadsheets.columns import disarmed
from common.texts import Language
from portal.asking import Question
from portal.texts import moment, say, templates
from portal.visits import Visit

PAPER = (Path(__file__).parent / "listing.typ").read_bytes()
MOST_ON_PAPER = 5_000
PAGE = 1_000
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Column:
    """What stands below one heading: the name in a row, the name of the heading's text, and how it is written.

    `address` makes a link of each cell, from the values of its row. What is `aside` stands in the files alone.
    """

    name: str
    text: str
    kind: Literal["text", "number", "day"] = "text"
    address: str = ""
    aside: bool = False

    def written(self, row: Row, language: Language) -> str:
        """A value as people read it; nothing is an empty cell."""
        value = row.get(self.name)
        if value is None or self.kind == "text":
            return "" if value is None else str(value)
        return templates(language).filters[self.kind](str(value))

    def link(self, row: Row) -> str:
        """Where its cell leads."""
        return self.address.format_map({name: value if value is not None else "" for name, value in row.items()})


@dataclass(frozen=True)
class Listing:
    """A table. Of one that is not `whole`, `rows` are those of one page, in the order of the service that gives them."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    narrowed: Mapping[str, str] = field(default_factory=dict[str, str])
    """By what it is narrowed, in words."""
    total: Row | None = None
    whole: bool = True
    next: str | None = None

    @property
    def shown(self) -> list[Column]:
        """The columns of the page."""
        return [column for column in self.columns if not column.aside]

    def sorted(self, by: str | None) -> "Listing":
        """By a column, or against it with a minus before its name; as it is for no column of the table."""
        column = next((each for each in self.columns if by and each.name == by.lstrip("-")), None)
        if column is None or not self.whole:
            return self

        def key(row: Row) -> tuple[bool, Any]:
            value = row.get(column.name)
            return value is None, Decimal(str(value or 0)) if column.kind == "number" else str(value or "").casefold()

        rows = sorted(self.rows, key=key, reverse=str(by).startswith("-"))
        return Listing(self.title, self.columns, rows, self.narrowed, self.total)

    def order(self, column: Column, by: str | None) -> str:
        """What a click on a heading then orders by."""
        return f"-{column.name}" if by == column.name else column.name


async def every(visit: Visit, question: Question) -> AsyncIterator[list[Any]]:
    """All pages of a list. Raises Refused `unavailable` when one does not come: half a list is no list."""
    after: str | None = None
    while True:
        asked = {**question.params, "limit": PAGE} | ({"after": after} if after else {})
        [page] = await visit.ask(Question(question.service, question.method, question.path, asked))
        if not page.ok:
            raise Refused("unavailable" if page.away else "forbidden")
        yield page.body["items"]
        after = page.body.get("next")
        if after is None:
            return


async def as_file(
    visit: Visit, form: str, listing: Listing, pages: AsyncIterator[Sequence[Row]] | None = None
) -> Response:
    """The table as a file, with what it is narrowed by, when it was made, and the checksum of its rows.

    The checksum is that of headings, rows and totals as CSV has them, and so the same in all three forms. `pages` are all
    rows of a table that is not whole. Raises Refused: `not-found` for another form, `table-too-long`, `unavailable`.
    """
    if form not in WRITERS:
        raise Refused("not-found")
    language, columns, checksum = visit.language, listing.columns, hashlib.sha256()
    with tempfile.NamedTemporaryFile(prefix="jejak-", suffix=f".{form}", delete=False) as file:
        path = Path(file.name)
    writer = WRITERS[form](path, listing)

    def put(row: Row) -> None:
        shown = [disarmed(column.written(row, language)) for column in columns]
        checksum.update(_line(shown))
        writer.put(shown, row)

    try:
        head = [say(column.text, language) for column in columns]
        checksum.update(_line(head))
        writer.put(head, {})
        async for page in _all(listing, pages):
            for row in page:
                put(row)
        if listing.total is not None:
            put(listing.total)
        now = visit.parts.clock.now()
        made = [say("listing.made", language), moment(now.isoformat(), visit.zone, language)]
        about = [*([name, disarmed(value)] for name, value in listing.narrowed.items()), made]
        await asyncio.to_thread(writer.end, [*about, ["SHA-256", checksum.hexdigest()]], now)
    except BaseException:  # whoever has gone away too leaves no file behind
        await asyncio.to_thread(path.unlink)
        raise
    name = f"jejak-{visit.request.url.path.strip('/').replace('/', '-')}.{form}"
    return FileResponse(path, media_type=writer.media_type, filename=name, background=BackgroundTask(path.unlink))


async def _all(listing: Listing, pages: AsyncIterator[Sequence[Row]] | None) -> AsyncIterator[Sequence[Row]]:
    if pages is None:
        yield listing.rows
        return
    async for page in pages:
        yield page


def _line(cells: Sequence[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line, delimiter=";").writerow(cells)
    return line.getvalue().encode()


class Csv:
    """By semicolons, since a comma may part decimals; with the mark by which Excel takes it for UTF-8."""

    media_type = "text/csv"

    def __init__(self, path: Path, _: Listing) -> None:
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._out = csv.writer(self._file, delimiter=";")

    def put(self, shown: Sequence[str], _: Row) -> None:
        self._out.writerow(shown)

    def end(self, about: Sequence[Sequence[str]], now: datetime) -> None:
        del now
        self._out.writerows([[], *about])
        self._file.close()


class Xlsx:
    """A number is a number; the memory of one row."""

    media_type = MEDIA_TYPE

    def __init__(self, path: Path, listing: Listing) -> None:
        self._columns = listing.columns
        self._book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
        self._page = self._book.add_worksheet("Jejak")
        self._next = 0

    def put(self, shown: Sequence[str], row: Row) -> None:
        for place, (column, cell) in enumerate(zip(self._columns, shown, strict=True)):
            if column.kind == "number" and row.get(column.name) is not None:
                self._page.write_number(self._next, place, float(row[column.name]))
            else:
                self._page.write_string(self._next, place, cell)
        self._next += 1

    def end(self, about: Sequence[Sequence[str]], now: datetime) -> None:
        del now
        for number, cells in enumerate(about, self._next + 1):
            for place, cell in enumerate(cells):
                self._page.write_string(number, place, cell)
        self._book.close()


class Paper:
    """PDF/A for A4; of a table that somebody could read."""

    media_type = "application/pdf"

    def __init__(self, path: Path, listing: Listing) -> None:
        self._path = path
        self._title = listing.title
        self._numbers = [column.kind == "number" for column in listing.columns]
        self._rows: list[list[str]] = []

    def put(self, shown: Sequence[str], _: Row) -> None:
        if len(self._rows) > MOST_ON_PAPER:
            raise Refused("table-too-long", most=MOST_ON_PAPER)
        self._rows.append([*shown])

    def end(self, about: Sequence[Sequence[str]], now: datetime) -> None:
        head, *rows = self._rows
        shown = {
            "title": self._title,
            "head": head,
            "rows": rows,
            "numbers": self._numbers,
            "about": [*map(list, about)],
        }
        self._path.write_bytes(pdf(PAPER, shown, now))


WRITERS: Mapping[str, type[Csv | Xlsx | Paper]] = {"csv": Csv, "xlsx": Xlsx, "pdf": Paper}
