"""People one at a time: registering, changing, reading as of a day."""

from datetime import date
from uuid import UUID, uuid4

import pytest

from contracts.nip import nip_hash


async def test_register_and_read(api, nation, world, a_person, settings):
    created = await api.call("service", "POST", "/people", a_person(nip="19900101 201501 1 001"))
    assert created.status_code == 201, created.text
    assert created.headers["etag"] == '"1"'
    person_id = created.json()["id"]
    assert created.json() == {
        "id": person_id,
        "nip": "199001012015011001",
        "name": "Siti Rahma",
        "staff_type": "PNS",
        "agency_id": str(nation.agencies["K-001"]),
        "agency_code": "K-001",
        "unit_id": str(nation.units["K-001-U01"]),
        "unit_code": "K-001-U01",
        "unit_name": "Unit 1 K-001",
        "jenjang": "ahli_muda",
        "golongan": "III/c",
        "position": "Analis Kebijakan Ahli Muda",
        "education": "S1",
        "joined_on": "2015-01-01",
        "status": "active",
        "tags": [],
        "as_of": "2026-11-20",
        "version": 1,
    }
    assert await api.get(f"/people/{person_id}", "service") == created.json()

    [received] = await world.emitted()
    assert received.sequence == 1
    unit_id, agency_id = nation.units["K-001-U01"], nation.agencies["K-001"]
    assert received.event.model_dump() == {
        "person_id": UUID(person_id),
        "nip_hash": nip_hash("199001012015011001", settings.nip_key.get_secret_value()),
        "former_nip_hashes": [],
        "holdings": [],
        "tags": [],
        "promotions": [],
        "staff_type": "PNS",
        "status": "active",
        "joined_on": date(2015, 1, 1),
        "left_on": None,
        "erased_on": None,
        "sex": "male",
        "education": "S1",
        "jenjang": "ahli_muda",
        "golongan": "III/c",
        "agency_id": agency_id,
        "unit_id": unit_id,
        "unit_name": "Unit 1 K-001",
        "assignments": [
            {
                "agency_id": agency_id,
                "unit_id": unit_id,
                "unit_name": "Unit 1 K-001",
                "valid_from": date(2015, 1, 1),
                "valid_to": None,
            }
        ],
        "posts": [
            {
                "jenjang": "ahli_muda",
                "golongan": "III/c",
                "position": "Analis Kebijakan Ahli Muda",
                "valid_from": date(2015, 1, 1),
                "valid_to": None,
            }
        ],
        "absences": [],
        "statuses": [{"status": "active", "valid_from": date(2015, 1, 1), "valid_to": None}],
        "educations": [{"degree": "S1", "valid_from": date(2015, 1, 1), "valid_to": None}],
    }


async def test_no_event_holds_a_nip_or_a_name(api, nation, world, a_person):
    person_id = (await api.call("service", "POST", "/people", a_person())).json()["id"]
    await api.call(
        "service", "POST", f"/people/{person_id}/status", {"status": "leave", "from": "2026-11-01", "decree": "SK 1"}
    )
    for received in await world.emitted():
        told = received.payload + repr(dict(received.headers)).encode()
        assert b"199001012015011001" not in told
        assert b"Siti" not in told


