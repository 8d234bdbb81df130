"""B1: many trainings at once until the last is assessed; B1b: predicates, through attested cases, to credit points."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from bench import laying
from bench.figures import Figure
from bench.limits import side_by_side
from bench.world import BARE_TOPIC, World, nip, parts, training

PLATFORMS = 2
"""How many clients upload at the same time: while PostgreSQL stores a chunk of one, the other's is read."""
GROUP = "credit.records"
DECISIONS = "credit.decision.v1"
WIDE_ROWS, NARROW_ROWS = 1, 7
"""Rows that credit writes for a predicate: its case, and in narrow tables a segment, three of history, a month, an entry, a balance."""
MONTHS = [(year, month) for year in (2025, 2024) for month in range(1, 13)]
DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


WRONG: Mapping[str, dict[str, Any]] = {
    "person-unknown": {"nip": nip(6_000_000)},
    "field-invalid": {"predikat": "istimewa"},
    "dates-reversed": {"period_start": "2025-12-01", "period_end": "2025-01-31"},
    "period-not-whole-months": {"period_start": "2025-01-02"},
    "field-unknown": {"hobi": "memancing"},
}
"""What is wrong with lines, by what it is answered with."""


class Round(NamedTuple):
    """A round of a bulk measure: items a second, the raw limit in items a second, and microseconds of CPU an item."""

    rate: float
    limit: float
    cpu: float


async def trainings(world: World, records: int, rounds: int) -> list[Figure]:
    """B1: trainings a second, from the first byte sent until credit has committed the last evidence; beside the raw limit."""
    return _figures("trainings", [await one_round(world, records) for _ in range(rounds)], at_least=0.1)


async def one_round(world: World, records: int) -> Round:
    """Uploads trainings of everybody in turn, and waits until credit has assessed the last."""
    source = world.source("bulk")
    limit = await side_by_side(
        world.stack.databases["training"].owner.dsn, world.stack.kafka.bootstrap, BARE_TOPIC, records
    )
    lines = [
        [training(n, world.person(n), source=source) for n in range(p, records, PLATFORMS)] for p in range(PLATFORMS)
    ]
    bodies = [list(parts(lines_of_one)) for lines_of_one in lines]
    before, cpu = await world.consumed(GROUP), world.cpu()
    began = time.perf_counter()
    stored = await asyncio.gather(*(send(world, body) for body in bodies))
    assert sum(stored) == records, "an upload was not stored whole"
    while await world.consumed(GROUP) < before + records:
        await asyncio.sleep(0.02)
    took = time.perf_counter() - began
    return Round(records / took, limit, (world.cpu() - cpu) * 1e6 / records)


async def send(world: World, body: Sequence[bytes]) -> int:
    """Uploads trainings. Returns how many were stored."""
    answers = world.upload("training", "trainings:batch", body)
    return sum([1 async for answer in answers if '"stored"' in answer])


async def predicates(world: World, records: int, rounds: int) -> list[Figure]:
    """B1b: predicates a second, from the first byte sent until the last CreditVerified is on Kafka.

    In between two people have checked and attested each.
    """
    found: list[Round] = []
    bootstrap, dsn = world.stack.kafka.bootstrap, world.stack.databases["credit"].owner.dsn
    for _ in range(rounds):
        limit = await side_by_side(dsn, bootstrap, BARE_TOPIC, records, NARROW_ROWS)
        lines = [predicate(next(world.months), world.people) for _ in range(records)]
        before, cpu = await world.sent(DECISIONS), world.cpu()
        began = time.perf_counter()
        await asyncio.gather(*(decide(world, lines[platform::PLATFORMS]) for platform in range(PLATFORMS)))
        while await world.sent(DECISIONS) < before + 2 * records:  # submitted, and verified
            await asyncio.sleep(0.02)
        took = time.perf_counter() - began
        found.append(Round(records / took, limit, (world.cpu() - cpu) * 1e6 / records))
    return _figures("predicates to CreditVerified", found, at_least=0.12)


async def faulty(world: World, lines: int) -> list[Figure]:
    """B1c: one file of predicates of which one in a hundred is wrong: each is answered, nothing is lost, and nothing is booked twice."""
    await send(world, list(parts([training(0, world.person(0), source=world.source("first"))])))
    await laying.people(world, max(world.people, -(-lines // len(MONTHS)) * 2))
    wrong = list(WRONG)

    def file() -> Iterator[dict[str, Any]]:
        for number in range(lines):
            line = predicate(next(world.months), world.people)
            yield line if number % 100 else line | WRONG[wrong[number // 100 % len(wrong)]]

    booked = "SELECT count(*) FROM booked_months"
    before = await world.credit.fetchval(booked) or 0
    cpu, began = world.cpu(), time.perf_counter()
    answered: Counter[str] = Counter()
    async for answer in world.upload("credit", "predicates:batch", parts(file())):
        told = json.loads(answer)
        answered[told.get("code") or told["status"]] += 1
    took = time.perf_counter() - began
    faults = len(range(0, lines, 100))
    assert answered["stored"] == lines - faults, answered
    assert answered.keys() == {"stored", *wrong}, answered
    assert await world.credit.fetchval(booked) == before + lines - faults, "months were lost or booked twice"
    return [
        Figure(f"{lines:,} predicates in one file, {faults:,} of them wrong", "/s", [lines / took]),
        Figure("CPU of services, PostgreSQL and Kafka", "µs each", [(world.cpu() - cpu) * 1e6 / lines]),
    ]


def predicate(number: int, people: int) -> dict[str, Any]:
    """A predicate for a person and a month for which none was sent before."""
    month, person = divmod(number, people)
    year, month = MONTHS[month]
    leap = month == 2 and year % 4 == 0
    return {
        "source_name": "e-kinerja", "reference": f"{number:09}", "nip": nip(person), "predikat": "baik",
        "period_start": f"{year}-{month:02}-01", "period_end": f"{year}-{month:02}-{DAYS[month - 1] + leap}",
    }  # fmt: skip


async def decide(world: World, lines: Sequence[dict[str, Any]]) -> None:
    """Uploads predicates, which become cases; then one person checks these and another attests them."""
    agency = world.agencies[0]
    answers = [json.loads(line) async for line in world.upload("credit", "predicates:batch", parts(lines))]
    assert all(answer["status"] == "stored" for answer in answers), "a predicate was not stored"
    body = list(parts({"id": answer["id"]} for answer in answers))
    for act, role in (("check", "verifier"), ("attest", "validator")):
        moved = [line async for line in world.upload("credit", f"cases:{act}", body, role=role, agency=agency)]
        assert all('"updated"' in answer for answer in moved), f"a case could not be moved: {act}"


def _figures(what: str, rounds: Sequence[Round], at_least: float) -> list[Figure]:
    return [
        Figure("raw limit: COPY and produce side by side", "/s", [found.limit for found in rounds]),
        Figure(what, "/s", [found.rate for found in rounds]),
        Figure("share of the limit", "", [found.rate / found.limit for found in rounds], at_least=at_least),
        Figure("CPU of services, PostgreSQL and Kafka", "µs each", [found.cpu for found in rounds]),
    ]
