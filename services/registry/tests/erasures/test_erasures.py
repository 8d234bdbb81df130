"""Erasing somebody: preview, two people, what stands against it, and a job that ends whatever is killed."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from common.runner import Runner
from contracts.events.data_files import DataFilePart
from contracts.events.erasure import ErasureAnswered, ErasureAsked
from contracts.events.registry import ContactChanged, IdentifiersChanged, PersonChanged
from contracts.holders import HOLDERS
from libs.common.tests.delivery import Killed
from registry.erasures import commands
from registry.service import SERVICE

SECOND = uuid4()


@pytest.fixture
def runner(parts) -> Runner:
    return Runner(parts, SERVICE.jobs)


@pytest.fixture
async def siti(api, nation, world, a_person) -> dict[str, Any]:
    """Somebody who left in 1991, with a decree, a number that was mended, an address, requests, and a look that says why."""
    old = a_person(nip="194001011965011001", name="Zubaidah Terlupa", joined_on="1965-01-01")
    made = (await api.call("service", "POST", "/people", old)).json()
    person = f"/people/{made['id']}"
    right = {"nip": "194001021965011001", "reason": "salah ketik Zubaidah"}
    assert (await api.call("service", "POST", f"{person}/nip", right)).status_code == 200
    assert (
        await api.call("service", "PUT", f"{person}/contact", {"email": "zubaidah@lupa.example"})
    ).status_code == 200
    siasn = [{"kind": "person", "id": made["id"], "siasn": "zubaidah-siasn-1"}]
    assert {each["status"] for each in await api.bulk("/identifiers:batch", siasn)} == {"stored"}
    gone = {"status": "retired", "decree": "SK Zubaidah", "from": "1991-02-01"}
    assert (await api.call("service", "POST", f"{person}/status", gone)).status_code == 200
    wrong = {
        "kind": "correction",
        "part": "identity",
        "wrong": "Saya Zubaidah",
        "paper": "https://bukti.example/zubaidah",
    }
    requests = [
        (await api.call("person", "POST", "/people/me/data-requests", wrong, person=UUID(made["id"]))).json()
        for _ in range(2)
    ]
    taken_back = f"/data-requests/{requests[0]['id']}/withdraw"
    because = {"reason": "nama Zubaidah benar"}
    assert (await api.call("person", "POST", taken_back, because, person=UUID(made["id"]))).status_code == 200
    await api.call("lan", "GET", f"{person}/history", headers={"access-reason": "ditanya Zubaidah"})
    await world.hear_looks()
    return made


def wanted(person: dict[str, Any], ground: str = "retention", **changes: Any) -> dict[str, Any]:
    return {"person_id": person["id"], "ground": ground, "letter": "S-12/2026", **changes}


async def asked(api, person: dict[str, Any]) -> dict[str, Any]:
    answer = await api.call("lan", "POST", "/erasures", wanted(person))
    assert answer.status_code == 202, answer.text
    return answer.json()


async def answered(world, erasure: dict[str, Any], against: str | None = None, number: int = 1) -> None:
    """Credit's answer, as Kafka would bring it."""
    [heard] = [each for each in world.service.subscriptions(world.parts) if each.name == "registry.erasures"]
    answer = ErasureAnswered(
        erasure_id=erasure["id"], person_id=erasure["person_id"], round=number, service="credit", against=against
    )
    async with world.database.transaction() as session:
        await heard.handler(session, [world.received(answer)])


async def consented(api, erasure: dict[str, Any], person: UUID = SECOND):
    return await api.call("lan", "POST", f"/erasures/{erasure['id']}/consent", person=person)


async def words_left(world) -> list[str]:
    """What still names her, by table."""
    query = "SELECT count(*) FROM {} t WHERE to_jsonb(t)::text ~* 'zubaidah|19400102|19400101'"
    tables = world.service.metadata.tables.keys() - {"outbox"}  # which the relay empties
    return [table for table in tables if await world.value(query.format(table))]


async def test_a_preview_says_what_would_go_and_changes_nothing(api, world, siti):
    answer = await api.call("lan", "POST", "/erasures:preview", wanted(siti))
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["left_on"], told["kept_until"]) == ("1991-02-01", "2021-02-01")
    assert told["rows"] == {
        "contacts": 1,
        "data_request_steps": 1,
        "data_requests": 2,
        "identifiers": 1,
        "looks": 1,
        "mended_numbers": 1,
        "nips": 1,
        "people": 1,
        "statuses": 1,
    }
    assert (await api.get(f"/people/{siti['id']}"))["name"] == "Zubaidah Terlupa"