@pytest.mark.parametrize(
    ("changes", "status", "code", "field"),
    [
        ({"nip": "199013012015011001"}, 422, "nip-invalid", "nip"),
        ({"nip": "199001012015131001"}, 422, "nip-invalid", "nip"),
        ({"nip": "19900101201501100"}, 422, "nip-invalid", "nip"),
        ({"nip": "199001012026121001"}, 422, "nip-in-future", "nip"),
        ({"staff_type": "PPPK"}, 422, "staff-type-mismatch", "staff_type"),
        ({"golongan": "IV/a"}, 422, "jenjang-golongan-mismatch", "golongan"),
        ({"golongan": "IX"}, 422, "golongan-unknown", "golongan"),
        ({"jenjang": "ahli"}, 422, "field-invalid", "jenjang"),
        ({"education": "S4"}, 422, "field-invalid", "education"),
        ({"name": ""}, 422, "field-invalid", "name"),
        ({"salary": 1}, 422, "field-unknown", "salary"),
        ({"joined_on": None}, 422, "date-invalid", "joined_on"),
        ({"joined_on": "2015-02-30"}, 422, "date-invalid", "joined_on"),
        ({"joined_on": 1430438400}, 422, "date-invalid", "joined_on"),
        ({"joined_on": 42125}, 422, "date-invalid", "joined_on"),
        ({"valid_from": "1430438400"}, 422, "date-invalid", "valid_from"),
        ({"valid_from": "0001-01-01"}, 422, "date-invalid", "valid_from"),
        ({"joined_on": "2027-12-01"}, 422, "too-far-ahead", "joined_on"),
        ({"joined_on": "0001-01-01"}, 422, "date-invalid", "joined_on"),
        ({"joined_on": "1989-12-31"}, 422, "joining-age", "joined_on"),
        ({"joined_on": "2004-12-31"}, 422, "joining-age", "joined_on"),
        ({"nip": "189912311915011001"}, 422, "nip-invalid", "nip"),
        ({"valid_from": "2014-12-31"}, 422, "before-joining", "valid_from"),
        ({"valid_from": "2027-12-01"}, 422, "too-far-ahead", "valid_from"),
        ({"status": "study"}, 422, "status-needs-date", "valid_from"),
        ({"agency_code": None}, 422, "field-missing", "agency_id"),
        ({"agency_code": "K-999"}, 422, "agency-unknown", "agency_code"),
        ({"agency_id": str(uuid4())}, 422, "agency-unknown", "agency_id"),
        ({"unit_code": "D-001-U01"}, 422, "unit-unknown", "unit_code"),
        ({"unit_id": str(uuid4())}, 422, "unit-unknown", "unit_id"),
    ],
)
async def test_refusals_name_the_field_and_quote_nothing(api, nation, world, a_person, changes, status, code, field):
    body = a_person(**changes)
    answer = await api.call("service", "POST", "/people", body)
    assert answer.status_code == status, answer.text
    assert (answer.json()["code"], answer.json()["errors"][0]["field"]) == (code, field)
    assert body["nip"] not in answer.text
    assert await world.emitted() == []


async def test_agency_and_unit_by_id_or_code_or_both(api, nation, a_person):
    agency, unit = nation.agencies["K-001"], nation.units["K-001-U01"]
    other = nation.agencies["D-001"]
    for sequence, names in enumerate(
        (
            {"agency_id": str(agency), "agency_code": None},
            {"agency_id": str(agency)},
            {"unit_id": str(unit), "unit_code": None},
            {"unit_id": str(unit)},
        ),
        start=1,
    ):
        made = await api.call("service", "POST", "/people", a_person(sequence, **names))
        assert made.status_code == 201, made.text
        assert made.json()["unit_id"] == str(unit)
    contradicting = await api.call("service", "POST", "/people", a_person(9, agency_id=str(other)))
    assert contradicting.json()["code"] == "agency-unknown"
    unplaced = await api.call("service", "POST", "/people", a_person(9, unit_code=None))
    assert (unplaced.json()["unit_id"], unplaced.json()["unit_name"]) == (None, None)


async def test_a_known_nip_is_taken(api, nation, a_person):
    await api.call("service", "POST", "/people", a_person())
    again = await api.call("service", "POST", "/people", a_person())
    assert (again.status_code, again.json()["code"], again.json()["errors"][0]["field"]) == (409, "nip-taken", "nip")


