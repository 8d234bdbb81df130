"""What each sees and may change, and what nobody may."""

from dataclasses import replace
from functools import partial
from itertools import chain
from uuid import UUID, uuid4

import pytest

from common.app import create_app
from jejak_local.harness import client_of
from registry.service import SERVICE


@pytest.fixture
async def theirs(api, nation, a_person):
    """A person of D-001, seen by an agency_hr of K-001."""
    body = a_person(9, agency_code="D-001", unit_code="D-001-U01")
    return (await api.call("service", "POST", "/people", body)).json()["id"]


@pytest.mark.parametrize("role", ["agency_hr", "inspector"])
async def test_another_agency_is_out_of_sight(api, nation, theirs, role):
    ask = partial(api.call, role, "GET")
    other = nation.agencies["D-001"]
    for path in (
        f"/people/{theirs}",
        f"/people/{theirs}?as_of=2026-01-01",
        f"/people/{theirs}/history",
        f"/agencies/{other}",
        f"/agencies/{other}/pics",
        f"/agencies/{other}/units",
        f"/units/{nation.units['D-001-U01']}",
        f"/units/{nation.units['D-001-U01']}/history",
    ):
        answer = await ask(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found"), path
    assert (await api.get("/people", role))["items"] == []
    assert (await api.get(f"/people?agency_id={other}", role))["items"] == []
    assert (await api.get(f"/people?unit_id={nation.units['D-001-U01']}", role))["items"] == []
    assert [agency["code"] for agency in (await api.get("/agencies", role))["items"]] == ["K-001"]


async def test_another_agency_is_out_of_reach(api, nation, theirs, a_person, world):
    await world.emitted()
    hr = partial(api.call, "agency_hr")
    body = a_person(9, agency_code="D-001", unit_code="D-001-U01")
    for method, path, content in (
        ("PUT", f"/people/{theirs}", body),
        ("PUT", f"/people/{theirs}", a_person(9)),
        ("POST", f"/people/{theirs}/nip", {"nip": a_person(13)["nip"], "reason": "Salah ketik"}),
        ("POST", f"/people/{theirs}/transfer", {"agency_code": "K-001", "on": "2026-11-20"}),
        ("POST", f"/people/{theirs}/status", {"status": "leave", "from": "2026-11-20", "decree": "SK 1"}),
        ("PUT", f"/agencies/{nation.agencies['D-001']}/pics", {"pics": []}),
        ("POST", f"/agencies/{nation.agencies['D-001']}/units", {"code": "U-9", "name": "Baru"}),
        ("PUT", f"/units/{nation.units['D-001-U01']}", {"code": "D-001-U01", "name": "Baru"}),
    ):
        answer = await hr(method, path, content)
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found"), (method, path)
    created = await hr("POST", "/people", a_person(10, agency_code="D-001", unit_code=None))
    assert (created.status_code, created.json()["code"]) == (403, "agency-mismatch")
    answers = await api.bulk(
        "/people:batch",
        [
            a_person(11, agency_code="D-001", unit_code=None),  # somebody new of another agency
            a_person(9),  # somebody of another agency, claimed as one's own
            body,
            a_person(12),
        ],
        "agency_hr",
    )
    assert [answer.get("code", answer["status"]) for answer in answers] == ["agency-mismatch"] * 3 + ["stored"]
    assert [received.event.agency_id for received in await world.emitted()] == [nation.agencies["K-001"]]


async def test_the_giving_agency_lets_go_and_the_receiving_takes_over(api, nation, a_person):
    giving = partial(api.call, "agency_hr")
    receiving = partial(api.call, "agency_hr", agency=nation.agencies["D-001"])
    person_id = (await giving("POST", "/people", a_person())).json()["id"]
    move = {"agency_code": "D-001", "unit_code": "D-001-U01", "on": "2026-11-01"}
    assert (await receiving("POST", f"/people/{person_id}/transfer", move)).status_code == 404
    by_line = await api.bulk("/people:batch", [a_person(agency_code="D-001", unit_code=None)], "agency_hr")
    assert by_line[0]["code"] == "agency-mismatch"
    by_document = await giving("PUT", f"/people/{person_id}", a_person(agency_code="D-001", unit_code=None))
    assert (by_document.status_code, by_document.json()["code"]) == (403, "agency-mismatch")
    moved = await giving("POST", f"/people/{person_id}/transfer", move)
    assert (moved.status_code, moved.json()["agency_code"]) == (200, "D-001")

    assert (await giving("GET", f"/people/{person_id}")).status_code == 404
    assert (await giving("GET", f"/people/{person_id}/history")).status_code == 404
    assert (await giving("GET", f"/people/{person_id}?as_of=2026-10-31")).json()["agency_code"] == "K-001"
    assert (await giving("GET", f"/people/{person_id}?as_of=2026-11-01")).status_code == 404
    assert (await receiving("GET", f"/people/{person_id}")).json()["agency_code"] == "D-001"
    assert (await receiving("GET", f"/people/{person_id}?as_of=2026-10-31")).json()["agency_code"] == "K-001"
    for agency, day, count in (("K-001", "2026-10-31", 1), ("K-001", "2026-11-01", 0), ("D-001", "2026-10-31", 0)):
        listed = await api.call("service", "GET", f"/people?agency_id={nation.agencies[agency]}&as_of={day}")
        assert len(listed.json()["items"]) == count
    own = a_person(agency_code="D-001", unit_code="D-001-U01")
    assert (await receiving("PUT", f"/people/{person_id}", own | {"golongan": "III/d"})).status_code == 200
    # The receiving agency does not rewrite the days of the giving one.
    for method, path, body in (
        ("PUT", f"/people/{person_id}", own | {"valid_from": "2026-10-01"}),
        ("POST", f"/people/{person_id}/transfer", move | {"on": "2026-10-01"}),
        ("POST", f"/people/{person_id}/status", {"status": "leave", "from": "2026-10-01", "decree": "SK 1"}),
    ):
        answer = await receiving(method, path, body)
        assert (answer.status_code, answer.json()["code"]) == (403, "agency-mismatch")
    assert (
        await api.call("lan", "POST", f"/people/{person_id}/transfer", move | {"on": "2026-10-15"})
    ).status_code == 200


async def test_oneself(api, nation, a_person):
    person_id = (await api.call("service", "POST", "/people", a_person())).json()["id"]
    me = partial(api.call, "person", person=person_id)
    assert (await me("GET", "/people/me")).json()["id"] == person_id
    assert (await me("GET", "/people/me?as_of=2014-12-31")).status_code == 404
    assert (await api.call("person", "GET", "/people/me")).status_code == 403
    assert (await api.call("person", "GET", "/people/me", person=uuid4())).status_code == 404


async def test_reading_everything_does_not_widen_what_one_may_change(api, nation, theirs):
    both = {"authorization": f"Bearer {api.issuer.mint('lan', 'agency_hr', agency=nation.agencies['K-001'])}"}
    assert (await api.http.get(f"/v1/people/{theirs}", headers=both)).status_code == 200
    leave = {"status": "leave", "from": "2026-11-20", "decree": "SK 1"}
    assert (await api.http.post(f"/v1/people/{theirs}/status", json=leave, headers=both)).status_code == 404
    assert (await api.call("agency_hr", "GET", "/people", agency=None)).status_code == 403  # of no agency


async def test_bodies_have_their_limits(api, nation, settings, a_person):
    big = await api.call("service", "POST", "/people", a_person(position="x" * 1_100_000))
    assert (big.status_code, big.json()["code"]) == (413, "body-too-large")
    lines = [{"padding": "x" * 60_000}] * 20  # over the limit of a single document
    answers = await api.bulk("/people:batch", lines)
    assert len(answers) == 20


async def test_the_limit_of_uploads_is_a_setting(parts, issuer):
    small = parts.settings.model_copy(update={"batch_body_limit": 1000})
    app = create_app(SERVICE, replace(parts, settings=small))
    async with client_of(app) as client:
        answer = await client.post(
            "/v1/people:batch",
            content=b"{}\n" * 1000,
            headers={"authorization": f"Bearer {issuer.token('service')}"},
        )
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")


async def test_ids_in_paths_are_checked(api):
    answer = await api.call("service", "GET", "/people/not-a-uuid")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "person_id")
    assert (await api.call("service", "GET", f"/people/{UUID(int=0)}")).status_code == 404


