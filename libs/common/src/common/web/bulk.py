"""Bulk uploads: NDJSON in, NDJSON out, any length, constant memory.

Lines are read and answered in chunks, a transaction each; a line's answer exists only after its
commit. The answers are spooled and sent when the body has ended: most clients read nothing until
they have sent everything, so a server that answered earlier would wait for them for ever.
Where lines name each other, they are laid aside until a window of them has come, and then worked
on in the order of `common.web.ordering`; their answers stand in the order of the lines.
"""

import asyncio
import json
from array import array
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import Any, Generic, NamedTuple, Self, TypeVar

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
from common.web.ordering import Link, Links, Order
from common.web.parts import parts_of
from common.web.problems import Catalogue, from_validation, language_of, too_large

T = TypeVar("T")
R = TypeVar("R")
M = TypeVar("M", bound=BaseModel)

CHUNK = 500
"""How many lines are stored in one transaction (ADR 0019)."""
TURN = 10
"""How many lines of a chunk are worked on before others have a turn (ADR 0011)."""
WINDOW = 100_000
"""How many lines that name each other are put in order together: beyond that, what is above comes before what is below."""
LINE_LIMIT = 64 * 1024
SPOOL_BYTES = 1024 * 1024
TRY_SECONDS = 20.0


Handle = Callable[[AsyncSession, Sequence[T]], Awaitable[Sequence[Answer]]]
"""Works on items in one transaction and answers each, in order. It may be called again with the
same items, or with half of them."""


_Numbered = tuple[int, T | Refused]
"""The number of a line, and what it says."""


class _Line(NamedTuple, Generic[T]):
    number: int
    raw: bytes | None
    """None for one that is too long."""
    content: T | Refused


@dataclass(frozen=True)
class Lines(Generic[T]):
    """The lines of a request; `read` reads one, and raises pydantic's ValidationError."""

    request: Request
    read: Callable[[bytes], T]

    async def answer(self, handle: Handle[T], links: Links[T] | None = None) -> StreamingResponse:
        """Reads the lines, handles them chunk by chunk, and answers each.

        With `links` a line is handled after those that it names, wherever in a window of the body these stand.
        Raises Refused `unavailable` when the database stays away; the chunks before it are stored.
        """
        parts = parts_of(self.request)
        database, catalogue = parts.database, parts.catalogue
        language = language_of(self.request.headers.get("accept-language"))
        spool: SpooledTemporaryFile[bytes] = SpooledTemporaryFile(max_size=SPOOL_BYTES)  # noqa: SIM115 - it outlives this call: `replay` closes it

        async def answers(chunk: Sequence[_Numbered[T]]) -> list[bytes]:
            return [
                _encode(number, answer, catalogue, language)
                for number, answer in await _answer(database, chunk, handle)
            ]

        try:
            with parts.rates.upload(self.request.state.subject):
                if links is not None:
                    await self._in_order(database, links, answers, spool)
                else:
                    async for chunk in self._chunks():
                        # Beyond SPOOL_BYTES this writes some 30 kB to a file: less than a thread would cost.
                        spool.write(b"".join(await answers([(line.number, line.content) for line in chunk])))
        except BaseException:
            spool.close()
            raise
        return StreamingResponse(replay(spool), media_type=NDJSON)

    async def _in_order(
        self,
        database: Database,
        links: Links[T],
        answers: Callable[[Sequence[_Numbered[T]]], Awaitable[list[bytes]]],
        spool: "SpooledTemporaryFile[bytes]",
    ) -> None:
        async def on_record(names: list[Any]) -> set[Any]:
            found = await work(database, names, links.on_record)
            return {name for name, known in zip(names, found, strict=True) if known is True}

        chunks = self._chunks()
        while True:
            order, numbers = Order(), array("q")
            with _Aside() as raws, _Aside() as answered:
                async for chunk in chunks:
                    read = [line.content for line in chunk if not isinstance(line.content, Refused)]
                    found = iter(await work(database, read, links.read))
                    for line in chunk:
                        link = Link() if isinstance(line.content, Refused) else next(found)
                        order.add(Link() if isinstance(link, Refused) else link)
                        raws.lay(len(numbers), line.raw or b"")
                        numbers.append(line.number)
                    if len(numbers) >= WINDOW:
                        break
                if not numbers:
                    return
                places, loops = await order.settled(on_record)
                refused = {place: links.loop(labels) for loop, labels in loops for place in loop}
                places += sorted(refused)
                for start in range(0, len(places), CHUNK):
                    of_chunk = places[start : start + CHUNK]
                    contents = [
                        (numbers[place], refused.get(place) or self._parse(raws.take(place) or None))
                        async for place in in_turns(of_chunk)
                    ]
                    for place, answer in zip(of_chunk, await answers(contents), strict=True):
                        answered.lay(place, answer.rstrip())
                async for place in in_turns(range(len(numbers))):
                    spool.write(answered.take(place) + b"\n")

    async def _chunks(self) -> AsyncIterator[list["_Line[T]"]]:
        chunk: list[_Line[T]] = []
        async for number, raw in _lines(self.request.stream()):
            chunk.append(_Line(number, raw, self._parse(raw)))
            if len(chunk) == CHUNK:
                yield chunk
                chunk = []
        if chunk:
            yield chunk

    def _parse(self, raw: bytes | None) -> T | Refused:
        if raw is None:
            return Refused("line-too-long", limit=LINE_LIMIT)
        try:
            return self.read(raw)
        except ValidationError as error:
            statuses = parts_of(self.request).catalogue.statuses
            return from_validation(error.errors(include_url=False, include_input=False), statuses)[0]