async def test_change_from_a_day_on_and_read_as_of(api, nation, world, a_person):
    person_id = (await api.call("service", "POST", "/people", a_person())).json()["id"]
    promoted = a_person(golongan="III/d", unit_code="K-001-U02", name="Siti Rahmawati", valid_from="2026-04-01")
    changed = await api.call("service", "PUT", f"/people/{person_id}", promoted, headers={"if-match": '"1"'})
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    seen = {
        day: (answer["golongan"], answer["unit_code"], answer["as_of"])
        for day in ("2015-01-01", "2026-03-31", "2026-04-01", "2030-01-01")
        for answer in [await api.get(f"/people/{person_id}?as_of={day}")]
    }
    assert seen == {
        "2015-01-01": ("III/c", "K-001-U01", "2015-01-01"),
        "2026-03-31": ("III/c", "K-001-U01", "2026-03-31"),
        "2026-04-01": ("III/d", "K-001-U02", "2026-04-01"),
        "2030-01-01": ("III/d", "K-001-U02", "2030-01-01"),
    }
    assert (await api.call("service", "GET", f"/people/{person_id}?as_of=2014-12-31")).status_code == 404
    [_, received] = await world.emitted()
    assert received.sequence == 2
    assert [(post.golongan, post.valid_from, post.valid_to) for post in received.event.posts] == [
        ("III/c", date(2015, 1, 1), date(2026, 4, 1)),
        ("III/d", date(2026, 4, 1), None),
    ]

    history = await api.get(f"/people/{person_id}/history", "service")
    assert [(post["golongan"], post["valid_to"]) for post in history["grades"]] == [
        ("III/c", "2026-04-01"),
        ("III/d", None),
    ]
    assert [part["unit_name"] for part in history["assignments"]] == ["Unit 1 K-001", "Unit 2 K-001"]
    assert history["numbers"] == [{"nip": "199001012015011001", "replaced_on": None, "reason": None}]
    assert history["changes"][1] == {
        "version": 2,
        "parts": ["name", "assignments", "grades"],
        "recorded_by": "service",
        "recorded_at": "2026-11-20T03:00:00Z",
    }
    assert history["version"] == 2


async def test_a_degree_counts_from_when_it_is_told_and_the_earlier_one_stays_on_record(api, nation, world, a_person):
    person_id = (await api.call("service", "POST", "/people", a_person())).json()["id"]
    await api.call("service", "PUT", f"/people/{person_id}", a_person(education="S2", valid_from="2026-03-02"))
    await api.call(
        "service", "PUT", f"/people/{person_id}", a_person(education="S2", golongan="III/d", valid_from="2025-04-01")
    )
    told = [
        (span["degree"], span["valid_from"], span["valid_to"])
        for span in (await api.get(f"/people/{person_id}/history"))["educations"]
    ]
    assert told == [("S1", "2015-01-01", "2026-03-02"), ("S2", "2026-03-02", None)], "a late promotion moves no degree"
    assert (await api.get(f"/people/{person_id}?as_of=2026-03-01"))["education"] == "S1"
    *_, received = await world.emitted()
    assert received.event.education == "S2"
    assert [(span.degree, str(span.valid_from)) for span in received.event.educations] == [
        ("S1", "2015-01-01"),
        ("S2", "2026-03-02"),
    ]


async def test_a_change_without_a_date_counts_from_today_in_jakarta(api, nation, clock, a_person):
    person_id = (await api.call("service", "POST", "/people", a_person())).json()["id"]
    clock.moment = clock.moment.replace(hour=18)  # 21 November 01:00 in Jakarta
    await api.call("service", "PUT", f"/people/{person_id}", a_person(golongan="III/d"))
    history = await api.get(f"/people/{person_id}/history")
    assert history["grades"][1]["valid_from"] == "2026-11-21"


async def test_the_same_again_is_no_change(api, nation, world, a_person):
    person_id = (await api.call("service", "POST", "/people", a_person())).json()["id"]
    await world.emitted()
    again = await api.call("service", "PUT", f"/people/{person_id}", a_person(valid_from="2020-01-01"))
    assert (again.status_code, again.headers["etag"]) == (200, '"1"')
    assert await world.emitted() == []


