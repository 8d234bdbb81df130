"""The HTTP server of the kit: what it takes in of a request, and how long it waits for it."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi import FastAPI, Request

from common.texts import HERE
from common.web import problems
from common.web.edge import http_server
from common.web.problems import Catalogue
from contracts.service import Settings
from jejak_local.processes import free_port

MEBIBYTE = 1024 * 1024


@pytest.fixture
async def port(tmp_path: Path) -> AsyncIterator[int]:
    """A service that answers how long the body was, and waits half a second for a head or a piece of a body."""
    settings = Settings(
        database_url="unused",
        kafka="unused",
        issuer="unused",
        jwks_url="unused",
        nip_key="k",
        port=free_port(),
        head_bytes=4096,
        head_lines=20,
        head_seconds=0.5,
        body_seconds=0.5,
    )
    app = FastAPI(telemetry={"tracing": False, "metrics": False, "logs": False})
    catalogue = Catalogue.load(HERE)
    problems.install(app, catalogue)

    @app.post("/length")
    async def length(request: Request) -> int:
        return sum([len(part) async for part in request.stream()])

    @app.post("/slow-reader")
    async def slow_reader(request: Request, seconds: float) -> int:
        """Takes longer over the first piece than a sender may over the next."""
        pieces = request.stream()
        first = len(await anext(pieces))
        await asyncio.sleep(seconds)
        return first + sum([len(part) async for part in pieces])

    server = http_server(app, settings, catalogue, stop_seconds=1)
    task = asyncio.create_task(server._serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield settings.port
    server.should_exit = True
    await task


async def said(port: int, *pieces: bytes, most: int = 1) -> tuple[int, dict[str, object] | int]:
    """Sends the pieces, the last one up to `most` times, and reads until the connection ends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for piece in pieces[:-1]:
            writer.write(piece)
            await writer.drain()
        for _ in range(most):
            writer.write(pieces[-1])
            await writer.drain()
        assert most == 1, "everything was taken in"
    except ConnectionError:
        assert most > 1, "the server hung up in the middle"
    try:
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    except ConnectionError:
        return 0, 0
    finally:
        writer.close()
    assert b"application/" in head, head
    return int(head.split()[1]), json.loads(body)


def post(*headers: bytes, path: bytes = b"/length", body: bytes = b"") -> bytes:
    lines = [b"POST " + path + b" HTTP/1.1", b"Host: kit", b"Connection: close", *headers]
    return b"\r\n".join([*lines, b"", body])


async def test_an_ordinary_request_is_answered(port: int) -> None:
    assert await said(port, post(b"Content-Length: 5", body=b"12345")) == (200, 5)
    assert await said(port, post(b"Transfer-Encoding: chunked"), b"3\r\nabc\r\n0\r\nX-Trailer: 1\r\n\r\n") == (200, 3)


@pytest.mark.parametrize(
    "head",
    [
        post(b"X-Large: " + b"a" * 5000),
        post(*[b"X-Many: 1"] * 30),
        post(path=b"/length?q=" + b"a" * 5000),
        post(b"X" * 5000 + b": 1"),
    ],
    ids=["one large", "many", "a long address", "a long name"],
)
async def test_a_head_over_the_limits_is_a_problem(port: int, head: bytes) -> None:
    status, problem = await said(port, head)
    assert isinstance(problem, dict)
    assert (status, problem["code"]) == (431, "headers-too-large")


@pytest.mark.parametrize(
    ("opening", "piece"),
    [
        (b"POST /length HTTP/1.1\r\nX-Endless: ", b"a" * MEBIBYTE),
        (b"POST /", b"a" * MEBIBYTE),
        (b"POST /length HTTP/1.1\r\n", b"X-Header: 1234567890\r\n" * 40_000),
        (post(b"Transfer-Encoding: chunked") + b"3\r\nabc\r\n0\r\nX-Trailer: ", b"a" * MEBIBYTE),
        (post(b"Transfer-Encoding: chunked") + b"3\r\nabc\r\n0\r\n", b"X-Trailer: 123456789\r\n" * 40_000),
        (post(b"Transfer-Encoding: chunked") + b"3;extension=", b"a" * MEBIBYTE),
    ],
    ids=["a value", "an address", "headers", "a trailer", "trailers", "a chunk's extension"],
)
async def test_what_never_ends_is_cut_off(port: int, opening: bytes, piece: bytes) -> None:
    """200 MB are offered; `said` fails when all of it is taken in."""
    status, _ = await said(port, opening, piece, most=200)
    assert status in {431, 400, 0}  # 0: it hung up while we still sent, and the answer was lost with it


@pytest.mark.parametrize(
    "piece",
    [b"", b"POST /length HTT", post()[:-2], b"\r\n", post(b"Content-Length: 10", body=b"123")],
    ids=["nothing", "half a line", "half a head", "an empty line", "half a body"],
)
async def test_who_does_not_go_on_is_told_so(port: int, piece: bytes) -> None:
    status, problem = await said(port, piece)
    assert isinstance(problem, dict)
    assert (status, problem["code"]) == (408, "too-slow")


async def test_a_byte_now_and_then_holds_no_connection(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(post(b"Content-Length: 100000"))
    answer = asyncio.create_task(reader.read())
    while not answer.done():
        writer.write(b"a")
        await asyncio.wait([answer], timeout=0.05)
    assert b" 408 " in answer.result().splitlines()[0]
    writer.close()


async def test_who_waits_for_us_is_waited_for(port: int) -> None:
    """Also who is let go on just before we look again whether anything has come, which is once in half a second."""
    body = b"a" * (4 * MEBIBYTE)
    paths = [b"/slow-reader?seconds=%.3f" % (0.98 + n / 200) for n in range(8)]
    answers = [said(port, post(b"Content-Length: %d" % len(body), path=path), body) for path in paths]
    assert await asyncio.gather(*answers) == [(200, len(body))] * len(paths)


async def test_what_is_no_http_is_a_problem_in_the_readers_language(port: int) -> None:
    status, problem = await said(port, b"\x16\x03\x01\x02\x00\x01 hello\r\n\r\n")
    assert isinstance(problem, dict)
    assert (status, problem["code"]) == (400, "no-http")
    english = await said(port, post(b"Accept-Language: en", b"X-Large: " + b"a" * 5000))
    assert "too large" in str(english[1])
    assert "terlalu besar" in str((await said(port, post(b"X-Large: " + b"a" * 5000)))[1])


async def test_an_upgrade_to_something_else_is_an_ordinary_request(port: int) -> None:
    ask = post(b"Upgrade: websocket", b"Connection: Upgrade", b"Sec-WebSocket-Key: x", b"Sec-WebSocket-Version: 13")
    status, _ = await said(port, ask)
    assert status in {200, 400}
