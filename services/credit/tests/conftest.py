"""A database of the service's own, its API with real tokens, and a small world to fill it with."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from common.ids import new_id
from common.parts import Parts
from contracts.actors import SYSTEM
from contracts.events.training import TrainingCompleted, TrainingCorrected, TrainingRevoked
from credit.cases.judging import present_segments
from credit.cases.opening import open_cases, reversal_of
from credit.cases.tables import cases
from credit.service import SERVICE
from jejak_local import authority, harness
from jejak_local.harness import AGENCY, bare, numbered

NOW = datetime(2026, 7, 1, 3, 0, tzinfo=UTC)


@pytest.fixture
def moment() -> datetime:
    return NOW


@pytest.fixture
def own_settings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    files = tmp_path_factory.getbasetemp() / "files"
    return {"files": files, "public_url": "https://jejak.example", **authority.settings()}


class World(harness.World):
    """Makes training records."""

    def completed(self, person_id: UUID, **changes: Any) -> TrainingCompleted:
        return self._state(TrainingCompleted, person_id, changes)

    def corrected(self, person_id: UUID, **changes: Any) -> TrainingCorrected:
        return self._state(TrainingCorrected, person_id, {"reason": "salah ketik"} | changes)

    def _state(self, kind: type[Any], person_id: UUID, changes: dict[str, Any]) -> Any:
        """A verified training of eight hours."""
        end = changes.get("end_date", date(2026, 3, 3))
        usual = {"form": "KL03", "title": "Pelatihan teknis", "source_kind": "system", "rule_pack": "PP-11-2017"}
        hours = {"jp_stated": Decimal(8), "jp_counted": Decimal(8), "verified": True}
        when = {"year": end.year, "start_date": end, "end_date": end}
        own = {"record_id": new_id(), "person_id": person_id, "agency_id": AGENCY}
        return bare(kind, **own | usual | hours | when | changes)

    def revoked(self, of: TrainingCompleted | TrainingCorrected, reason: str = "sertifikat palsu") -> TrainingRevoked:
        return TrainingRevoked(
            record_id=of.record_id, person_id=of.person_id, agency_id=of.agency_id, year=of.year, reason=reason
        )


@pytest.fixture
def take_back(world, api) -> Callable[..., Any]:
    """Has the points of an attested case taken back by two others. Returns the id of the reversal."""

    async def taken(case_id: Any) -> UUID:
        async with world.database.transaction() as session:
            row = (await session.execute(select(cases).where(cases.c.id == UUID(str(case_id))))).one()
            new = reversal_of(row, (await present_segments(session, [row.id]))[row.id])
            await open_cases(session, [new], SYSTEM, world.parts.rules, world.clock.now())
        for role, act in (("verifier", "check"), ("validator", "attest")):
            done = await api.call(role, "POST", f"/cases/{new.id}/{act}", subject=f"dulu-{act}")
            assert done.status_code == 200, done.text
        return new.id

    return taken


@pytest.fixture
def world(parts: Parts) -> World:
    return World(parts.database, SERVICE, parts)


@pytest.fixture
def predicate() -> Callable[..., dict[str, Any]]:
    """A line for /predicates: a good year."""
    year = {"period_start": "2025-01-01", "period_end": "2025-12-31"}
    return numbered("P", source_name="e-kinerja", predikat="baik", **year)


@pytest.fixture
def everything_is_drawn(world):
    """The share of a test is all: which ones a share of 5 % takes is another test's."""
    [pack] = world.parts.rules.second_checks.packs
    object.__setattr__(pack.tables, "share", 10_000)
    yield
    object.__setattr__(pack.tables, "share", 500)
