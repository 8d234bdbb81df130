"""Bulk uploads: NDJSON in, NDJSON out, any length, constant memory.

Lines are read and answered in chunks, a transaction each; a line's answer exists only after its
commit. The answers are spooled and sent when the body has ended: most clients read nothing until
they have sent everything, so a server that answered earlier would wait for them for ever.
"""

import asyncio
import json
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import Any, Generic, TypeVar

from fastapi import Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, TypeAdapter, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from common.answers import Answer
from common.refused import Refused
from common.store.database import Database
from common.store.outbox import EventTooLarge
from common.store.transient import insist, is_transient
from common.telemetry import STATUS, bulk_lines, log
from common.texts import Language
from common.web.bodies import NDJSON, check_ndjson
from common.web.parts import parts_of
from common.web.problems import Catalogue, from_validation, language_of, too_large

T = TypeVar("T")
R = TypeVar("R")
M = TypeVar("M", bound=BaseModel)

CHUNK = 500
"""How many lines are stored in one transaction (ADR 0019)."""
TURN = 10
"""How many lines of a chunk are worked on before others have a turn (ADR 0011)."""
LINE_LIMIT = 64 * 1024
SPOOL_BYTES = 1024 * 1024
TRY_SECONDS = 20.0


Handle = Callable[[AsyncSession, Sequence[T]], Awaitable[Sequence[Answer]]]
"""Works on items in one transaction and answers each, in order. It may be called again with the
same items, or with half of them."""


_Line = tuple[int, T | Refused]
"""The number of a line, and what it says."""


@dataclass(frozen=True)
class Lines(Generic[T]):
    """The lines of a request; `read` reads one, and raises pydantic's ValidationError."""

    request: Request
    read: Callable[[bytes], T]

    async def answer(self, handle: Handle[T]) -> StreamingResponse:
        """Reads the lines, handles them chunk by chunk, and answers each.

        Raises Refused `unavailable` when the database stays away; the chunks before it are stored.
        """
        parts = parts_of(self.request)
        database, catalogue = parts.database, parts.catalogue
        language = language_of(self.request.headers.get("accept-language"))
        spool: SpooledTemporaryFile[bytes] = SpooledTemporaryFile(max_size=SPOOL_BYTES)  # noqa: SIM115 - closed by `_replay`
        try:
            with parts.rates.upload(self.request.state.subject):
                chunk: list[_Line[T]] = []
                async for number, raw in _lines(self.request.stream()):
                    chunk.append((number, _parse(raw, self.read, catalogue)))
                    if len(chunk) == CHUNK:
                        await _answer(database, chunk, handle, catalogue, language, spool)
                        chunk = []
                if chunk:
                    await _answer(database, chunk, handle, catalogue, language, spool)
        except BaseException:
            spool.close()
            raise
        return StreamingResponse(_replay(spool), media_type=NDJSON)


def lines_of(model: type[M], read: Callable[[bytes], M] | None = None) -> Callable[[Request], Awaitable[Lines[M]]]:
    """A dependency that gives the lines of a body of NDJSON, each of them a `model`, unless something else is to `read` it.

    It raises Refused `media-type-unsupported` for a body that is said to be something else.
    """
    reader = read or TypeAdapter(model).validate_json

    async def lines(request: Request) -> Lines[M]:
        check_ndjson(request.headers)
        return Lines(request, reader)

    lines.line_model = model  # pyright: ignore[reportFunctionMemberAccess] - read by `line_model`
    return lines


def line_model(dependant: Any) -> type[BaseModel] | None:
    """What each line of a route's body is; None for a route that takes no lines."""
    own: type[BaseModel] | None = getattr(dependant.call, "line_model", None)
    return own or next(filter(None, map(line_model, dependant.dependencies)), None)


async def in_turns(items: Iterable[T]) -> AsyncIterator[T]:
    """The items, with a turn for other requests after every few: a chunk of them would hold everybody up."""
    for number, item in enumerate(items, 1):
        yield item
        if number % TURN == 0:
            await asyncio.sleep(0)


