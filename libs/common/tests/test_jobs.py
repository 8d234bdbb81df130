"""Jobs on real PostgreSQL: each step is done once, in order, whatever is killed, and whoever ordered a job follows it."""

import sys
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import MetaData, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import Clock
from common.parts import Parts
from common.refused import Refused
from common.runner import MOST_TRIES, Job, Runner, Step, Turn
from common.store import jobs
from common.store.database import Database
from common.store.outbox import emit
from common.store.tables import add_jobs, add_outbox
from common.web.jobs import job_routes
from contracts.rights import Right
from contracts.service import Settings
from contracts.zone import JAKARTA
from jejak_local.harness import Api, Running, app_of, client_of, settings_of, until
from jejak_local.issuer import Issuer
from jejak_local.processes import Spawner
from libs.common.tests.delivery import Killed, outbox_depth, revoked

STEPS = 5
SUBJECT = "service"
GATE = 4_205_777
"""Step 3 passes only while nobody holds this lock."""


async def count_up(session: AsyncSession, parts: Parts, turn: Turn) -> Step:
    """Five steps, each of which leaves its number and an event; the plan names the one that breaks, and how."""
    number = 1 if turn.position is None else turn.position["next"]
    await session.execute(
        text("INSERT INTO effects (job_id, step) VALUES (:job, :step)"), {"job": turn.job_id, "step": number}
    )
    emit(session, revoked(number), sequence=1)
    if number == turn.plan.get("breaks"):
        match turn.plan["how"]:
            case "refused":
                raise Refused("field-invalid", field="agency")
            case "unforeseen":
                raise ZeroDivisionError
            case "at commit":
                await session.execute(text("INSERT INTO promises VALUES (gen_random_uuid())"))
            case "killed":
                raise Killed
            case _:
                raise ConnectionResetError
    if number == 3:
        await session.execute(text("SELECT pg_advisory_xact_lock_shared(:gate)"), {"gate": GATE})
    return Step(number, STEPS, {"next": number + 1} if number < STEPS else None)


JOBS: dict[str, Job] = {"count": count_up}


@pytest.fixture
async def database(blank: Database) -> Database:
    metadata = MetaData()
    add_jobs(metadata)
    add_outbox(metadata)
    async with blank.engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
        await connection.execute(text("CREATE TABLE effects (job_id uuid, step int, at serial)"))
        await connection.execute(text("CREATE TABLE things (id uuid PRIMARY KEY)"))
        await connection.execute(
            text("CREATE TABLE promises (id uuid REFERENCES things DEFERRABLE INITIALLY DEFERRED)")
        )
    return blank


@pytest.fixture
def parts(database: Database, issuer: Issuer) -> Parts:
    return Parts(Settings(**settings_of(database, issuer)), database, Clock(JAKARTA))


@pytest.fixture
async def api(parts: Parts, issuer: Issuer) -> AsyncIterator[Api]:
    async with client_of(app_of(parts, job_routes(Right(("service", "agency_hr"), "what they have ordered")))) as http:
        yield Api(http, issuer)


def runner(parts: Parts) -> Runner:
    return Runner(parts, JOBS)


async def ordered(database: Database, by: str = SUBJECT, **plan: Any) -> UUID:
    async with database.transaction() as session:
        return await jobs.order(session, "count", plan, by)


async def found(database: Database, job_id: UUID, by: str = SUBJECT) -> Any:
    async with database.reading() as session:
        return await jobs.find(session, job_id, by)


async def effects(database: Database) -> list[tuple[UUID, int]]:
    async with database.engine.connect() as connection:
        rows = await connection.execute(text("SELECT job_id, step FROM effects ORDER BY at"))
        return [(row.job_id, row.step) for row in rows]


async def worked_off(parts: Parts) -> None:
    while await runner(parts).turn():
        pass


async def test_a_job_is_done_step_by_step_and_tells_how_far_it_is(database: Database, parts: Parts) -> None:
    job = await ordered(database)
    row = await found(database, job)
    seen = [(row.state, row.done, row.total)]
    while await runner(parts).turn():
        row = await found(database, job)
        seen.append((row.state, row.done, row.total))
    running = [("running", number, STEPS) for number in range(1, STEPS)]
    assert seen == [("queued", 0, None), *running, ("done", STEPS, STEPS)]
    assert await effects(database) == [(job, number) for number in range(1, STEPS + 1)]
    assert await outbox_depth(database) == STEPS
    assert row.begun_at is not None
    assert row.begun_at < row.ended_at


