"""Messages of the bus: CloudEvents in the headers, and Avro with the id of its schema in front, as Confluent frames it."""

import io
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import fastavro

from common.events import MAX_EVENT_BYTES, Reader, Received, UnreadableEvent, is_text
from common.messages.fetching import Record
from common.messages.inbox import Inbox
from connectors.bus.registry import Registry
from connectors.domain.openedx import TYPES, news_of

MAGIC = 0
FRAME = struct.Struct(">bI")
"""The magic byte and the id of the schema."""


def schema_id_of(payload: bytes | None) -> int | None:
    """The id of the schema that a payload is written with; None for one that is not framed."""
    if payload is None or len(payload) < FRAME.size:
        return None
    magic, schema_id = FRAME.unpack_from(payload)
    return schema_id if magic == MAGIC else None


class AvroReader(Reader):
    """Reads messages by the schemas that a registry has given."""

    def __init__(self, registry: Registry, site: str) -> None:
        super().__init__((), ())
        self._registry = registry
        self._site = site

    def read(self, headers: Sequence[tuple[str, bytes | None]], payload: bytes | None) -> Received | None:
        """What a message tells; None for a type that is none of ours. Raises UnreadableEvent."""
        try:
            named = {name: value.decode() for name, value in headers if value is not None and is_text(name)}
        except UnicodeDecodeError as error:
            raise UnreadableEvent("a header is not UTF-8") from error
        kind = named.get("ce_type")
        if kind is None:
            raise UnreadableEvent("no ce_type header")
        if kind not in TYPES:
            return None
        try:
            event_id, at = UUID(named["ce_id"]), datetime.fromisoformat(named["ce_time"])
        except (KeyError, ValueError) as error:
            raise UnreadableEvent("no good ce_id or ce_time header") from error
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        told = news_of(kind, self._decoded(payload), at, self._site)
        return Received(event_id, kind, 1, at, None, told, named, payload or b"")

    def _decoded(self, payload: bytes | None) -> Mapping[str, Any]:
        schema_id = schema_id_of(payload)
        if payload is None or schema_id is None:
            raise UnreadableEvent("wrong magic byte")
        if len(payload) > MAX_EVENT_BYTES:
            raise UnreadableEvent(f"payload of {len(payload)} bytes, more than {MAX_EVENT_BYTES}")
        if schema_id not in self._registry.known:
            raise UnreadableEvent("the registry knows no good schema of this id")
        body = io.BytesIO(payload[FRAME.size :])
        try:
            found: Any = fastavro.schemaless_reader(body, self._registry.known[schema_id], None)
        except Exception as error:  # whatever bytes lead Avro to, it is the message that is no good
            raise UnreadableEvent("not written with its schema") from error
        if body.read(1) or not isinstance(found, dict):
            raise UnreadableEvent("not written with its schema")
        return found


@dataclass
class BusInbox(Inbox):
    """An inbox that knows the schemas of a batch before it reads it."""

    registry: Registry = None  # pyright: ignore[reportAssignmentType] - after fields with defaults one has to have one

    async def process(self, records: Sequence[Record]) -> None:
        """As every inbox; waits for the registry first. Raises KafkaError where that is away."""
        ids = [schema_id_of(record.value) for record in records]
        await self.registry.learn(each for each in ids if each is not None)
        await super().process(records)