async def test_an_analis_sees_the_agencies_of_their_region(api, nation, theirs, a_person):
    mine = (await api.call("service", "POST", "/people", a_person())).json()["id"]
    papua = partial(api.call, "analis", "GET", region="Papua")
    assert [agency["code"] for agency in (await papua("/agencies")).json()["items"]] == ["D-001"]
    assert [agency["code"] for agency in (await papua("/agencies-without-pic")).json()["items"]] == ["D-001"]
    assert [person["id"] for person in (await papua("/people")).json()["items"]] == [theirs]
    assert (await papua(f"/people/{theirs}/history")).status_code == 200
    assert (await papua(f"/people/{mine}")).status_code == 404
    assert (await papua(f"/agencies/{nation.agencies['K-001']}")).status_code == 404


async def test_of_a_past_day_an_analis_sees_the_agencies_that_were_in_their_region_then(api, nation, theirs):
    agency = {
        "code": "D-001",
        "name": "Instansi D-001",
        "kind": "D",
        "region": "Papua Tengah",
        "valid_from": "2026-06-01",
    }
    await api.call("lan", "PUT", f"/agencies/{nation.agencies['D-001']}", agency)
    await api.call("lan", "POST", "/agencies", {"code": "D-002", "name": "Lain", "kind": "D", "region": "Papua"})
    papua = partial(api.call, "analis", "GET", region="Papua")
    for day, codes, people in (("2026-05-31", ["D-001", "D-002"], [theirs]), ("2026-06-01", ["D-002"], [])):
        assert [found["code"] for found in (await papua(f"/agencies?as_of={day}")).json()["items"]] == codes
        assert [found["id"] for found in (await papua(f"/people?as_of={day}")).json()["items"]] == people
        seen = [await papua(f"/people/{theirs}{part}?as_of={day}") for part in ("", "/place")]
        assert {answer.status_code for answer in seen} == {200 if people else 404}
    assert (await papua("/people")).json()["items"] == []


