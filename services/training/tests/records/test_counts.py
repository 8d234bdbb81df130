"""What an upload and a single cost, in statements, rows and memory: counts, never seconds."""

import asyncio
import json
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from common.bulk import CHUNK, SPOOL_BYTES
from common.database import counted_statements
from common.outbox import PACK
from common.service import create_app

A_CHUNK = 6
"""Statements of a chunk of plain lines, as test_store counts them."""
SLACK_BYTES = 512 * 1024
"""What the interpreter itself keeps meanwhile."""


@pytest.mark.parametrize("lines", [1, CHUNK, 3 * CHUNK])
async def test_an_upload_takes_the_same_statements_a_chunk_and_a_row_a_line(world, api, line, lines):
    people = await world.people(*(world.state() for _ in range(50)))
    with counted_statements(world.database) as statements:
        answers = await api.bulk("/trainings:batch", [line(people[n % 50]) for n in range(lines)])
    assert {answer["status"] for answer in answers} == {"stored"}
    chunks = -(-lines // CHUNK)
    assert len(statements) == chunks * A_CHUNK
    rows = {
        table: await world.value(f"SELECT count(*) FROM {table}")
        for table in ("records", "record_versions", "jp_ledger", "outbox", "idempotency")
    }
    packs = -(-min(lines, CHUNK) // PACK) * chunks
    assert rows == {"records": lines, "record_versions": 0, "jp_ledger": 50, "outbox": packs, "idempotency": 0}


async def test_a_repeated_upload_writes_nothing(world, api, line):
    people = await world.people(*(world.state() for _ in range(50)))
    lines = [line(people[n % 50]) for n in range(CHUNK)]
    await api.bulk("/trainings:batch", lines)
    with counted_statements(world.database) as statements:
        answers = await api.bulk("/trainings:batch", lines)
    assert {answer["status"] for answer in answers} == {"duplicate"}
    written = [statement for statement in statements if not statement.lstrip().startswith("SELECT")]
    assert written == []


async def test_a_single_takes_the_statements_of_a_chunk_and_is_read_for_its_answer(world, api, line):
    person = await world.person()
    await api.call("service", "POST", "/trainings", line(person))  # has looked at the token
    with counted_statements(world.database) as statements:
        answer = await api.call("service", "POST", "/trainings", line(person))
    assert answer.status_code == 201
    assert len(statements) == A_CHUNK + 1


async def test_an_upload_four_times_as_long_needs_no_more_memory(world, service, issuer, line):
    people = await world.people(*(world.state() for _ in range(50)))
    token = issuer.token("service")

    def lines(number: int) -> Iterator[dict[str, Any]]:
        return (line(people[n % 50]) for n in range(number))

    app = create_app(service, world.database, clock=world.clock)
    await _uploaded(app, token, lines(CHUNK))  # caches fill
    peaks = [await _peak(app, token, lines(number)) for number in (2 * CHUNK, 8 * CHUNK)]
    assert peaks[1] < peaks[0] + SPOOL_BYTES + SLACK_BYTES, "beside the answers, which go to disk from 1 MiB on"


async def _peak(app: Any, token: str, lines: Iterator[dict[str, Any]]) -> int:
    """Bytes that Python held at most while the upload went in."""
    tracemalloc.start()
    try:
        await _uploaded(app, token, lines)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


async def _uploaded(app: Any, token: str, lines: Iterator[dict[str, Any]]) -> None:
    """Streams an upload into the application, line by line, and forgets the answer: a client would hold both."""
    statuses: list[int] = []

    async def messages() -> AsyncIterator[dict[str, Any]]:
        for each in lines:
            yield {"type": "http.request", "body": json.dumps(each).encode() + b"\n", "more_body": True}
        yield {"type": "http.request", "body": b"", "more_body": False}
        await asyncio.Event().wait()  # and stays for the answer

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/v1/trainings:batch",
        "raw_path": b"/v1/trainings:batch",
        "query_string": b"",
        "headers": [(b"host", b"service"), (b"authorization", f"Bearer {token}".encode())],
        "client": ("127.0.0.1", 1),
        "server": ("service", 80),
    }
    await app(scope, messages().__anext__, send)
    assert statuses == [200]
