"""What an upload and a single training cost, counted in statements, rows and bytes, never in seconds."""

from collections.abc import Iterator
from typing import Any

import pytest

from common.store.database import counted_statements
from common.store.outbox import PACK
from common.web.bulk import CHUNK, SPOOL_BYTES
from jejak_local.harness import Peak, counted_copies, streamed

A_CHUNK = 6
"""How many statements a chunk of plain lines takes; test_store holds it to that."""
SLACK_BYTES = 512 * 1024
"""Memory that Python itself may take meanwhile."""


@pytest.mark.parametrize("lines", [1, CHUNK, 3 * CHUNK])
async def test_an_upload_takes_six_statements_a_chunk_and_writes_one_record_a_line(world, api, line, lines):
    people = await world.people(*(world.state() for _ in range(50)))
    with counted_statements(world.database) as statements, counted_copies() as copies:
        answers = await api.bulk("/trainings:batch", [line(people[n % 50]) for n in range(lines)])
    assert {answer["status"] for answer in answers} == {"stored"}
    chunks = -(-lines // CHUNK)
    assert len(statements) == chunks * A_CHUNK
    assert copies == chunks * ["records"]
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
    reading = ("SELECT", "WITH former AS MATERIALIZED ( SELECT")  # the latter holds the people
    written = [statement for statement in statements if not statement.lstrip().startswith(reading)]
    assert written == []


async def test_a_single_takes_the_statements_of_a_chunk_and_one_to_read_its_answer(world, api, line):
    person = await world.person()
    await api.call("service", "POST", "/trainings", line(person))  # has looked at the token
    with counted_statements(world.database) as statements:
        answer = await api.call("service", "POST", "/trainings", line(person))
    assert answer.status_code == 201
    assert len(statements) == A_CHUNK + 1


async def test_an_upload_four_times_as_long_needs_no_more_memory(world, app, issuer, line):
    people = await world.people(*(world.state() for _ in range(50)))
    token = issuer.token("service")

    def lines(number: int) -> Iterator[dict[str, Any]]:
        return (line(people[n % 50]) for n in range(number))

    await streamed(app, "/trainings:batch", token, lines(CHUNK))  # caches fill
    peaks = []
    for number in (2 * CHUNK, 8 * CHUNK):
        with Peak() as peak:
            await streamed(app, "/trainings:batch", token, lines(number))
        peaks.append(peak.bytes)
    assert peaks[1] < peaks[0] + SPOOL_BYTES + SLACK_BYTES, "beside the answers, which go to disk from 1 MiB on"
