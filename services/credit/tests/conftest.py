"""A database of the service's own, its API with real tokens, and a small world to fill it with."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

import pytest

from common.ids import new_id
from common.parts import Parts
from contracts.events.training import TrainingCompleted, TrainingCorrected, TrainingRevoked
from credit.service import SERVICE
from jejak_local import harness
from jejak_local.harness import AGENCY

NOW = datetime(2026, 7, 1, 3, 0, tzinfo=UTC)


@pytest.fixture
def moment() -> datetime:
    return NOW


@pytest.fixture
def rules(parts: Parts):
    return parts.rules


class World(harness.World):
    """Makes training records."""

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


@pytest.fixture
def world(parts: Parts) -> World:
    return World(parts.database, SERVICE, parts)


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
