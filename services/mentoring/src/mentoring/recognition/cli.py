"""`python -m mentoring recognise`."""

import argparse

from common.parts import Parts
from mentoring.recognition.commands import recognise_all
from mentoring.texts import TEXTS


async def recognise(_: argparse.Namespace, parts: Parts) -> int:
    """Tells what mentors have done, and says of how many years that was."""
    print(TEXTS.tell("recognise.done", told=await recognise_all(parts.database, parts.clock)))
    return 0
