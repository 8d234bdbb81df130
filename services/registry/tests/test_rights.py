"""Who may call what, and what each sees: every route with every role."""

import json
import re
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from common.app import create_app
from common.web.auth import OPEN_PATHS, guards
from jejak_local.harness import client_of
from jejak_local.issuer import ROLES
from registry.service import SERVICE

READERS = {"lan", "analis", "agency_hr", "inspector", "service"}
RIGHTS = {
    ("POST", "/v1/agencies"): {"lan", "service"},
    ("GET", "/v1/agencies"): READERS,
    ("POST", "/v1/agencies:batch"): {"lan", "service"},
    ("GET", "/v1/agencies-without-pic"): {"lan", "analis"},
    ("GET", "/v1/agencies/{agency_id}"): READERS,
    ("PUT", "/v1/agencies/{agency_id}"): {"lan", "service"},
    ("GET", "/v1/agencies/{agency_id}/pics"): READERS,
    ("PUT", "/v1/agencies/{agency_id}/pics"): {"lan", "service", "agency_hr"},
    ("GET", "/v1/agencies/{agency_id}/units"): READERS,
    ("POST", "/v1/agencies/{agency_id}/units"): {"lan", "service", "agency_hr"},
    ("PUT", "/v1/units/{unit_id}"): {"lan", "service", "agency_hr"},
    ("POST", "/v1/people"): {"service", "agency_hr"},
    ("GET", "/v1/people"): READERS,
    ("POST", "/v1/people:batch"): {"service", "agency_hr"},
    ("GET", "/v1/people/me"): {"person"},
    ("GET", "/v1/people/{person_id}"): READERS,
    ("GET", "/v1/people/{person_id}/history"): READERS,
    ("PUT", "/v1/people/{person_id}"): {"service", "agency_hr"},
    ("POST", "/v1/people/{person_id}/nip"): {"service", "agency_hr"},
    ("POST", "/v1/people/{person_id}/transfer"): {"lan", "service", "agency_hr"},
    ("POST", "/v1/people/{person_id}/status"): {"service", "agency_hr"},
}


def test_the_matrix_is_that_of_the_application(app):
    found = {route: set(roles) for route, roles in guards(app).items() if route[1] not in OPEN_PATHS}
    assert found == RIGHTS


@pytest.mark.parametrize(("method", "path"), RIGHTS)
async def test_every_role_on_every_route(caller, nation, a_person, service, method, path):
    person_id = (await service.post("/people", a_person())).json()["id"]
    ids = {
        "agency_id": nation.agencies["K-001"],
        "unit_id": nation.units["K-001-U01"],
        "person_id": person_id,
    }
    address = re.sub(r"{(\w+)}", lambda match: str(ids[match[1]]), path.removeprefix("/v1"))
    body = {
        "/v1/agencies": {"code": "K-050", "name": "Baru", "kind": "K"},
        "/v1/agencies/{agency_id}": {"code": "K-001", "name": "Baru", "kind": "K"},
        "/v1/agencies/{agency_id}/pics": {"pics": []},
        "/v1/agencies/{agency_id}/units": {"code": "U-50", "name": "Baru"},
        "/v1/units/{unit_id}": {"code": "K-001-U01", "name": "Baru"},
        "/v1/people": a_person(2),
        "/v1/people/{person_id}": a_person(name="Baru"),
        "/v1/people/{person_id}/nip": {"nip": a_person(4)["nip"], "reason": "Salah ketik"},
        "/v1/people/{person_id}/transfer": {"agency_code": "K-001", "unit_code": "K-001-U02", "on": "2026-11-20"},
        "/v1/people/{person_id}/status": {"status": "leave", "from": "2026-11-20", "decree": "SK 1"},
        "/v1/agencies:batch": {"code": "K-051", "name": "Baru", "kind": "K"},
        "/v1/people:batch": a_person(3),
    }.get(path)
    body = None if method == "GET" else body
    sent = {"content_type": "application/x-ndjson"} if path.endswith(":batch") else {}

    assert (await caller(None).call(method, address, body, **sent)).status_code == 401
    assert (await caller("nobody").call(method, address, body, **sent)).status_code == 403
    for role in sorted(set(ROLES) - RIGHTS[method, path]):
        answer = await caller(role, agency=nation.agencies["K-001"], person=person_id).call(
            method, address, body, **sent
        )
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), role
    for role in sorted(RIGHTS[method, path]):
        # Only a person reads their own; who writes is somebody else, since nobody changes their own record.
        scope = {"person": person_id} if role == "person" else {}
        answer = await caller(role, agency=nation.agencies["K-001"], **scope).call(method, address, body, **sent)
        created_before = path in {"/v1/agencies", "/v1/people", "/v1/agencies/{agency_id}/units"}
        assert answer.status_code in ({200, 201, 409} if created_before else {200}), (role, answer.text)


