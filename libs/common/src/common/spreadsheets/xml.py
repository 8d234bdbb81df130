"""XML of a zipped spreadsheet, piece by piece: never more than a piece in memory, no entities, no declared types."""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import IO
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile
from zlib import error as ZlibError  # noqa: N812 - it names an exception

from common.refused import Refused

MOST_INSIDE = 2 * 1024 * 1024 * 1024
"""Bytes of all parts of a zipped spreadsheet; a million rows of twelve columns have 800 MB."""
MOST_PARTS = 2_000
PIECE = 64 * 1024
LONGEST_TAG = 1024 * 1024
DEEPEST = 64


@contextmanager
def unzipped(path: str) -> Generator[ZipFile]:
    """A zipped spreadsheet. What a part holds never exceeds what is declared, and that is bounded.

    Raises Refused: `file-unreadable`, `file-expands`.
    """
    try:
        with ZipFile(path) as book:
            parts = book.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_INSIDE:
                raise Refused("file-expands", limit=MOST_INSIDE // 1024 // 1024)
            yield book
    except (
        BadZipFile,
        ZlibError,
        EOFError,
        KeyError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        expat.ExpatError,
    ) as error:
        raise Refused("file-unreadable") from error


Start = Callable[[str, dict[str, str]], None]


def fed(part: IO[bytes], start: Start, end: Callable[[str], None], text: Callable[[str], None]) -> Iterator[None]:
    """Parses a part, a piece a turn; elements and attributes are called without their prefix.

    Raises ExpatError, and Refused `file-unreadable` for a document type and for what has no end.
    """
    depth = 0

    def started(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            _refuse()
        if ":" in "".join(attributes):
            attributes = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        start(name.rpartition(":")[2] if ":" in name else name, attributes)

    def ended(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(name.rpartition(":")[2] if ":" in name else name)

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = started
    parser.EndElementHandler = ended
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse
    total = 0
    while piece := part.read(PIECE):
        parser.Parse(piece, False)
        total += len(piece)
        if total - max(parser.CurrentByteIndex, 0) > LONGEST_TAG:
            _refuse()
        yield
    parser.Parse(b"", True)
    yield


def _refuse(*_: object) -> None:
    raise Refused("file-unreadable")
