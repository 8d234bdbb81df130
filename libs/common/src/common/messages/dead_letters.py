"""Dead letters: what lies there and why, sending it again once the cause is mended, and forgetting those of a key.

python -m common.messages.dead_letters --kafka HOST:PORT list
python -m common.messages.dead_letters --kafka HOST:PORT replay --topic TOPIC
python -m common.messages.dead_letters --kafka HOST:PORT forget --key KEY
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownLambdaType=false
# (asyncpg and aiokafka ship no complete types)

import argparse
import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from aiokafka.errors import MessageSizeTooLargeError

from common.messages.fetching import FETCH_BYTES, Damaged, Record, reread, take
from common.messages.kafka import producer
from common.messages.letters import SIZE, legible, sendable
from common.texts import KIT

SUFFIX = ".dlq"
REPLAYER = "dead-letters.replay"
LARGEST_ORIGINAL = 64 * 1024 * 1024
"""What is sent again in one piece; packed it must still be below its topic's limit."""


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
        max_partition_fetch_bytes=FETCH_BYTES,
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
                fetched = await take(kafka, bootstrap, timeout_ms=500, max_records=500)
                yield [record for found in fetched.values() for record in found]

        yield batches(), kafka
    finally:
        await kafka.stop()


class Unsendable(Exception):  # noqa: N818 - the name says what has happened
    """A letter that cannot be sent again; the text says why."""


async def replay(bootstrap: str, topic: str) -> tuple[int, list[str]]:
    """Publishes the dead letters of `topic` again under their own `ce_id`, each once, in their key's partition.

    Returns how many, and a sentence for each that could not be sent. A letter that does not hold its
    record's whole content is read again where it came from, if Kafka still has it there.
    The inbox skips what a consumer had applied, so an event that only one of several consumers
    buried has its effect on that one alone.
    """
    count, unsent = 0, list[str]()
    out = await _sender(bootstrap)
    try:
        async with _buried(bootstrap, topic, again=False) as (batches, kafka):
            async for letters in batches:
                for letter in letters:
                    try:
                        await _send(out, bootstrap, topic, letter)
                        count += 1
                    except Unsendable as error:
                        number, origin = f"{letter.partition}/{letter.offset}", _marks(letter)["dlq-origin"]
                        unsent.append(KIT.tell("dead-letters.unsent", letter=number, origin=origin, why=str(error)))
                        # An idempotent producer whose record was refused has no next sequence number.
                        await out.stop()
                        out = await _sender(bootstrap)
                await kafka.commit()
    finally:
        await out.stop()
    return count, unsent


async def resend(bootstrap: str, topic: str, partition: int, offset: int) -> None:
    """Publishes one dead letter of `topic` again, by its place, as `replay` does. Raises Unsendable."""
    found = await reread(bootstrap, TopicPartition(topic + SUFFIX, partition), offset, offset)
    if not found:
        raise Unsendable(KIT.tell("dead-letters.gone"))
    out = await _sender(bootstrap)
    try:
        await _send(out, bootstrap, topic, found[0])
    finally:
        await out.stop()


async def _send(out: AIOKafkaProducer, bootstrap: str, topic: str, letter: Record) -> None:
    """Sends what a letter tells of. Raises Unsendable."""
    try:
        for record in await _whole(bootstrap, letter):
            value, headers = sendable(record.key, record.value), list(legible(record.headers))
            await out.send_and_wait(topic, value, key=record.key, headers=headers)
    except MessageSizeTooLargeError as error:
        raise Unsendable(KIT.tell("dead-letters.too-large", topic=topic)) from error


async def _sender(bootstrap: str) -> AIOKafkaProducer:
    out = producer(bootstrap, max_request_size=LARGEST_ORIGINAL)
    await out.start()
    return out


async def _whole(bootstrap: str, letter: Record) -> list[Record]:
    """What a letter tells of, in full. Raises Unsendable."""
    records = [letter]
    if SIZE in _marks(letter):
        try:
            topic, partition, offsets = _marks(letter)["dlq-origin"].rsplit("/", 2)
            first, last = (int(offset) for offset in (offsets.split("-") * 2)[:2])
        except ValueError as error:
            raise Unsendable(KIT.tell("dead-letters.cut-from-nowhere")) from error
        records = await reread(bootstrap, TopicPartition(topic, int(partition)), first, last)
        if not records:
            raise Unsendable(KIT.tell("dead-letters.cut-and-gone"))
    if any(isinstance(record, Damaged) for record in records):
        raise Unsendable(KIT.tell("dead-letters.not-unpackable"))
    return records


