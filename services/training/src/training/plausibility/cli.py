"""`python -m training flag`."""

import argparse

from common.parts import Parts
from training.plausibility.finding import find
from training.texts import TEXTS


async def flag(_: argparse.Namespace, parts: Parts) -> int:
    """Looks for what a person should judge, and says how many flags are new."""
    async with parts.database.transaction() as session:
        print(TEXTS.tell_count("flag.done", await find(session, parts.clock)))
    return 0
