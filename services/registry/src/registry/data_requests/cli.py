"""`python -m registry escalate-requests` and `tell-restrictions`."""

import argparse

from common.parts import Parts
from registry.data_requests.commands import escalate
from registry.resting import tell_again
from registry.texts import TEXTS


async def escalate_requests(_: argparse.Namespace, parts: Parts) -> int:
    """Tells the PICs of requests that were not answered in time, and says how many they are."""
    async with parts.database.transaction() as session:
        escalated = await escalate(session, parts.clock)
    print(TEXTS.tell_count("escalate-requests.done", escalated))
    return 0


async def tell_restrictions(_: argparse.Namespace, parts: Parts) -> int:
    """Tells the services again whose record rests, and says of how many."""
    async with parts.database.transaction() as session:
        told = await tell_again(session, parts.clock.now())
    print(TEXTS.tell_count("tell-restrictions.done", told))
    return 0
