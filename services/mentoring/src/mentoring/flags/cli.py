"""`python -m mentoring flag`."""

import argparse

from common.parts import Parts
from mentoring.flags.finding import find
from mentoring.texts import TEXTS


async def flag(_: argparse.Namespace, parts: Parts) -> int:
    """Looks for what a person should judge, and says of how many pairs and signs that is new."""
    async with parts.database.transaction() as session:
        print(TEXTS.tell("flag.done", found=await find(session, parts.clock)))
    return 0
