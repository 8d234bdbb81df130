"""A database of the service's own, its API with real tokens, and a small world to fill it with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

import pytest

from common.events import Received
from common.ids import new_id
from common.messages.inbox import Subscription
from common.parts import Parts
from contracts.events.registry import Absence, Assignment, PersonChanged, Post, Schooling, Standing, Status
from contracts.events.training import TrainingCompleted, TrainingCorrected, TrainingRevoked
from contracts.nip import nip_hash
from credit.service import SERVICE
from jejak_local.harness import AGENCY, NIP_KEY, Inside, OwnedDatabase, received

NOW = datetime(2026, 7, 1, 3, 0, tzinfo=UTC)


@pytest.fixture
def moment() -> datetime:
    return NOW


@pytest.fixture
def rules(parts: Parts):
    return parts.rules


@dataclass
class World(Inside):
    """Makes people and training records, and lets the service's consumers hear of them."""

    parts: Parts

    def person(
        self,
        *,
        person_id: UUID | None = None,
        nip: str | None = None,
        former: Sequence[str] = (),
        agency: UUID = AGENCY,
        education: str | None = "S1",
        learned: Sequence[tuple[str, date]] = (),
        jenjang: str | None = "ahli_pertama",
        posts: Sequence[tuple[str | None, date, date | None]] | None = None,
        joined_on: date = date(2010, 1, 1),
        away: Sequence[tuple[Status, date, date | None]] = (),
    ) -> PersonChanged:
        golongan = {"ahli_muda": "III/c", "ahli_madya": "IV/a"}.get(jenjang or "", "III/a")
        held = posts if posts is not None else [(jenjang, date(2010, 1, 1), None)]
        return PersonChanged(
            person_id=person_id or new_id(),
            nip_hash=nip_hash(nip or self.nip(), NIP_KEY),
            former_nip_hashes=[nip_hash(number, NIP_KEY) for number in former],
            staff_type="PNS",
            status="active",
            joined_on=joined_on,
            left_on=None,
            education=learned[-1][0] if learned else education,
            jenjang=jenjang,
            golongan=golongan,
            agency_id=agency,
            unit_id=None,
            unit_name=None,
            assignments=[
                Assignment(agency_id=agency, unit_id=None, unit_name=None, valid_from=date(2010, 1, 1), valid_to=None)
            ],
            posts=[
                Post(jenjang=level, golongan=golongan, position="Analis", valid_from=since, valid_to=until)
                for level, since, until in held
            ],
            absences=list[Absence](),
            educations=[
                Schooling(degree=degree, valid_from=since, valid_to=None)
                for degree, since in [*([(education, joined_on)] if education else []), *learned]
            ],
            statuses=[
                Standing(status="active", valid_from=joined_on, valid_to=None),
                *(Standing(status=status, valid_from=since, valid_to=until) for status, since, until in away),
            ],
        )

    def completed(self, person_id: UUID, **changes: Any) -> TrainingCompleted:
        return TrainingCompleted(**self._record(person_id, **changes))

    def corrected(self, person_id: UUID, **changes: Any) -> TrainingCorrected:
        return TrainingCorrected(**self._record(person_id, **changes), reason="salah ketik")

    def _record(self, person_id: UUID, **changes: Any) -> dict[str, Any]:
        end = changes.get("end_date", date(2026, 3, 3))
        return {
            "record_id": new_id(),
            "person_id": person_id,
            "agency_id": AGENCY,
            "year": end.year,
            "form": "KL03",
            "title": "Pelatihan teknis",
            "provider_id": None,
            "course_id": None,
            "start_date": end,
            "end_date": end,
            "jp_stated": Decimal(8),
            "jp_counted": Decimal(8),
            "verified": True,
            "source_kind": "system",
            "degree": None,
            "international": False,
            "competencies": [],
            "rule_pack": "PP-11-2017",
        } | changes

    def revoked(self, of: TrainingCompleted | TrainingCorrected, reason: str = "sertifikat palsu") -> TrainingRevoked:
        return TrainingRevoked(
            record_id=of.record_id, person_id=of.person_id, agency_id=of.agency_id, year=of.year, reason=reason
        )

    async def hear(self, *batch: Received) -> None:
        """Hands a batch to the consumer of its topic, in one transaction."""
        if batch:
            topic = batch[0].event.topic
            subscription: Subscription = next(
                found for found in SERVICE.subscriptions(self.parts) if found.topic == topic
            )
            async with self.database.transaction() as session:
                await subscription.handler(session, batch)

    async def people(self, *people: PersonChanged, sequence: int = 1) -> list[UUID]:
        await self.hear(*(received(person, sequence) for person in people))
        return [person.person_id for person in people]


@pytest.fixture
def world(database: OwnedDatabase, parts: Parts) -> World:
    return World(database, parts)


@pytest.fixture
def predicate():
    """A line for /predicates: a good year."""
    numbers = count(1)

    def make(person: UUID | None = None, /, **changes: Any) -> dict[str, Any]:
        line = {
            "reference": f"P-{next(numbers)}",
            "source_name": "e-kinerja",
            "person_id": str(person) if person else None,
            "period_start": "2025-01-01",
            "period_end": "2025-12-31",
            "predikat": "baik",
        }
        return {name: value for name, value in (line | changes).items() if value is not None}

    return make
