"""The notification service: what sounding found becomes one mail for each agency's PIC."""

from functools import partial
from pathlib import Path

from common.check import check
from common.clock import Clock
from common.messages.inbox import Subscription
from common.service import Service, main
from contracts import PUBLISHED, topics
from contracts.roles import ROLES
from notification.agencies import consumers as agencies
from notification.invariants import INVARIANTS
from notification.messages import api as messages
from notification.messages.sender import Sender
from notification.rounds import api as rounds
from notification.rounds import consumers as shortfalls
from notification.rounds import page as round_page
from notification.settings import Settings


def build(settings: Settings, clock: Clock | None = None) -> Service:
    clock = clock or Clock()
    return Service(
        name="notification",
        title="Jejak: notification",
        settings=settings,
        routers=[rounds.router, messages.router, round_page.router],
        problems=Path(__file__).with_name("problems.toml"),
        callers=ROLES,
        published=PUBLISHED,
        subscriptions=[
            Subscription(
                agencies.CONSUMER,
                topics.AGENCIES,
                agencies.WANTED,
                partial(agencies.take_agencies, clock=clock, gathering=settings.gathering),
            ),
            Subscription(
                shortfalls.CONSUMER,
                topics.SHORTFALLS,
                shortfalls.WANTED,
                partial(shortfalls.take_shortfalls, clock=clock, gathering=settings.gathering),
            ),
        ],
        emits=False,
        further_roles={"sender": partial(Sender, settings=settings, clock=clock)},
        commands={"check": check(lambda _: INVARIANTS)},
    )


if __name__ == "__main__":
    main(build(Settings.read()))
