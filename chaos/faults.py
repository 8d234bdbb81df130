"""What breaks. Each fault is one function that breaks something, waits, and leaves it whole again.

A fault holds what it breaks (`Arena.hold`), so two at once never break the same thing, and any two others may overlap.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from random import Random
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

from chaos.arena import BROKEN, Arena, Busy, named
from common.events import MAX_EVENT_BYTES, Event, Topic
from common.messages.fetching import take
from common.messages.kafka import partition_of, producer
from contracts import topics
from contracts.events.mentoring import MentoringCompleted
from contracts.events.registry import (
    AgencyChanged,
    DutyDelegated,
    PersonChanged,
    PostChanged,
    RestrictionChanged,
    UnitChanged,
)
from contracts.events.training import JPShortfallResolved, TrainingCompleted
from jejak_local.books import EMITTING, READERS, ask, rows
from jejak_local.poison import STAND_IN, Raw, send_raw
from jejak_local.services import NAMES
from jejak_local.stack import ServiceProcess

AGAIN = "chaos"
"""The header of what faults publish: poison, and events under a new id."""
WANTED: dict[str, type[Event]] = {
    event.topic.name: event
    for event in (
        AgencyChanged,
        UnitChanged,
        PostChanged,
        PersonChanged,
        DutyDelegated,
        RestrictionChanged,
        TrainingCompleted,
        JPShortfallResolved,
        MentoringCompleted,
    )
}
"""An event that each reader of the topic wants; it would rightly pass over the body of any other."""
STRUCTURE = (topics.AGENCIES, topics.UNITS, topics.POSTS, topics.DUTIES, topics.RESTRICTIONS)
INTAKE_SECONDS = 60
HUGE = 6 * 1024 * 1024
RECORDED = "SELECT count(*) FROM records"

Fault = Callable[[Arena, Random], Awaitable[None]]


async def role_killed(arena: Arena, chance: Random) -> None:
    await killed(arena, chance, _any_process(arena, chance))


async def killed(arena: Arena, chance: Random, process: ServiceProcess) -> None:
    """SIGKILL. Raises Busy."""
    with arena.hold(process.name):
        arena.tell(f"{named(process)} killed")
        process.kill()
        await asyncio.sleep(chance.uniform(0, 1))
        process.launch()
        await _starting(chance)


async def service_killed(arena: Arena, chance: Random) -> None:
    service = chance.choice(NAMES)
    processes = [process for process in arena.stack.processes.values() if process.service == service]
    with arena.hold(*(process.name for process in processes)):
        arena.tell(f"{service} killed, every role")
        for process in processes:
            process.kill()
        for process in processes:
            process.launch()
        await _starting(chance)


async def role_paused(arena: Arena, chance: Random) -> None:
    process = _any_process(arena, chance)
    # Now and then for longer than Kafka waits for a member of a group.
    seconds = chance.uniform(7, 8) if chance.random() < 0.15 else chance.uniform(1, 3)
    with arena.hold(process.name):
        arena.tell(f"{named(process)} stopped (SIGSTOP) for {seconds:.1f} s")
        process.child.handle.suspend()
        await asyncio.sleep(seconds)
        process.child.handle.resume()


async def postgres_stopped(arena: Arena, chance: Random) -> None:
    with arena.hold("postgres"):
        arena.tell("PostgreSQL stopped at once (-m immediate)")
        await arena.stack.postgres.stop(immediately=True)
        await asyncio.sleep(chance.uniform(0, 2))
        await arena.stack.postgres.start()


async def sessions_ended(arena: Arena, chance: Random) -> None:
    with arena.hold("postgres"):
        connection = await asyncpg.connect(arena.stack.postgres.admin.dsn)
        try:
            service = chance.choice(NAMES)
            arena.tell(f"sessions of {service} ended by PostgreSQL")
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND random() < 0.7", service
            )
        finally:
            await connection.close()


async def kafka_killed(arena: Arena, chance: Random) -> None:
    """Kafka goes; meanwhile the training service must go on answering."""
    with arena.hold("kafka", *TRAINING_NEEDS):
        arena.tell("Kafka killed")
        arena.stack.kafka.kill()
        try:
            await _intake_goes_on(arena, "Kafka")
            await asyncio.sleep(chance.uniform(0, 2))
        finally:
            await arena.stack.kafka.restart()


async def database_lost(arena: Arena, chance: Random) -> None:
    """Another service loses its database; meanwhile the training service must go on answering."""
    service = chance.choice([service for service in NAMES if service != "training"])
    with arena.hold(f"link {service}", *TRAINING_NEEDS):
        arena.tell(f"{service} has lost its database")
        async with arena.links[service].refused():
            await _intake_goes_on(arena, f"{service}'s database")
            await asyncio.sleep(chance.uniform(1, 5))


TRAINING_NEEDS = ("postgres", "link training", "training-api", "training-worker")


async def _intake_goes_on(arena: Arena, away: str) -> None:
    """Returns when another training has been stored; the seconds it may take are the machine's, not the service's."""
    await arena.stack.process("training", "api").ready()  # it may have been killed just before
    before = await ask(arena.stack, "training", RECORDED)
    try:
        async with asyncio.timeout(INTAKE_SECONDS):
            while await ask(arena.stack, "training", RECORDED) == before:
                await asyncio.sleep(0.2)
    except TimeoutError:
        arena.wrong.append(f"10 nothing was recorded for {INTAKE_SECONDS} s while only {away} was away")


async def link_cut(arena: Arena, chance: Random) -> None:
    name = chance.choice(list(arena.links))
    with arena.hold(f"link {name}"):
        late = chance.choice([0, 0, chance.uniform(0.5, 3)])
        arena.tell(f"connections of {name} cut" + (f", its server learns {late:.1f} s later" if late else ""))
        await arena.links[name].cut(server_learns_after=late)


async def link_stalled(arena: Arena, chance: Random) -> None:
    name = chance.choice(list(arena.links))
    with arena.hold(f"link {name}"):
        seconds = chance.uniform(0.5, 4)
        arena.tell(f"connections of {name} black-holed for {seconds:.1f} s")
        with arena.links[name].stalled():
            await asyncio.sleep(seconds)
            if chance.random() < 0.5:
                await arena.links[name].cut()


async def killed_in_the_act(arena: Arena, chance: Random) -> None:
    """A process loses its database in the middle of its work, and is killed while it still tries."""
    process = _any_process(arena, chance)
    with arena.hold(f"link {process.service}", process.name):
        arena.tell(f"{named(process)} killed while its database is black-holed")
        with arena.links[process.service].stalled():
            await asyncio.sleep(chance.uniform(0.5, 2))
            process.kill()
        process.launch()
        await _starting(chance)


async def link_slowed(arena: Arena, chance: Random) -> None:
    name = chance.choice(list(arena.links))
    with arena.hold(f"link {name}"):
        delay = chance.uniform(0.01, 0.15)
        arena.tell(f"connections of {name} slowed by {delay * 1000:.0f} ms a piece")
        with arena.links[name].slowed(delay):
            await asyncio.sleep(chance.uniform(1, 4))


async def two_relays(arena: Arena, chance: Random) -> None:
    service = chance.choice(EMITTING)
    with arena.hold(f"second relay {service}"):
        arena.tell(f"a second relay of {service}")
        second = arena.stack.process(service, "relay").twin()
        second.launch()
        await asyncio.sleep(chance.uniform(2, 6))
        second.kill()


async def published_again(arena: Arena, chance: Random) -> None:
    """A sample of a topic comes again, shuffled, old versions above all; half under new ids, as if they were news."""
    topic = chance.choice([topics.RECORDS, topics.PEOPLE, *STRUCTURE, topics.PAIRS])
    with arena.hold("kafka"):
        known = await _newest(arena, topic.name, 2_000)
        newest: dict[bytes, int] = {}
        for record in known:
            newest[_subject(record)] = max(newest.get(_subject(record), 0), _sequence(record))
        held = [record for record in known if _sequence(record) < newest[_subject(record)]]
        held += chance.sample(known, k=min(len(known), chance.randint(50, 300)))
        chance.shuffle(held)
        arena.tell(f"{len(held)} events of {topic.name} published again, shuffled")
        kafka = producer(arena.stack.kafka.bootstrap)
        await kafka.start()
        try:
            for record in held:
                headers: list[tuple[str, bytes | None]] = list(record.headers)
                if chance.random() < 0.5:
                    headers = [(name, value) for name, value in headers if name != "ce_id"]
                    headers += [("ce_id", str(uuid4()).encode()), (AGAIN, None)]  # a header that is null is no poison
                await kafka.send(topic.name, record.value, key=record.key, headers=headers, partition=record.partition)
        finally:
            await kafka.stop()


async def poisoned(arena: Arena, chance: Random) -> None:
    """Events that no code can apply, among good ones: they alone must end as dead letters."""
    topic = chance.choice([topics.RECORDS, topics.PEOPLE, topics.SHORTFALLS, *STRUCTURE, topics.PAIRS])
    with arena.hold("kafka"):
        poison, unstorable = (
            [_poison(chance, topic) for _ in range(chance.randint(1, 5))],
            list[tuple[Headers, bytes]](),
        )
        if topic is topics.RECORDS:
            verified = [each for each in await _newest(arena, topic.name, 12) if json.loads(each.value).get("verified")]
            unstorable += [_unstorable(record) for record in verified if chance.random() < 0.2]
        arena.tell(f"{len(poison) + len(unstorable)} events of poison on {topic.name}")
        kafka = producer(arena.stack.kafka.bootstrap, max_request_size=2 * HUGE)
        await kafka.start()
        try:
            for headers, body in [*poison, *unstorable]:
                key = str(uuid4()).encode()
                part = TopicPartition(topic.name, partition_of(key, topic.partitions))
                marked = [*headers, (AGAIN, b"poison")]
                if STAND_IN in dict(marked):
                    offset = await send_raw(arena.stack.kafka.bootstrap, part, [Raw(key, body, marked)])
                else:
                    sent = await kafka.send_and_wait(topic.name, body, key, part.partition, headers=marked)
                    offset = sent.offset
                origin = f"{part.topic}/{part.partition}/{offset}"
                spared = NAME_NOTHING if (headers, body) in unstorable else frozenset[str]()
                arena.poison |= {(group, origin) for group in READERS.keys() - spared if READERS[group] == topic.name}
        finally:
            await kafka.stop()


Headers = list[tuple[str, bytes | None]]
NAME_NOTHING = frozenset({"connectors.webhooks"})
"""Readers that keep no text of a training, so one with a NUL in its texts is none of theirs to bury."""


def _poison(chance: Random, topic: Topic) -> tuple[Headers, bytes]:
    headers: dict[str, bytes | None] = {
        "ce_specversion": b"1.0",
        "ce_type": WANTED[topic.name].type.encode(),
        "ce_source": b"/chaos",
        "ce_id": str(UUID(int=chance.getrandbits(128))).encode(),
        "ce_subject": b"",
        "ce_sequence": b"1",
        "ce_time": b"2026-01-01T00:00:00+00:00",
    }
    body = b'{"record_id": "'
    match chance.choice(SHAPES):
        case "unknown type":
            headers["ce_type"] = b"id.go.asn.chaos.Dreamt.v1"
        case "no type":
            del headers["ce_type"]
        case "too large":
            body = json.dumps({"title": "x" * (MAX_EVENT_BYTES + 100_000)}).encode()
        case "too large for a letter":  # and packs below what its topic takes
            body = json.dumps({"title": "x" * HUGE}).encode()
        case "not UTF-8":
            headers["ce_subject"] = b"\xff\xfe"
        case "name not UTF-8":
            headers[STAND_IN] = b"1"
        case "null":
            headers["ce_subject"] = None
        case "wrong field":
            body = b'{"agency_id": "not a UUID"}'
        case _:
            pass
    return list(headers.items()), body


SHAPES = (
    "truncated",
    "unknown type",
    "no type",
    "too large",
    "too large for a letter",
    "not UTF-8",
    "name not UTF-8",
    "null",
    "wrong field",
)


def _unstorable(record: Any) -> tuple[Headers, bytes]:
    """A verified training of a real person that only the databases refuse: the texts that each reader keeps hold a NUL."""
    body = json.loads(record.value) | {"record_id": str(uuid4()), "title": "\0", "competencies": ["\0"]}
    headers = [(name, value) for name, value in record.headers if name != "ce_id"]
    return [*headers, ("ce_id", str(uuid4()).encode())], json.dumps(body).encode()


async def smtp_unwilling(arena: Arena, chance: Random) -> None:
    """The SMTP server refuses for now, refuses for good, is slow, or takes a mail and hangs up."""
    email = chance.choice(sorted(await emails(arena)))
    how = chance.choice(["451", "drop", "slow", "421", "550"])
    if how == "550" and chance.random() < 0.7:
        how = "drop"
    arena.tell(f"SMTP for one address: {how}")
    times = chance.randint(1, 3)
    if how == "drop":
        await arena.stack.mail.answer(email, times=times, drop=True)
    elif how == "slow":
        await arena.stack.mail.answer(email, times=times, delay=3)
    elif how == "550":
        arena.unwilling.add(email)
        await arena.stack.mail.answer(email, "550 5.1.1 no such mailbox", times=times)
    else:
        await arena.stack.mail.answer(email, f"{how} 4.7.1 try later", times=times)


async def emails(arena: Arena) -> set[str]:
    """Where the mails of all agencies go."""
    return {email for (email,) in await rows(arena.stack, "registry", "SELECT email FROM pics")}


async def read_again(arena: Arena, chance: Random) -> None:
    """A consumer group that reads its topic again from the beginning."""
    group = chance.choice(list(READERS))
    service = group.split(".")[0]
    with arena.hold(f"{service}-worker", "kafka"):
        arena.tell(f"{group} reads again from the beginning")
        worker = arena.stack.process(service, "worker")
        worker.kill()
        try:
            await _rewind(arena, group)
        finally:
            worker.launch()
        await _starting(chance)


async def _rewind(arena: Arena, group: str) -> None:
    topic = next(topic for topic in topics.TOPICS if topic.name == READERS[group])
    consumer = AIOKafkaConsumer(bootstrap_servers=arena.stack.kafka.bootstrap, group_id=group, enable_auto_commit=False)
    await consumer.start()
    try:
        parts = [TopicPartition(topic.name, number) for number in range(topic.partitions)]
        consumer.assign(parts)
        # The group waits six seconds for the member that was killed, and says no until then.
        async with asyncio.timeout(10):
            await consumer.commit(dict.fromkeys(parts, 0))
    finally:
        await consumer.stop()


FAULTS: dict[Fault, int] = {
    role_killed: 8,
    service_killed: 1,
    role_paused: 4,
    postgres_stopped: 2,
    sessions_ended: 3,
    kafka_killed: 2,
    database_lost: 2,
    link_cut: 4,
    link_stalled: 3,
    killed_in_the_act: 4,
    link_slowed: 2,
    two_relays: 2,
    published_again: 4,
    poisoned: 3,
    smtp_unwilling: 3,
    read_again: 1,
}
"""How likely each is, beside the others."""


async def break_things(arena: Arena, chance: Random, over: asyncio.Event, faults: Mapping[Fault, int]) -> None:
    """Draws one fault after the other, by their weights, until it is over."""
    while not over.is_set():
        [fault] = chance.choices(list(faults), list(faults.values()))
        try:
            await fault(arena, chance)
        except Busy:
            continue
        except BROKEN:
            arena.counted["faults that another one forestalled"] += 1
        await asyncio.sleep(chance.uniform(0.1, 1.0))


def _any_process(arena: Arena, chance: Random) -> ServiceProcess:
    return chance.choice(list(arena.stack.processes.values()))


async def _starting(chance: Random) -> None:
    """Time to start in, or not quite: what has not yet come up may be killed again."""
    await asyncio.sleep(chance.uniform(0.5, 3))


def _subject(record: Any) -> bytes:
    return dict(record.headers)["ce_subject"]


def _sequence(record: Any) -> int:
    return int(dict(record.headers)["ce_sequence"])


async def _newest(arena: Arena, topic: str, number: int) -> list[Any]:
    reader = AIOKafkaConsumer(bootstrap_servers=arena.stack.kafka.bootstrap)
    await reader.start()
    try:
        count = next(known.partitions for known in topics.TOPICS if known.name == topic)
        parts = [TopicPartition(topic, part) for part in range(count)]
        reader.assign(parts)
        ends = await reader.end_offsets(parts)
        begins = await reader.beginning_offsets(parts)
        for part in parts:
            reader.seek(part, max(begins[part], ends[part] - number // count - 1))
        found: list[Any] = []
        while [part for part in parts if await reader.position(part) < ends[part]]:
            fetched = await take(reader, arena.stack.kafka.bootstrap, timeout_ms=200, max_records=number)
            for part, batch in fetched.items():
                found += [each for each in batch if each.offset < ends[part] and AGAIN not in dict(each.headers)]
        return found
    finally:
        await reader.stop()
