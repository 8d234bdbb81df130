"""`python -m mentoring complete`."""

import argparse

from common.parts import Parts
from mentoring.completion.daily import complete_all
from mentoring.sessions.reminders import find_quiet
from mentoring.texts import TEXTS


async def complete(_: argparse.Namespace, parts: Parts) -> int:
    """Completes what is over, reminds pairs that have not met for long, and says how many each were."""
    over, told = await complete_all(parts.database, parts.clock)
    async with parts.database.transaction() as session:
        quiet = await find_quiet(session, parts.clock)
    print(TEXTS.tell("complete.done", over=over, told=told, quiet=quiet))
    return 0