async def test_a_job_ordered_in_a_transaction_that_is_rolled_back_was_never_there(
    database: Database, parts: Parts
) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.transaction() as session:
            await jobs.order(session, "count", {}, SUBJECT)
            raise ZeroDivisionError
    assert not await runner(parts).turn()


async def test_jobs_are_done_in_the_order_they_were_ordered_in(database: Database, parts: Parts) -> None:
    ids = [await ordered(database) for _ in range(3)]
    await worked_off(parts)
    assert await effects(database) == [(job, number) for job in ids for number in range(1, STEPS + 1)]


async def test_a_step_that_is_killed_is_done_again_from_where_the_last_one_ended(
    database: Database, parts: Parts
) -> None:
    job = await ordered(database, breaks=4, how="killed")
    with pytest.raises(Killed):
        await worked_off(parts)
    row = await found(database, job)
    assert (row.state, row.done) == ("running", 3)
    assert await outbox_depth(database) == 3
    async with database.transaction() as session:
        await session.execute(text("UPDATE jobs SET plan = '{}'"))
    await worked_off(parts)
    assert await effects(database) == [(job, number) for number in range(1, STEPS + 1)]
    assert (await found(database, job)).state == "done"


async def test_a_step_that_kills_its_process_each_time_is_begun_five_times_and_the_next_job_goes_on(
    parts: Parts, database: Database
) -> None:
    dying, fine = await ordered(database, breaks=2, how="killed"), await ordered(database)
    assert await runner(parts).turn()
    for _ in range(MOST_TRIES):
        with pytest.raises(Killed):
            await runner(parts).turn()
    await worked_off(parts)
    row = await found(database, dying)
    assert (row.state, row.done, row.problem["code"]) == ("failed", 1, "job-dies")
    assert (await found(database, fine)).state == "done"
    assert await effects(database) == [(dying, 1)] + [(fine, number) for number in range(1, STEPS + 1)]


async def test_what_a_broken_world_has_ended_is_no_try(parts: Parts, database: Database) -> None:
    job = await ordered(database, breaks=1, how="world")
    for _ in range(MOST_TRIES + 1):
        with pytest.raises(ConnectionResetError):
            await runner(parts).turn()
    assert (await found(database, job)).state == "queued"


ALONE = """
import asyncio, sys
from common.clock import Clock
from common.parts import Parts
from common.runner import Runner
from common.store.database import Database
from contracts.zone import JAKARTA
from libs.common.tests.test_jobs import JOBS
asyncio.run(Runner(Parts(None, Database(sys.argv[1]), Clock(JAKARTA)), JOBS).run())
"""


async def test_what_a_killed_process_was_at_another_one_ends(
    database: Database, parts: Parts, spawner: Spawner
) -> None:
    job = await ordered(database)
    async with database.engine.connect() as connection:
        await connection.execute(text("SELECT pg_advisory_lock(:gate)"), {"gate": GATE})
        process = spawner.start(
            "runner", [sys.executable, "-c", ALONE, database.url.render_as_string(hide_password=False)]
        )

        async def waits_in_the_third_step() -> bool:
            process.check() if process.exit_code is not None else None
            waiting = text(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = :gate AND NOT granted"
            )
            return bool(await connection.scalar(waiting, {"gate": GATE}))

        await until(waits_in_the_third_step)
        process.kill()
        assert not await runner(parts).turn(), "the step under way holds its job"
        await connection.execute(text("SELECT pg_advisory_unlock(:gate)"), {"gate": GATE})
    async with database.reading() as session:
        assert await session.scalar(text("SELECT done FROM jobs")) == 2

    async def is_done() -> bool:
        return (await found(database, job)).state == "done"

    async with Running(runner(parts)):
        await until(is_done)
    assert await effects(database) == [(job, number) for number in range(1, STEPS + 1)]


async def test_two_runners_do_a_job_each_and_no_step_twice(database: Database, parts: Parts) -> None:
    ids = [await ordered(database) for _ in range(4)]
    async with Running(runner(parts), runner(parts)):

        async def are_done() -> bool:
            return all([(await found(database, job)).state == "done" for job in ids])

        await until(are_done)
    done = await effects(database)
    for job in ids:
        assert [number for each, number in done if each == job] == list(range(1, STEPS + 1))