class _Aside:
    """Lines that are kept in a file until they are asked for by their place."""

    def __init__(self) -> None:
        self._file: SpooledTemporaryFile[bytes] = SpooledTemporaryFile(max_size=SPOOL_BYTES)  # noqa: SIM115 - `__exit__` closes it
        self._starts = array("q")
        self._end = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def lay(self, place: int, line: bytes) -> None:
        """Keeps a line under its place."""
        self._starts.extend([-1] * (place + 1 - len(self._starts)))
        self._starts[place] = self._end
        self._file.seek(self._end)
        self._end += self._file.write(line + b"\n")

    def take(self, place: int) -> bytes:
        """The line of a place."""
        self._file.seek(self._starts[place])
        return self._file.readline()[:-1]


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


async def _answer(database: Database, chunk: Sequence[_Numbered[T]], handle: Handle[T]) -> Sequence[tuple[int, Answer]]:
    answers = iter(await work(database, [content for _, content in chunk if not isinstance(content, Refused)], handle))
    answered = [(number, content if isinstance(content, Refused) else next(answers)) for number, content in chunk]
    counts = Counter(["refused" if isinstance(answer, Refused) else answer.status for _, answer in answered])
    for status, count in counts.items():
        bulk_lines.add(count, {STATUS: status})
    return answered


async def work(
    database: Database,
    items: Sequence[T],
    handle: Callable[[AsyncSession, Sequence[T]], Awaitable[Sequence[R | Refused]]],
) -> list[R | Refused]:
    """One transaction for all items; when an item breaks it, halves until that item stands alone.

    Raises Refused `unavailable` when the database stays away.
    """

    async def in_transaction(some: Sequence[T]) -> Sequence[R | Refused]:
        async def once() -> list[R | Refused]:
            async with database.transaction() as session:
                return list(await handle(session, some))

        return await insist(once, seconds=TRY_SECONDS, what="bulk chunk")

    try:
        return await in_halves(items, in_transaction)
    except Exception as error:
        if is_transient(error):
            raise Refused("unavailable") from error
        raise


async def in_halves(
    items: Sequence[T], once: Callable[[Sequence[T]], Awaitable[Sequence[R | Refused]]]
) -> list[R | Refused]:
    """What `once` answers of all items; when an item breaks it, of halves, until that item stands alone and is refused.

    What a broken world raises is raised.
    """
    if not items:
        return []
    try:
        return list(await once(items))
    except Refused as problem:
        if len(items) == 1:
            return [problem]
    except EventTooLarge as error:
        if len(items) == 1:
            return [too_large(error)]
    except Exception as error:
        if is_transient(error):
            raise
        if len(items) == 1:
            log.error("line failed", exc_info=error)
            return [Refused("internal-error")]
    middle = len(items) // 2
    return [*await in_halves(items[:middle], once), *await in_halves(items[middle:], once)]


def _encode(number: int, answer: Answer, catalogue: Catalogue, language: Language) -> bytes:
    if isinstance(answer, Refused):
        return json.dumps(catalogue.line(number, answer, language), ensure_ascii=False).encode() + b"\n"
    # Nothing in it needs escaping, and there is one for nearly every line.
    return b'{"line": %d, "status": "%s", "id": "%s"}\n' % (number, answer.status.encode(), str(answer.id).encode())


def replay(spool: "SpooledTemporaryFile[bytes]") -> Iterator[bytes]:
    """What was written aside, from its beginning; it is closed then."""
    with spool:
        spool.seek(0)
        while part := spool.read(SPOOL_BYTES):
            yield part
