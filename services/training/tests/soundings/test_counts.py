"""What a sweep costs, in statements, rows and memory: counts, never seconds."""

from uuid import UUID

import pytest

from common.store.database import counted_statements
from contracts.events.training import PEOPLE_A_PAGE
from jejak_local.harness import Peak, fetched_rows
from training.soundings.commands import PEOPLE_AT_ONCE

ONE = UUID(int=1)
BEGIN, ANNOUNCE, ALL_OUT, FINISH = 5, 4, 2, 9
"""Statements: a partition is opened, filled and attached; a chunk of pages and its outbox row; no page is left; who has moved
meanwhile, and done."""
BYTES_A_PERSON = 800
"""Of a chunk of pages: the text of each person is held a few times on its way into the outbox, objects never are."""


@pytest.mark.parametrize("short", [1, PEOPLE_A_PAGE + 1, 2 * PEOPLE_AT_ONCE + 1])
async def test_a_sweep_takes_the_same_statements_a_chunk_of_pages_and_fetches_a_row_a_page(sounding, world, short):
    await sounding.many(short, ONE)
    await sounding.many(10, ONE, verified="20")
    with counted_statements(sounding.database) as statements, fetched_rows(sounding.database) as fetched:
        sweep_id = await sounding.sweep_only(2026, 1, "2026-05-01")
    pages, chunks = -(-short // PEOPLE_A_PAGE), -(-short // PEOPLE_AT_ONCE)
    assert len(statements) == BEGIN + chunks * ANNOUNCE + ALL_OUT + FINISH
    assert sum(fetched) <= pages + len(statements), "none is brought to Python for a person"
    rows = {
        table: await world.value(f"SELECT count(*) FROM {table}")
        for table in ("sweeps", "sweep_agencies", "shortfalls", "outbox", "jp_ledger")
    }
    assert rows == {
        "sweeps": 1,
        "sweep_agencies": 1,
        "shortfalls": short,
        "outbox": chunks,
        "jp_ledger": short + 10,
    }
    assert len(await sounding.shortfalls(sweep_id)) == short


async def test_a_sweep_holds_a_chunk_of_pages_however_many_are_short(sounding, world):
    peaks = []
    for year, number in ((2023, PEOPLE_A_PAGE), (2024, PEOPLE_AT_ONCE), (2025, 3 * PEOPLE_AT_ONCE)):
        await sounding.many(number, ONE, year=year)
        with Peak() as peak:
            await sounding.sweep_only(year, 1, f"{year}-05-01")
        peaks.append(peak.bytes)
    _, one_chunk, several = peaks  # caches filled with the first
    assert one_chunk < BYTES_A_PERSON * PEOPLE_AT_ONCE
    assert several < 1.2 * one_chunk
