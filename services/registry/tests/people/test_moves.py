"""Transfers and changes of status."""

from datetime import date
from functools import partial
from uuid import UUID, uuid4

import pytest


@pytest.fixture
async def person_id(api, nation, world, a_person):
    made = (await api.call("service", "POST", "/people", a_person())).json()["id"]
    await world.emitted()
    return made


async def test_a_transfer_counts_from_its_day(api, nation, world, person_id):
    body = {"agency_id": str(nation.agencies["D-001"]), "unit_code": "D-001-U02", "on": "2026-07-01"}
    moved = await api.call("service", "POST", f"/people/{person_id}/transfer", body)
    assert moved.status_code == 200
    assert (moved.json()["agency_code"], moved.json()["unit_code"]) == ("D-001", "D-001-U02")
    before = await api.get(f"/people/{person_id}?as_of=2026-06-30")
    after = await api.get(f"/people/{person_id}?as_of=2026-07-01")
    assert (before["agency_code"], after["agency_code"]) == ("K-001", "D-001")
    assert before["golongan"] == after["golongan"]
    [received] = await world.emitted()
    assert received.sequence == 2
    assert received.event.agency_id == nation.agencies["D-001"]
    assert [(part.agency_id, part.valid_from, part.valid_to) for part in received.event.assignments] == [
        (nation.agencies["K-001"], date(2015, 1, 1), date(2026, 7, 1)),
        (nation.agencies["D-001"], date(2026, 7, 1), None),
    ]
    again = await api.call("service", "POST", f"/people/{person_id}/transfer", body)
    assert (again.status_code, again.headers["etag"]) == (200, '"2"')
    assert await world.emitted() == []


async def test_a_transfer_ahead_leaves_today_as_it_is(api, nation, world, person_id):
    await api.call("service", "POST", f"/people/{person_id}/transfer", {"agency_code": "D-001", "on": "2027-01-01"})
    assert (await api.get(f"/people/{person_id}"))["agency_code"] == "K-001"
    [received] = await world.emitted()
    assert received.event.agency_id == nation.agencies["K-001"]
    assert received.event.assignments[1].valid_from == date(2027, 1, 1)


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"agency_code": "K-777", "on": "2026-07-01"}, "agency-unknown", "agency_code"),
        ({"agency_code": "D-001", "unit_code": "K-001-U01", "on": "2026-07-01"}, "unit-unknown", "unit_code"),
        ({"on": "2026-07-01"}, "field-missing", "agency_id"),
        ({"agency_code": "D-001"}, "field-missing", "on"),
        ({"agency_code": "D-001", "on": "2014-12-31"}, "before-joining", "on"),
        ({"agency_code": "D-001", "on": "2027-11-21"}, "too-far-ahead", "on"),
    ],
)
async def test_refused_transfers(api, person_id, body, code, field):
    answer = await api.call("service", "POST", f"/people/{person_id}/transfer", body)
    assert answer.status_code == 422
    assert (answer.json()["code"], answer.json()["errors"][0]["field"]) == (code, field)


async def test_leave_with_an_end_and_its_decree(api, world, person_id, nation):
    hr = partial(api.call, "agency_hr", subject="budi")
    body = {"status": "leave", "from": "2026-03-01", "until": "2026-06-01", "decree": "SK 851/2026"}
    answer = await hr("POST", f"/people/{person_id}/status", body)
    assert (answer.status_code, answer.json()["status"]) == (200, "active")
    seen = [
        (await hr("GET", f"/people/{person_id}?as_of={day}")).json()["status"]
        for day in ("2026-02-28", "2026-03-01", "2026-05-31", "2026-06-01")
    ]
    assert seen == ["active", "leave", "leave", "active"]
    [received] = await world.emitted()
    assert received.event.status == "active"
    assert [(part.status, part.valid_from, part.valid_to) for part in received.event.absences] == [
        ("leave", date(2026, 3, 1), date(2026, 6, 1))
    ]
    history = (await hr("GET", f"/people/{person_id}/history")).json()
    assert [(part["status"], part["decree"]) for part in history["statuses"]] == [
        ("active", None),
        ("leave", "SK 851/2026"),
        ("active", None),
    ]
    assert history["changes"][-1] == {
        "version": 2,
        "parts": ["statuses"],
        "recorded_by": "budi",
        "recorded_at": "2026-11-20T03:00:00Z",
    }
    assert (await hr("POST", f"/people/{person_id}/status", body)).headers["etag"] == '"2"'


