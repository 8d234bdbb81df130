"""Rows of the first sheet of an XLSX (ECMA-376), in the memory of a few of them."""

import re
from array import array
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from tempfile import SpooledTemporaryFile
from typing import ClassVar
from zipfile import ZipFile

from common.refused import Refused
from common.spreadsheets.columns import LONGEST, Broken, Cell, Formula, day_of, number_of, shown
from common.spreadsheets.xml import Start, fed

MOST_COLUMNS = 256
MOST_STRINGS = 8 * 1024 * 1024
SPOOLED = 4 * 1024 * 1024
REMEMBERED = 10_000
FIRST_DAY, FIRST_DAY_1904 = date(1899, 12, 30), date(1904, 1, 1)
DAY_FORMATS = {*range(14, 18), 22, *range(27, 32), *range(34, 37), *range(50, 55), 57, 58}
"""Formats that every Excel knows by these numbers and shows as a day (ECMA-376 1, 18.8.30)."""
WORKBOOK, SHARED = "xl/workbook.xml", "xl/sharedStrings.xml"


def rows(book: ZipFile) -> Iterator[tuple[int, list[Cell]]]:
    """The rows that hold anything, with their numbers.

    Raises Refused `file-unreadable`, and what the reader of its parts raises.
    """
    sheet, since = _first_sheet(book)
    formats = _day_formats(book)
    with _strings(book) as strings, book.open(sheet) as part:
        reader = _Rows(strings, formats, since)
        for _ in fed(part, reader.start, reader.end, reader.text):
            yield from reader.taken()


class _Said:
    """Gathers what stands in values and texts, but for how a word is read aloud."""

    TEXTS: ClassVar = frozenset({"v", "t"})
    ALOUD = "rPh"

    def __init__(self) -> None:
        self._reading = False
        self._silent = False
        self._parts: list[str] = []
        self._length = 0

    def begin(self) -> None:
        self._parts.clear()
        self._length = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:  # noqa: ARG002 - those who know more of it look at them
        if name in self.TEXTS:
            self._reading = not self._silent
        elif name == self.ALOUD:
            self._silent = True

    def text(self, said: str) -> None:
        if self._reading:
            self._length += len(said)
            if self._length <= LONGEST:
                self._parts.append(said)

    def end(self, name: str) -> None:
        if name in self.TEXTS:
            self._reading = False
        elif name == self.ALOUD:
            self._silent = False

    def said(self) -> str | Broken:
        text = "".join(self._parts)
        return Broken(text) if self._length > LONGEST else text


class _Rows(_Said):
    """The rows of a sheet, as its elements come."""

    def __init__(self, strings: "_Strings", formats: frozenset[int], since: date) -> None:
        super().__init__()
        self._strings = strings
        self._formats = formats
        self._since = since
        self._rows: list[tuple[int, list[Cell]]] = []
        self._number = 0
        self._row: list[Cell] = []
        self._place = -1
        self._kind = ""
        self._style = -1
        self._formula = False

    def taken(self) -> list[tuple[int, list[Cell]]]:
        """The rows that have ended since."""
        rows, self._rows = self._rows, []
        return rows

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self.begin()
            said = attributes.get("r")
            self._place = _place(said) if said else self._place + 1
            self._kind = attributes.get("t", "n")
            self._style = int(attributes.get("s", -1))
            self._formula = False
        elif name == "f":
            self._formula = True
        elif name == "row":
            said = attributes.get("r")
            self._number = int(said) if said else self._number + 1
            self._row = []
            self._place = -1
        else:
            super().start(name, attributes)

    def end(self, name: str) -> None:
        if name == "c":
            cell = self._cell()
            if cell is not None:
                if self._place >= MOST_COLUMNS:
                    raise Refused("file-unreadable")
                self._row.extend([None] * (self._place + 1 - len(self._row)))
                self._row[self._place] = cell
        elif name == "row":
            if self._row:
                self._rows.append((self._number, self._row))
        else:
            super().end(name)

    def _cell(self) -> Cell:
        said = self.said()
        if self._formula:
            return Formula(shown(said))
        if isinstance(said, Broken):
            return said
        return self._read(said) if said else None

    def _read(self, said: str) -> Cell:
        match self._kind:
            case "s":
                return self._strings.at(int(said))
            case "n":
                return self._counted(said)
            case "d":
                return day_of(said)
            case "e":
                return Broken(said)
            case _:
                return said

    def _counted(self, said: str) -> Cell:
        number = number_of(said)
        if isinstance(number, Decimal) and self._style in self._formats:
            try:
                return self._since + timedelta(days=int(number))
            except OverflowError:
                return number
        return number