async def test_bad_tokens(caller, issuer, nation):
    api = caller("service")
    for token in (
        issuer.mint("service", expires_in=-60),
        issuer.mint("service", audience="elsewhere"),
        issuer.mint("service", issuer="http://evil.example"),
        issuer.mint("service", algorithm="none"),
        issuer.mint("service", algorithm="HS256"),
        "not.a.token",
    ):
        api.token = token
        answer = await api.get("/people")
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
        assert answer.headers["www-authenticate"] == "Bearer"


@pytest.fixture
async def theirs(service, nation, a_person):
    """A person of D-001, seen by an agency_hr of K-001."""
    body = a_person(9, agency_code="D-001", unit_code="D-001-U01")
    return (await service.post("/people", body)).json()["id"]


@pytest.mark.parametrize("role", ["agency_hr", "inspector"])
async def test_another_agency_is_out_of_sight(caller, nation, theirs, role):
    api = caller(role, agency=nation.agencies["K-001"])
    other = nation.agencies["D-001"]
    for path in (
        f"/people/{theirs}",
        f"/people/{theirs}?as_of=2026-01-01",
        f"/people/{theirs}/history",
        f"/agencies/{other}",
        f"/agencies/{other}/pics",
        f"/agencies/{other}/units",
    ):
        answer = await api.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found"), path
    assert (await api.get("/people")).json()["items"] == []
    assert (await api.get(f"/people?agency_id={other}")).json()["items"] == []
    assert (await api.get(f"/people?unit_id={nation.units['D-001-U01']}")).json()["items"] == []
    assert [agency["code"] for agency in (await api.get("/agencies")).json()["items"]] == ["K-001"]


async def test_another_agency_is_out_of_reach(caller, nation, theirs, a_person, emitted):
    await emitted()
    hr = caller("agency_hr", agency=nation.agencies["K-001"])
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
        answer = await hr.call(method, path, content)
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found"), (method, path)
    created = await hr.post("/people", a_person(10, agency_code="D-001", unit_code=None))
    assert (created.status_code, created.json()["code"]) == (403, "agency-mismatch")
    answers = await hr.upload(
        "/people:batch",
        [
            a_person(11, agency_code="D-001", unit_code=None),  # somebody new of another agency
            a_person(9),  # somebody of another agency, claimed as one's own
            body,
            a_person(12),
        ],
    )
    assert [answer.get("code", answer["status"]) for answer in answers] == ["agency-mismatch"] * 3 + ["stored"]
    assert [received.event.agency_id for received in await emitted()] == [nation.agencies["K-001"]]


