"""The role that reads the bus of Open edX."""

import asyncio
from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Received, Topic, Wanted
from common.messages.inbox import Subscription
from common.parts import Parts
from connectors.bus.reading import AvroReader, BusInbox
from connectors.bus.registry import Registry
from connectors.domain.payloads import Told
from connectors.settings import Settings
from connectors.signals.news import tell
from connectors.signing.tables import Connection


def inboxes(parts: Parts) -> list[BusInbox]:
    """An inbox for each topic that is named; all of them ask one registry. Raises RuntimeError where a setting lacks."""
    settings: Settings = parts.settings
    if settings.openedx_topics and not (settings.openedx_registry and settings.openedx_connection):
        raise RuntimeError("the event bus needs a schema registry and a connection")
    registry = Registry(settings.openedx_registry)

    async def handle(session: AsyncSession, batch: Sequence[Received]) -> None:
        connection = await session.get_one(Connection, settings.openedx_connection)
        told = [received.event for received in batch if received.event is not None]
        await tell(session, connection, told, settings.nip_key.get_secret_value(), parts.clock.now())

    return [
        BusInbox(
            parts.database,
            Subscription(
                f"connectors.openedx.{name}", Topic(name, partitions=1), cast("Sequence[Wanted]", (Told,)), handle
            ),
            AvroReader(registry, settings.openedx_site),
            registry=registry,
        )
        for name in settings.openedx_topics
    ]


class Bus:
    """Reads each topic of the bus until it is stopped; where none is named, it only waits for that."""

    def __init__(self, parts: Parts) -> None:
        # FastStream is memory and start-up time that only who reads Kafka needs.
        from common.messages.consumer import Consumer

        kafka = parts.settings.openedx_kafka or parts.settings.kafka
        self._consumers = [Consumer(inbox, kafka, parts.settings.instance) for inbox in inboxes(parts)]
        self._stopping = asyncio.Event()

    @property
    def ready(self) -> bool:
        """Whether each topic is read."""
        return all(each.ready for each in self._consumers)

    def stop(self) -> None:
        """Ends the run after the batches in hand."""
        self._stopping.set()
        for each in self._consumers:
            each.stop()

    async def run(self) -> None:
        """Reads until `stop`."""
        waiting: list[Any] = [each.run() for each in self._consumers]
        await asyncio.gather(self._stopping.wait(), *waiting)
