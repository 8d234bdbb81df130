"""The raw limits: what the same rows and events cost PostgreSQL and Kafka with nothing of ours around them.

Runs as processes of their own, side by side, since that is how the system uses the machine; each prints the seconds it
worked, without its start:

    python -m bench.limits copy DSN ROWS | produce BOOTSTRAP TOPIC EVENTS
"""

import asyncio
import sys
import time
from datetime import date

import asyncpg
from aiokafka import AIOKafkaProducer
from uuid_utils.compat import uuid7

CHUNK = 5_000
EVENT_BYTES = 620
"""A TrainingCompleted payload with these titles is as long; its headers add some 350 bytes."""


async def copy(dsn: str, rows: int) -> float:
    """COPY of bare training rows, 12 columns and one primary key. Returns its seconds."""
    connection = await asyncpg.connect(dsn)
    await connection.execute(
        "CREATE TABLE IF NOT EXISTS bare (id uuid PRIMARY KEY, source text, reference text, person_id uuid, agency_id uuid,"
        " year int, form text, title text, start_date date, end_date date, jp numeric(8,3), evidence text)"
    )
    person, agency, day = uuid7(), uuid7(), date(2026, 3, 2)
    began = time.perf_counter()
    for start in range(0, rows, CHUNK):
        await connection.copy_records_to_table(
            "bare",
            records=[
                (uuid7(), "bench", f"{number:09}", person, agency, 2026, "KL03", "Pelatihan Teknis Pengelolaan Arsip Dinamis",
                 day, day, 2, f"https://lms.example/sertifikat/{number:09}")
                for number in range(start, start + CHUNK)
            ],
        )  # fmt: skip
    took = time.perf_counter() - began
    await connection.execute("DROP TABLE bare")
    await connection.close()
    return took


async def produce(bootstrap: str, topic: str, events: int) -> float:
    """Record batches to one topic by the idempotent producer, spread over its partitions. Returns its seconds."""
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


async def side_by_side(dsn: str, bootstrap: str, topic: str, number: int) -> float:
    """Completions per second that both can take at once: the limit L of performance.md 5."""
    children = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bench.limits", *map(str, arguments), stdout=asyncio.subprocess.PIPE
        )
        for arguments in (("copy", dsn, number), ("produce", bootstrap, topic, number))
    ]
    told = [(await child.communicate())[0] for child in children]
    return number / max(float(seconds) for seconds in told)


if __name__ == "__main__":
    what, where, *rest = sys.argv[1:]
    work = copy(where, int(*rest)) if what == "copy" else produce(where, rest[0], int(rest[1]))
    print(asyncio.run(work))