async def test_the_giving_agency_lets_go_and_the_receiving_takes_over(caller, nation, service, a_person):
    giving = caller("agency_hr", agency=nation.agencies["K-001"])
    receiving = caller("agency_hr", agency=nation.agencies["D-001"])
    person_id = (await giving.post("/people", a_person())).json()["id"]
    move = {"agency_code": "D-001", "unit_code": "D-001-U01", "on": "2026-11-01"}
    assert (await receiving.post(f"/people/{person_id}/transfer", move)).status_code == 404
    by_line = await giving.upload("/people:batch", [a_person(agency_code="D-001", unit_code=None)])
    assert by_line[0]["code"] == "agency-mismatch"
    by_document = await giving.put(f"/people/{person_id}", a_person(agency_code="D-001", unit_code=None))
    assert (by_document.status_code, by_document.json()["code"]) == (403, "agency-mismatch")
    moved = await giving.post(f"/people/{person_id}/transfer", move)
    assert (moved.status_code, moved.json()["agency_code"]) == (200, "D-001")

    assert (await giving.get(f"/people/{person_id}")).status_code == 404
    assert (await giving.get(f"/people/{person_id}/history")).status_code == 404
    assert (await giving.get(f"/people/{person_id}?as_of=2026-10-31")).json()["agency_code"] == "K-001"
    assert (await giving.get(f"/people/{person_id}?as_of=2026-11-01")).status_code == 404
    assert (await receiving.get(f"/people/{person_id}")).json()["agency_code"] == "D-001"
    assert (await receiving.get(f"/people/{person_id}?as_of=2026-10-31")).json()["agency_code"] == "K-001"
    for agency, day, count in (("K-001", "2026-10-31", 1), ("K-001", "2026-11-01", 0), ("D-001", "2026-10-31", 0)):
        listed = await service.get(f"/people?agency_id={nation.agencies[agency]}&as_of={day}")
        assert len(listed.json()["items"]) == count
    own = a_person(agency_code="D-001", unit_code="D-001-U01")
    assert (await receiving.put(f"/people/{person_id}", own | {"golongan": "III/d"})).status_code == 200
    # The receiving agency does not rewrite the days of the giving one.
    for method, path, body in (
        ("PUT", f"/people/{person_id}", own | {"valid_from": "2026-10-01"}),
        ("POST", f"/people/{person_id}/transfer", move | {"on": "2026-10-01"}),
        ("POST", f"/people/{person_id}/status", {"status": "leave", "from": "2026-10-01", "decree": "SK 1"}),
    ):
        answer = await receiving.call(method, path, body)
        assert (answer.status_code, answer.json()["code"]) == (403, "agency-mismatch")
    assert (await caller("lan").post(f"/people/{person_id}/transfer", move | {"on": "2026-10-15"})).status_code == 200


async def test_oneself(caller, nation, service, a_person):
    person_id = (await service.post("/people", a_person())).json()["id"]
    me = caller("person", person=person_id)
    assert (await me.get("/people/me")).json()["id"] == person_id
    assert (await me.get("/people/me?as_of=2014-12-31")).status_code == 404
    assert (await caller("person").get("/people/me")).status_code == 403
    assert (await caller("person", person=uuid4()).get("/people/me")).status_code == 404


async def test_reading_everything_does_not_widen_what_one_may_change(caller, issuer, nation, theirs):
    both = caller("service")
    both.token = issuer.mint("analis", "agency_hr", agency=nation.agencies["K-001"])
    assert (await both.get(f"/people/{theirs}")).status_code == 200
    leave = {"status": "leave", "from": "2026-11-20", "decree": "SK 1"}
    assert (await both.post(f"/people/{theirs}/status", leave)).status_code == 404
    assert (await caller("agency_hr").get("/people")).status_code == 403  # of no agency


async def test_bodies_have_their_limits(caller, service, nation, settings, a_person):
    big = await service.post("/people", a_person(position="x" * 1_100_000))
    assert (big.status_code, big.json()["code"]) == (413, "body-too-large")
    lines = [json.dumps({"padding": "x" * 60_000})] * 20  # over the limit of a single document
    answers = await service.upload("/people:batch", lines)
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


async def test_ids_in_paths_are_checked(service):
    answer = await service.get("/people/not-a-uuid")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "person_id")
    assert (await service.get(f"/people/{UUID(int=0)}")).status_code == 404


async def test_the_service_is_as_the_house_asks(assert_service, nation) -> None:
    await assert_service()
