"""What the house asks of every service, and what each role may do here."""

import re
from typing import Any
from uuid import uuid4

import pytest
from httpx2 import Response
from sqlalchemy import text

from common.store.jobs import order
from jejak_local.doors import SOMETHING
from jejak_local.harness import REGION, sent_import
from jejak_local.scopes import Things
from registry.rights import NIPS

HISTORIANS = {"lan", "analis", "agency_hr", "agency_head", "inspector", "service"}
READERS = HISTORIANS | {"pic"}
NAMERS = {"person", "agency_hr", "service"}
RIGHTS = {
    ("POST", "/v1/agencies"): {"lan", "service"},
    ("GET", "/v1/agencies"): READERS,
    ("POST", "/v1/agencies:batch"): {"lan", "service"},
    ("GET", "/v1/agencies-without-pic"): {"lan", "analis"},
    ("GET", "/v1/stakeholders"): READERS,
    ("POST", "/v1/stakeholders"): {"lan"},
    ("PUT", "/v1/stakeholders/{stakeholder_id}"): {"lan"},
    ("POST", "/v1/stakeholders/{stakeholder_id}/end"): {"lan"},
    ("GET", "/v1/agencies/{agency_id}"): READERS,
    ("PUT", "/v1/agencies/{agency_id}"): {"lan", "service"},
    ("GET", "/v1/agencies/{agency_id}/pics"): READERS,
    ("PUT", "/v1/agencies/{agency_id}/pics"): {"lan", "service", "agency_hr"},
    ("GET", "/v1/agencies/{agency_id}/units"): READERS,
    ("POST", "/v1/agencies/{agency_id}/units"): {"lan", "service", "agency_hr"},
    ("GET", "/v1/agencies/{agency_id}/posts"): READERS,
    ("POST", "/v1/agencies/{agency_id}/posts"): {"lan", "service", "agency_hr"},
    ("GET", "/v1/agencies/{agency_id}/places"): HISTORIANS,
    ("GET", "/v1/posts/{post_id}"): READERS,
    ("GET", "/v1/posts/{post_id}/history"): HISTORIANS,
    ("PUT", "/v1/posts/{post_id}"): {"lan", "service", "agency_hr"},
    ("POST", "/v1/posts:batch"): {"lan", "service", "agency_hr"},
    ("GET", "/v1/people/me/place"): {"person"},
    ("GET", "/v1/people/{person_id}/place"): HISTORIANS,
    ("POST", "/v1/people/{person_id}/holdings"): {"service", "agency_hr"},
    ("POST", "/v1/holdings:batch"): {"service", "agency_hr"},
    ("GET", "/v1/tags"): READERS | {"steward"},
    ("POST", "/v1/people/{person_id}/tags"): {"service", "agency_hr"},
    ("POST", "/v1/tags:batch"): {"service", "agency_hr"},
    ("POST", "/v1/people/{person_id}/promotions"): {"service", "agency_hr"},
    ("POST", "/v1/promotions:batch"): {"service", "agency_hr"},
    ("GET", "/v1/units/{unit_id}"): READERS,
    ("GET", "/v1/units/{unit_id}/history"): READERS,
    ("PUT", "/v1/units/{unit_id}"): {"lan", "service", "agency_hr"},
    ("POST", "/v1/units:batch"): {"lan", "service", "agency_hr"},
    ("POST", "/v1/people"): {"service", "agency_hr"},
    ("GET", "/v1/people"): READERS | {"steward"},
    ("POST", "/v1/people:batch"): {"service", "agency_hr"},
    ("POST", "/v1/people:names"): READERS | {"steward", "verifier", "validator", "provider", "person"},
    ("GET", "/v1/people/me"): {"person"},
    ("GET", "/v1/people/me/looks"): {"person"},
    ("GET", "/v1/people/{person_id}"): READERS | {"steward"},
    ("GET", "/v1/people/{person_id}/history"): HISTORIANS,
    ("PUT", "/v1/people/{person_id}"): {"service", "agency_hr"},
    ("POST", "/v1/people/{person_id}/nip"): {"service", "agency_hr"},
    ("POST", "/v1/people/{person_id}/transfer"): {"lan", "service", "agency_hr"},
    ("POST", "/v1/people/{person_id}/status"): {"service", "agency_hr"},
    ("GET", "/v1/people/me/contact"): {"person"},
    ("PUT", "/v1/people/me/contact"): {"person"},
    ("POST", "/v1/people/me/contact/check"): {"person"},
    ("GET", "/v1/people/{person_id}/contact"): {"service", "agency_hr"},
    ("PUT", "/v1/people/{person_id}/contact"): {"service", "agency_hr"},
    ("POST", "/v1/contacts:batch"): {"service", "agency_hr"},
    ("GET", "/v1/identifiers"): {"lan", "service", "agency_hr"},
    ("GET", "/v1/people/{person_id}/identifiers"): {"lan", "service", "agency_hr"},
    ("PUT", "/v1/people/{person_id}/identifiers"): {"lan", "service", "agency_hr"},
    ("GET", "/v1/agencies/{agency_id}/identifiers"): {"lan", "service", "agency_hr"},
    ("PUT", "/v1/agencies/{agency_id}/identifiers"): {"lan", "service"},
    ("GET", "/v1/units/{unit_id}/identifiers"): {"lan", "service", "agency_hr"},
    ("PUT", "/v1/units/{unit_id}/identifiers"): {"lan", "service", "agency_hr"},
    ("POST", "/v1/identifiers:batch"): {"lan", "service", "agency_hr"},
    ("POST", "/v1/identifiers:lookup"): {"lan", "service", "agency_hr"},
    ("GET", "/v1/duties"): NAMERS,
    ("GET", "/v1/people/me/deputies"): {"person"},
    ("GET", "/v1/agencies/{agency_id}/deputies"): HISTORIANS,
    ("POST", "/v1/deputies"): NAMERS,
    ("POST", "/v1/deputies:batch"): NAMERS,
    ("POST", "/v1/deputies/{delegation_id}/end"): NAMERS,
    ("POST", "/v1/data-files"): {"person", "agency_hr"},
    ("GET", "/v1/data-files"): {"person", "agency_hr"},
    ("GET", "/v1/data-files/{file_id}"): {"person", "agency_hr"},
    ("GET", "/v1/data-files/{file_id}/{form}"): {"person", "agency_hr"},
    ("POST", "/v1/people/me/data-requests"): {"person"},
    ("GET", "/v1/data-requests"): {"person", "agency_hr"},
    ("GET", "/v1/data-requests/{request_id}"): {"person", "agency_hr"},
    ("POST", "/v1/data-requests/{request_id}/{act}"): {"person", "agency_hr"},
    ("POST", "/v1/reforms:preview"): {"lan", "service"},
    ("GET", "/v1/reform-previews/{preview_id}"): {"lan", "service"},
    ("POST", "/v1/reforms"): {"lan", "service"},
    ("GET", "/v1/reforms/{reform_id}"): {"lan", "service"},
    ("POST", "/v1/erasures:preview"): {"lan"},
    ("POST", "/v1/erasures"): {"lan"},
    ("GET", "/v1/erasures/{erasure_id}"): {"lan"},
    ("POST", "/v1/erasures/{erasure_id}/consent"): {"lan"},
    ("POST", "/v1/erasures/{erasure_id}/withdraw"): {"lan"},
    ("GET", "/v1/imports/people/template"): {"agency_hr", "service"},
    ("POST", "/v1/imports:people"): {"agency_hr", "service"},
    ("GET", "/v1/imports/posts/template"): {"lan", "service", "agency_hr"},
    ("POST", "/v1/imports:posts"): {"lan", "service", "agency_hr"},
    ("GET", "/v1/imports/{import_id}"): {"lan", "service", "agency_hr"},
    ("GET", "/v1/imports/{import_id}/refused"): {"lan", "service", "agency_hr"},
    ("GET", "/v1/jobs/{job_id}"): {"lan", "service"},
    ("POST", "/v1/jobs/{job_id}/cancel"): {"lan", "service"},
    ("POST", "/v1/jobs/{job_id}/resume"): {"lan", "service"},
}
CORRECTION = {"kind": "correction", "part": "identity", "wrong": "Nama keliru"}


