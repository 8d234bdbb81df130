"""Exemptions: who may do what with them, who sees what of them, and what they change."""

from datetime import date

import pytest

from common.ids import new_id

GROUND = {"ground": "cuti-besar", "valid_from": "2026-03-01", "valid_to": "2026-09-01", "paper": "SK-12/2026"}


async def asked(api, person, role="agency_hr", **changes):
    claims = {"person": person} if role == "person" else {}
    answer = await api.call(role, "POST", "/exemptions", {"person_id": str(person), **GROUND, **changes}, **claims)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def approved(api, person, **changes):
    """Asked for by the person, approved by HR."""
    exemption = await asked(api, person, "person", **changes)
    answer = await api.call("agency_hr", "POST", f"/exemptions/{exemption}/approve")
    assert answer.status_code == 200, answer.text
    return exemption


async def test_what_is_approved_changes_the_duty_and_ending_it_counts_anew(world, api):
    person = await world.person()
    exemption = await asked(api, person, "person")
    assert await world.value("SELECT target FROM jp_ledger") == 20
    await api.call("agency_hr", "POST", f"/exemptions/{exemption}/approve")
    assert await world.value("SELECT target FROM jp_ledger") == 10
    shown = await api.get(f"/people/{person}/jp?year=2026")
    assert (shown["target"], shown["pro_rata"]["months"]) == ("10.000", 6)
    again = await api.call("agency_hr", "POST", f"/exemptions/{exemption}/approve")
    assert (again.status_code, again.json()["version"]) == (200, 2)
    ended = {"on": "2026-06-01", "reason": "Kembali bekerja"}
    answer = (await api.call("agency_hr", "POST", f"/exemptions/{exemption}/end", ended)).json()
    assert [(step["act"], step["valid_to"]) for step in answer["changes"]] == [
        ("asked", "2026-09-01"),
        ("approved", "2026-09-01"),
        ("ended", "2026-06-01"),
    ]
    assert await world.value("SELECT target FROM jp_ledger") == 15
    [by] = await world.rows("SELECT done_by, reason FROM exemption_changes WHERE act = 'ended'")
    assert by.reason == "Kembali bekerja"


async def test_nobody_approves_what_is_their_own_or_what_they_entered(world, api):
    person, hr = await world.person(), await world.person()
    entered = await asked(api, person)
    path = f"/exemptions/{entered}/approve"
    assert await api.refused("agency_hr", "POST", path) == (403, "own-exemption", None)
    own = await asked(api, hr, "person")
    refused = await api.call("agency_hr", "POST", f"/exemptions/{own}/approve", person=hr)
    assert (refused.status_code, refused.json()["code"]) == (403, "own-exemption")
    assert (await api.call("person", "POST", path, person=person)).status_code == 403
    elsewhere = await api.call("agency_hr", "POST", f"/exemptions/{own}/approve", agency=world.there)
    assert elsewhere.status_code == 404
    assert (await api.call("agency_hr", "POST", f"/exemptions/{own}/approve")).status_code == 200


async def test_illness_and_papers_are_seen_by_the_person_and_their_hr_alone(world, api):
    person = await world.person()
    exemption = await approved(api, person, ground="cuti-sakit")
    seen = {
        role: await api.get(f"/exemptions/{exemption}", role, **({"person": person} if role == "person" else {}))
        for role in ("person", "agency_hr", "inspector", "lan", "service")
    }
    for role in ("person", "agency_hr"):
        assert (seen[role]["ground"], seen[role]["paper"]) == ("cuti-sakit", "SK-12/2026")
    for role in ("inspector", "lan", "service"):
        assert (seen[role]["ground"], seen[role]["paper"], seen[role]["valid_to"]) == (None, None, "2026-09-01")
        assert "sakit" not in str(seen[role])
    open_ground = await approved(api, await world.person())
    shown = await api.get(f"/exemptions/{open_ground}", "inspector")
    assert (shown["ground"], shown["paper"]) == ("cuti-besar", None)


async def test_lists_hold_what_the_caller_may_see(world, api):
    mine, other = await world.person(), await world.person(agency=world.there)
    first = await asked(api, mine)
    second = await asked(api, other, "person")
    assert [row["id"] for row in (await api.get("/exemptions"))["items"]] == [first, second]
    assert [row["id"] for row in (await api.get("/exemptions?state=asked", "agency_hr"))["items"]] == [first]
    assert [row["id"] for row in (await api.get("/exemptions", "person", person=other))["items"]] == [second]
    assert (await api.get(f"/exemptions?person_id={new_id()}"))["items"] == []
    assert {ground["code"]: ground["specific"] for ground in await api.get("/exemption-grounds")}["cuti-sakit"] is True


@pytest.mark.parametrize(
    ("changes", "status", "code", "field"),
    [
        ({"ground": "malas"}, 422, "ground-unknown", "ground"),
        ({"valid_to": "2026-03-01"}, 422, "dates-reversed", "valid_to"),
        ({"valid_from": "2018-12-31"}, 422, "rule-missing", "valid_from"),
        ({"valid_from": "2026-08-31", "valid_to": None}, 422, "periods-overlap", "valid_from"),
        ({"person_id": str(new_id())}, 422, "person-unknown", "person_id"),
    ],
)
async def test_refusals(world, api, changes, status, code, field):
    person = await world.person()
    await asked(api, person)
    body = {"person_id": str(person), **GROUND, "valid_from": "2027-01-01", "valid_to": None, **changes}
    assert await api.refused("agency_hr", "POST", "/exemptions", body) == (status, code, field)
    assert await world.value("SELECT count(*) FROM exemptions") == 1


async def test_what_is_refused_exempts_nobody_and_each_is_decided_once(world, api):
    person = await world.person()
    exemption = await asked(api, person, "person")
    end = {"on": "2026-04-01", "reason": "Kembali"}
    assert (await api.refused("agency_hr", "POST", f"/exemptions/{exemption}/end", end))[1] == "exemption-not-approved"
    refused = await api.call("agency_hr", "POST", f"/exemptions/{exemption}/refuse", {"reason": "Tanpa bukti"})
    assert refused.json()["state"] == "refused"
    assert (await api.refused("agency_hr", "POST", f"/exemptions/{exemption}/approve"))[1] == "exemption-decided"
    assert await world.value("SELECT target FROM jp_ledger") == 20
    second = await approved(api, person)  # a refused one is in nobody's way
    late = {"on": "2026-09-02", "reason": "Salah"}
    assert (await api.refused("agency_hr", "POST", f"/exemptions/{second}/end", late))[1:] == ("end-outside", "on")


async def test_joining_on_1_july_owes_half_by_rule(world, api):
    person = await world.person(joined_on=date(2026, 7, 1))
    shown = await api.get(f"/people/{person}/jp?year=2026")
    assert (shown["target"], shown["pro_rata"]["months"]) == ("10.000", 6)
