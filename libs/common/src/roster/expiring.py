"""`python -m SERVICE expire`: rows of which nothing more becomes go once their time is over (`contracts/retention.toml`)."""

import argparse
import json
from collections.abc import Mapping

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.parts import Parts
from common.service import Command
from contracts.retention import ROWS

PAGE = 5_000
OVER: Mapping[str, str] = {
    "idempotency": "created_at < :before",
    "jobs": "ended_at < :before AND state <> 'failed'",  # that one may still be resumed
    "statements": "stored < :before",  # what followed for a record stands in it
    "messages": "settled_at < :before AND round_id IS NULL",
}
"""Which rows of a table are over; what hangs on them goes with them."""


def expire_command(*tables: str) -> Command:
    """The daily command of a service that has these tables."""

    def add_arguments(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--preview", action="store_true", help="only tell how many rows would go")

    async def expire(asked: argparse.Namespace, parts: Parts) -> int:
        rows: dict[str, int] = {}
        for table in tables:
            before = {"before": parts.clock.now() - ROWS[table]}
            if asked.preview:
                async with parts.database.reading() as session:
                    rows[table] = await _counted(session, table, before)
                continue
            rows[table], gone = 0, PAGE
            while gone == PAGE:
                async with parts.database.transaction() as session:
                    gone = await _gone(session, table, before)
                rows[table] += gone
        print(json.dumps({"done": not asked.preview, "rows": rows}))  # noqa: T201 - a command talks to its user
        return 0

    return Command(
        expire,
        description="Delete what its time is over of: answers to repeated requests, jobs that have ended, old letters.",
        arguments=add_arguments,
        daily=True,
    )


async def _counted(session: AsyncSession, table: str, before: Mapping[str, object]) -> int:
    return await session.scalar(text(f"SELECT count(*) FROM {table} WHERE {OVER[table]}"), before) or 0  # noqa: S608 - names of our own


async def _gone(session: AsyncSession, table: str, before: Mapping[str, object]) -> int:
    page = f"SELECT ctid FROM {table} WHERE {OVER[table]} LIMIT {PAGE}"  # noqa: S608 - names of our own
    gone = await session.execute(text(f"DELETE FROM {table} WHERE ctid IN ({page}) RETURNING 1"), before)  # noqa: S608 - as above
    return len(gone.all())
