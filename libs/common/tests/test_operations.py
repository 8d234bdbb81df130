"""A worker tells how its consumers do and where its letters lie, and sends again what an operator asks for."""

from uuid import uuid4

from sqlalchemy import text

from common.ids import new_id
from common.messages.operations import send_asked, tell
from common.store.database import Database
from contracts.operations import ASK, CONSUMERS
from jejak_local.harness import Running, until
from libs.common.tests.delivery import apply, consumer, count, effects, emitted, has, relayed, revoked


async def told(database: Database):
    async with database.reading() as session:
        return [dict(row) for row in (await session.execute(CONSUMERS)).mappings()]


async def letters(database: Database):
    async with database.reading() as session:
        return [dict(row) for row in (await session.execute(text("SELECT * FROM letters ORDER BY id"))).mappings()]


async def test_a_letter_is_noted_without_what_it_says_and_sent_again_by_the_worker_when_somebody_asks(
    database, kafka, topic, kafka_producer
) -> None:
    person, secret = new_id(), "rahasia"
    ids = await emitted(database, [revoked(2026), revoked(666, person, secret)])
    await relayed(database, kafka_producer)
    async with Running(reader := consumer(database, kafka, topic)):
        await until(lambda: count(database, 1))
        await until(lambda: has(reader, "ready"))
        await tell(database, [reader])
    [seen] = await told(database)
    assert (seen["consumer"], seen["lag"], seen["ready"], seen["letters"]) == (f"kit.{topic.name}", 0, True, 1)
    [letter] = await letters(database)
    assert (letter["event_id"], letter["reason"], letter["asked_at"]) == (ids[1], "AssertionError", None)
    assert not {str(person), secret} & {part for value in letter.values() for part in str(value).split()}

    async def mended(session, batch) -> None:
        await apply(session, [each for each in batch if each.event.year != 666])
        await session.execute(text("INSERT INTO effects (event_id) SELECT unnest(CAST(:ids AS uuid[]))"), {
            "ids": [each.id for each in batch if each.event.year == 666]
        })  # fmt: skip

    await send_asked(database, kafka.bootstrap)
    assert (await letters(database))[0]["settled_at"] is None, "nobody has asked"
    gone = {"id": uuid4(), "topic": topic.name}
    async with database.transaction() as session:
        await session.execute(text(
            'INSERT INTO letters (id, consumer, topic, partition, "offset", reason, origin, asked_by, asked_at)'
            " VALUES (:id, 'kit', :topic, 0, 4000, 'x', 'x', 'op', now())"
        ), gone)  # fmt: skip
        assert list(await session.scalars(ASK, {"ids": [letter["id"]], "by": "op"})) == [letter["id"]]
        assert list(await session.scalars(ASK, {"ids": [letter["id"]], "by": "other"})) == [], "it waits already"
    for _ in range(2):
        await send_asked(database, kafka.bootstrap)
    found = {each["id"]: each for each in await letters(database)}
    assert (found[letter["id"]]["asked_by"], found[letter["id"]]["failure"]) == ("op", None)
    assert found[letter["id"]]["settled_at"]
    assert found[gone["id"]]["failure"], "one that Kafka has no more says so"
    async with Running(consumer(database, kafka, topic, mended)):
        await until(lambda: count(database, 2))
    assert len(await effects(database)) == 2, "once, and what was applied before is not applied again"