async def test_what_one_asked_for_another_consents_to_and_nothing_names_them_any_more(api, world, runner, siti):
    await world.emitted()
    erasure = await asked(api, siti)
    [event] = await world.emitted()
    assert event.event == ErasureAsked(erasure_id=erasure["id"], person_id=siti["id"], round=1)
    assert (await consented(api, erasure)).json()["code"] == "erasure-unanswered"
    await answered(world, erasure)
    assert (await api.call("lan", "POST", f"/erasures/{erasure['id']}/consent")).json()[
        "code"
    ] == "erasure-second-person"
    assert (await consented(api, erasure)).json()["state"] == "consented"
    assert (await consented(api, erasure)).json()["code"] == "erasure-settled"
    assert (await api.call("lan", "POST", "/erasures", wanted(siti))).json()["code"] == "erasure-under-way"
    assert await runner.turn() == 1
    assert (await api.get(f"/erasures/{erasure['id']}"))["state"] == "done"
    told = {type(each.event): each for each in await world.emitted()}
    left = told[PersonChanged].event
    assert (left.nip_hash, left.former_nip_hashes, str(left.erased_on)) == ("", [], "2026-11-20")
    assert left.sex is None
    assert [str(part.valid_from) for part in left.assignments] == ["1965-01-01"], "old reports stay as they were"
    assert told[IdentifiersChanged].event.ids == {}
    assert await world.rows("SELECT state FROM data_requests ORDER BY id") == [("withdrawn",), ("withdrawn",)]
    assert (told[ContactChanged].event.name, told[ContactChanged].event.email) == ("", None)
    assert await words_left(world) == []
    for path in ("", "/history", "/contact"):
        assert (
            await api.call("lan" if path != "/contact" else "service", "GET", f"/people/{siti['id']}{path}")
        ).status_code == 404
    again = await api.call("lan", "POST", "/erasures", wanted(siti))
    assert (again.status_code, again.json()["code"]) == (404, "not-found")


async def test_the_number_of_who_was_erased_may_be_registered_anew_as_somebody_else(api, world, runner, siti, a_person):
    erasure = await asked(api, siti)
    await answered(world, erasure)
    await consented(api, erasure)
    await runner.turn()
    old = a_person(nip="194001021965011001", name="Orang Lain", joined_on="1965-01-01")
    anew = await api.call("service", "POST", "/people", old)
    assert anew.status_code == 201
    assert anew.json()["id"] != siti["id"]


async def test_with_an_open_case_it_waits_and_is_asked_anew(api, world, siti):
    erasure = await asked(api, siti)
    await answered(world, erasure, "open-case")
    refused = await consented(api, erasure)
    assert (refused.status_code, refused.json()["code"]) == (409, "erasure-open-case")
    shown = await api.get(f"/erasures/{erasure['id']}")
    assert shown["answers"] == [{"service": "credit", "against": "open-case"}]
    again = await asked(api, siti)
    assert (again["id"], again["answers"], again["awaited"]) == (erasure["id"], [], ["credit"])
    await answered(world, erasure, None, number=1)
    assert (await api.get(f"/erasures/{erasure['id']}"))["awaited"] == ["credit"], "an answer to the round before"
    await answered(world, erasure, None, number=2)
    assert (await consented(api, erasure)).status_code == 200


async def test_killed_in_the_middle_it_is_done_again_whole(api, world, runner, siti, monkeypatch):
    erasure = await asked(api, siti)
    await answered(world, erasure)
    await consented(api, erasure)
    before = await words_left(world)
    forget = commands.people.forget

    async def killed(*arguments: Any) -> None:
        await forget(*arguments)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(commands.people, "forget", killed)
        with pytest.raises(Killed):
            await runner.turn()
    assert await words_left(world) == before
    assert await runner.turn() == 1
    assert await words_left(world) == []
    assert await runner.turn() == 0


