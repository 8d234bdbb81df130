"""A notification service on real PostgreSQL and a real SMTP server, and events as Kafka would bring them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from common.events import Event, Reader
from common.ids import derived_id
from common.invariants import find_broken
from common.messages.fetching import Record
from common.messages.inbox import Inbox
from common.parts import Parts
from contracts import PUBLISHED
from contracts.events.registry import AgencyChanged, Pic
from contracts.events.training import JPShortfallDetected, JPShortfallResolved, ShortPerson
from jejak_local.harness import REGION, Inside, agency_changed, recorded
from jejak_local.mail import MailServer
from notification.messages.sender import Sender
from notification.service import SERVICE
from notification.settings import Settings

NOW = datetime(2026, 5, 2, 2, 15, tzinfo=UTC)


@pytest.fixture
def moment() -> datetime:
    return NOW


@pytest.fixture
def own_settings(mail_server: MailServer) -> dict[str, Any]:
    return {
        "instance": "test",
        "smtp_host": "127.0.0.1",
        "smtp_port": mail_server.port,
        "smtp_sender": "Jejak <jejak@lan.example>",
        "portal_url": "https://portal.example/",
        "retry_waits": (30, 120, 600),
    }


class Make:
    """Events as other services make them; numbers and codes stand for the same ids everywhere."""

    sweep = derived_id("sweep", 1)
    swept_at = datetime(2026, 5, 1, 1, 0, tzinfo=UTC)

    @staticmethod
    def pic(
        rank: str = "main", email: str = "pic@agency.example", language: str = "id", zone: str = "Asia/Jakarta"
    ) -> Pic:
        return Pic(rank=rank, name="Siti Rahayu", email=email, language=language, time_zone=zone)

    @staticmethod
    def agency_id(code: str = "K-001") -> UUID:
        return derived_id("agency", code)

    @staticmethod
    def person_id(number: int) -> UUID:
        return derived_id("person", number)

    def agency(self, code: str = "K-001", pics: Sequence[Pic] | None = None, **said: Any) -> AgencyChanged:
        pics = [self.pic()] if pics is None else pics
        told = {"name": "Kementerian Uji", "kind": "K", "region": REGION, "pics": pics} | said
        return agency_changed(self.agency_id(code), code, **told)

    def person(
        self, number: int, *, unit: str | None = "Biro Umum", missing: str = "4", due: str = "6.667", version: int = 1
    ) -> ShortPerson:
        return ShortPerson(
            person_id=self.person_id(number),
            unit_id=derived_id("unit", unit) if unit else None,
            unit_name=unit,
            target=Decimal(20),
            threshold=Decimal(due),
            verified=Decimal(due) - Decimal(missing),
            missing=Decimal(missing),
            version=version,
        )

    def people(self, *numbers: int, version: int = 1) -> list[ShortPerson]:
        return [self.person(number, version=version) for number in numbers]

    def pages(
        self,
        people: Sequence[ShortPerson],
        *,
        code: str = "K-001",
        size: int = 1000,
        people_total: int = 1200,
        sweep: UUID = sweep,
        kind: str = "sweep",
        period: int = 1,
    ) -> list[JPShortfallDetected]:
        """The events of an agency's shortfall, `size` people a page."""
        parts = [list(people[start : start + size]) for start in range(0, len(people), size)]
        when = {"year": 2026, "period": period, "as_of": date(2026, 4, 30)}
        counts = {"pages": len(parts), "people_total": people_total, "short_total": len(people)}
        about = {"sweep_id": sweep, "kind": kind, "agency_id": self.agency_id(code)} | when | counts
        return [JPShortfallDetected(**about, page=number, people=part) for number, part in enumerate(parts, 1)]

    def resolved(self, number: int, *, code: str = "K-001", sweep: UUID = sweep) -> JPShortfallResolved:
        enough = {"verified": Decimal(20), "threshold": Decimal("6.667")}
        about = {"agency_id": self.agency_id(code), "person_id": self.person_id(number)}
        return JPShortfallResolved(sweep_id=sweep, year=2026, period=1, **about, **enough)

    def record(self, event: Event, minutes: int = 0, event_id: UUID | None = None, **more: Any) -> Record:
        """An event as it lies in Kafka, sent `minutes` after the sweep.

        Said again at the same time it has the same id unless another is given.
        """
        found = event_id or derived_id(event.model_dump_json().encode(), minutes)
        return recorded(event, event_id=found, at=self.swept_at + timedelta(minutes=minutes), **more)


@pytest.fixture
def make() -> Make:
    return Make()


@dataclass
class Notification(Inside):
    """The service as a test drives it. Consumers and senders are new at every call, as after a restart."""

    mail_server: MailServer

    @property
    def settings(self) -> Settings:
        return self.parts.settings

    def inbox(self, topic: str) -> Inbox:
        [subscription] = [found for found in SERVICE.subscriptions(self.parts) if found.topic.name == topic]
        return Inbox(self.database, subscription, Reader(subscription.wanted, PUBLISHED))

    async def take(self, *records: Record | Event) -> None:
        """Takes records in, in order, as one batch for each run of the same topic."""
        ready = [Make().record(item) if isinstance(item, Event) else item for item in records]
        while ready:
            topic = ready[0].topic
            batch = []
            while ready and ready[0].topic == topic:
                batch.append(ready.pop(0))
            await self.inbox(topic).process(batch)

    def sender(self, **changes: Any) -> Sender:
        return Sender(self.database, self.settings.model_copy(update=changes), self.clock)

    async def send(self, **changes: Any) -> int:
        """Sends all that is due now. Returns how many messages were claimed."""
        claimed = 0
        sender = self.sender(**changes)
        while part := await sender.turn():
            claimed += part
        return claimed

    async def messages(self) -> list[Any]:
        return await self.rows("SELECT * FROM messages ORDER BY recipient")

    async def sound(self) -> None:
        """Every invariant holds."""
        assert await find_broken(self.parts, SERVICE.invariants) == []

    def later(self, seconds: float) -> None:
        self.clock.moment += timedelta(seconds=seconds)


@pytest.fixture
def notification(parts: Parts, mail_server: MailServer) -> Notification:
    return Notification(parts.database, SERVICE, parts, mail_server)
