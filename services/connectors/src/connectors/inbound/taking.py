"""From what arrived to reports: what is due as soon as it is there."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.parts import Parts
from common.refused import Refused
from common.store.outbox import attempt
from common.store.sets import Columns, lists, unnest
from common.store.transient import is_transient
from common.telemetry import log
from connectors.domain.payloads import Told, read
from connectors.reports.commands import note
from connectors.signals.news import tell
from connectors.signing.tables import Connection

MOST = 100
"""Messages that are taken in one transaction."""
WAITING = text(
    "SELECT a.id, a.body, r.kind, r.site, r.connection_id FROM arrivals a JOIN receivers r ON r.id = a.receiver_id"
    " WHERE a.state = 'waiting' ORDER BY a.id LIMIT :most FOR UPDATE OF a SKIP LOCKED"
)
SETTLED: Columns = {"id": "uuid", "state": "text", "code": "text", "field": "text"}
SETTLE = text(
    "UPDATE arrivals SET state = given.state, code = given.code, field = given.field, settled_at = :now,"  # noqa: S608 - built of names in this code
    " body = CASE WHEN given.state = 'refused' THEN body END"
    f" FROM {unnest(SETTLED)} WHERE arrivals.id = given.id"
)

Outcome = tuple[UUID, str, str | None, str | None]


async def take(session: AsyncSession, parts: Parts) -> int:
    """Reads what waits and reports what it tells, connection by connection. Returns how many messages that were."""
    rows = (await session.execute(WAITING, {"most": MOST})).all()
    by_connection: defaultdict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        by_connection[row.connection_id].append(row)
    now = parts.clock.now()
    outcomes: list[Outcome] = []
    for connection_id, some in sorted(by_connection.items()):
        connection = await session.get_one(Connection, connection_id)
        outcomes += await _take_some(session, connection, some, parts)
    if outcomes:
        await session.execute(SETTLE, lists(SETTLED, outcomes) | {"now": now})
    return len(rows)


async def _take_some(session: AsyncSession, connection: Connection, rows: Sequence[Any], parts: Parts) -> list[Outcome]:
    """What becomes of messages of one connection; one that breaks stands alone at last, and the others are taken."""
    now = parts.clock.now()
    outcomes: list[Outcome] = []
    told: list[Told] = []
    for row in rows:
        try:
            found = read(row.kind, row.body, row.site)
        except Refused as refused:
            outcomes.append((row.id, "refused", refused.code, refused.field))
            await note(session, connection.id, now, error=refused)
            continue
        told += found
        outcomes.append((row.id, "taken" if found else "ignored", None, None))
    try:
        async with attempt(session):
            await tell(session, connection, told, parts.settings.nip_key.get_secret_value(), now)
    except Exception as error:
        if is_transient(error):
            raise
        if len(rows) > 1:
            middle = len(rows) // 2
            first = await _take_some(session, connection, rows[:middle], parts)
            return first + await _take_some(session, connection, rows[middle:], parts)
        log.error("arrival cannot be taken", arrival=str(rows[0].id), exc_info=error)
        return [(rows[0].id, "refused", "internal-error", None)]
    return outcomes
