"""`python -m mentoring complete` and `erase-files`."""

import argparse

from common.parts import Parts
from common.store.files import take_nameless
from mentoring.completion.daily import complete_all
from mentoring.sessions.reminders import find_quiet
from mentoring.sessions.store import files_of
from mentoring.texts import TEXTS


async def erase_files(_: argparse.Namespace, parts: Parts) -> int:
    """Takes away the files whose rows tell nothing any more since somebody was erased, and says how many they were.

    Killed in the middle, it finds them again.
    """
    async with parts.database.transaction() as session:
        taken = await take_nameless(session, "session_files", files_of(parts))
    print(TEXTS.tell_count("erase-files.done", taken))
    return 0


async def complete(_: argparse.Namespace, parts: Parts) -> int:
    """Completes what is over, reminds pairs that have not met for long, and says how many each were."""
    over, told = await complete_all(parts.database, parts.clock)
    async with parts.database.transaction() as session:
        quiet = await find_quiet(session, parts.clock)
    print(TEXTS.tell("complete.done", over=over, told=told, quiet=quiet))
    return 0
