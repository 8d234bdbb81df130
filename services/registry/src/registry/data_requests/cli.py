"""`python -m registry escalate-requests`."""

import argparse

from common.parts import Parts
from registry.data_requests.commands import escalate
from registry.texts import TEXTS


async def escalate_requests(_: argparse.Namespace, parts: Parts) -> int:
    """Tells the PICs of requests that were not answered in time, and says how many they are."""
    async with parts.database.transaction() as session:
        escalated = await escalate(session, parts.clock)
    print(TEXTS.tell_count("escalate-requests.done", escalated))
    return 0
