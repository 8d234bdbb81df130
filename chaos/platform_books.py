"""The books of learning platforms: what they were told, beside what connectors keeps, and what training made of it."""

from collections import Counter
from collections.abc import Sequence

from chaos.arena import Arena
from chaos.clients import History
from chaos.findings import differences, finding
from jejak_local.books import Finding, rows

FROM_PLATFORMS = "connection %"
"""The source of the records that training makes of what platforms say."""


async def statements(arena: Arena, histories: Sequence[History]) -> Finding:
    """Each statement that was answered is stored once, under the connection that sent it, and no other is."""
    stored = await rows(
        arena.stack, "connectors", "SELECT connection_id::text || ' ' || id, count(*) FROM statements GROUP BY 1"
    )
    told = {
        f"{made.connection} {name}": 1
        for history in histories
        for made in history.platforms
        for name in made.statements
    }
    return finding(
        "12 each statement that was answered is stored once",
        differences(told, dict(stored)),
        f"{len(told):,} statements",
    )


async def finished(arena: Arena, histories: Sequence[History]) -> Finding:
    """Each course that was finished on a day is one record of training that stands, whenever it was mapped and however often told."""
    told = {
        (f"connection {made.connection}", person, title, day.isoformat()): 1
        for history in histories
        for made in history.platforms
        for person, title, day in made.finished
    }
    stored = Counter(
        tuple(row)
        for row in await rows(
            arena.stack,
            "training",
            "SELECT source_name, person_id::text, title, end_date::text FROM records"
            f" WHERE source_name LIKE '{FROM_PLATFORMS}' AND state <> 'revoked' AND verified",
        )
    )
    return finding(
        "12 each course that was finished is one record", differences(told, stored), f"{len(told):,} completions"
    )
