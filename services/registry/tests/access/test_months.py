"""The access log is kept by month, and for a time that is data."""

import argparse
import asyncio
from datetime import UTC, datetime
from uuid import UUID, uuid4

from alembic import command
from sqlalchemy import text

from common.events import Received
from common.store.database import Database
from common.store.migrations import config
from contracts.events.access import RecordViewed
from jejak_local.harness import owning, received, waits_for_a_lock
from registry.service import SERVICE

MONTHS = (
    "SELECT replace(relname, 'looks_', '') FROM pg_inherits JOIN pg_class ON oid = inhrelid"
    " WHERE inhparent = CAST('looks' AS regclass) ORDER BY 1"
)


def look(moment: datetime, person_id: UUID) -> Received:
    viewer = uuid4()
    event = RecordViewed(
        viewer_id=viewer,
        viewer="hr-1",
        viewer_person_id=None,
        viewer_agency_id=None,
        client=None,
        roles=["lan"],
        service="training",
        part="trainings",
        person_ids=[person_id],
        reason=None,
    )
    return received(event)._replace(time=moment)


async def hear(world, *looks: Received) -> None:
    [heard] = [each for each in world.service.subscriptions(world.parts) if each.name == "registry.access"]
    async with world.database.transaction() as session:
        await session.execute(text("SELECT 1"))
        await heard.handler(session, looks)


async def test_a_month_is_a_table_of_its_own_and_goes_when_it_was_kept_long_enough(
    api, nation, world, a_person, capsys
):
    person_id = (await api.call("service", "POST", "/people", a_person())).json()["id"]
    moments = (
        datetime(2024, 10, 31, 16, 59, tzinfo=UTC),  # 23:59 in Jakarta: still October
        datetime(2024, 10, 31, 17, 0, tzinfo=UTC),  # midnight: November
        datetime(2026, 11, 20, 3, 0, tzinfo=UTC),
    )
    await hear(world, *(look(moment, UUID(person_id)) for moment in moments))
    assert [row[0] for row in await world.rows(MONTHS)] == ["2024_10", "2024_11", "2026_11"]

    drop = SERVICE.commands["drop-looks"].run
    for told in ("1 month", "0 months"):
        assert await drop(argparse.Namespace(), world.parts) == 0
        assert told in capsys.readouterr().out
    assert [row[0] for row in await world.rows(MONTHS)] == ["2024_11", "2026_11"]
    read = await api.get("/people/me/looks", role="person", person=person_id)
    assert [datetime.fromisoformat(each["seen_at"]) for each in read["items"]] == [moments[2], moments[1]]


async def test_two_that_open_a_month_at_once_make_one(world, nation):
    """The second waits for the first, and finds its table."""
    async with owning(world.database) as first:
        await first.execute(text("SELECT open_month('2026-07-31')"))
        second = asyncio.create_task(hear(world, look(datetime(2026, 7, 1, tzinfo=UTC), uuid4())))
        await waits_for_a_lock(first, second)
    await second
    assert [row[0] for row in await world.rows(MONTHS)] == ["2026_07"]


async def test_looks_from_before_go_into_their_months(postgres):
    made = await postgres.create_service_database("registry", name="registry_access_months")
    alembic, database = config(SERVICE, made.owner.url), Database(made.owner.url)
    insert = text(
        "INSERT INTO looks SELECT uuidv7(), CAST(day AS timestamptz), uuidv7(), 'v', NULL, NULL, NULL, '{lan}',"
        " 'registry', 'identity', ARRAY[uuidv7()], NULL FROM unnest(ARRAY['2026-06-30 20:00+00', '2026-08-01']) AS day"
    )
    try:
        await asyncio.to_thread(command.upgrade, alembic, "0007")
        async with database.transaction() as session:
            await session.execute(insert)
        await asyncio.to_thread(command.upgrade, alembic, "head")
        async with database.reading() as session:
            assert list(await session.scalars(text(MONTHS))) == ["2026_07", "2026_08"]
        await asyncio.to_thread(command.downgrade, alembic, "0007")
        async with database.reading() as session:
            assert await session.scalar(text("SELECT count(*) FROM looks")) == 2
    finally:
        await database.close()
        await postgres.drop_database(made.name)
