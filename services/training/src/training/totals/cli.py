"""`python -m training sweep`, to its end: what is over is swept, and then everybody is told of it."""

import argparse

from common.parts import Parts
from training.soundings import cli as soundings
from training.totals.commands import publish


async def run(options: argparse.Namespace, parts: Parts) -> int:
    """The command."""
    failed = await soundings.run(options, parts)
    if not failed:
        async with parts.database.transaction() as session:
            await publish(session, parts)
    return failed
