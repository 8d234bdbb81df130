"""What an operator runs."""

import json
from datetime import timedelta

from sqlalchemy import text

from common.ids import new_id
from contracts.events.registry import AgencyChanged, PersonChanged


async def test_check_tells_what_is_broken(run, api, nation, parts, a_person, capsys):
    await api.call("service", "POST", "/people", a_person())
    assert await run("check") == 0
    assert "BROKEN" not in capsys.readouterr().out

    gap = "UPDATE grades SET valid_to = valid_from + 1"
    mended = "UPDATE grades SET valid_to = NULL"
    for statement, status in ((gap, 1), (mended, 0)):
        async with parts.database.transaction() as session:
            await session.execute(text(statement))
        assert await run("check") == status
        lines = [line for line in capsys.readouterr().out.splitlines() if "BROKEN 1 time" in line]
        assert [line.split(" of a person")[0] for line in lines] == ["the grades"] * status


async def test_announce_begun_says_how_many(run, capsys):
    assert await run("announce-begun") == 0
    assert capsys.readouterr().out == "0 people announced\n"


async def test_everybody_and_every_agency_is_told_again_for_a_service_that_keeps_more(
    run, api, world, nation, a_person, capsys
):
    await api.call("service", "POST", "/people", a_person())
    before = {(each.event.type, each.event.key()): each.sequence for each in await world.told()}
    assert await run("tell-again") == 0
    assert capsys.readouterr().out == "1 person announced\n"
    told = [each for each in await world.told() if each.sequence > before.get((each.event.type, each.event.key()), 0)]
    agencies = await world.value("SELECT count(*) FROM agencies")
    kinds = [each.event.type for each in told]
    assert (kinds.count(PersonChanged.type), kinds.count(AgencyChanged.type)) == (1, agencies)
    assert await run("tell-again") == 0, "and once more, as their next version"


async def test_jobs_that_have_ended_go_after_their_time_but_for_one_that_can_be_resumed(
    run, world, parts, clock, capsys
):
    then = clock.moment - timedelta(days=366)
    ended = [
        ("done", then),
        ("cancelled", then),
        ("failed", then),
        ("done", clock.moment),
        ("running", None),
    ]
    async with parts.database.transaction() as session:
        await session.execute(
            text(
                "INSERT INTO jobs (id, kind, plan, ordered_by, state, ended_at) VALUES (:id, 'x', '{}', 'x', :state, :at)"
            ),
            [{"id": new_id(), "state": state, "at": at} for state, at in ended],
        )
    assert await run("expire", "--preview") == await run("expire") == 0
    assert [json.loads(line)["rows"]["jobs"] for line in capsys.readouterr().out.splitlines()] == [2, 2]
    assert await world.rows("SELECT state FROM jobs ORDER BY state") == [("done",), ("failed",), ("running",)]
