"""Mergers and splits: what goes where, what stays as it was, and a job that ends whatever is killed."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from common.refused import Refused
from common.runner import Runner
from contracts.events.reforms import AgencyHeld, HeldItem, ReformPreviewAsked
from contracts.holders import HOLDERS
from jejak_local.doors import ajar_doors
from libs.common.tests.delivery import Killed
from registry.reforms import commands
from registry.service import SERVICE

ON = "2026-07-01"


@pytest.fixture
def runner(parts) -> Runner:
    return Runner(parts, SERVICE.jobs)


async def worked_off(runner: Runner) -> None:
    while await runner.turn():
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
    assert previewed.json()["shares"] == [{"agency_id": str(new), "units": 2, "posts": 0, "people": 3}]
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
    assert (await api.refused("agency_hr", "PUT", path, corrected, agency=old))[:2] == (403, "claim-succeeded")

    told = [(received.type.split(".")[-2], received.event) for received in await world.emitted()]
    assert [name for name, _ in told] == ["UnitChanged"] * 4 + ["AgencyChanged"] + ["PersonChanged"] * 4
    [agency] = [event for name, event in told if name == "AgencyChanged"]
    assert (str(agency.closed_on), agency.merged_into) == (ON, new)
    assert all(event.agency_id == new for name, event in told if name == "PersonChanged")


async def test_a_preview_joins_what_each_service_holds_and_says_who_has_not_answered(api, nation, world, staff) -> None:
    old = nation.agencies["D-001"]
    first = (await api.call("lan", "POST", "/reforms:preview", merger(nation))).json()
    assert (first["held"], first["missing"]) == ([], list(HOLDERS))
    [asked] = [each.event for each in await world.emitted() if isinstance(each.event, ReformPreviewAsked)]
    assert (str(asked.preview_id), asked.agency_id) == (first["id"], old)
    about = {"agency_id": old, "preview_id": asked.preview_id}
    items = [HeldItem(kind="cases", goes_to="person", count=3, listed=f"/v1/cases?agency_id={old}")]
    told = [
        AgencyHeld(**about, service="credit", items=items),
        AgencyHeld(**about, service="training", items=[]),
        AgencyHeld(**about | {"preview_id": uuid4()}, service="training", items=items),  # of a plan that is not here
    ]
    for _ in range(2):
        await world.hear(*map(world.received, told))
    joined = await api.get(f"/reform-previews/{first['id']}")
    assert joined["held"] == [
        {"service": "training", "items": []},
        {"service": "credit", "items": [items[0].model_dump()]},
    ]
    assert joined["missing"] == ["mentoring", "notification", "connectors"]
    own = {"held", "missing"}
    assert {name: said for name, said in joined.items() if name not in own} == {
        name: said for name, said in first.items() if name not in own
    }
    assert (await api.refused("lan", "GET", f"/reform-previews/{uuid4()}"))[1] == "not-found"


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


@pytest.fixture
async def posts(api, staff) -> list[str]:
    """Three posts of D-001: one in its first unit, under it one in the second, and one nobody holds any more."""

    def post(code: str, unit: str, **changes: Any) -> dict[str, Any]:
        made = {"agency_code": "D-001", "code": code, "type": "JA", "name": f"Kepala {code}", "unit_code": unit}
        return made | {"jenjang": "administrator"} | changes

    lines = [
        post("P1", "D-001-U01"),
        post("P2", "D-001-U02", superior_code="P1"),
        post("P3", "D-001-U02", superior_code="P2"),
        post("P1", "K-001-U01", agency_code="K-001"),
    ]
    answers = await api.bulk("/posts:batch", lines)
    assert {answer["status"] for answer in answers} == {"stored"}
    given = [
        (0, "P1", "definitive", "2020-01-01", None),
        (1, "P2", "definitive", "2020-01-01", "2026-10-01"),
        (1, "P1", "plh", "2026-09-01", "2026-09-10"),
        (2, "P3", "definitive", "2020-01-01", "2026-03-01"),
    ]
    named = [
        {"nip": staff["bodies"][number]["nip"], "agency_code": "D-001", "post_code": code, "kind": kind}
        | {"valid_from": start, "until": until}
        for number, code, kind, start, until in given
    ]
    assert {answer["status"] for answer in await api.bulk("/holdings:batch", named)} == {"stored"}
    return [answer["id"] for answer in answers[:3]]


async def held(api, post_id: str) -> list[tuple[Any, ...]]:
    found = (await api.get(f"/posts/{post_id}/history"))["holders"]
    return sorted((each["person_id"], each["kind"], each["valid_from"], each["valid_to"]) for each in found)


async def test_posts_go_with_their_units_and_their_holders_go_with_them(
    api, nation, world, staff, posts, runner
) -> None:
    old, new, (first, second, third) = nation.agencies["D-001"], nation.agencies["K-001"], staff["ids"]
    day_before = [(await api.get(f"/posts/{each}?as_of=2026-06-30"))["unit_id"] for each in posts]
    place_before = await api.get(f"/people/{second}/place?as_of=2026-06-30")
    previewed = await api.call("lan", "POST", "/reforms:preview", merger(nation))
    assert previewed.json()["shares"] == [{"agency_id": str(new), "units": 2, "posts": 3, "people": 3}]
    await world.emitted()
    await ordered(api, merger(nation))
    await worked_off(runner)

    units = {unit["code"]: unit["id"] for unit in (await api.get(f"/agencies/{new}/units"))["items"]}
    found = {post["code"]: post for post in (await api.get(f"/agencies/{new}/posts?as_of={ON}"))["items"]}
    top, under, lowest = (found[code] for code in ("D-001/P1", "P2", "P3"))
    assert [post["unit_id"] for post in (top, under)] == [units["D-001-U01"], units["D-001-U02"]]
    assert [post["superior_id"] for post in (top, under, lowest)] == [None, top["id"], under["id"]]
    assert (await api.get(f"/agencies/{old}/posts?as_of={ON}"))["items"] == []
    assert [(await api.get(f"/posts/{each}?as_of=2026-06-30"))["unit_id"] for each in posts] == day_before

    before, after = [await held(api, each) for each in posts], [await held(api, each["id"]) for each in found.values()]
    assert before == [
        [(first, "definitive", "2020-01-01", ON)],
        [(second, "definitive", "2020-01-01", ON)],
        [(third, "definitive", "2020-01-01", "2026-03-01")],
    ]
    assert sorted(each for holders in after for each in holders) == sorted(
        [
            (first, "definitive", ON, None),
            (second, "definitive", ON, "2026-10-01"),
            (second, "plh", "2026-09-01", "2026-09-10"),
        ]
    )
    assert await held(api, top["id"]) == sorted(
        [(first, "definitive", ON, None), (second, "plh", "2026-09-01", "2026-09-10")]
    )
    assert await api.get(f"/people/{second}/place?as_of=2026-06-30") == place_before
    place = await api.get(f"/people/{second}/place?as_of={ON}")
    assert (place["post"]["id"], place["superior"]["person_id"]) == (under["id"], first)

    told = {
        str(received.event.post_id): received.event
        for received in await world.emitted()
        if received.type.endswith("PostChanged.v1")
    }
    assert told.keys() == {*posts, top["id"], under["id"], lowest["id"]}
    assert {str(told[each].states[-1].valid_to) for each in posts} == {ON}
    assert [
        (str(event.states[0].valid_from), event.agency_id) for event in map(told.get, (top["id"], lowest["id"]))
    ] == [(ON, new)] * 2


async def test_in_a_split_who_serves_elsewhere_gives_up_their_post_and_a_post_its_superior(
    api, nation, staff, posts, runner
) -> None:
    new, third = nation.agencies["K-001"], staff["ids"][2]
    other = {"id": str(uuid4()), "code": "D-002", "name": "Kabupaten Baru", "kind": "D"}
    assert (await api.call("lan", "POST", "/agencies", other)).status_code == 201
    given = {"post_id": posts[2], "valid_from": "2026-04-01"}
    assert (await api.call("service", "POST", f"/people/{third}/holdings", given)).status_code == 200
    taking = {"agency_id": other["id"], "unit_ids": [str(nation.units["D-001-U02"])]}
    await ordered(api, merger(nation) | {"shares": [taking, {"agency_id": str(new)}]})
    await worked_off(runner)
    found = {post["code"]: post for post in (await api.get(f"/agencies/{other['id']}/posts?as_of={ON}"))["items"]}
    assert [(code, post["superior_id"], post["holders"]) for code, post in found.items()] == [
        ("P2", None, 1),
        ("P3", found["P2"]["id"], 0),
    ]
    assert (await held(api, posts[2]))[-1] == (third, "definitive", "2026-04-01", ON)


async def test_a_post_that_is_to_come_to_a_unit_of_another_share_is_refused(api, nation, posts) -> None:
    later = {"code": "P3", "type": "JA", "name": "Kepala P3", "jenjang": "administrator", "unit_code": "D-001-U01"}
    moving = later | {"superior_id": None, "valid_from": "2026-08-01"}
    assert (await api.call("service", "PUT", f"/posts/{posts[2]}", moving)).status_code == 200
    agency = {"id": str(uuid4()), "code": "D-002", "name": "Kabupaten Baru", "kind": "D"}
    assert (await api.call("lan", "POST", "/agencies", agency)).status_code == 201
    taking = {"agency_id": agency["id"], "unit_ids": [str(nation.units["D-001-U02"])]}
    split = merger(nation) | {"shares": [taking, *merger(nation)["shares"]]}
    assert await api.refused("lan", "POST", "/reforms", split) == (422, "reform-parts-post", "shares")
    assert (await api.call("lan", "POST", "/reforms", merger(nation))).status_code == 202


async def test_until_all_have_come_over_no_post_is_given_or_changed(api, nation, staff, posts, runner) -> None:
    await ordered(api, merger(nation))
    assert await runner.turn()
    found = {post["code"]: post for post in (await api.get(f"/agencies/{nation.agencies['K-001']}/posts"))["items"]}
    post_id = found["D-001/P1"]["id"]
    given = {"post_id": post_id, "valid_from": "2026-11-01"}
    path = f"/people/{staff['ids'][2]}/holdings"
    body = {"code": "D-001/P1", "type": "JA", "name": "Kepala", "jenjang": "administrator"}
    assert await api.refused("service", "POST", path, given) == (409, "reform-under-way", "post_id")
    assert (await api.refused("service", "PUT", f"/posts/{post_id}", body))[:2] == (409, "reform-under-way")
    await worked_off(runner)
    assert await api.refused("service", "POST", path, given) == (422, "seats-exceeded", "post_id")


async def test_killed_in_the_middle_it_goes_on_from_its_last_step(
    api, nation, world, staff, runner, monkeypatch
) -> None:
    monkeypatch.setattr(commands, "NEXT", type(commands.NEXT)(commands.NEXT.text.replace("LIMIT 500", "LIMIT 1")))
    reform = await ordered(api, merger(nation))
    await world.emitted()
    assert await runner.turn()
    assert await runner.turn()
    saved = commands.people.save

    async def killed(*_: Any) -> None:
        await saved(*_)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(commands.people, "save", killed)
        with pytest.raises(Killed):
            await runner.turn()
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
    assert not await runner.turn()
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


async def test_a_closed_agency_gets_no_new_unit_and_no_new_post(api, nation, posts, runner) -> None:
    old, new = nation.agencies["D-001"], nation.agencies["K-001"]
    await ordered(api, merger(nation))
    unit = {"code": "D-001-U77", "name": "Unit Baru", "valid_from": "2020-01-01"}
    post = {"code": "P77", "type": "JA", "name": "Kepala P77", "jenjang": "administrator", "unit_code": "D-001-U01"}
    answer = await api.call("lan", "POST", f"/agencies/{old}/units", unit | {"code": "D-001-U76"})
    assert answer.status_code == 201, "a reform that only waits has closed nothing"
    await worked_off(runner)
    # Its heir, LAN and programs alike; but what it has may still be told better.
    for role, of in (("agency_hr", {"agency": new}), ("lan", {}), ("service", {})):
        for path, body in ((f"/agencies/{old}/units", unit), (f"/agencies/{old}/posts", post)):
            assert await api.refused(role, "POST", path, body, **of) == (422, "agency-closed", None)
    for path, body, known in (("/units:batch", unit, "D-001-U01"), ("/posts:batch", post, "P1")):
        start = {"agency_code": "D-001", "valid_from": "2020-01-01"}
        fresh, mended = await api.bulk(path, [body | start, body | start | {"code": known, "name": "Nama Lama"}])
        assert (fresh["code"], fresh["field"]) == ("agency-closed", "agency_id")
        assert mended["status"] == "updated"


async def test_nobody_holds_a_post_longer_than_it_is_there(api, staff, posts, runner, nation) -> None:
    """A post ends with its agency, and begins on a day."""
    await ordered(api, merger(nation))
    await worked_off(runner)
    line = {"nip": staff["bodies"][2]["nip"], "agency_code": "D-001", "post_code": "P3", "valid_from": "2026-05-01"}
    late = {"agency_code": "K-001", "code": "P9", "type": "JA", "name": "Kepala Baru", "jenjang": "administrator"}
    late |= {"unit_code": "K-001-U01", "valid_from": "2026-09-01"}
    assert (await api.bulk("/posts:batch", [late]))[0]["status"] == "stored"
    given = [
        line,
        line | {"until": "2026-08-01"},
        line | {"until": ON},
        line | {"agency_code": "K-001", "post_code": "P9", "valid_from": "2026-08-31"},
        line | {"agency_code": "K-001", "post_code": "P9", "valid_from": "2026-09-01"},
    ]
    answers = [(await api.bulk("/holdings:batch", [each]))[0] for each in given]
    assert [answer.get("code", answer["status"]) for answer in answers] == [
        "post-elsewhere",
        "post-elsewhere",
        "stored",
        "post-closed",
        "stored",
    ]


async def test_the_old_agencys_pics_go_to_one_that_has_none(api, nation, runner) -> None:
    old, new = nation.agencies["D-001"], nation.agencies["K-001"]
    pic = {"rank": "main", "name": "Ani", "email": "ani@agency.example"}
    assert (await api.call("lan", "PUT", f"/agencies/{old}/pics", {"pics": [pic]})).status_code == 200
    assert (await api.call("lan", "POST", "/reforms:preview", merger(nation))).json()["pics"] == [
        {"rank": "main", "name": "Ani", "goes_to": str(new)}
    ]
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


async def test_hr_of_the_new_agency_reads_the_past_of_the_old_and_corrects_it(api, nation, staff, runner) -> None:
    """Whoever had left stays on record there: they too are HR's of the heir. The heir's own past stays as it was told."""
    old, new = nation.agencies["D-001"], nation.agencies["K-001"]
    left = {"status": "retired", "from": "2026-03-01", "decree": "SK 1"}
    assert (await api.call("service", "POST", f"/people/{staff['ids'][0]}/status", left)).status_code == 200
    hr = {"role": "agency_hr", "agency": new}
    past = "/people?as_of=2026-02-01"
    before = (await api.call(**hr, method="GET", path=past)).content
    of_old = await api.get(f"{past}&agency_id={old}", "agency_hr", agency=old)
    assert (await api.get(f"{past}&agency_id={old}", **hr))["items"] == []
    await ordered(api, merger(nation))
    await worked_off(runner)
    assert (await api.call(**hr, method="GET", path=past)).content == before
    found = await api.get(f"{past}&agency_id={old}", **hr)
    assert [(each["id"], each["nip"]) for each in found["items"]] == [
        (each["id"], each["nip"]) for each in of_old["items"]
    ]
    then = staff["bodies"][1] | {"position": "Perencana Ahli Muda", "valid_from": "2026-05-01"}
    assert (await api.call("agency_hr", "PUT", f"/people/{staff['ids'][1]}", then, agency=new)).status_code == 200
    person = await api.get(f"/people/{staff['ids'][1]}?as_of=2026-06-30")
    assert (person["agency_code"], person["position"]) == ("D-001", "Perencana Ahli Muda")
    name = staff["bodies"][0] | {"name": "Nama Benar", "status": "retired"}
    assert (await api.call("agency_hr", "PUT", f"/people/{staff['ids'][0]}", name, agency=new)).status_code == 200


async def test_who_speaks_for_a_closed_agency_reads_and_changes_nothing_and_is_told_who_it_is_now(
    app, api, issuer, nation, staff, runner
) -> None:
    old, new = nation.agencies["D-001"], nation.agencies["K-001"]
    await ordered(api, merger(nation))
    await worked_off(runner)
    assert await ajar_doors(app, issuer, old) == []
    assert len((await api.get("/people?as_of=2026-02-01", "agency_hr", agency=old))["items"]) == 3
    body = staff["bodies"][1] | {"name": "Nama Lain", "valid_from": "2026-05-01"}
    answer = await api.call("agency_hr", "PUT", f"/people/{staff['ids'][1]}", body, agency=old)
    assert (answer.status_code, answer.json()["code"]) == (403, "claim-succeeded")
    assert str(new) in answer.json()["title"]
    both = {"authorization": f"Bearer {issuer.mint('agency_hr', 'person', agency=old, person=staff['ids'][0])}"}
    own = await api.http.put("/v1/people/me/contact", json={"language": "en"}, headers=both)
    assert own.status_code == 200, "what is their own is theirs to change"


async def test_what_an_agency_had_taken_over_goes_on_to_whoever_takes_it_over(
    api, nation, world, staff, posts, runner
) -> None:
    """D-001 merges into K-001, which is split: the heir of both is the one with the rest, HR of each corrects their own."""
    old, middle = nation.agencies["D-001"], nation.agencies["K-001"]
    made = [{"id": str(uuid4()), "code": code, "name": code, "kind": "K"} for code in ("K-002", "K-003")]
    for agency in made:
        assert (await api.call("lan", "POST", "/agencies", agency)).status_code == 201
    heir, other = (agency["id"] for agency in made)
    await ordered(api, merger(nation))
    await worked_off(runner)
    units = {unit["code"]: unit["id"] for unit in (await api.get(f"/agencies/{middle}/units"))["items"]}
    shares = [{"agency_id": other, "unit_ids": [units["D-001-U02"]]}, {"agency_id": heir}]
    await ordered(api, {"agency_id": str(middle), "on": "2026-08-01", "shares": shares})
    await worked_off(runner)
    for agency, merged_into in ((old, str(middle)), (middle, None)):
        found = await api.get(f"/agencies/{agency}")
        assert (found["successors"], found["merged_into"]) == ([heir, other], merged_into)
    told = [each.event for each in await world.emitted() if each.type.endswith("AgencyChanged.v1")]
    assert {str(event.agency_id): [str(each) for each in event.successors] for event in told}[str(old)] == [heir, other]
    then = {"valid_from": "2026-05-01", "position": "Perencana Ahli Muda"}
    answers = {
        agency: [
            (await api.call("agency_hr", "PUT", f"/people/{each}", body | then, agency=agency)).status_code
            for each, body in zip(staff["ids"], staff["bodies"], strict=True)
        ]
        for agency in (other, heir)
    }
    assert answers == {other: [404, 200, 404], heir: [200, 404, 200]}
    # Units and posts of an agency that is no more are its heir's alone, sent one by one or many at a time.
    unit = {"agency_code": "D-001", "code": "D-001-U01", "name": "Unit Lama", "valid_from": "2020-01-01"}
    post = {"agency_code": "D-001", "code": "P1", "type": "JA", "name": "Kepala Lama", "jenjang": "administrator"}
    for path, line in (("/units:batch", unit), ("/posts:batch", post | {"valid_from": "2020-01-01"})):
        sent = [(await api.bulk(path, [line], "agency_hr", agency=agency))[0] for agency in (other, heir)]
        assert (sent[0]["code"], sent[1]["status"]) == ("agency-mismatch", "updated")


async def test_one_that_failed_half_way_holds_its_agencies_until_it_is_resumed_and_ends(
    api, nation, world, staff, runner, monkeypatch
) -> None:
    monkeypatch.setattr(commands, "NEXT", type(commands.NEXT)(commands.NEXT.text.replace("LIMIT 500", "LIMIT 2")))
    reform = await ordered(api, merger(nation))
    path = f"/jobs/{reform['job_id']}"
    assert await runner.turn()
    assert (await api.refused("lan", "POST", f"{path}/cancel"))[:2] == (409, "job-not-waiting")

    async def refuse(*_: Any) -> None:
        raise Refused("history-too-long", most=500)

    with monkeypatch.context() as patch:
        patch.setattr(commands.people, "save", refuse)
        await worked_off(runner)
    failed = await api.get(path)
    assert (failed["state"], failed["done"], failed["problem"]["code"]) == ("failed", 0, "history-too-long")
    third = {"id": str(uuid4()), "code": "K-002", "name": "Lain", "kind": "K"}
    assert (await api.call("lan", "POST", "/agencies", third)).status_code == 201
    other = {"agency_id": str(nation.agencies["K-001"]), "on": "2026-08-01", "shares": [{"agency_id": third["id"]}]}
    assert await api.refused("lan", "POST", "/reforms", other) == (409, "reform-under-way", "agency_id")
    assert (await api.call("lan", "POST", f"{path}/resume")).status_code == 204
    await worked_off(runner)
    assert (await api.get(path))["state"] == "done"
    assert {(await api.get(f"/people/{each}"))["agency_code"] for each in staff["ids"]} == {"K-001"}
    assert (await api.call("lan", "POST", "/reforms", other)).status_code == 202
