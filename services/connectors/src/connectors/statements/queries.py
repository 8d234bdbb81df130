"""Reading statements, activities and attachments of one connection."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from connectors.domain import telling
from connectors.domain.attaching import attachments
from connectors.domain.naming import activities
from connectors.domain.statements import Statement
from connectors.domain.telling import Format
from connectors.statements.commands import activity_key, lock_of
from connectors.xapi.routes import BEGINNING

THROUGH = text("""
    SELECT CASE
        WHEN pg_try_advisory_xact_lock_shared(:lock) THEN CAST(:now AS timestamptz)
        ELSE (SELECT max(stored) FROM statements WHERE connection_id = :connection)
    END
""")
"""Where nobody is storing anything, all that was stored until now is there; else what is seen is all until the last of it."""
ONE = text(
    "SELECT id, statement, stored FROM statements WHERE connection_id = :connection AND id = :id AND voided = :voided"
)
DEFINITIONS = text(
    "SELECT key, definition FROM activities WHERE connection_id = :connection AND key = ANY(CAST(:keys AS bytea[]))"
)
CONTENTS = text(
    "SELECT sha2, content FROM attachments WHERE connection_id = :connection AND sha2 = ANY(CAST(:hashes AS text[]))"
)
SIZES = text(
    "SELECT sha2, octet_length(content) AS size FROM attachments"
    " WHERE connection_id = :connection AND sha2 = ANY(CAST(:hashes AS text[]))"
)
REMEMBERED = 200
"""Queries of pages that are not written again."""
PAGE_BYTES = 16 * 1024 * 1024
"""Of the statements of a page, and of what is attached to them; one alone may have as many as a request."""
NUMBERED = """
    SELECT id, statement, stored, position, many FROM (
        SELECT *, row_number() OVER page AS number, sum(octet_length(statement)) OVER page AS bytes,
            count(*) OVER () AS many
        FROM ({found}) AS found WINDOW page AS (ORDER BY {sorting})
    ) AS numbered WHERE number <= :limit AND (number = 1 OR bytes <= :bytes) ORDER BY number
"""
"""A page by number and length, of what was found; and how many were found, which is one more where there are more."""
REACHED = """
    EXISTS (
        WITH RECURSIVE chain AS (
            SELECT t.target, {found} AS found FROM statements t WHERE t.connection_id = :connection AND t.id = s.target
            UNION SELECT t.target, {found} FROM chain
            JOIN statements t ON t.connection_id = :connection AND t.id = chain.target
        )
        SELECT FROM chain WHERE chain.found
    )