async def test_a_region_that_is_gone_is_said(api, nation):
    """The one agency there moves to another region; a second role of the token is worth what it is worth alone."""
    papua = partial(api.call, "analis", "GET", region="Papua")
    assert (await papua("/agencies")).status_code == 200
    agency = {"code": "D-001", "name": "Instansi D-001", "kind": "D", "region": "Papua Tengah"}
    await api.call("lan", "PUT", f"/agencies/{nation.agencies['D-001']}", agency)
    gone = await papua("/agencies", headers={"accept-language": "en"})
    assert (gone.status_code, gone.json()["code"], gone.json()["errors"][0]["field"]) == (403, "claim-gone", "region")
    assert "ask for a new one" in gone.json()["title"]
    token = api.issuer.mint("analis", "inspector", region="Papua", agency=nation.agencies["K-001"])
    seen = await api.http.get("/v1/agencies", headers={"authorization": f"Bearer {token}"})
    assert [found["code"] for found in seen.json()["items"]] == ["K-001"]


async def test_the_steward_of_analis_bangkom_lists_its_holders_with_their_agency_and_nobody_else(api, nation, a_person):
    """002.32; the day asked for decides: who has left the position, or comes to it, is not of it."""
    bangkom = {"position": "Analis Bangkom"}
    elsewhere = {"agency_code": "D-001", "unit_code": None}
    lines = [a_person(1, **bangkom), a_person(2, **bangkom, **elsewhere), a_person(3), a_person(4, **elsewhere)]
    await api.bulk("/people:batch", lines)
    steward = partial(api.get, role="steward", **bangkom)
    items = (await steward("/people"))["items"]
    assert sorted((item["agency_code"], item["position"]) for item in items) == [
        ("D-001", "Analis Bangkom"),
        ("K-001", "Analis Bangkom"),
    ]
    everybody = (await api.get("/people"))["items"]
    for person in everybody:
        status = 200 if person["position"] == "Analis Bangkom" else 404
        assert (await api.call("steward", "GET", f"/people/{person['id']}", **bangkom)).status_code == status
    [first, *_] = items
    left = lines[0 if first["agency_code"] == "K-001" else 1] | {"position": "Arsiparis", "valid_from": "2026-11-01"}
    await api.bulk("/people:batch", [left])
    assert len((await steward("/people"))["items"]) == 1
    assert len((await steward("/people?as_of=2026-10-31"))["items"]) == 2
    assert (await api.call("steward", "GET", "/agencies", **bangkom)).status_code == 403


async def test_the_kinds_sum_to_all_agencies(api):
    """606 of them: every agency is in exactly one of K, L and D, and in its region."""
    lines = [
        {"code": f"{kind}-{number:03d}", "name": f"Instansi {number}", "kind": kind, "region": f"Region {number % 38}"}
        for kind, many in (("K", 48), ("L", 50), ("D", 508))
        for number in range(many)
    ]
    await api.bulk("/agencies:batch", lines)

    async def listed(query: str = "") -> list[str]:
        found, after = [], ""
        while True:
            page = await api.get(f"/agencies?limit=500{query}{after}")
            found += [agency["code"] for agency in page["items"]]
            if page["next"] is None:
                return found
            after = f"&after={page['next']}"

    everything = await listed()
    kinds = [await listed(f"&kind={kind}") for kind in "KLD"]
    assert [len(each) for each in kinds] == [48, 50, 508]
    assert len(everything) == 606
    assert sorted(chain(*kinds)) == sorted(everything)
