"""Events: what they are in code, and their CloudEvents 1.0 binary form on the wire."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, ClassVar, NamedTuple
from uuid import UUID

import msgspec
from pydantic import BaseModel, ConfigDict, TypeAdapter

from common.ids import Id

MAX_EVENT_BYTES = 1_000_000
"""A payload above this is refused when emitted and buried when received."""


@dataclass(frozen=True)
class Topic:
    """A Kafka topic: one per aggregate, so that a correction stays in order behind its original.

    `readers` are the services that alone may read it; without any, all may. One that is `brief` keeps its events for a few
    days, its dead letters too.
    """

    name: str
    partitions: int
    compacted: bool = False
    readers: tuple[str, ...] = ()
    brief: bool = False

    @property
    def dead_letters(self) -> str:
        """Where events go that no consumer of this topic could apply."""
        return f"{self.name}.dlq"


class Event(BaseModel):
    """Something that happened, named in the past tense.

    A subclass names its topic, its type, and which fields hold the Kafka key and the aggregate.
    Writers cannot add unknown fields; readers ignore them (`decode`).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    topic: ClassVar[Topic]
    type: ClassVar[str]
    source: ClassVar[str]
    key_field: ClassVar[str]
    subject_field: ClassVar[str]

    def key(self) -> UUID:
        """What events must stay in order about."""
        return getattr(self, self.key_field)

    def subject(self) -> UUID:
        """The aggregate the event speaks of."""
        return getattr(self, self.subject_field)


class Excerpt(msgspec.Struct, frozen=True, gc=False):
    """What a consumer reads of an event, where so many come that the whole of each would cost more than all else.

    A subclass names the event and the fields it reads, each as the event has it; an id is an `Id`. What the event's own
    types refuse and msgspec takes, it refuses by a ValueError that names the field in backticks (`__post_init__`).
    """

    event: ClassVar[type[Event]]

    @property
    def topic(self) -> Topic:
        """As of the event."""
        return self.event.topic

    def key(self) -> UUID:
        """As of the event, which must be read for it."""
        return getattr(self, self.event.key_field)


Wanted = type[Event] | type[Excerpt]
"""How a consumer reads the events of a type."""


def event_of(wanted: Wanted) -> type[Event]:
    """The event that is read."""
    return wanted.event if issubclass(wanted, Excerpt) else wanted


class UnreadableEvent(Exception):  # noqa: N818 - the name says what has happened
    """A record that is no event we can read; the text says why and quotes nothing of it."""


class Received(NamedTuple):
    """An event as a consumer gets it."""

    id: UUID
    type: str
    sequence: int
    time: datetime
    traceparent: str | None
    event: Any
    headers: Mapping[str, str]
    payload: bytes


def is_text(name: str) -> bool:
    """Whether a header's name was UTF-8; one that was not holds its bytes as surrogate escapes (`common.messages.fetching`)."""
    return name.isascii() or not any("\udc80" <= letter <= "\udcff" for letter in name)


class Reader:
    """Reads the events of some classes and tells apart the unknown, the unwanted and the broken."""

    def __init__(self, wanted: Iterable[Wanted], published: Iterable[type[Event]]) -> None:
        self._wanted = {event_of(each).type: _decoder(each) for each in wanted}
        self._published = {event.type for event in published}

    def read(self, headers: Sequence[tuple[str, bytes | None]], payload: bytes | None) -> Received | None:
        """The event, or None for a published type this reader has no use for.

        Raises UnreadableEvent.
        """
        named: dict[str, str] = {}
        try:
            for name, value in headers:
                if not is_text(name):
                    raise UnreadableEvent("a header's name is not UTF-8")
                if name.startswith("ce_") and (value is None or name in named):
                    raise UnreadableEvent("a ce_ header is null" if value is None else "a ce_ header stands twice")
                if value is not None:
                    named[name] = value.decode()
        except UnicodeDecodeError as error:
            raise UnreadableEvent("a header is not UTF-8") from error
        kind = named.get("ce_type", "")
        if kind not in self._wanted:
            if kind in self._published:
                return None
            raise UnreadableEvent("unknown event type" if kind else "no ce_type header")
        if payload is None:
            raise UnreadableEvent("empty payload")
        if len(payload) > MAX_EVENT_BYTES:
            raise UnreadableEvent(f"payload of {len(payload)} bytes, more than {MAX_EVENT_BYTES}")
        return self.decode(named, payload)

    def decode(self, headers: Mapping[str, str], payload: bytes) -> Received:
        """The event of a wanted type from its headers and payload. Raises UnreadableEvent."""
        try:
            kind = headers["ce_type"]
            return Received(
                id=Id(headers["ce_id"]),
                type=kind,
                sequence=int(headers["ce_sequence"]),
                time=_moment(headers["ce_time"]),
                traceparent=headers.get("traceparent"),
                event=self._wanted[kind](payload),
                headers=headers,
                payload=payload,
            )
        except KeyError as error:
            raise UnreadableEvent(f"no {error.args[0]} header") from error
        except RecursionError as error:
            raise UnreadableEvent(f"not a valid {headers['ce_type']} (nested too deeply)") from error
        except ValueError as error:
            raise UnreadableEvent(f"not a valid {headers['ce_type']} ({_where(error) or 'bad header'})") from error


def _decoder(wanted: Wanted) -> Callable[[bytes], Any]:
    """What makes the event of a payload. Raises ValueError, and RecursionError for brackets by the thousand."""
    if issubclass(wanted, Excerpt):
        return msgspec.json.Decoder(wanted, dec_hook=_id).decode
    return partial(TypeAdapter(wanted).validate_json, extra="ignore")


def _id(kind: type, text: str) -> Id:
    """For the one type of an Excerpt that msgspec does not know."""
    return kind(text)


def _where(error: ValueError) -> str:
    """The fields that are wrong: the whole text of an error quotes the input."""
    if isinstance(error, msgspec.ValidationError):
        return str(error).split("`")[-2].removeprefix("$.")  # it ends with the field
    faults = getattr(error, "errors", None)
    return ", ".join(f"{'.'.join(map(str, f['loc']))}: {f['type']}" for f in faults()[:3]) if faults else ""


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time that does not say where")
    return moment
