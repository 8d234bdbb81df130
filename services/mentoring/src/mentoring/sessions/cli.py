"""`python -m mentoring complete` and `erase-files`."""

import argparse

from sqlalchemy import text

from common.parts import Parts
from mentoring.completion.daily import complete_all
from mentoring.sessions.reminders import find_quiet
from mentoring.sessions.store import files_of
from mentoring.texts import TEXTS

NAMELESS = text("SELECT id FROM session_files WHERE sha256 = '' AND size > 0 ORDER BY id FOR UPDATE")
EMPTY = text("UPDATE session_files SET size = 0 WHERE id = ANY(CAST(:ids AS uuid[]))")


async def erase_files(_: argparse.Namespace, parts: Parts) -> int:
    """Takes away the files whose rows tell nothing any more since somebody was erased, and says how many they were.

    Killed in the middle, it finds them again.
    """
    async with parts.database.transaction() as session:
        ids = (await session.scalars(NAMELESS)).all()
        for file_id in ids:
            await files_of(parts).remove(file_id)
        await session.execute(EMPTY, {"ids": list(ids)})
    print(TEXTS.tell_count("erase-files.done", len(ids)))
    return 0


async def complete(_: argparse.Namespace, parts: Parts) -> int:
    """Completes what is over, reminds pairs that have not met for long, and says how many each were."""
    over, told = await complete_all(parts.database, parts.clock)
    async with parts.database.transaction() as session:
        quiet = await find_quiet(session, parts.clock)
    print(TEXTS.tell("complete.done", over=over, told=told, quiet=quiet))
    return 0
