"""A database of the service's own, its API with real tokens, and a small world to fill it with."""

import json
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

import pytest
from sqlalchemy import text

from common.parts import Parts
from common.store.transient import insist
from contracts.callers import Caller
from jejak_local import authority, harness
from jejak_local.harness import AGENCY, NIP_KEY, OTHER_AGENCY, PROVIDER, caller, numbered
from training.domain.rules import PACKS, Book, load
from training.records.commands import store
from training.records.schemas import Training
from training.service import SERVICE

OTHER_PROVIDER = UUID("0199a000-0000-7000-8000-0000000000bb")


@pytest.fixture
def rules_changing_on(tmp_path) -> Callable[[date], Book]:
    """From that day on KL07 counts 7 JP instead of 5, and three sessions of a month instead of two."""

    def changing(day: date) -> Book:
        shipped = (PACKS / "jp-2018.toml").read_text()
        (tmp_path / "one.toml").write_text(
            shipped.replace("valid_from = 2019-01-01", f"valid_from = 2019-01-01\nvalid_to = {day}")
        )
        later = shipped.replace('"jp-2018"', '"jp-2026"').replace("valid_from = 2019-01-01", f"valid_from = {day}")
        later = (
            later[: later.index("[[cases]]")]
            + '[[cases]]\nid = "one"\ngiven = { form = "KL07" }\nexpect = { counted = 7 }\n'
        )
        (tmp_path / "two.toml").write_text(
            later.replace("jp = 5", "jp = 7").replace("sessions_a_month = 2", "sessions_a_month = 3")
        )
        return load(tmp_path)

    return changing


@pytest.fixture
def changed_rules(rules_changing_on) -> Book:
    """Rules that change on 16 March 2026."""
    return rules_changing_on(date(2026, 3, 16))


class World(harness.World):
    """People, providers and lines; what the tables hold, and what was emitted."""

    here: ClassVar[UUID] = AGENCY
    there: ClassVar[UUID] = OTHER_AGENCY
    school: ClassVar[UUID] = PROVIDER
    other_school: ClassVar[UUID] = OTHER_PROVIDER

    @property
    def book(self) -> Book:
        return self.parts.rules

    async def person(self, **values: Any) -> UUID:
        [person_id] = await self.people(self.state(**values))
        return person_id

    def caller(self, role: str | Sequence[str] = "service", **claims: Any) -> Caller[Book]:
        roles = [role] if isinstance(role, str) else role
        return caller(*roles, clock=self.clock, rules=self.book, nip_key=NIP_KEY, **claims)

    async def store(self, *lines: dict[str, Any], role: str | Sequence[str] = "service", **claims: Any):
        """The command behind POST /trainings and its batch, in a transaction of its own."""
        given = [Training.model_validate_json(json.dumps(line)) for line in lines]
        sender = self.caller(role, **claims)

        async def once():
            async with self.database.transaction() as session:
                return await store(session, given, sender)

        return await insist(once, seconds=10, what="store")

    async def provider(self, forms: Sequence[tuple[str, date, date | None]], provider_id: UUID = PROVIDER) -> str:
        code = f"P-{str(provider_id)[-2:]}"
        async with self.database.transaction() as session:
            await session.execute(
                text("INSERT INTO providers (id, code, name, version) VALUES (:id, :code, :code, 1)"),
                {"id": provider_id, "code": code},
            )
            await session.execute(
                text("INSERT INTO accreditations VALUES (:provider, :form, :since, :until)"),
                [
                    {"provider": provider_id, "form": form, "since": since, "until": until}
                    for form, since, until in forms
                ],
            )
        return code

    async def ledger(self, person_id: UUID, year: int = 2026) -> tuple[str, str]:
        """Verified and unverified JP."""
        [row] = await self.rows(
            "SELECT verified, unverified FROM jp_ledger WHERE person_id = :person AND year = :year",
            person=person_id,
            year=year,
        )
        return str(row.verified), str(row.unverified)

    async def emitted(self) -> list[tuple[str, int, dict[str, Any]]]:
        """Name, sequence and body of every event in the outbox, in order."""
        return [
            (headers["ce_type"].split(".")[-2], int(headers["ce_sequence"]), body)
            for headers, body in await self.outbox()
        ]


@pytest.fixture
def own_settings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.getbasetemp()
    return {"files": folder / "files", "public_url": "https://jejak.example", **authority.settings()}


@pytest.fixture
def world(parts: Parts) -> World:
    return World(parts.database, SERVICE, parts)


@pytest.fixture
def line() -> Callable[..., dict[str, Any]]:
    """A line for /trainings: a technical training of eight hours."""
    days = {"start_date": "2026-03-02", "end_date": "2026-03-03"}
    return numbered("T", source_name="lms-test", form="KL03", title="Pelatihan teknis", jp="8", **days)
