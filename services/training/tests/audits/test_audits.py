"""002.33: LAN opens a sample audit in an agency with a reason, and the agency sees who opened it and why."""

from uuid import uuid4

import pytest

from jejak_local.harness import AGENCY, OTHER_AGENCY, REGION

REASON = "Uji petik triwulan II: pelatihan tanpa sertifikat"


@pytest.fixture
async def agencies(world):
    await world.agency(AGENCY, region=REGION)
    await world.agency(OTHER_AGENCY, region="Papua")


async def test_lan_opens_an_audit_and_the_agency_sees_who_and_why(api, world, agencies) -> None:
    officer = uuid4()
    asked = {"agency_id": str(AGENCY), "reason": REASON}
    opened = await api.call("lan", "POST", "/audits", asked, subject="p3k-rina", person=officer)
    assert opened.status_code == 201
    for role in ("agency_hr", "agency_head"):
        [seen] = (await api.get("/audits", role))["items"]
        assert seen == opened.json()
        assert (seen["opened_by"], seen["opener_id"], seen["role"]) == ("p3k-rina", str(officer), "lan")
        assert (seen["reason"], seen["opened_at"]) == (REASON, "2026-06-15T03:00:00Z")
        assert (await api.get("/audits", role, agency=OTHER_AGENCY))["items"] == []
    for role in ("agency_hr", "person", "intern", "pic", "operator"):
        assert (await api.call(role, "POST", "/audits", asked, person=officer)).status_code == 403


async def test_the_agencys_pic_is_written_to_without_a_name(api, world, agencies) -> None:
    opened = (await api.call("lan", "POST", "/audits", {"agency_id": str(AGENCY), "reason": REASON})).json()
    [(name, _, asked)] = await world.emitted()
    assert (name, asked["request_id"], asked["template"], asked["reason"]) == (
        "MessageRequested", opened["id"], "audit", "audit",
    )  # fmt: skip
    assert (asked["recipient"], asked["recipient_id"]) == ("pic", str(AGENCY))
    assert asked["values"] == {"opened_on": "2026-06-15"}


async def test_an_analis_opens_one_in_their_region_alone(api, agencies) -> None:
    theirs = {"agency_id": str(OTHER_AGENCY), "reason": REASON}
    assert (await api.call("analis", "POST", "/audits", theirs, region="Papua")).status_code == 201
    for agency in (str(AGENCY), str(uuid4())):
        asked = {"agency_id": agency, "reason": REASON}
        refused = await api.refused("analis", "POST", "/audits", asked, region="Papua")
        assert refused == (422, "agency-unknown", "agency_id")
    assert await api.refused("lan", "POST", "/audits", {"agency_id": str(AGENCY), "reason": " "}) == (
        422, "field-invalid", "reason",
    )  # fmt: skip
    assert len((await api.get("/audits", "analis", region="Papua"))["items"]) == 1
    assert (await api.get("/audits", "analis", region=REGION))["items"] == []
