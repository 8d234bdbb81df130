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
from common.store.sets import fetched, insert
from connectors.domain.sending import Prepared
from connectors.domain.telling import merged
from connectors.statements.tables import Attachment
from connectors.xapi.routes import moment_text

LOCK = text("SELECT pg_advisory_xact_lock(:lock)")
KNOWN = """
    SELECT id, fingerprint, CAST(NULL AS uuid) AS target, CAST(NULL AS bytea) AS key, '' AS definition
    FROM statements WHERE connection_id = $1 AND id = ANY($2::uuid[])
    UNION ALL
    SELECT NULL, NULL, target, NULL, '' FROM statements
    WHERE connection_id = $1 AND voids AND target = ANY($2::uuid[])
    UNION ALL
    SELECT NULL, NULL, NULL, key, definition FROM activities WHERE connection_id = $1 AND key = ANY($3::bytea[])
"""
"""Which statements are there, which are voided already, and what is known of activities: one trip for all that storing asks."""
ADD = """
    WITH defined AS (
        INSERT INTO activities (connection_id, key, definition)
        SELECT $1, given.* FROM unnest($3::bytea[], $4::text[]) AS given
        ON CONFLICT (connection_id, key) DO UPDATE SET definition = excluded.definition
    )
    INSERT INTO statements (
        connection_id, stored, id, statement, fingerprint, verb, activity, registration, keys, target, voids, voided
    )
    SELECT $1, $2, id, statement, fingerprint, verb, activity, registration, CAST(keys AS bigint[]), target, voids, voided
    FROM unnest(
        $5::uuid[], $6::text[], $7::bytea[], $8::bigint[], $9::bigint[], $10::bigint[], $11::text[], $12::uuid[],
        $13::bool[], $14::bool[]
    ) WITH ORDINALITY AS given (
        id, statement, fingerprint, verb, activity, registration, keys, target, voids, voided, number
    ) ORDER BY number
"""
"""Statements in their order, and what is new of activities. The keys of each are written as one text: no list of lists has
rows of different lengths."""
VOID = text("""
    UPDATE statements SET voided = true
    WHERE connection_id = :connection AND id = ANY(CAST(:ids AS uuid[])) AND NOT voids AND NOT voided
""")


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
    connection_id = sent[0].connection_id
    await session.execute(LOCK, {"lock": lock_of(connection_id)})
    stored = sent[0].clock.now()
    ids = [each.id for every in sent for each in every.statements]
    said = {activity_key(name) for every in sent for each in every.statements for name in each.definitions}
    fingerprints: dict[UUID, bytes] = {}
    voided: set[UUID] = set()
    known: dict[bytes, str] = {}
    for row in await fetched(session, KNOWN, connection_id, ids, list(said)):
        if row["key"] is not None:
            known[row["key"]] = row["definition"]
        elif row["target"] is not None:
            voided.add(row["target"])
        else:
            fingerprints[row["id"]] = row["fingerprint"]
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
        at = moment_text(stored)
        rows = [
            (
                each.id,
                each.told(at),
                each.fingerprint,
                *each.single_keys,
                f"{{{','.join(map(str, each.keys))}}}",
                each.target,
                each.voids,
                each.id in voided and not each.voids,
            )
            for each in new.values()
        ]
        defined = _defined(new.values(), known)
        await fetched(
            session, ADD, connection_id, stored, list(defined), list(defined.values()), *zip(*rows, strict=True)
        )
        if targets := [each.target for each in new.values() if each.voids]:
            await session.execute(VOID, {"connection": connection_id, "ids": targets})
    if attached:
        await insert(
            session,
            Attachment.table(),
            ("sha2", "content"),
            sorted(attached.items()),
            "ON CONFLICT DO NOTHING",
            connection_id=connection_id,
        )
    return answers


def _conflict(statements: Sequence[Prepared], fingerprints: Mapping[UUID, bytes]) -> Refused | None:
    for number, each in enumerate(statements):
        if fingerprints.get(each.id, each.fingerprint) != each.fingerprint:
            return Refused("statement-conflict", f"{number}.id")
    return None


def _defined(new: Iterable[Prepared], known: Mapping[bytes, str]) -> dict[bytes, str]:
    """What is known of activities once these statements are stored, as far as they say anything new."""
    said: dict[bytes, dict[str, Any]] = {}
    for each in new:
        for activity_id, definition in each.definitions.items():
            key = activity_key(activity_id)
            said[key] = merged(said[key], definition) if key in said else definition
    defined: dict[bytes, str] = {}
    for key, definition in said.items():
        whole = merged(msgspec.json.decode(known[key]), definition) if key in known else definition
        if (written := msgspec.json.encode(whole).decode()) != known.get(key):
            defined[key] = written
    return defined
