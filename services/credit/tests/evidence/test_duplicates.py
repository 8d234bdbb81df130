"""What Kafka delivers twice has one effect: through the consumer with its inbox, as in production."""

from types import SimpleNamespace

import pytest

from common.events import Reader
from common.ids import new_id
from common.messages.inbox import Inbox
from contracts import PUBLISHED
from credit.service import SERVICE


@pytest.fixture
def consume(world):
    """Gives records to the consumer of the training topic, a batch at a time."""
    subscription = next(found for found in SERVICE.subscriptions(world.parts) if found.name == "credit.records")
    inbox = Inbox(world.database, subscription, Reader(subscription.wanted, PUBLISHED))

    async def process(*received) -> None:
        await inbox.process(
            [
                SimpleNamespace(
                    topic=subscription.topic.name,
                    headers=[(name, value.encode()) for name, value in item.headers.items()],
                    value=item.payload,
                )
                for item in received
            ]
        )

    return process


async def test_an_event_twice_in_one_batch_and_again_in_the_next(world, consume) -> None:
    [person] = await world.people(world.state())
    plain = world.received(world.completed(person))
    degree = world.received(world.completed(person, degree="S2"))
    await consume(plain, degree, plain, degree)
    await consume(degree, plain)
    assert await world.value("SELECT count(*) FROM evidence") == 2
    assert await world.value("SELECT count(*) FROM cases") == 1
    assert await world.value("SELECT count(*) FROM case_history") == 1
    assert await world.value("SELECT count(*) FROM inbox") == 2


async def test_the_same_fact_under_another_event_id_changes_nothing(world, consume) -> None:
    """A relay's outbox restored from a backup: new ids, old versions."""
    [person] = await world.people(world.state())
    record = world.completed(person, degree="S2")
    await consume(world.received(record))
    await consume(world.received(record, event_id=new_id()), world.received(record, event_id=new_id()))
    assert await world.value("SELECT count(*) FROM evidence") == 1
    assert await world.value("SELECT count(*) FROM cases") == 1


async def test_an_event_that_waits_is_not_held_twice(world, consume) -> None:
    person = world.state()
    event = world.received(world.completed(person.person_id))
    await consume(event, event)
    await consume(event)
    assert await world.value("SELECT count(*) FROM waiting") == 1
    await world.people(person)
    await consume(event)
    assert await world.value("SELECT count(*) FROM evidence") == 1
    assert await world.value("SELECT count(*) FROM waiting") == 0
