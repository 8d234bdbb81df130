"""Mergers and splits: what goes where, what stays as it was, and a job that ends whatever is killed."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from common.runner import Runner
from libs.common.tests.delivery import Killed
from registry.reforms import commands
from registry.service import SERVICE

ON = "2026-07-01"


@pytest.fixture
def runner(parts) -> Runner:
    return Runner(parts, SERVICE.jobs)


async def worked_off(runner: Runner) -> None:
    while await runner.step():
        pass


@pytest.fixture
async def staff(api, nation, a_person) -> dict[str, Any]:
    """Three people of D-001: in each of its units, and in none."""
    units = ("D-001-U01", "D-001-U02", None)
    bodies = [a_person(number, agency_code="D-001", unit_code=unit) for number, unit in enumerate(units, start=1)]
    answers = await api.bulk("/people:batch", bodies)
    assert {answer["status"] for answer in answers} == {"stored"}
    return {"bodies": bodies, "ids": [answer["id"] for answer in answers]}


def merger(nation, on: str = ON) -> dict[str, Any]:
    return {
        "agency_id": str(nation.agencies["D-001"]),
        "on": on,
        "shares": [{"agency_id": str(nation.agencies["K-001"])}],
    }


async def ordered(api, body: dict[str, Any]) -> dict[str, Any]:
    answer = await api.call("lan", "POST", "/reforms", body)
    assert answer.status_code == 202, answer.text
    return answer.json()


async def report(api, agency_id: UUID, day: str) -> bytes:
    """Who served in an agency and its units on a day."""
    answers = [
        await api.call("lan", "GET", path)
        for path in (f"/people?agency_id={agency_id}&as_of={day}", f"/agencies/{agency_id}/units?as_of={day}")
    ]
    found = [answer.json()["items"] for answer in answers]
    for item in (each for items in found for each in items):
        for told_anew in ("version", "valid_to"):
            item.pop(told_anew, None)
    return json.dumps(found, sort_keys=True).encode()


async def test_a_merger_moves_units_and_people_and_leaves_last_years_report_as_it_was(
    api, nation, world, staff, runner
) -> None:
    old, new = nation.agencies["D-001"], nation.agencies["K-001"]
    hr = {"role": "agency_hr", "agency": new}
    before = [await report(api, agency, "2025-12-31") for agency in (old, new)]
    day_before = await report(api, old, "2026-06-30")
    previewed = await api.call("lan", "POST", "/reforms:preview", merger(nation))
    assert previewed.json()["shares"] == [{"agency_id": str(new), "units": 2, "people": 3}]
    assert (await api.call("agency_hr", "GET", f"/people/{staff['ids'][0]}", agency=new)).status_code == 404
    await world.emitted()

    reform = await ordered(api, merger(nation))
    assert (await api.get(f"/jobs/{reform['job_id']}"))["state"] == "queued"
    await worked_off(runner)
    job = await api.get(f"/jobs/{reform['job_id']}")
    assert (job["state"], job["done"], job["total"]) == ("done", 3, 3)

    assert [await report(api, agency, "2025-12-31") for agency in (old, new)] == before
    assert await report(api, old, "2026-06-30") == day_before
    assert json.loads(await report(api, old, ON)) == [[], []]
    closed = await api.get(f"/agencies/{old}")
    assert (closed["active"], closed["closed_on"], closed["merged_into"]) == (False, ON, str(new))
    people = {person["id"]: person for person in (await api.get(f"/people?agency_id={new}"))["items"]}
    assert [people[each]["unit_code"] for each in staff["ids"]] == ["D-001-U01", "D-001-U02", None]

    # HR of the new one reads and corrects what was the old one's, HR of the old one no more.
    path, body = f"/people/{staff['ids'][0]}", staff["bodies"][0]
    corrected = body | {"agency_code": "K-001", "position": "Analis Hukum Ahli Muda"}
    assert (await api.get(f"{path}/history", **hr))["assignments"][0]["agency_code"] == "D-001"
    assert (await api.call("agency_hr", "PUT", path, corrected, agency=new)).status_code == 200
    assert (await api.refused("agency_hr", "PUT", path, corrected, agency=old))[:2] == (404, "not-found")

    told = [(received.type.split(".")[-2], received.event) for received in await world.emitted()]
    assert [name for name, _ in told] == ["UnitChanged"] * 4 + ["AgencyChanged"] + ["PersonChanged"] * 4
    [agency] = [event for name, event in told if name == "AgencyChanged"]
    assert (str(agency.closed_on), agency.merged_into) == (ON, new)
    assert all(event.agency_id == new for name, event in told if name == "PersonChanged")


async def test_a_split_gives_each_share_its_units_with_all_under_them(api, nation, staff, runner) -> None:
    old, rest, other = nation.agencies["D-001"], nation.agencies["K-001"], uuid4()
    agency = {"id": str(other), "code": "D-002", "name": "Kabupaten Baru", "kind": "D"}
    assert (await api.call("lan", "POST", "/agencies", agency)).status_code == 201
    unit = {"code": "D-001-U02", "name": "Unit 2", "parent_id": str(nation.units["D-001-U01"])}
    assert (
        await api.call("service", "PUT", f"/units/{nation.units['D-001-U02']}", unit | {"valid_from": "2026-01-01"})
    ).status_code == 200
    taking = {"agency_id": str(other), "unit_ids": [str(nation.units["D-001-U01"])]}
    body = {"agency_id": str(old), "on": ON, "shares": [taking, {"agency_id": str(rest)}]}
    previewed = (await api.call("lan", "POST", "/reforms:preview", body)).json()
    assert [(share["units"], share["people"]) for share in previewed["shares"]] == [(2, 2), (0, 1)]
    await ordered(api, body)
    await worked_off(runner)
    found = [(await api.get(f"/people/{each}"))["agency_code"] for each in staff["ids"]]
    assert found == ["D-002", "D-002", "K-001"]
    [top, below] = (await api.get(f"/agencies/{other}/units"))["items"]
    assert below["parent_id"] == top["id"]
    assert (await api.get(f"/agencies/{old}"))["merged_into"] is None


async def test_killed_in_the_middle_it_goes_on_from_its_last_step(
    api, nation, world, staff, runner, monkeypatch
) -> None:
    monkeypatch.setattr(commands, "NEXT", type(commands.NEXT)(commands.NEXT.text.replace("LIMIT 500", "LIMIT 1")))
    reform = await ordered(api, merger(nation))
    await world.emitted()
    assert await runner.step()
    assert await runner.step()
    saved = commands.people.save

    async def killed(*_: Any) -> None:
        await saved(*_)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(commands.people, "save", killed)
        with pytest.raises(Killed):
            await runner.step()
    job = await api.get(f"/jobs/{reform['job_id']}")
    assert (job["state"], job["done"], job["total"]) == ("running", 1, 3)
    places = [(await api.get(f"/people/{each}"))["agency_code"] for each in sorted(staff["ids"])]
    assert places == ["K-001", "D-001", "D-001"]
    await worked_off(runner)
    assert (await api.get(f"/jobs/{reform['job_id']}"))["state"] == "done"
    told = [received.event.person_id for received in await world.emitted() if hasattr(received.event, "person_id")]
    assert sorted(map(str, told)) == sorted(staff["ids"])


async def test_who_has_left_stays_on_record_where_they_left(api, nation, staff, runner) -> None:
    gone = staff["ids"][0]
    left = {"status": "retired", "from": "2026-03-01", "decree": "SK 1"}
    assert (await api.call("service", "POST", f"/people/{gone}/status", left)).status_code == 200
    assert (await api.call("lan", "POST", "/reforms:preview", merger(nation))).json()["staying"] == 1
    await ordered(api, merger(nation))
    await worked_off(runner)
    assert (await api.get(f"/people/{gone}"))["agency_code"] == "D-001"


async def test_what_cannot_be_done_is_refused_and_nothing_is_half_done(api, nation, staff, runner) -> None:
    whole, unit = merger(nation), str(nation.units["D-001-U01"])
    to = whole["shares"][0]
    refusals = [
        (merger(nation, "2026-11-21"), (422, "reform-not-yet", "on")),
        (merger(nation, "2025-12-31"), (422, "reform-backdated", "on")),
        (whole | {"shares": [to | {"unit_ids": [unit]}]}, (422, "reform-leaves-people", "shares")),
        (whole | {"shares": [to, to]}, (422, "reform-share-twice", "shares")),
        (whole | {"shares": [{"agency_id": whole["agency_id"]}]}, (422, "reform-into-itself", "shares")),
        (whole | {"shares": [{"agency_id": str(uuid4())}]}, (422, "agency-unknown", "shares")),
        (
            whole | {"shares": [{"agency_id": str(uuid4()), "unit_ids": [str(uuid4())]}, to]},
            (422, "agency-unknown", "shares"),
        ),
    ]
    for path in ("/reforms:preview", "/reforms"):
        for body, refusal in refusals:
            assert await api.refused("lan", "POST", path, body) == refusal, body
    assert not await runner.step()
    assert (await api.get(f"/agencies/{whole['agency_id']}"))["version"] == 1


async def test_two_reforms_at_once_and_one_of_an_agency_that_merged_yesterday_are_refused(
    api, nation, staff, runner
) -> None:
    new, third = str(nation.agencies["K-001"]), str(uuid4())
    agency = {"id": third, "code": "D-002", "name": "Kabupaten Baru", "kind": "D"}
    assert (await api.call("lan", "POST", "/agencies", agency)).status_code == 201
    await ordered(api, merger(nation))
    onward = {"agency_id": new, "on": ON, "shares": [{"agency_id": third}]}
    back = {"agency_id": third, "on": ON, "shares": [{"agency_id": str(nation.agencies["D-001"])}]}
    assert await api.refused("lan", "POST", "/reforms", onward) == (409, "reform-under-way", "agency_id")
    await worked_off(runner)
    assert await api.refused("lan", "POST", "/reforms", merger(nation)) == (422, "agency-closed", "agency_id")
    assert await api.refused("lan", "POST", "/reforms", back) == (422, "agency-closed", "shares")
    earlier = onward | {"on": "2026-06-30"}
    assert await api.refused("lan", "POST", "/reforms", earlier) == (422, "reform-backdated", "on")
    reopened = {"code": "D-001", "name": "Instansi D-001", "kind": "D", "active": True}
    path = f"/agencies/{nation.agencies['D-001']}"
    assert await api.refused("lan", "PUT", path, reopened) == (422, "agency-closed", "active")


async def test_the_old_agencys_pics_go_to_one_that_has_none(api, nation, runner) -> None:
    old, new = nation.agencies["D-001"], nation.agencies["K-001"]
    pic = {"rank": "main", "name": "Ani", "email": "ani@agency.example"}
    assert (await api.call("lan", "PUT", f"/agencies/{old}/pics", {"pics": [pic]})).status_code == 200
    assert (await api.call("lan", "POST", "/reforms:preview", merger(nation))).json()["pics_to"] == str(new)
    await ordered(api, merger(nation))
    await worked_off(runner)
    assert [each["name"] for each in (await api.get(f"/agencies/{new}/pics"))["pics"]] == ["Ani"]


async def test_a_plan_that_no_longer_fits_fails_its_job_and_changes_nothing(api, nation, staff, runner) -> None:
    reform = await ordered(api, merger(nation))
    receiver = {"code": "K-001", "name": "Instansi K-001", "kind": "K", "active": False}
    path = f"/agencies/{nation.agencies['K-001']}"
    assert (await api.call("lan", "PUT", path, receiver)).status_code == 200
    await worked_off(runner)
    job = await api.get(f"/jobs/{reform['job_id']}")
    assert (job["state"], job["problem"]["code"]) == ("failed", "agency-closed")
    assert (await api.get(f"/agencies/{nation.agencies['D-001']}"))["active"]
