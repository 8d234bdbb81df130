"""The raw limits: how fast PostgreSQL and Kafka take the same rows and events with nothing of ours around them.

Each runs as a process of its own, two side by side, since that is how the system uses the machine. It prints the
seconds it worked, without its start:

    python -m bench.limits copy DSN ITEMS NARROW | produce BOOTSTRAP TOPIC EVENTS | consume BOOTSTRAP TOPIC EVENTS
"""

import asyncio
import sys
import time
from datetime import date

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from uuid_utils.compat import uuid7

CHUNK = 5_000
EVENT_BYTES = 620
"""As long as the payload of a TrainingCompleted with these titles; its headers add some 350 bytes."""


async def copy(dsn: str, items: int, narrow: int) -> float:
    """Copies each item in as a row of 12 columns and `narrow` rows of 6, with no index but the primary key. Returns its seconds."""
    connection = await asyncpg.connect(dsn)
    await connection.execute(
        "CREATE TABLE bare (id uuid PRIMARY KEY, source text, reference text, person_id uuid, agency_id uuid,"
        " year int, form text, title text, start_date date, end_date date, jp numeric(8,3), evidence text)"
    )
    await connection.execute(
        "CREATE TABLE bare_narrow (id uuid, number int, person_id uuid, day date, what text, amount numeric(12,4),"
        " PRIMARY KEY (id, number))"
    )
    person, agency, day = uuid7(), uuid7(), date(2026, 3, 2)
    began = time.perf_counter()
    for start in range(0, items, CHUNK):
        ids = [uuid7() for _ in range(CHUNK)]
        await connection.copy_records_to_table(
            "bare",
            records=[
                (ids[number], "bench", f"{start + number:09}", person, agency, 2026, "KL03",
                 "Pelatihan Teknis Pengelolaan Arsip Dinamis", day, day, 2, f"https://lms.example/sertifikat/{number:09}")
                for number in range(CHUNK)
            ],
        )  # fmt: skip
        if narrow:
            rows = [(ids[number], turn, person, day, "bench", 1) for turn in range(narrow) for number in range(CHUNK)]
            await connection.copy_records_to_table("bare_narrow", records=rows)
    took = time.perf_counter() - began
    await connection.execute("DROP TABLE bare, bare_narrow")
    await connection.close()
    return took


async def produce(bootstrap: str, topic: str, events: int) -> float:
    """Sends batches of records to the partitions of a topic in turn, by the idempotent producer. Returns its seconds."""
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        acks="all",
        enable_idempotence=True,
        compression_type="zstd",
        max_batch_size=512 * 1024,
    )
    await producer.start()
    partitions = sorted(await producer.partitions_for(topic))
    value = (b'{"record_id":"%032d","title":"Pelatihan Teknis"}' % 1).ljust(EVENT_BYTES, b"x")
    headers = [
        (f"ce_{name}", b"x" * 36) for name in ("id", "type", "source", "subject", "time", "sequence", "specversion")
    ]
    futures = []
    began = time.perf_counter()
    for start in range(0, events, 500):
        batch = producer.create_batch()
        for number in range(start, start + 500):
            batch.append(key=b"%036d" % number, value=value, timestamp=None, headers=headers)
        batch.close()
        futures.append(await producer.send_batch(batch, topic, partition=partitions[start // 500 % len(partitions)]))
    await asyncio.gather(*futures)
    took = time.perf_counter() - began
    await producer.stop()
    return took


async def consume(bootstrap: str, topic: str, events: int) -> float:
    """Reads a topic from its beginning, without looking into its events. Returns its seconds."""
    consumer = AIOKafkaConsumer(
        topic,
        bootstrap_servers=bootstrap,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=100,
        max_partition_fetch_bytes=8 * 2**20,
    )
    await consumer.start()
    seen, began = 0, time.perf_counter()
    while seen < events:
        seen += sum(len(records) for records in (await consumer.getmany(timeout_ms=1000, max_records=CHUNK)).values())
    took = time.perf_counter() - began
    await consumer.stop()
    return took


async def side_by_side(dsn: str, bootstrap: str, topic: str, items: int, narrow: int = 0) -> float:
    """Items a second that PostgreSQL can store while Kafka takes as many events: the raw limit of B1 and B1b."""
    return await _slower(items, ("copy", dsn, items, narrow), ("produce", bootstrap, topic, items))


async def reading(dsn: str, bootstrap: str, topic: str, items: int) -> float:
    """Items a second that can be read from a topic while as many are stored: the raw limit of B6."""
    return await _slower(items, ("copy", dsn, items, 0), ("consume", bootstrap, topic, items))


async def _slower(items: int, *works: tuple[object, ...]) -> float:
    children = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bench.limits", *map(str, arguments), stdout=asyncio.subprocess.PIPE
        )
        for arguments in works
    ]
    told = [(await child.communicate())[0] for child in children]
    return items / max(float(seconds) for seconds in told)


if __name__ == "__main__":
    what, where, *rest = sys.argv[1:]
    if what == "copy":
        work = copy(where, int(rest[0]), int(rest[1]))
    else:
        work = {"produce": produce, "consume": consume}[what](where, rest[0], int(rest[1]))
    print(asyncio.run(work))