async def test_retirement_ends_the_service(api, world, person_id):
    await api.call(
        "service", "POST", f"/people/{person_id}/status", {"status": "study", "from": "2027-01-01", "decree": "SK 1"}
    )
    await api.call(
        "service", "POST", f"/people/{person_id}/status", {"status": "retired", "from": "2026-12-01", "decree": "SK 2"}
    )
    first, second = await world.emitted()
    assert (first.event.status, first.event.left_on) == ("active", None)
    assert (second.event.status, second.event.left_on) == ("active", date(2026, 12, 1))
    assert second.event.absences == []


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"until": "2026-03-01"}, "dates-reversed", "until"),
        ({"until": "2036-03-02"}, "absence-too-long", "until"),
        ({"status": "retired", "until": "2026-06-01"}, "no-way-back", "until"),
        ({"from": "2014-01-01"}, "before-joining", "from"),
        ({"from": "2027-12-01"}, "too-far-ahead", "from"),
        ({"decree": None}, "field-invalid", "decree"),
        ({"status": "fired"}, "field-invalid", "status"),
    ],
)
async def test_refused_statuses(api, person_id, changes, code, field):
    body = {"status": "leave", "from": "2026-03-01", "decree": "SK 1"} | changes
    answer = await api.call("service", "POST", f"/people/{person_id}/status", body)
    assert answer.status_code == 422
    assert (answer.json()["code"], answer.json()["errors"][0]["field"]) == (code, field)


async def test_nobody_there(api, nation):
    for path, body in (
        ("transfer", {"agency_code": "D-001", "on": "2026-07-01"}),
        ("status", {"status": "leave", "from": "2026-03-01", "decree": "SK 1"}),
    ):
        assert (await api.call("service", "POST", f"/people/{uuid4()}/{path}", body)).status_code == 404


@pytest.mark.parametrize("sent", [1430438400, "1430438400", 42125, "2026-07-01T00:00:00", "0001-01-01", "9999-12-31"])
async def test_a_day_is_written_as_one_wherever_it_is_asked_for(api, nation, person_id, sent):
    decree = {"decree": "SK 1/2026", "status": "leave"}
    for path, body, field in (
        ("transfer", {"agency_code": "D-001", "on": sent}, "on"),
        ("status", decree | {"from": sent}, "from"),
        ("status", decree | {"from": "2026-07-01", "until": sent}, "until"),
    ):
        refused = await api.call("service", "POST", f"/people/{person_id}/{path}", body)
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "date-invalid")
        assert refused.json()["errors"][0]["field"] == field
    for path in ("/people", f"/people/{person_id}"):
        asked = await api.call("service", "GET", f"{path}?as_of={sent}")
        assert (asked.status_code, asked.json()["code"], asked.json()["errors"][0]["field"]) == (
            422,
            "date-invalid",
            "as_of",
        )


@pytest.mark.parametrize("gone", ["retired", "deceased"])
async def test_who_is_gone_is_not_moved_and_not_listed(api, nation, world, person_id, a_person, gone):
    """From the day on that is told, whether it lies behind or ahead; by each door alike."""
    stays = (await api.call("service", "POST", "/people", a_person(2))).json()["id"]
    left = {"status": gone, "from": "2026-12-01", "decree": "SK 1"}
    assert (await api.call("service", "POST", f"/people/{person_id}/status", left)).status_code == 200
    await world.emitted()

    async def listed(query: str) -> list[str]:
        page = await api.call("service", "GET", f"/people?agency_id={nation.agencies['K-001']}{query}")
        return [person["id"] for person in page.json()["items"]]

    assert await listed("") == [person_id, stays]
    assert await listed("&as_of=2026-11-30") == [person_id, stays]
    assert await listed("&as_of=2026-12-01") == [stays]
    assert await listed(f"&unit_id={nation.units['K-001-U01']}&as_of=2026-12-01") == [stays]
    assert (await api.get(f"/people/{person_id}?as_of=2026-12-01"))["status"] == gone

    move = {"agency_code": "D-001", "on": "2026-12-01"}
    moved = await api.call("service", "POST", f"/people/{person_id}/transfer", move, headers={"accept-language": "en"})
    assert (moved.status_code, moved.json()["code"], moved.json()["errors"][0]["field"]) == (
        422,
        "not-in-service",
        "on",
    )
    promoted = a_person(golongan="III/d", valid_from="2026-12-01")
    changed = await api.call("service", "PUT", f"/people/{person_id}", promoted)
    assert (changed.status_code, changed.json()["code"]) == (422, "not-in-service")
    away = {"status": "leave", "from": "2027-01-01", "decree": "SK 2"}
    assert (await api.call("service", "POST", f"/people/{person_id}/status", away)).json()["code"] == "not-in-service"
    lines = [
        promoted,
        a_person(agency_code="D-001", unit_code=None, valid_from="2027-01-01"),
        a_person(status="study", valid_from="2027-01-01"),
        a_person(valid_from="2027-01-01"),
        a_person(name="Siti R"),
    ]
    answers = await api.bulk("/people:batch", lines)
    assert [answer.get("code", answer["status"]) for answer in answers] == [
        "not-in-service",
        "not-in-service",
        "not-in-service",
        "unchanged",
        "updated",
    ]
    [received] = await world.emitted()
    assert (received.event.left_on, len(received.event.assignments)) == (date(2026, 12, 1), 1)