async def listed(bootstrap: str, topic: str) -> list[dict[str, str]]:
    """Every dead letter of `topic` with its reason, where it came from, who buried it and, of one cut, its size."""
    found: list[dict[str, str]] = []
    async with _buried(bootstrap, topic, again=True) as (batches, _):
        async for records in batches:
            found += [_marks(record) for record in records]
    return found


async def forget(bootstrap: str, key: str) -> int:
    """Drops the letters of a key from every dead-letter topic. Returns how many went.

    Kafka cuts a partition only up to an offset, so the other letters of that partition are first sent to its end.
    Killed in between, some stand there twice, which harms nobody: consumers skip what they had applied.
    """
    count = 0
    out = await _sender(bootstrap)
    try:
        async with _admin(bootstrap) as admin:
            for topic in await _topics(bootstrap):
                letters: defaultdict[TopicPartition, list[Record]] = defaultdict(list)
                async with _buried(bootstrap, topic, again=True) as (batches, _):
                    async for records in batches:
                        for record in records:
                            letters[TopicPartition(record.topic, record.partition)].append(record)
                for part, records in letters.items():
                    others = [record for record in records if record.key != key.encode()]
                    if len(others) < len(records):
                        await asyncio.gather(*(_again(out, record) for record in others))
                        await admin.delete_records({part: RecordsToDelete(records[-1].offset + 1)})
                        count += len(records) - len(others)
    finally:
        await out.stop()
    return count


async def _again(out: AIOKafkaProducer, letter: Record) -> None:
    """Sends a letter to the end of its own partition."""
    value, headers = sendable(letter.key, letter.value), list(letter.headers)
    await out.send_and_wait(letter.topic, value, key=letter.key, headers=headers, partition=letter.partition)


def _marks(letter: Record) -> dict[str, str]:
    """What a letter's headers say of it."""
    headers = {name: (value or b"").decode(errors="replace") for name, value in letter.headers}
    marks = {name: headers.get(name, "-") for name in ("ce_id", "ce_type", "dlq-consumer", "dlq-origin", "dlq-error")}
    return marks | {name: headers[name] for name in (SIZE,) if name in headers}


async def partitions(bootstrap: str, topic: str) -> list[TopicPartition]:
    """The partitions of a topic. Raises SystemExit that names the topics there are when it is none of them."""
    async with _admin(bootstrap) as admin:
        [described] = await admin.describe_topics([topic])
        if described["error_code"]:
            there = ", ".join(sorted(await admin.list_topics()))
            raise SystemExit(KIT.tell("dead-letters.no-topic", topic=topic, there=there))
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
    parser = argparse.ArgumentParser(
        prog="python -m common.messages.dead_letters", description="List or replay dead letters"
    )
    parser.add_argument("--kafka", required=True, help="bootstrap servers, host:port")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list")
    commands.add_parser("replay").add_argument("--topic", required=True, help="the topic, without .dlq")
    commands.add_parser("forget").add_argument("--key", required=True, help="the key of the letters, an id")
    options = parser.parse_args()
    if options.command == "forget":
        print(KIT.tell_count("dead-letters.forgotten", await forget(options.kafka, options.key)))  # noqa: T201 - a command talks to its user
        return
    if options.command == "replay":
        count, unsent = await replay(options.kafka, options.topic)
        print(KIT.tell_count("dead-letters.sent", count, topic=options.topic))  # noqa: T201 - a command talks to its user
        for sentence in unsent:
            print("  " + KIT.tell("dead-letters.not-sent", why=sentence))  # noqa: T201 - a command talks to its user
        return
    for topic in await _topics(options.kafka):
        rows = await listed(options.kafka, topic)
        print(KIT.tell_count("dead-letters.listed", len(rows), topic=topic))  # noqa: T201 - a command talks to its user
        for row in rows:
            print("  " + "  ".join(row.values()))  # noqa: T201 - a command talks to its user


if __name__ == "__main__":
    asyncio.run(main())
