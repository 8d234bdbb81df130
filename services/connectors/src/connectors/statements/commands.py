"""Storing statements: whatever one connection sends at the same moment is one transaction (`common.web.joining`).

Those of a connection follow each other, so what is stored later is also seen later, and two batches that tell of the same
activities do not wait for each other in a circle.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import Clock
from common.refused import Refused
from common.store.sets import copy, insert
from connectors.domain.sending import Prepared
from connectors.domain.telling import merged
from connectors.statements.tables import Attachment, KnownActivity
from connectors.xapi.routes import moment_text

LOCK = text("SELECT pg_advisory_xact_lock(:lock)")
KNOWN = text("""
    SELECT id, fingerprint, CAST(NULL AS uuid) AS target FROM statements
    WHERE connection_id = :connection AND id = ANY(CAST(:ids AS uuid[]))
    UNION ALL
    SELECT id, '' AS fingerprint, target FROM statements
    WHERE connection_id = :connection AND voids AND target = ANY(CAST(:ids AS uuid[]))
""")
VOID = text("""
    UPDATE statements SET voided = true
    WHERE connection_id = :connection AND id = ANY(CAST(:ids AS uuid[])) AND NOT voids AND NOT voided
""")
DEFINITIONS = text(
    "SELECT key, definition FROM activities WHERE connection_id = :connection AND key = ANY(CAST(:keys AS bytea[]))"
)
COLUMNS = (
    "connection_id", "id", "stored", "statement", "fingerprint", "keys", "target", "voids", "voided",
)  # fmt: skip


@dataclass(frozen=True)
class Sent:
    """Statements that are stored all or none, and what is attached to them."""

    connection_id: UUID
    clock: Clock
    statements: Sequence[Prepared]
    attached: Mapping[str, bytes]


@dataclass(frozen=True)
class Kept:
    """The ids of statements in the order in which they were sent, and when they were stored."""

    ids: Sequence[UUID]
    stored: datetime


def lock_of(connection_id: UUID) -> int:
    """What whoever stores something of a connection holds."""
    return int.from_bytes(connection_id.bytes[-8:], "big", signed=True)


def activity_key(activity_id: str) -> bytes:
    """What an activity is kept under."""
    return sha256(activity_id.encode(errors="surrogatepass")).digest()


async def store(session: AsyncSession, sent: Sequence[Sent]) -> Sequence[Kept | Refused]:
    """Stores what one connection has sent; answers each in order, with `statement-conflict` for another body under a known id."""
    connection = {"connection": sent[0].connection_id}
    await session.execute(LOCK, {"lock": lock_of(sent[0].connection_id)})
    stored = sent[0].clock.now()
    ids = [each.id for every in sent for each in every.statements]
    fingerprints: dict[UUID, bytes] = {}
    voided: set[UUID] = set()
    for row in await session.execute(KNOWN, connection | {"ids": ids}):
        if row.target is None:
            fingerprints[row.id] = row.fingerprint
        else:
            voided.add(row.target)
    answers: list[Kept | Refused] = []
    new: dict[UUID, Prepared] = {}
    attached: dict[str, bytes] = {}
    for each in sent:
        found = _conflict(each.statements, fingerprints)
        if found is None:
            fresh = {one.id: one for one in each.statements if one.id not in fingerprints}
            new |= fresh
            fingerprints |= {one.id: one.fingerprint for one in fresh.values()}
            attached |= each.attached
        answers.append(found or Kept([one.id for one in each.statements], stored))
    if new:
        await _define(session, connection, new.values())
        at = moment_text(stored)
        rows = [
            (
                *connection.values(),
                each.id,
                stored,
                each.told(at),
                each.fingerprint,
                each.keys,
                each.target,
                each.voids,
                each.id in voided and not each.voids,
            )
            for each in new.values()
        ]
        await copy(session, "statements", COLUMNS, rows)
        if targets := [each.target for each in new.values() if each.voids]:
            await session.execute(VOID, connection | {"ids": targets})
    if attached:
        await insert(
            session,
            Attachment.table(),
            ("sha2", "content"),
            sorted(attached.items()),
            "ON CONFLICT DO NOTHING",
            connection_id=sent[0].connection_id,
        )
    return answers


def _conflict(statements: Sequence[Prepared], fingerprints: Mapping[UUID, bytes]) -> Refused | None:
    for number, each in enumerate(statements):
        if fingerprints.get(each.id, each.fingerprint) != each.fingerprint:
            return Refused("statement-conflict", f"{number}.id")
    return None


async def _define(session: AsyncSession, connection: Mapping[str, UUID], new: Iterable[Prepared]) -> None:
    """Adds what statements say of activities to what is known of them."""
    said: dict[bytes, dict[str, Any]] = {}
    for each in new:
        for activity_id, definition in each.definitions.items():
            key = activity_key(activity_id)
            said[key] = merged(said[key], definition) if key in said else definition
    if not said:
        return
    known = await session.execute(DEFINITIONS, {**connection, "keys": list(said)})
    before = {row.key: row.definition for row in known}
    rows: list[tuple[bytes, str]] = []
    for key, definition in said.items():
        whole = merged(msgspec.json.decode(before[key]), definition) if key in before else definition
        if (written := msgspec.json.encode(whole).decode()) != before.get(key):
            rows.append((key, written))
    await insert(
        session,
        KnownActivity.table(),
        ("key", "definition"),
        rows,
        "ON CONFLICT (connection_id, key) DO UPDATE SET definition = excluded.definition",
        connection_id=connection["connection"],
    )