async def test_files_of_their_data_go_too_and_one_under_way_is_not_made(api, world, runner, siti, settings, clock):
    mine = {"person": UUID(siti["id"])}

    async def heard(name: str, *events: Any) -> None:
        [each] = [each for each in world.service.subscriptions(world.parts) if each.name == name]
        async with world.database.transaction() as session:
            await each.handler(session, [world.received(event) for event in events])

    async def gathered() -> dict[str, Any]:
        file = (await api.call("person", "POST", "/data-files", {}, **mine)).json()
        asked_for = {"file_id": file["id"], "person_id": siti["id"], "asking": 1, "number": 1, "of": 1, "sections": []}
        await heard("registry.data-files", *(DataFilePart(service=name, **asked_for) for name in HOLDERS))
        return file

    def named() -> list[Path]:
        kept = [path for path in settings.files.rglob("*") if path.is_file()]
        return [path for path in kept if b"Zubaidah" in path.read_bytes()]

    ready = await gathered()
    assert await runner.turn() == 1
    assert (await api.call("person", "GET", f"/data-files/{ready['id']}", **mine)).json()["state"] == "ready"
    assert len(named()) == 1
    clock.moment += timedelta(hours=2)
    erasure = await asked(api, siti)
    await answered(world, erasure)
    await consented(api, erasure)
    await gathered()
    while await runner.turn():
        pass
    assert named() == []
    assert await world.rows("SELECT kind, state FROM jobs ORDER BY id") == [
        ("data-file", "done"), ("erase", "done"), ("data-file", "done"),
    ]  # fmt: skip
    kept = await world.rows("SELECT state, job_id, json_size IS NULL, reason FROM data_files ORDER BY id")
    assert kept == [("erased", None, False, None), ("erased", None, True, None)], "that they were asked for stays"
    assert await words_left(world) == []


@pytest.mark.parametrize(
    ("changes", "ground", "code"),
    [
        ({}, "request", "erasure-in-service"),
        ({"status": "retired", "decree": "SK", "from": "2020-02-01"}, "retention", "erasure-too-early"),
    ],
)
async def test_who_serves_and_whose_time_is_not_over_is_not_erased(api, nation, a_person, changes, ground, code):
    made = (await api.call("service", "POST", "/people", a_person())).json()
    if changes:
        assert (await api.call("service", "POST", f"/people/{made['id']}/status", changes)).status_code == 200
    for path in ("/erasures:preview", "/erasures"):
        answer = await api.call("lan", "POST", path, wanted(made, ground))
        assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_nobody_asks_for_nor_consents_to_their_own(api, world, siti):
    me = UUID(siti["id"])
    assert await api.refused("lan", "POST", "/erasures", wanted(siti), person=me) == (403, "own-record", "person_id")
    erasure = await asked(api, siti)
    await answered(world, erasure)
    assert (await consented(api, erasure, me)).json()["code"] == "own-record"


async def test_what_was_withdrawn_is_not_done(api, world, siti):
    erasure = await asked(api, siti)
    assert (await api.call("lan", "POST", f"/erasures/{erasure['id']}/withdraw")).json()["state"] == "withdrawn"
    await answered(world, erasure)
    assert (await consented(api, erasure)).json()["code"] == "erasure-settled"
    assert (await asked(api, siti))["id"] != erasure["id"]


async def test_one_whose_job_was_taken_out_of_the_queue_is_asked_for_anew(api, world, runner, siti):
    erasure = await asked(api, siti)
    await answered(world, erasure)
    job_id = (await consented(api, erasure)).json()["job_id"]
    assert (await api.call("lan", "POST", f"/jobs/{job_id}/cancel", person=SECOND)).status_code == 204
    assert await runner.turn() == 0
    again = await asked(api, siti)
    assert (again["id"], again["state"], again["awaited"]) == (erasure["id"], "asked", ["credit"])
    assert (again["settled_by"], again["job_id"]) == (None, None)
    await answered(world, erasure, number=2)
    assert (await consented(api, erasure)).json()["state"] == "consented"
    assert await runner.turn() == 1
    assert await words_left(world) == []


async def test_the_command_lists_whose_time_is_over_and_asks_for_them(api, world, parts, siti, a_person, capsys):
    from argparse import ArgumentParser
    from json import loads

    from registry.erasures.cli import add_erase, erase

    await api.call("service", "POST", "/people", a_person(7))
    parser = ArgumentParser()
    add_erase(parser)
    assert await erase(parser.parse_args([]), parts) == 0
    told = loads(capsys.readouterr().out)
    assert (told["people"], told["asked"], told["rows"]["nips"]) == ([siti["id"]], False, 1)
    assert await erase(parser.parse_args(["--ask", "S-13/2026"]), parts) == 0
    assert loads(capsys.readouterr().out)["asked"] is True
    assert await world.rows("SELECT letter, asked_by FROM erasures") == [("S-13/2026", "registry")]
    assert await erase(parser.parse_args([]), parts) == 0
    assert capsys.readouterr().out == "", "what is asked for is not listed again"