async def test_a_runner_takes_the_next_job_while_another_is_at_the_first(database: Database, parts: Parts) -> None:
    first, second = await ordered(database), await ordered(database)
    async with database.engine.connect() as connection:
        await connection.execute(text("SELECT id FROM jobs WHERE id = :id FOR UPDATE"), {"id": first})
        assert await runner(parts).turn()
    assert await effects(database) == [(second, 1)]


@pytest.mark.parametrize(
    ("how", "problem"),
    [
        ("refused", ("field-invalid", "agency")),
        ("unforeseen", ("internal-error", None)),
        ("at commit", ("internal-error", None)),
    ],
)
async def test_a_step_that_cannot_be_done_fails_its_job_alone_and_nothing_is_left_of_it(
    database: Database, parts: Parts, api: Api, how: str, problem: tuple[str, str | None]
) -> None:
    broken, sound = await ordered(database, breaks=2, how=how), await ordered(database)
    await worked_off(parts)
    assert await effects(database) == [(broken, 1), *((sound, number) for number in range(1, STEPS + 1))]
    assert await outbox_depth(database) == 1 + STEPS
    told = await api.get(f"/jobs/{broken}", "service")
    assert (told["state"], told["done"], told["total"]) == ("failed", 1, STEPS)
    [fault] = told["problem"]["errors"]
    assert (told["problem"]["code"], fault["field"]) == problem


async def test_a_broken_world_fails_no_job(database: Database, parts: Parts) -> None:
    job = await ordered(database, breaks=2, how="broken world")
    await runner(parts).turn()
    with pytest.raises(ConnectionResetError):
        await runner(parts).turn()
    assert ((row := await found(database, job)).state, row.done) == ("running", 1)


async def test_a_kind_the_runner_does_not_know_waits_for_one_who_does(database: Database, parts: Parts) -> None:
    await ordered(database)
    assert not await Runner(parts, {"other": count_up}).turn()


async def test_whoever_ordered_a_job_takes_it_out_of_the_queue_and_nobody_else_and_not_once_it_has_begun(
    database: Database, parts: Parts, api: Api
) -> None:
    begun, waiting = await ordered(database), await ordered(database)
    await runner(parts).turn()
    path = f"/jobs/{waiting}"
    assert (await api.refused("agency_hr", "GET", path))[:2] == (404, "not-found")
    assert (await api.refused("agency_hr", "POST", f"{path}/cancel"))[:2] == (404, "not-found")
    assert (await api.refused("person", "GET", path))[:2] == (403, "forbidden")
    assert (await api.refused("service", "POST", f"/jobs/{begun}/cancel"))[:2] == (409, "job-not-waiting")
    assert (await api.call("service", "POST", f"{path}/cancel")).status_code == 204
    assert (await api.refused("service", "POST", f"{path}/cancel"))[:2] == (409, "job-not-waiting")
    await worked_off(parts)
    assert (await api.get(path, "service"))["state"] == "cancelled"
    assert {job for job, _ in await effects(database)} == {begun}


async def test_a_job_that_failed_begins_again_with_the_step_that_failed_it(
    database: Database, parts: Parts, api: Api
) -> None:
    job = await ordered(database, breaks=3, how="refused")
    await worked_off(parts)
    path = f"/jobs/{job}"
    assert (await api.refused("agency_hr", "POST", f"{path}/resume"))[:2] == (404, "not-found")
    assert (await api.call("service", "POST", f"{path}/resume")).status_code == 204
    assert (await api.refused("service", "POST", f"{path}/resume"))[:2] == (409, "job-not-failed")
    again = await api.get(path, "service")
    assert (again["state"], again["problem"], again["done"]) == ("running", None, 2)
    await worked_off(parts)
    assert (await found(database, job)).state == "failed", "what failed it is still so"
    async with database.transaction() as session:
        await jobs.resume(session, job, None)

    async def mended(session: AsyncSession, parts: Parts, turn: Turn) -> Step:
        return await count_up(session, parts, turn._replace(plan={}))

    while await Runner(parts, {"count": mended}).turn():
        pass
    assert (await found(database, job)).state == "done"
    assert [step for _, step in await effects(database)] == [1, 2, 3, 4, 5]
