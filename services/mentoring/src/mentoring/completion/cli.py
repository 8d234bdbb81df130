"""`python -m mentoring complete`."""

import argparse

from common.parts import Parts
from mentoring.completion.daily import complete_all
from mentoring.texts import TEXTS


async def complete(_: argparse.Namespace, parts: Parts) -> int:
    """Completes what is over, and says how much that was."""
    over, told = await complete_all(parts.database, parts.clock)
    print(TEXTS.tell("complete.done", over=over, told=told))
    return 0