async def _lines(stream: AsyncIterator[bytes]) -> AsyncIterator[tuple[int, bytes | None]]:
    """Numbered lines, blank ones left out; None for a line over the limit, of which nothing is kept."""
    number = 0
    rest = b""
    too_long = False
    async for part in stream:
        *complete, rest = (rest + part).split(b"\n")
        async for line in in_turns(complete):
            number += 1
            if too_long or len(line) > LINE_LIMIT:
                yield number, None
            elif text := _text(number, line):
                yield number, text
            too_long = False
        if len(rest) > LINE_LIMIT:
            too_long, rest = True, b""
    if too_long:
        yield number + 1, None
    elif text := _text(number + 1, rest):
        yield number + 1, text


def _text(number: int, line: bytes) -> bytes:
    """What a line says. The mark that Windows puts before UTF-8 belongs to the file, not to its first line."""
    return (line.removeprefix(BOM_UTF8) if number == 1 else line).strip()


def _parse(raw: bytes | None, read: Callable[[bytes], T], catalogue: Catalogue) -> T | Refused:
    if raw is None:
        return Refused("line-too-long", limit=LINE_LIMIT)
    try:
        return read(raw)
    except ValidationError as error:
        return from_validation(error.errors(include_url=False, include_input=False), catalogue.statuses)[0]


async def _answer(
    database: Database,
    chunk: Sequence[_Line[T]],
    handle: Handle[T],
    catalogue: Catalogue,
    language: Language,
    spool: "SpooledTemporaryFile[bytes]",
) -> None:
    answers = iter(await work(database, [content for _, content in chunk if not isinstance(content, Refused)], handle))
    answered = [(number, content if isinstance(content, Refused) else next(answers)) for number, content in chunk]
    # Beyond SPOOL_BYTES this writes some 30 kB to a file: less than handing them to a thread would cost.
    spool.write(b"".join([_encode(number, answer, catalogue, language) for number, answer in answered]))
    counts = Counter(["refused" if isinstance(answer, Refused) else answer.status for _, answer in answered])
    for status, count in counts.items():
        bulk_lines.add(count, {STATUS: status})


async def work(
    database: Database,
    items: Sequence[T],
    handle: Callable[[AsyncSession, Sequence[T]], Awaitable[Sequence[R | Refused]]],
) -> list[R | Refused]:
    """One transaction for all items; when an item breaks it, halves until that item stands alone.

    Raises Refused `unavailable` when the database stays away.
    """
    if not items:
        return []

    async def once() -> list[R | Refused]:
        async with database.transaction() as session:
            return list(await handle(session, items))

    try:
        return await insist(once, seconds=TRY_SECONDS, what="bulk chunk")
    except Refused as problem:
        if len(items) == 1:
            return [problem]
    except EventTooLarge as error:
        if len(items) == 1:
            return [too_large(error)]
    except Exception as error:
        if is_transient(error):
            raise Refused("unavailable") from error
        if len(items) == 1:
            log.error("line failed", exc_info=error)
            return [Refused("internal-error")]
    middle = len(items) // 2
    return [*await work(database, items[:middle], handle), *await work(database, items[middle:], handle)]


def _encode(number: int, answer: Answer, catalogue: Catalogue, language: Language) -> bytes:
    if isinstance(answer, Refused):
        return json.dumps(catalogue.line(number, answer, language), ensure_ascii=False).encode() + b"\n"
    # Nothing in it needs escaping, and there is one for nearly every line.
    return b'{"line": %d, "status": "%s", "id": "%s"}\n' % (number, answer.status.encode(), str(answer.id).encode())


def _replay(spool: "SpooledTemporaryFile[bytes]") -> Iterator[bytes]:
    with spool:
        spool.seek(0)
        while part := spool.read(SPOOL_BYTES):
            yield part
