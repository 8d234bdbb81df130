"""The notification service: what sounding found becomes one mail for each agency's PIC."""

import argparse
from functools import partial
from pathlib import Path

from common.clock import Clock
from common.database import Database
from common.inbox import Subscription
from common.service import Service, main
from contracts import PUBLISHED, topics
from notification.agencies import consumers as agencies
from notification.invariants import find_broken
from notification.messages import api as messages
from notification.messages.sender import Sender
from notification.rounds import api as rounds
from notification.rounds import consumers as shortfalls
from notification.settings import Settings


def build(settings: Settings, clock: Clock | None = None) -> Service:
    clock = clock or Clock()
    return Service(
        name="notification",
        title="Jejak: notification",
        settings=settings,
        routers=[rounds.router, messages.router],
        problems=Path(__file__).with_name("problems.toml"),
        published=PUBLISHED,
        subscriptions=[
            Subscription(
                agencies.CONSUMER, topics.AGENCIES, agencies.WANTED, partial(agencies.take_agencies, clock=clock)
            ),
            Subscription(
                shortfalls.CONSUMER,
                topics.SHORTFALLS,
                shortfalls.WANTED,
                partial(shortfalls.take_shortfalls, clock=clock),
            ),
        ],
        emits=False,
        further_roles={"sender": partial(Sender, settings=settings, clock=clock)},
        commands={"check": (check, describe_check)},
    )


def describe_check(parser: argparse.ArgumentParser) -> None:
    parser.description = "Check that rounds and messages agree; exits with 1 when they do not."


async def check(_: argparse.Namespace, database: Database, __: Clock) -> int:
    async with database.reading() as session:
        findings = await find_broken(session)
    width = max(len(finding.invariant) for finding in findings)
    for finding in findings:
        print(f"{finding.invariant:<{width}}  {f'BROKEN {finding.broken} times' if finding.broken else 'holds'}")
        for example in finding.examples:
            print(f"  for example: {example}")
    return 1 if any(finding.broken for finding in findings) else 0


if __name__ == "__main__":
    main(build(Settings()))  # pyright: ignore[reportCallIssue] - the environment fills it
