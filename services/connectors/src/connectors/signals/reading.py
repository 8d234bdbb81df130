"""Reading statements as they are stored, a part of one connection's at a time: what is due in the role `due`.

A connection's statements are stored one transaction after the other (`statements/commands.py`), so whatever comes later has a
later place: what was read once is never overtaken.
"""

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.fields import FIRST_DAY, LAST_DAY
from common.parts import Parts
from connectors.domain.completions import Book, sign_of
from connectors.domain.statements import Statement
from connectors.domain.values import read_moment
from connectors.mapping.names import course_of, user_of
from connectors.signals.commands import Said, take
from connectors.signing.tables import Connection
from contracts.zone import JAKARTA

PART = 500
"""Statements that are read in one transaction."""
NEXT = text("""
    SELECT c.id
    FROM connections c LEFT JOIN readings r ON r.connection_id = c.id
    WHERE EXISTS (
        SELECT FROM statements s WHERE s.connection_id = c.id
            AND (s.stored, s.position) > (coalesce(r.stored, '-infinity'), coalesce(r.position, 0))
    )
    ORDER BY r.stored NULLS FIRST LIMIT 1 FOR NO KEY UPDATE OF c SKIP LOCKED
""")
PAGE = text("""
    SELECT id, statement, target, voids, voided, stored, position FROM statements s
    WHERE connection_id = :connection AND (s.stored, s.position) > (
        coalesce((SELECT r.stored FROM readings r WHERE r.connection_id = :connection), '-infinity'),
        coalesce((SELECT r.position FROM readings r WHERE r.connection_id = :connection), 0)
    ) ORDER BY s.stored, s.position LIMIT :many
""")
READ = text("""
    INSERT INTO readings (connection_id, stored, position) VALUES (:connection, :stored, :position)
    ON CONFLICT (connection_id) DO UPDATE SET stored = excluded.stored, position = excluded.position
""")


async def read_statements(session: AsyncSession, parts: Parts) -> int:
    """Reads the next part of one connection that nobody else is reading; returns how many statements it had."""
    connection_id: UUID | None = await session.scalar(NEXT)
    if connection_id is None:
        return 0
    connection = await session.get_one(Connection, connection_id)
    rows = (await session.execute(PAGE, {"connection": connection_id, "many": PART})).all()
    words = [said for row in rows if not row.voids and (said := _said(row, parts))]
    await take(session, connection, words, [row.target for row in rows if row.voids], parts.clock.now())
    await session.execute(READ, {"connection": connection_id, "stored": rows[-1].stored, "position": rows[-1].position})
    return len(rows)


def _said(row: Any, parts: Parts) -> Said | None:
    """What a statement says for somebody's record; None for nothing."""
    statement: Statement = msgspec.json.decode(row.statement)
    at = read_moment(statement["timestamp"])
    if not FIRST_DAY.year < at.year < LAST_DAY.year:
        return None
    book: Book = parts.rules
    sign = sign_of(book.at(at.astimezone(JAKARTA).date()).tables, statement)
    user = user_of(statement["actor"], parts.settings.nip_key.get_secret_value())
    if sign is None or user is None:
        return None
    told = statement["object"]
    names: dict[str, str] = told["definition"].get("name", {})
    course = course_of(told["id"], next(iter(names.values()), None))
    return Said(row.id, user, course, sign.code, sign.says, at, voided=row.voided)
