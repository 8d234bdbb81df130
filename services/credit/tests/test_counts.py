"""What a batch of credit costs, in statements, rows and memory: counts, never seconds."""

from collections.abc import Iterator
from typing import Any

import pytest

from common.messages.inbox import BATCH
from common.store.database import counted_statements
from common.store.outbox import PACK
from common.web.bulk import CHUNK, SPOOL_BYTES
from jejak_local.harness import Peak, counted_copies, fetched_rows, streamed

A_BATCH = 1
"""Statements of a batch of plain trainings: who is unknown and what is here, in one."""
A_CHUNK = {"predicates:batch": 12, "cases:check": 6, "cases:attest": 11}
"""Statements of a chunk of lines; whoever decides is asked for conflicts of interest once a chunk."""
A_LINE = {"predicates:batch": 4, "cases:check": 3, "cases:attest": 5}
"""Rows that a line brings to Python: its person and post, its case and what belongs to it."""
BYTES_AN_EVENT = 750
"""Beside the events themselves (680 measured): a row of evidence on its way into the COPY, and the hashes that two ids keep."""
SLACK_BYTES = 512 * 1024
"""What the interpreter itself keeps meanwhile."""
TABLES = ("cases", "segments", "case_history", "booked_months", "entries", "balances", "evidence", "outbox", "waiting")


async def rows_of(world) -> dict[str, int]:
    """How many rows there are, by table, where there are any."""
    found = {table: await world.value(f"SELECT count(*) FROM {table}") for table in TABLES}
    return {table: number for table, number in found.items() if number}


@pytest.mark.parametrize("number", [1, BATCH])
async def test_a_batch_of_trainings_takes_the_same_statements_and_a_row_each(world, number):
    people = await world.people(*(world.state() for _ in range(min(number, 50))))
    batch = [world.received(world.completed(people[n % 50])) for n in range(number)]
    counted, copied = counted_statements(world.database), counted_copies()
    with counted as statements, copied as copies, fetched_rows(world.database) as fetched:
        await world.hear(*batch)
    assert len(statements) == A_BATCH
    assert copies == ["evidence"]
    assert sum(fetched) <= len(people) + len(statements), "none is brought to Python for a training"
    assert await rows_of(world) == {"evidence": number}


async def test_a_batch_of_trainings_holds_little_beside_its_events(world):
    people = await world.people(*(world.state() for _ in range(50)))
    peaks = []
    for number in (BATCH // 4, BATCH // 4, BATCH):
        batch = [world.received(world.completed(people[n % 50])) for n in range(number)]
        with Peak() as peak:
            await world.hear(*batch)
        peaks.append(peak.bytes)
    _, quarter, whole = peaks  # caches filled with the first
    assert whole < 4 * quarter + SLACK_BYTES
    assert whole - quarter < (BATCH - BATCH // 4) * BYTES_AN_EVENT


@pytest.mark.parametrize("number", [1, CHUNK, 2 * CHUNK])
async def test_predicates_take_the_same_statements_a_chunk_and_a_row_a_fact(world, api, predicate, number):
    people = await world.people(*(world.state() for _ in range(number)))
    lines: list[Any] = [predicate(person) for person in people]
    chunks = -(-number // CHUNK)
    for path, role in (("predicates:batch", "service"), ("cases:check", "verifier"), ("cases:attest", "validator")):
        with counted_statements(world.database) as statements, fetched_rows(world.database) as fetched:
            answers = await api.bulk(f"/{path}", lines, role)
        assert {answer["status"] for answer in answers} <= {"stored", "updated"}
        # Once an upload: what the agency of whoever has an office in one took over.
        assert len(statements) == chunks * A_CHUNK[path] + (role != "service")
        assert sum(fetched) <= number * A_LINE[path] + len(statements)
        lines = [{"id": answer["id"]} for answer in answers]
    assert await rows_of(world) == {
        "cases": number,
        "segments": number,
        "case_history": 3 * number,
        "booked_months": 12 * number,
        "entries": number,
        "balances": number,
        "outbox": 2 * -(-min(number, CHUNK) // PACK) * chunks,
    }


async def test_predicates_four_times_as_many_need_no_more_memory(world, app, issuer, predicate):
    people = iter(await world.people(*(world.state() for _ in range(6 * CHUNK))))
    token = issuer.token("service")

    def lines(number: int) -> Iterator[dict[str, Any]]:
        return (predicate(next(people)) for _ in range(number))

    await streamed(app, "/predicates:batch", token, lines(CHUNK))  # caches fill
    peaks = []
    for number in (CHUNK, 4 * CHUNK):
        with Peak() as peak:
            await streamed(app, "/predicates:batch", token, lines(number))
        peaks.append(peak.bytes)
    assert peaks[1] < peaks[0] + SPOOL_BYTES + SLACK_BYTES, "beside the answers, which go to disk from 1 MiB on"
