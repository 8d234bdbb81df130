"""Somebody is erased: words go, hours stay."""

import json
from argparse import ArgumentParser
from datetime import timedelta

from sqlalchemy import text

from jejak_local.harness import owning
from training.erasing import ERASING
from training.service import SERVICE


async def words_left(world) -> list[str]:
    query = "SELECT count(*) FROM {} t WHERE to_jsonb(t)::text ~* 'terlupa|k-rahasia'"
    tables = world.service.metadata.tables.keys() - {"outbox"}  # which the relay empties
    return [table for table in tables if await world.value(query.format(table))]


async def recorded(world, api) -> tuple:
    """Somebody who left, with a record that was corrected, an exemption with its paper, and an answer that is kept."""
    state = world.state()
    await world.people(state)
    training = {
        "source_name": "uji", "reference": "R-1", "person_id": str(state.person_id), "form": "KL03", "title": "Pelatihan Terlupa",
        "start_date": "2026-03-02", "end_date": "2026-03-03", "jp": "8", "evidence": "https://lms.example/terlupa",
    }  # fmt: skip
    answer = await api.call("agency_hr", "POST", "/trainings", training, headers={"idempotency-key": "k-1"})
    assert answer.status_code == 201, answer.text
    said = {name: value for name, value in training.items() if name not in {"source_name", "reference", "person_id"}}
    changed = said | {"jp": "9", "reason": "salah ketik Terlupa"}
    corrected = await api.call("agency_hr", "PUT", f"/trainings/{answer.json()['id']}", changed)
    assert corrected.status_code == 200, corrected.text
    exemption = {
        "person_id": str(state.person_id), "ground": "cuti-besar", "valid_from": "2026-03-01", "valid_to": "2026-09-01",
        "paper": "SK Terlupa",
    }  # fmt: skip
    assert (await api.call("agency_hr", "POST", "/exemptions", exemption)).status_code == 201
    return state, await world.rows("SELECT year, target, verified FROM jp_ledger ORDER BY year")


async def test_words_go_and_hours_stay_under_an_id_that_names_nobody(world, api) -> None:
    state, hours = await recorded(world, api)
    assert {"records", "record_versions", "exemptions"} <= set(await words_left(world))
    before = await world.value("SELECT jp_counted FROM records")
    erased = state.model_copy(update={"nip_hash": "", "former_nip_hashes": [], "erased_on": state.joined_on})
    await world.people(erased, sequence=2)
    assert await words_left(world) == []
    assert await world.value("SELECT nip_hash FROM people") == ""
    assert await world.value("SELECT count(*) FROM idempotency") == 0
    assert await world.value("SELECT jp_counted FROM records") == before
    assert await world.rows("SELECT year, target, verified FROM jp_ledger ORDER BY year") == hours
    async with world.database.reading() as session:
        assert await ERASING.preview(session, [state.person_id]) == {}, "erased again, nothing is left to do"


async def test_the_command_previews_and_then_erases_what_a_backup_brought_back(world, api, parts, capsys) -> None:
    state, _ = await recorded(world, api)
    command = SERVICE.commands["erase"]
    parser = ArgumentParser()
    command.arguments(parser)

    async def run(*more: str) -> dict:
        assert await command.run(parser.parse_args([str(state.person_id), *more]), parts) == 0
        return json.loads(capsys.readouterr().out)

    told = await run()
    assert told["done"] is False
    assert {"people", "records", "record_versions", "exemptions", "idempotency"} <= told["rows"].keys()
    assert await words_left(world) != []
    assert (await run("--now"))["rows"] == told["rows"]
    assert await words_left(world) == []
    assert (await run("--now"))["rows"] == {}


async def test_answers_to_repeated_requests_go_after_their_time(world, api, parts, capsys) -> None:
    await recorded(world, api)
    command = SERVICE.commands["expire"]
    parser = ArgumentParser()
    command.arguments(parser)

    async def run(*more: str) -> int:
        assert await command.run(parser.parse_args(more), parts) == 0
        return json.loads(capsys.readouterr().out)["rows"]["idempotency"]

    async with owning(world.database) as connection:
        await connection.execute(
            text("UPDATE idempotency SET created_at = :then"), {"then": world.clock.now() - timedelta(days=31)}
        )
    assert (await run("--preview"), await world.value("SELECT count(*) FROM idempotency")) == (1, 1)
    assert (await run(), await run(), await world.value("SELECT count(*) FROM idempotency")) == (1, 0, 0)