"""
"""A statement is found too when the one that it refers to is, and so on."""


@dataclass(frozen=True)
class Told:
    """A statement as it is stored."""

    id: UUID
    statement: str
    stored: datetime
    position: int = 0


@dataclass(frozen=True)
class Asked:
    """Which statements somebody asks for; `after` is the last one that they have seen."""

    connection_id: UUID
    keys: Sequence[int]
    singles: Mapping[str, int]
    """Keys of which a statement has one, by their columns."""
    since: datetime | None
    until: datetime | None
    after: tuple[datetime, int] | None
    ascending: bool
    limit: int


async def through(session: AsyncSession, connection_id: UUID, now: datetime) -> datetime:
    """Until when everything that was stored is told."""
    values = {"connection": connection_id, "lock": lock_of(connection_id), "now": now}
    return await session.scalar(THROUGH, values) or BEGINNING


async def one(session: AsyncSession, connection_id: UUID, statement_id: UUID, *, voided: bool) -> Told | None:
    """A statement by its id, which is voided or not."""
    found = await session.execute(ONE, {"connection": connection_id, "id": statement_id, "voided": voided})
    row = found.one_or_none()
    return None if row is None else Told(row.id, row.statement, row.stored)


async def page(session: AsyncSession, asked: Asked) -> tuple[list[Told], bool]:
    """Up to `limit` statements, fewer where they are long, and whether there are more."""
    told = {"since": asked.since, "until": asked.until}
    stored, position = asked.after or (None, None)
    bounds = tuple(name for name, value in told.items() if value)
    query = _page(tuple(asked.keys), tuple(asked.singles), bounds, asked.ascending, asked.after is not None)
    values = {
        "connection": asked.connection_id,
        **asked.singles,
        "limit": asked.limit,
        "bytes": PAGE_BYTES,
        "stored": stored,
        "position": position,
        **told,
    }
    found = (await session.execute(query, {name: values[name] for name in query.compile().params})).all()
    return [Told(row.id, row.statement, row.stored, row.position) for row in found], bool(found) and len(found) < found[
        0
    ].many


async def fitting(
    session: AsyncSession, connection_id: UUID, found: Sequence[Told]
) -> tuple[list[Told], Mapping[str, str]]:
    """The first statements of a page whose attachments are not too long together, at least one, and types by hashes of these."""
    named = [
        {each["sha2"].lower(): each["contentType"] for each in attachments(msgspec.json.decode(one.statement))}
        for one in found
    ]
    hashes = {sha2 for each in named for sha2 in each}
    sized = await session.execute(SIZES, {"connection": connection_id, "hashes": sorted(hashes)})
    sizes = {row.sha2: row.size for row in sized}
    fit: list[Told] = []
    types: dict[str, str] = {}
    for one, its in zip(found, named, strict=True):
        if fit and sum(sizes.get(sha2, 0) for sha2 in {*types, *its}) > PAGE_BYTES:
            break
        fit.append(one)
        types |= its
    return fit, types


@lru_cache(REMEMBERED)
def _page(
    keys: tuple[int, ...], singles: tuple[str, ...], bounds: tuple[str, ...], ascending: bool, goes_on: bool
) -> TextClause:
    """The query of a page. Keys stand in it as numbers: how rare one is decides whether to look for it or to read on until
    there is a page of it, and PostgreSQL does not plan by what it is given as a parameter.
    """
    way, beyond = ("ASC", ">") if ascending else ("DESC", "<")
    within = ["s.connection_id = :connection", "NOT s.voided"]
    within += ["s.stored > :since"] if "since" in bounds else []
    within += ["s.stored <= :until"] if "until" in bounds else []
    within += [f"(s.stored, s.position) {beyond} (:stored, :position)"] if goes_on else []
    sorting = f"stored {way}, position {way}"
    order = f"ORDER BY {sorting} LIMIT :limit + 1"

    def those(*conditions: str) -> str:
        where = " AND ".join([*within, *conditions])
        return f"(SELECT s.id, s.statement, s.stored, s.position FROM statements s WHERE {where} {order})"  # noqa: S608 - built of texts in this code

    def has(of: str) -> str:
        by_keys = [f"{of}.keys @> CAST('{{{','.join(map(str, keys))}}}' AS bigint[])"] if keys else []
        return " AND ".join([*by_keys, *(f"{of}.{name} = CAST(:{name} AS bigint)" for name in singles)])

    if keys or singles:
        others = those("s.target IS NOT NULL", f"({has('s')}) IS NOT TRUE", REACHED.format(found=f"({has('t')})"))
        found = f"{those(has('s'))} UNION ALL {others} {order}"
    else:
        found = those()
    return text(NUMBERED.format(found=found, sorting=sorting))


async def in_format(
    session: AsyncSession,
    connection_id: UUID,
    found: Sequence[Told],
    wanted: Format,
    languages: Sequence[str],
) -> list[str]:
    """Statements, each as JSON, told in the way that was asked for."""
    if wanted == "exact":
        return [each.statement for each in found]
    statements: list[Statement] = [msgspec.json.decode(each.statement) for each in found]
    if wanted == "ids":
        told = map(telling.by_ids, statements)
    else:
        named = {each["id"] for statement in statements for each in activities(statement)}
        known = await definitions(session, connection_id, named)
        told = (telling.canonical(statement, known, languages) for statement in statements)
    return [msgspec.json.encode(each).decode() for each in told]


async def definitions(session: AsyncSession, connection_id: UUID, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """What is known of activities, by their ids."""
    named = {activity_key(each): each for each in ids}
    found = await session.execute(DEFINITIONS, {"connection": connection_id, "keys": list(named)})
    return {named[row.key]: msgspec.json.decode(row.definition) for row in found}


async def contents(session: AsyncSession, connection_id: UUID, hashes: Iterable[str]) -> Mapping[str, bytes]:
    """What was attached, by hash."""
    found = await session.execute(CONTENTS, {"connection": connection_id, "hashes": sorted(set(hashes))})
    return {row.sha2: row.content for row in found}
