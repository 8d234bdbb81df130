"""`python -m credit order-queue` and `escalate-cases`."""

import argparse

from common.parts import Parts
from credit.queue.daily import escalate, order_all
from credit.queue.times import publish_times
from credit.texts import TEXTS


async def order_queue(_: argparse.Namespace, parts: Parts) -> int:
    """Orders the queue as of today and publishes how long cases have waited, and says how many wait."""
    ordered = await order_all(parts)
    async with parts.database.transaction() as session:
        await publish_times(session, parts.rules.waiting.at(parts.clock.today()).tables, parts.clock)
    print(TEXTS.tell_count("order-queue.done", ordered))
    return 0


async def escalate_cases(_: argparse.Namespace, parts: Parts) -> int:
    """Tells the PICs of cases that were not decided in time, and says how many they are."""
    async with parts.database.transaction() as session:
        escalated = await escalate(session, parts.clock)
    print(TEXTS.tell_count("escalate-cases.done", escalated))
    return 0