async def test_the_service_is_as_the_house_asks(assert_service, nation) -> None:
    await assert_service(RIGHTS)


async def test_each_role_reaches_its_own_and_nothing_else(reaches_its_own, api, nation, a_person) -> None:
    """001.3: a regency is an agency that cannot read another; so is every other."""
    made: dict[str, dict[str, str]] = {}
    lines: dict[str, dict[str, Any]] = {}
    for sequence, (code, position) in enumerate((("K-001", "Analis Bangkom"), ("D-001", "Arsiparis"))):
        place = {"agency_code": code, "unit_code": f"{code}-U01"}
        lines[code] = a_person(1 + 2 * sequence, position=position, **place)
        everybody = await api.bulk("/people:batch", [lines[code], a_person(2 + 2 * sequence, position="Lain", **place)])
        person, colleague = (answer["id"] for answer in everybody)
        post = {"code": "P1", "type": "JA", "name": "Kepala", "jenjang": "administrator", "unit_code": f"{code}-U01"}
        [held] = await api.bulk("/posts:batch", [post | {"agency_code": code}])
        named = {"person_id": person, "deputy_id": colleague, "valid_from": "2026-11-20", "valid_to": "2026-12-20"}
        deputy = (await api.call("service", "POST", "/deputies", named | {"duty": "superior"})).json()["id"]
        asked = {"person_id": person, "reason": "Surat kuasa"}
        by_hr = await api.call("agency_hr", "POST", "/data-files", asked, agency=str(nation.agencies[code]))
        request = (await api.call("person", "POST", "/people/me/data-requests", CORRECTION, person=person)).json()["id"]
        made[code] = {
            "agency_id": str(nation.agencies[code]),
            "unit_id": str(nation.units[f"{code}-U01"]),
            "person_id": person,
            "post_id": held["id"],
            "delegation_id": deputy,
            "request_id": request,
            "act": "grant",
            "siasn": f"S-{code}",
            "file_id": by_hr.json()["id"],
            "form": "pdf",
        }
    known = [{"kind": "person", "id": each["person_id"], "siasn": f"S-{code}"} for code, each in made.items()]
    assert {answer["status"] for answer in await api.bulk("/identifiers:batch", known)} == {"stored"}
    old, new, *others = [
        (await api.call("lan", "POST", "/agencies", {"code": f"D-09{n}", "name": "Daerah", "kind": "D"})).json()["id"]
        for n in range(1, 5)
    ]
    reform = {"agency_id": old, "on": "2026-11-20", "shares": [{"agency_id": new}]}
    reform_id = (await api.call("lan", "POST", "/reforms", reform)).json()["id"]
    planned = reform | {"agency_id": others[0], "shares": [{"agency_id": others[1]}]}
    preview_id = (await api.call("lan", "POST", "/reforms:preview", planned)).json()["id"]
    left = (await api.call("service", "POST", "/people", a_person(7, joined_on="2015-01-01"))).json()["id"]
    gone = {"status": "retired", "decree": "SK 1", "from": "2020-02-01"}
    assert (await api.call("service", "POST", f"/people/{left}/status", gone)).status_code == 200
    unlawful = {"person_id": left, "ground": "unlawful", "letter": "S-12/2026"}
    erasure_id = (await api.call("lan", "POST", "/erasures", unlawful)).json()["id"]
    jobs: dict[str, dict[str, Any]] = {}
    for role in ("lan", "service"):
        async with nation.database.transaction() as session:
            jobs[role] = {"job_id": await order(session, "reform", {}, role)}
        jobs[role]["import_id"] = await sent_import(nation.database, "posts", role)
    by_hr = await sent_import(nation.database, "people", "agency_hr", agency=nation.agencies["K-001"])
    jobs["agency_hr"] = {"import_id": by_hr}
    own = Things(
        {
            "agency": nation.agencies["K-001"],
            "person": made["K-001"]["person_id"],
            "region": REGION,
            "position": "Analis Bangkom",
            "address": SOMETHING,
        },
        made["K-001"] | {"reform_id": reform_id, "preview_id": preview_id, "erasure_id": erasure_id},
        jobs,
        {lines["K-001"]["nip"]: {*NIPS.roles, "person"}},
    )
    other = Things({}, made["D-001"])
    theirs, unit = lines["D-001"], {"code": "D-001-U01", "name": "Baru"}
    post = {"code": "P1", "type": "JA", "name": "Kepala", "jenjang": "administrator", "unit_code": "D-001-U01"}
    held = {"post_code": "P1", "agency_code": "D-001", "valid_from": "2026-01-01"}
    named |= {"duty": "digest"}
    tag = {"tag": "hasil-penyetaraan", "valid_from": "2026-01-01", "paper": "SK 1"}
    risen = {"kind": "rank", "valid_from": "2026-01-01", "decree": "SK 2", "decree_date": "2025-12-20"}
    await reaches_its_own(
        own,
        other,
        {
            "POST /v1/imports:people": None,
            "POST /v1/imports:posts": None,
            "POST /v1/data-files": {"person_id": made["D-001"]["person_id"], "reason": "Surat kuasa"},
            "POST /v1/people:names": {"person_ids": [made["D-001"]["person_id"]]},
            "PUT /v1/people/{person_id}/identifiers": {"siasn": "B7"},
            "PUT /v1/units/{unit_id}/identifiers": {"siasn": "B7"},
            "POST /v1/identifiers:batch": [{"kind": "person", "id": made["D-001"]["person_id"], "siasn": "B7"}],
            "POST /v1/identifiers:lookup": [{"kind": "person", "siasn": "S-D-001"}],
            "POST /v1/people/{person_id}/tags": tag,
            "POST /v1/tags:batch": [tag | {"nip": theirs["nip"]}],
            "POST /v1/people/{person_id}/promotions": risen,
            "POST /v1/promotions:batch": [risen | {"nip": theirs["nip"]}],
            "PUT /v1/agencies/{agency_id}/pics": {"pics": []},
            "POST /v1/agencies/{agency_id}/units": {"code": "U-50", "name": "Baru"},
            "PUT /v1/units/{unit_id}": unit,
            "POST /v1/units:batch": [unit | {"agency_code": "D-001"}],
            "POST /v1/agencies/{agency_id}/posts": post | {"code": "P2"},
            "PUT /v1/posts/{post_id}": post,
            "POST /v1/posts:batch": [post | {"agency_code": "D-001"}],
            "POST /v1/people/{person_id}/holdings": held,
            "POST /v1/holdings:batch": [held | {"nip": theirs["nip"]}],
            "POST /v1/people": a_person(9, agency_code="D-001", unit_code=None),
            "PUT /v1/people/{person_id}": theirs,
            "POST /v1/people:batch": [theirs],
            "POST /v1/people/{person_id}/nip": {"nip": a_person(13)["nip"], "reason": "Salah ketik"},
            "POST /v1/people/{person_id}/transfer": {"agency_code": "K-001", "on": "2026-11-20"},
            "POST /v1/people/{person_id}/status": {"status": "leave", "from": "2026-11-20", "decree": "SK 1"},
            "PUT /v1/people/{person_id}/contact": {"language": "en"},
            "POST /v1/contacts:batch": [{"person_id": made["D-001"]["person_id"], "language": "en"}],
            "POST /v1/deputies": named,
            "POST /v1/deputies:batch": [named],
            "POST /v1/deputies/{delegation_id}/end": {"on": "2026-12-01"},
            "POST /v1/data-requests/{request_id}/{act}": {"reason": "Diperbaiki"},
        },
    )