async def test_a_move_to_come_shows_nothing_to_the_agency_it_leads_to(api, nation, person_id, clock, a_person):
    receiving = [partial(api.call, role, agency=nation.agencies["D-001"]) for role in ("agency_hr", "inspector")]
    giving = partial(api.call, "agency_hr")
    move = {"agency_code": "D-001", "on": "2027-01-01"}
    assert (await giving("POST", f"/people/{person_id}/transfer", move)).json()["agency_code"] == "K-001"
    nowhere = ["", "?as_of=2026-12-31", "?as_of=2027-01-01", "?as_of=2027-06-01"]
    for office in receiving:
        for day in nowhere:
            assert (await office("GET", f"/people/{person_id}{day}")).status_code == 404, day
            for query in ("", f"agency_id={nation.agencies['D-001']}&"):
                page = await office("GET", f"/people?{query}{day.removeprefix('?')}")
                assert page.json()["items"] == [], (query, day)
        assert (await office("GET", f"/people/{person_id}/history")).status_code == 404
    hr = receiving[0]
    assert (await hr("PUT", f"/people/{person_id}", a_person(agency_code="D-001", unit_code=None))).status_code == 404
    known = await hr("POST", "/people", a_person(agency_code="D-001", unit_code=None))
    assert (known.status_code, "Siti" in known.text) == (409, False)
    [line] = await api.bulk(
        "/people:batch",
        [a_person(agency_code="D-001", unit_code=None, valid_from="2027-01-01")],
        "agency_hr",
        agency=nation.agencies["D-001"],
    )
    assert (line["code"], "id" in line) == ("agency-mismatch", False)
    # Who has them today sees where they will be.
    there = (await giving("GET", "/people?as_of=2027-06-01")).json()["items"]
    assert [(person["id"], person["agency_code"]) for person in there] == [(person_id, "D-001")]

    clock.moment = clock.moment.replace(year=2027, month=1, day=1)
    for office in receiving:
        assert (await office("GET", f"/people/{person_id}")).json()["agency_code"] == "D-001"
        assert [person["id"] for person in (await office("GET", "/people")).json()["items"]] == [person_id]
    assert (await giving("GET", "/people")).json()["items"] == []
    assert (await giving("GET", f"/people/{person_id}?as_of=2026-12-31")).json()["agency_code"] == "K-001"


async def test_nobody_changes_their_own_record(api, nation, world, person_id, a_person):
    """Posts and degrees decide credit points: an officer of HR who is the person is refused, by whichever door."""
    own = partial(api.call, "agency_hr", person=person_id)
    promoted = a_person(golongan="III/d", valid_from="2026-06-01")
    answers = [
        await own("PUT", f"/people/{person_id}", promoted),
        await own("POST", f"/people/{person_id}/status", {"status": "study", "from": "2026-06-01", "decree": "SK 1"}),
        await own("POST", f"/people/{person_id}/transfer", {"agency_code": "D-001", "on": "2026-06-01"}),
        await own("POST", f"/people/{person_id}/nip", {"nip": "198001012010012002", "reason": "salah ketik"}),
    ]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(403, "own-record")}
    lines = await api.bulk("/people:batch", [a_person(), promoted, a_person(2)], "agency_hr", person=person_id)
    assert [line.get("code", line["status"]) for line in lines] == ["unchanged", "own-record", "stored"]
    assert [received.event.person_id for received in await world.emitted()] == [UUID(lines[2]["id"])]
