"""Dead letters: an event no code of ours could apply, with why, whose it is and where it came from."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownLambdaType=false
# (asyncpg and aiokafka ship no complete types)

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

from aiokafka import AIOKafkaProducer
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Topic
from common.ids import new_id
from common.messages.fetching import Damaged, Record

BURIED = text(
    'INSERT INTO letters (id, consumer, topic, partition, "offset", event_id, reason, origin)'
    " VALUES (:id, :consumer, :topic, :partition, :offset, CAST(:event_id AS uuid), :reason, :origin)"
)
Headers = Sequence[tuple[str, bytes | None]]

LETTER_BYTES = 4 * 1024 * 1024
"""What the dead-letter topics take."""
WHOLE_BYTES = LETTER_BYTES - 64 * 1024
"""Above this a letter is cut: a record can be packed below its topic's limit, and be of any size unpacked."""
KEPT_VALUE, KEPT_KEY, KEPT_HEADERS = 64 * 1024, 1024, 16 * 1024
MOST_AROUND_A_HEADER = 10
"""Kafka writes two lengths of up to five bytes."""
REASON_CHARACTERS = 1_000
MARK = "dlq-"
SIZE = "dlq-size"
"""On a letter that does not hold its record's whole content: how many bytes that has, as far as anybody could tell."""


class Letter(NamedTuple):
    """A dead letter to be."""

    consumer: str
    topic: Topic
    key: bytes | None
    value: bytes | None
    headers: Headers
    reason: str
    origin: str
    """`topic/partition/offset` of its record; of several that nobody can unpack, `first-last` for the offset."""
    damaged: bool = False

    @classmethod
    def of(cls, record: Record, consumer: str, topic: Topic, reason: str) -> "Letter":
        """The letter of a record as it was read."""
        damaged = isinstance(record, Damaged)
        offsets = f"{record.first}-{record.offset}" if damaged else str(record.offset)
        origin = f"{record.topic}/{record.partition}/{offsets}"
        return cls(consumer, topic, record.key, record.value, record.headers, reason, origin, damaged)

    @property
    def event_id(self) -> str | None:
        """The `ce_id`, when it is one: anything else that stands there is nobody's business in a log."""
        try:
            return str(UUID(next(value for name, value in self.headers if name == "ce_id" and value).decode()))
        except (StopIteration, ValueError):
            return None

    async def send(self, kafka: AIOKafkaProducer) -> tuple[int, int]:
        """Publishes it, cut where it is too large; gives its partition and offset there. Raises KafkaError."""
        key, value, headers = self.key, self.value, list(legible(self.headers))
        size = len(key or b"") + len(value or b"") + sum(map(_bytes, headers))
        cut = size + MOST_AROUND_A_HEADER * len(headers) > WHOLE_BYTES
        if cut:
            key, value = key and key[:KEPT_KEY], value and value[:KEPT_VALUE]
            headers = list(_first(headers, KEPT_HEADERS))
        if cut or self.damaged:
            headers.append((SIZE, str(size).encode()))
        headers += [
            ("dlq-error", self.reason[:REASON_CHARACTERS].encode()),
            ("dlq-origin", self.origin.encode()),
            ("dlq-consumer", self.consumer.encode()),
        ]
        lies = await kafka.send_and_wait(self.topic.dead_letters, sendable(key, value), key=key, headers=headers)
        return lies.partition, lies.offset


def sendable(key: bytes | None, value: bytes | None) -> bytes | None:
    """A value as aiokafka takes it: it refuses a record of neither key nor value."""
    return b"" if key is None and value is None else value


def legible(headers: Iterable[tuple[str, bytes | None]]) -> Iterator[tuple[str, bytes | None]]:
    """Headers as they can be sent: without our marks, and the bytes of a name that is not UTF-8 written out."""
    for name, value in headers:
        if not name.startswith(MARK):
            yield name.encode(errors="surrogateescape").decode(errors="backslashreplace"), value


def _first(headers: Headers, most: int) -> Iterator[tuple[str, bytes | None]]:
    """Headers, those of CloudEvents first, until `most` bytes are full."""
    for header in sorted(headers, key=lambda header: not header[0].startswith("ce_")):
        most -= _bytes(header) + MOST_AROUND_A_HEADER
        if most < 0:
            return
        yield header


def _bytes(header: tuple[str, bytes | None]) -> int:
    name, value = header
    return len(name.encode()) + len(value or b"")


def letters_of(session: AsyncSession) -> list[Letter]:
    """The letters that are to be sent before the session's transaction commits."""
    return session.info.setdefault("letters", [])


async def note(session: AsyncSession, letter: Letter, partition: int, offset: int) -> None:
    """Stores where a letter lies among the dead letters of its topic, and why: neither key nor content, which name people."""
    row = {"id": new_id(), "partition": partition, "offset": offset, "reason": letter.reason[:REASON_CHARACTERS]}
    row |= {"consumer": letter.consumer, "topic": letter.topic.name, "origin": letter.origin}
    await session.execute(BURIED, row | {"event_id": letter.event_id})


def reason_of(error: Exception) -> str:
    """Type and, where the database objects, the constraint: never the message, which may quote a row."""
    original = getattr(error, "orig", None)
    constraint = getattr(getattr(original, "__cause__", original), "constraint_name", None)
    return f"{type(error).__name__}{f' ({constraint})' if constraint else ''}"