@pytest.mark.parametrize(("method", "path"), RIGHTS)
async def test_every_role_does_what_its_right_says(api, nation, world, a_person, method, path):
    lines = a_person(position="Analis Bangkom")
    person_id = (await api.call("service", "POST", "/people", lines)).json()["id"]
    address = {"email": "siti@agency.example"}
    await api.call("person", "PUT", "/people/me/contact", address, person=person_id)
    token = (await world.emitted())[-1].event.check.token
    post = {"code": "P1", "type": "JA", "name": "Kepala", "jenjang": "administrator", "unit_code": "K-001-U01"}
    posts = f"/agencies/{nation.agencies['K-001']}/posts"
    post_id = (await api.call("service", "POST", posts, post)).json()["id"]
    held = {"post_code": "P1", "agency_code": "K-001", "valid_from": "2026-01-01"}
    tag = {"tag": "hasil-penyetaraan", "valid_from": "2022-06-01", "paper": "SK 1"}
    risen = {"kind": "rank", "valid_from": "2026-01-01", "decree": "SK 2", "decree_date": "2025-12-20"}
    ids = {
        "post_id": post_id,
        "agency_id": nation.agencies["K-001"],
        "unit_id": nation.units["K-001-U01"],
        "person_id": person_id,
    }
    deputy_id = (await api.call("service", "POST", "/people", a_person(5))).json()["id"]
    deputy = {"person_id": person_id, "deputy_id": deputy_id, "duty": "superior"}
    deputy |= {"valid_from": "2026-11-20", "valid_to": "2026-12-20"}
    merger = {
        "agency_id": str(nation.agencies["D-001"]),
        "on": "2026-07-01",
        "shares": [{"agency_id": str(nation.agencies["K-001"])}],
    }
    if path in {"/v1/identifiers", "/v1/identifiers:lookup"}:
        await api.bulk("/identifiers:batch", [{"kind": "agency", "code": "K-001", "siasn": "A1"}])
    if "{reform_id}" in path:
        ids["reform_id"] = (await api.call("lan", "POST", "/reforms", merger)).json()["id"]
    if "{preview_id}" in path:
        ids["preview_id"] = (await api.call("lan", "POST", "/reforms:preview", merger)).json()["id"]
    if "{delegation_id}" in path:
        ids["delegation_id"] = (await api.call("service", "POST", "/deputies", deputy)).json()["id"]
    part = {"name": "P3K Bangkom", "role": "Penanggung jawab"}
    if "{stakeholder_id}" in path:
        ids["stakeholder_id"] = (await api.call("lan", "POST", "/stakeholders", part)).json()["id"]
    for_them = {"person_id": person_id, "reason": "Surat kuasa"}
    if "{file_id}" in path:
        ids["file_id"] = (await api.call("agency_hr", "POST", "/data-files", for_them)).json()["id"]
        ids["form"] = "pdf"
    if "{request_id}" in path:
        rest = CORRECTION | {"kind": "restriction"}
        made = await api.call("person", "POST", "/people/me/data-requests", rest, person=person_id)
        ids["request_id"] = made.json()["id"]
    erased = {"person_id": None, "ground": "retention", "letter": "S-12/2026"}
    if "erasures" in path:
        old = a_person(nip="194001011965011001", joined_on="1965-01-01")
        erased["person_id"] = (await api.call("service", "POST", "/people", old)).json()["id"]
        gone = {"status": "retired", "decree": "SK 1", "from": "1991-02-01"}
        await api.call("service", "POST", f"/people/{erased['person_id']}/status", gone)
    if "{erasure_id}" in path:  # asked for by one of LAN, consented to by another
        ids["erasure_id"] = (await api.call("lan", "POST", "/erasures", erased, person=uuid4())).json()["id"]
        async with nation.database.transaction() as session:
            answer = text("INSERT INTO erasure_answers VALUES (:id, 'credit', 1, NULL)")
            await session.execute(answer, {"id": ids["erasure_id"]})
    body = {
        "/v1/deputies": deputy,
        "/v1/deputies:batch": deputy,
        "/v1/deputies/{delegation_id}/end": {"on": "2026-12-01"},
        "/v1/agencies": {"code": "K-050", "name": "Baru", "kind": "K"},
        "/v1/agencies/{agency_id}": {"code": "K-001", "name": "Baru", "kind": "K"},
        "/v1/agencies/{agency_id}/pics": {"pics": []},
        "/v1/agencies/{agency_id}/units": {"code": "U-50", "name": "Baru"},
        "/v1/agencies/{agency_id}/posts": post | {"code": "P2"},
        "/v1/posts/{post_id}": post,
        "/v1/posts:batch": post | {"agency_code": "K-001"},
        "/v1/people/{person_id}/holdings": held,
        "/v1/holdings:batch": held | {"nip": a_person()["nip"]},
        "/v1/units/{unit_id}": {"code": "K-001-U01", "name": "Baru"},
        "/v1/people": a_person(2),
        "/v1/people/{person_id}": a_person(name="Baru"),
        "/v1/people/{person_id}/nip": {"nip": a_person(4)["nip"], "reason": "Salah ketik"},
        "/v1/people/{person_id}/transfer": {"agency_code": "K-001", "unit_code": "K-001-U02", "on": "2026-11-20"},
        "/v1/people/{person_id}/status": {"status": "leave", "from": "2026-11-20", "decree": "SK 1"},
        "/v1/stakeholders": part,
        "/v1/stakeholders/{stakeholder_id}": part | {"contribution": "Menyusun pedoman"},
        "/v1/agencies:batch": {"code": "K-051", "name": "Baru", "kind": "K"},
        "/v1/units:batch": {"agency_code": "K-001", "code": "U-51", "name": "Baru"},
        "/v1/people:batch": a_person(3),
        "/v1/people:names": {"person_ids": [person_id]},
        "/v1/people/me/contact": {"language": "en"},
        "/v1/people/me/contact/check": {"token": token},
        "/v1/people/{person_id}/contact": {"language": "en"},
        "/v1/contacts:batch": {"person_id": person_id, "language": "en"},
        "/v1/people/{person_id}/identifiers": {"siasn": "A1"},
        "/v1/agencies/{agency_id}/identifiers": {"siasn": "A1"},
        "/v1/units/{unit_id}/identifiers": {"siasn": "A1"},
        "/v1/identifiers:batch": {"kind": "person", "id": person_id, "siasn": "A1"},
        "/v1/identifiers:lookup": {"kind": "person", "siasn": "A1"},
        "/v1/people/{person_id}/tags": tag,
        "/v1/tags:batch": tag | {"nip": a_person()["nip"]},
        "/v1/people/{person_id}/promotions": risen,
        "/v1/promotions:batch": risen | {"nip": a_person()["nip"]},
        "/v1/data-files": for_them,
        "/v1/people/me/data-requests": CORRECTION,
        "/v1/data-requests/{request_id}/{act}": {"reason": "Diperbaiki"},
        "/v1/reforms": merger,
        "/v1/reforms:preview": merger,
        "/v1/erasures": erased,
        "/v1/erasures:preview": erased,
    }.get(path)
    body = None if method == "GET" else body
    sent = {"headers": {"content-type": "application/x-ndjson"}} if path.endswith((":batch", ":lookup")) else {}

    async def send(to: str, role: str) -> Response:
        return await api.http.post(f"/v1{to}", content=b"NIP;Nama\n", headers=api.headers(role))

    for role in sorted(RIGHTS[method, path]):
        # Only a person reads their own; who writes is somebody else, since nobody changes their own record.
        scope = {"person": person_id} if role == "person" else {}
        if "{job_id}" in path:  # each follows what they have ordered themselves
            async with nation.database.transaction() as session:
                ids["job_id"] = await order(session, "reform", {}, role)
        if "{import_id}" in path:
            ids["import_id"] = (await send("/imports:posts", role)).json()["id"]
        ids["act"] = "lift" if role == "person" else "grant"  # what HR has granted, the person lifts
        address = re.sub(r"{(\w+)}", lambda match: str(ids[match[1]]), path.removeprefix("/v1"))
        address += "?kind=agency&siasn=A1" if path == "/v1/identifiers" else ""
        if path.startswith("/v1/imports:"):
            answer = await send(address, role)
        else:
            answer = await api.call(role, method, address, body, **sent, **scope)
        places = {"/v1/agencies/{agency_id}/units", "/v1/agencies/{agency_id}/posts"}
        created_before = path in {
            "/v1/agencies", "/v1/people", *places, "/v1/reforms", "/v1/deputies", "/v1/erasures", "/v1/stakeholders",
        }  # fmt: skip
        done = {204} if path.endswith("/cancel") else {409} if path.endswith("/resume") else {200}
        if path.endswith("/me/data-requests"):
            done = {201}
        if path.startswith("/v1/imports:"):
            done = {202}
        if path == "/v1/imports/{import_id}/refused":  # nobody has worked it off yet
            done = {409}
        if "data-files" in path:  # nobody has answered yet
            done = {409} if "{form}" in path else {202, 200}
        assert (lines["nip"] in answer.text) <= (role in {*NIPS.roles, "person"}), f"{role} needs no number"
        assert answer.status_code in ({200, 201, 202, 409, 422} if created_before else done), (role, answer.text)
