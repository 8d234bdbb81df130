"""Dead letters: what lies there and why, and sending it again once the cause is mended.

python -m common.dead_letters --kafka HOST:PORT list
python -m common.dead_letters --kafka HOST:PORT replay --topic training.record.v1
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownLambdaType=false
# (asyncpg and aiokafka ship no complete types)

import argparse
import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from common.inbox import DEAD_LETTER_BYTES
from common.outbox import producer

SUFFIX = ".dlq"
REPLAYER = "dead-letters.replay"

Record = ConsumerRecord[bytes | None, bytes | None]


@asynccontextmanager
async def _buried(
    bootstrap: str, topic: str, *, again: bool
) -> AsyncGenerator[tuple[AsyncIterator[list[Record]], AIOKafkaConsumer]]:
    """The dead letters of `topic`: all of them, or only those not replayed yet."""
    kafka: AIOKafkaConsumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        group_id=REPLAYER,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=2 * DEAD_LETTER_BYTES,
    )
    await kafka.start()
    try:
        parts = await partitions(bootstrap, topic + SUFFIX)
        kafka.assign(parts)
        if again:
            await kafka.seek_to_beginning(*parts)
        ends = await kafka.end_offsets(parts)

        async def batches() -> AsyncIterator[list[Record]]:
            while [part for part in parts if await kafka.position(part) < ends[part]]:
                fetched = await kafka.getmany(timeout_ms=500, max_records=500)
                yield [record for found in fetched.values() for record in found]

        yield batches(), kafka
    finally:
        await kafka.stop()


async def replay(bootstrap: str, topic: str) -> int:
    """Publishes the dead letters of `topic` again under their own `ce_id`, each once. Returns how many.

    The inbox skips what a consumer had applied, so an event that only one of several consumers
    buried has its effect on that one alone.
    """
    out = producer(bootstrap, max_request_size=DEAD_LETTER_BYTES)
    await out.start()
    count = 0
    try:
        async with _buried(bootstrap, topic, again=False) as (batches, kafka):
            async for records in batches:
                for record in records:
                    headers = [(name, value) for name, value in record.headers if not name.startswith("dlq-")]
                    await out.send_and_wait(topic, record.value, key=record.key, headers=headers)
                await kafka.commit()
                count += len(records)
    finally:
        await out.stop()
    return count


async def listed(bootstrap: str, topic: str) -> list[dict[str, str]]:
    """Every dead letter of `topic` with its reason, where it came from and who buried it."""
    found: list[dict[str, str]] = []
    async with _buried(bootstrap, topic, again=True) as (batches, _):
        async for records in batches:
            for record in records:
                headers = {name: value.decode(errors="replace") for name, value in record.headers}
                wanted = ("ce_id", "ce_type", "dlq-consumer", "dlq-origin", "dlq-error")
                found.append({name: headers.get(name, "-") for name in wanted})
    return found


async def partitions(bootstrap: str, topic: str) -> list[TopicPartition]:
    """The partitions of a topic. Raises SystemExit that names the topics there are when it is none of them."""
    async with _admin(bootstrap) as admin:
        [described] = await admin.describe_topics([topic])
        if described["error_code"]:
            raise SystemExit(f"There is no topic {topic}. Topics: {', '.join(sorted(await admin.list_topics()))}")
        return [TopicPartition(topic, part["partition"]) for part in described["partitions"]]


async def _topics(bootstrap: str) -> list[str]:
    async with _admin(bootstrap) as admin:
        return sorted(name.removesuffix(SUFFIX) for name in await admin.list_topics() if name.endswith(SUFFIX))


@asynccontextmanager
async def _admin(bootstrap: str) -> AsyncGenerator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


async def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m common.dead_letters", description="List or replay dead letters")
    parser.add_argument("--kafka", required=True, help="bootstrap servers, host:port")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list")
    commands.add_parser("replay").add_argument("--topic", required=True, help="the topic, without .dlq")
    options = parser.parse_args()
    if options.command == "replay":
        print(f"{await replay(options.kafka, options.topic)} events sent to {options.topic} again")  # noqa: T201 - a command talks to its user
        return
    for topic in await _topics(options.kafka):
        rows = await listed(options.kafka, topic)
        print(f"{topic}: {len(rows)} dead letters")  # noqa: T201 - a command talks to its user
        for row in rows:
            print("  " + "  ".join(row.values()))  # noqa: T201 - a command talks to its user


if __name__ == "__main__":
    asyncio.run(main())