async def test_a_version_conflict(api, nation, a_person):
    person_id = (await api.call("service", "POST", "/people", a_person())).json()["id"]
    await api.call("service", "PUT", f"/people/{person_id}", a_person(name="Siti R"))
    late = await api.call(
        "service", "PUT", f"/people/{person_id}", a_person(name="Siti A"), headers={"if-match": '"1"'}
    )
    assert (late.status_code, late.json()["code"]) == (412, "changed-meanwhile")
    assert (await api.get(f"/people/{person_id}"))["name"] == "Siti R"


async def test_somebody_who_joins_next_month_is_seen_from_now(api, nation, world, a_person):
    newcomer = a_person(nip="199001012026111001", joined_on="2026-12-01")
    created = (await api.call("service", "POST", "/people", newcomer)).json()
    assert (created["as_of"], created["status"]) == ("2026-12-01", "active")
    page = await api.get(f"/people?agency_id={nation.agencies['K-001']}")
    assert [person["id"] for person in page["items"]] == [created["id"]]
    as_of_today = await api.call("service", "GET", f"/people?agency_id={nation.agencies['K-001']}&as_of=2026-11-20")
    assert as_of_today.json()["items"] == []
    [received] = await world.emitted()
    assert received.event.agency_id == nation.agencies["K-001"]
    assert received.event.assignments[0].valid_from == date(2026, 12, 1)


async def test_lists_by_agency_unit_and_day_in_pages(api, nation, a_person):
    ids = [
        (await api.call("service", "POST", "/people", a_person(number, unit_code=f"K-001-U0{1 + number % 2}"))).json()[
            "id"
        ]
        for number in range(1, 6)
    ]
    elsewhere = a_person(7, agency_code="D-001", unit_code="D-001-U01")
    await api.call("service", "POST", "/people", elsewhere)
    agency = nation.agencies["K-001"]

    async def listed(query: str) -> list[str]:
        found, after = [], ""
        while after is not None:
            page = await api.get(f"/people?limit=2&{query}{f'&after={after}' if after else ''}")
            assert len(page["items"]) <= 2
            found += [person["id"] for person in page["items"]]
            after = page["next"]
        return found

    assert await listed(f"agency_id={agency}") == ids
    assert await listed(f"unit_id={nation.units['K-001-U01']}") == [ids[1], ids[3]]
    assert len(await listed("")) == 6
    await api.call("service", "POST", f"/people/{ids[0]}/transfer", {"agency_code": "D-001", "on": "2026-07-01"})
    assert await listed(f"agency_id={agency}") == ids[1:]
    assert await listed(f"agency_id={agency}&as_of=2026-06-30") == ids
    assert await listed(f"agency_id={agency}&as_of=2026-07-01") == ids[1:]
    assert (await api.call("service", "GET", "/people?after=WyJ4Il0=")).status_code == 422


async def test_nobody_new_comes_to_a_closed_agency(api, nation, a_person):
    person_id = (await api.call("service", "POST", "/people", a_person(1))).json()["id"]
    other = (await api.call("service", "POST", "/people", a_person(2, agency_code="D-001", unit_code=None))).json()[
        "id"
    ]
    closed = {"code": "K-001", "name": "Instansi K-001", "kind": "K", "active": False}
    await api.call("service", "PUT", f"/agencies/{nation.agencies['K-001']}", closed)
    assert (await api.call("service", "PUT", f"/people/{person_id}", a_person(1, name="Siti R"))).status_code == 200
    for method, path, body in (
        ("POST", "/people", a_person(3)),
        ("PUT", f"/people/{other}", a_person(2)),
        ("POST", f"/people/{other}/transfer", {"agency_code": "K-001", "on": "2026-11-20"}),
    ):
        answer = await api.call("service", method, path, body)
        assert (answer.status_code, answer.json()["code"]) == (422, "agency-closed")