@lru_cache(maxsize=4_096)
def _column(letters: str) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


def _place(reference: str) -> int:
    """At which place of its row a cell stands, by its reference, as in BC17."""
    return _column(reference.rstrip("0123456789")[:4].upper())


class _Strings:
    """The strings that the cells of a book share: in a file where they are many, since each may be another."""

    def __init__(self) -> None:
        self._file: SpooledTemporaryFile[bytes] = SpooledTemporaryFile(max_size=SPOOLED)  # noqa: SIM115 - `close` closes it
        self._starts = array("Q", [0])
        self.at = lru_cache(maxsize=REMEMBERED)(self._at)

    def add(self, said: str | Broken) -> None:
        if isinstance(said, Broken):  # one character more than a cell may hold, so that it is found again
            said = said.text.ljust(LONGEST + 1)
        if len(self._starts) > MOST_STRINGS:
            raise Refused("file-expands", limit=MOST_STRINGS)
        self._starts.append(self._starts[-1] + self._file.write(said.encode(errors="replace")))

    def _at(self, number: int) -> Cell:
        if not 0 <= number < len(self._starts) - 1:
            raise Refused("file-unreadable")
        start = self._starts[number]
        self._file.seek(start)
        said = self._file.read(self._starts[number + 1] - start).decode()
        return Broken(said) if len(said) > LONGEST else said or None

    def close(self) -> None:
        self._file.close()


class _Shared(_Said):
    """Puts the shared strings away, as they come."""

    def __init__(self, strings: _Strings) -> None:
        super().__init__()
        self._strings = strings

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "si":
            self.begin()
        super().start(name, attributes)

    def end(self, name: str) -> None:
        if name == "si":
            self._strings.add(self.said())
        super().end(name)


@contextmanager
def _strings(book: ZipFile) -> Generator[_Strings]:
    with closing(_Strings()) as strings:
        if SHARED in book.namelist():
            reader = _Shared(strings)
            with book.open(SHARED) as part:
                for _ in fed(part, reader.start, reader.end, reader.text):
                    pass
        yield strings


def _first_sheet(book: ZipFile) -> tuple[str, date]:
    """In which part the first sheet stands, and from which day its days are counted."""
    sheets: list[str] = []
    targets: dict[str, str] = {}
    since = FIRST_DAY

    def workbook(name: str, attributes: dict[str, str]) -> None:
        nonlocal since
        if name == "sheet":
            sheets.append(attributes.get("id", ""))
        elif name == "workbookPr" and attributes.get("date1904") in {"1", "true"}:
            since = FIRST_DAY_1904

    def relations(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    _read(book, WORKBOOK, workbook)
    _read(book, "xl/_rels/workbook.xml.rels", relations)
    if not sheets or sheets[0] not in targets:
        raise Refused("file-unreadable")
    target = targets[sheets[0]]
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}", since


def _day_formats(book: ZipFile) -> frozenset[int]:
    """The styles that show a number as a day."""
    own: set[int] = set()
    styles: list[int] = []
    inside = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        if name == "numFmt" and _shows_a_day(attributes.get("formatCode", "")):
            own.add(int(attributes["numFmtId"]))
        elif name == "cellXfs":
            inside = True
        elif name == "cellStyles":
            inside = False
        elif name == "xf" and inside:
            styles.append(int(attributes.get("numFmtId", "0")))

    if "xl/styles.xml" in book.namelist():
        _read(book, "xl/styles.xml", start)
    return frozenset(number for number, style in enumerate(styles) if style in DAY_FORMATS or style in own)


def _shows_a_day(code: str) -> bool:
    """Whether a format shows a day: days or years, or months where there are no hours and seconds, for which m is minutes."""
    bare = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.', "", code).casefold()
    return bool(re.search(r"[dy]", bare)) or ("m" in bare and not re.search(r"[hs]", bare) and "general" not in bare)


def _read(book: ZipFile, name: str, start: Start) -> None:
    with book.open(name) as part:
        for _ in fed(part, start, lambda _: None, lambda _: None):
            pass
