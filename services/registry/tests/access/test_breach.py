"""Whom a breach concerned, and what they are told."""

import json
from argparse import ArgumentParser
from datetime import timedelta

import pytest
from sqlalchemy import text

from jejak_local.harness import owning
from registry.access.cli import add_breach, breach


@pytest.fixture
def asked(tmp_path, moment):
    parser = ArgumentParser()
    add_breach(parser)
    span = ["--since", moment.isoformat(), "--until", (moment + timedelta(hours=1)).isoformat()]
    return lambda *more: parser.parse_args([*span, "--folder", str(tmp_path), *more])


async def test_the_people_and_fields_that_a_stolen_client_was_shown(
    api, nation, world, parts, a_person, asked, tmp_path
):
    answers = await api.bulk("/people:batch", [a_person(number) for number in (1, 2, 3)])
    siti, budi, other = (answer["id"] for answer in answers)
    await api.get(f"/people/{siti}", client="stolen")
    await api.get(f"/people/{siti}/history", client="stolen")
    await api.get(f"/people/{budi}", client="stolen")
    await api.get(f"/people/{other}", client="honest")
    await world.hear_looks()

    assert await breach(asked("--client", "stolen", "--how", "Kunci dicuri.", "--done", "Kunci diganti."), parts) == 0
    found = {line["person_id"]: line for line in map(json.loads, (tmp_path / "people.ndjson").read_text().splitlines())}
    assert {person: line["parts"] for person, line in found.items()} == {
        siti: ["history", "identity"],
        budi: ["identity"],
    }
    fields = json.loads((tmp_path / "fields.json").read_text())
    assert fields.keys() == {"history", "identity"}
    assert {"nip", "name"} <= set(fields["identity"])
    told = (tmp_path / "people-identity.id.txt").read_text()
    for part in ("data diri", "20 November 2026", "stolen", "Kunci dicuri.", "Kunci diganti."):
        assert part in told
    assert "personal details" in (tmp_path / "people-identity.en.txt").read_text()
    assert "2 people" in (tmp_path / "authority.en.txt").read_text()


async def test_without_a_client_everybody_in_the_span_is_found(api, nation, world, parts, a_person, asked, tmp_path):
    [answer] = await api.bulk("/people:batch", [a_person()])
    await api.get(f"/people/{answer['id']}", client="honest")
    await world.hear_looks()
    assert await breach(asked(), parts) == 0
    assert len((tmp_path / "people.ndjson").read_text().splitlines()) == 1
    assert "[" in (tmp_path / "authority.id.txt").read_text()  # left open: how, and what was done


async def test_a_client_is_found_by_an_index(database):
    async with owning(database) as connection:
        today = "CAST(now() AT TIME ZONE 'Asia/Jakarta' AS date)"
        await connection.execute(text(f"SELECT open_month({today}), open_month({today} - 1)"))
        await connection.execute(
            text(
                "INSERT INTO looks SELECT uuidv7(), now() - n * interval '1 second', uuidv7(), 'v', NULL, NULL,"
                " 'client-' || n % 1000, '{lan}', 'registry', 'identity', ARRAY[uuidv7()], NULL"
                " FROM generate_series(1, 20000) n"
            )
        )
        await connection.execute(text("ANALYZE looks"))
        plan = await connection.scalars(
            text(
                "EXPLAIN SELECT person_id FROM looks, unnest(person_ids) AS person_id"
                " WHERE client = 'client-7' AND seen_at >= now() - interval '1 day' AND seen_at < now()"
            )
        )
        assert "client_seen_at_idx" in "".join(plan)
        await connection.execute(text("DELETE FROM looks"))
