"""A higher degree: one case for the education bonus, and what becomes of it when the record changes."""

from datetime import date
from decimal import Decimal

import pytest


async def opened(world, api, person_id, degree: str = "S2", **changes) -> tuple:
    record = world.completed(person_id, degree=degree, form="PD01", title="Magister", **changes)
    await world.hear(world.received(record))
    [case] = [item for item in (await api.get("/cases"))["items"] if item["record_id"] == str(record.record_id)]
    return record, case


async def decided(api, case, *acts: str) -> None:
    roles = {"check": "verifier", "attest": "validator", "return": "verifier"}
    for act in acts:
        body = {"reason": "ijazah tidak terbaca"} if act == "return" else None
        answer = await api.call(roles[act], "POST", f"/cases/{case['id']}/{act}", body)
        assert answer.status_code == 200, answer.text


async def test_a_higher_degree_opens_a_case_of_a_quarter_of_the_kp_need(world, api) -> None:
    """AK-15 (PAN1-KP, CODE-CALC): Ahli Muda, 25 % of 100."""
    [person] = await world.people(world.person(jenjang="ahli_muda"))
    record, case = await opened(world, api, person)
    assert (case["kind"], case["state"], case["ak"], case["span"]) == ("education", "submitted", "25.000", "once")
    assert (case["submitted_by"], case["degree"], case["months"]) == ("system", "S2", 0)
    evidence = await api.get(f"/evidence/{record.record_id}")
    assert (evidence["outcome"], evidence["reason_code"], evidence["case_id"]) == (
        "education-case", "higher-degree", case["id"],
    )  # fmt: skip
    await decided(api, case, "check", "attest")
    credit = await api.get(f"/people/{person}/credit")
    assert credit["balance"] == "25.000"
    assert credit["entries"][0]["formula"] == "25% x 100"
    [(_, event)] = await world.outbox()
    assert (event["kind"], event["months"], event["predikat"], event["period_end"]) == (
        "education", 0, None, str(record.end_date),
    )  # fmt: skip
    assert Decimal(event["twelfths"]) == 300


async def test_the_bonus_is_of_the_jenjang_held_on_the_date_of_the_degree(world, api) -> None:
    posts = [("ahli_pertama", date(2020, 1, 1), date(2025, 7, 1)), ("ahli_muda", date(2025, 7, 1), None)]
    [person] = await world.people(world.person(jenjang="ahli_muda", posts=posts))
    _, case = await opened(world, api, person, end_date=date(2025, 6, 30))
    assert (case["segments"][0]["jenjang"], case["ak"]) == ("ahli_pertama", "12.500")


@pytest.mark.parametrize(
    ("education", "jenjang", "degree", "reason"),
    [
        ("S2", "ahli_muda", "S2", "degree-not-higher"),
        ("S3", "ahli_muda", "S2", "degree-not-higher"),
        (None, "ahli_muda", "S2", "education-unknown"),
        ("S1", None, "S2", "no-functional-post"),
        ("S1", "ahli_muda", "Sp-1", "degree-unknown"),
    ],
)
async def test_a_degree_that_gives_nothing_says_why(world, api, education, jenjang, degree: str, reason: str) -> None:
    [person] = await world.people(world.person(education=education, jenjang=jenjang))
    record = world.completed(person, degree=degree)
    await world.hear(world.received(record))
    evidence = await api.get(f"/evidence/{record.record_id}")
    assert (evidence["outcome"], evidence["reason_code"]) == ("no-points", reason)
    assert evidence["source"].startswith("PermenPANRB 1/2023")
    assert await world.value("SELECT count(*) FROM cases") == 0


async def test_one_degree_gives_one_case_however_many_records_name_it(world, api) -> None:
    [person] = await world.people(world.person())
    later = world.completed(person, degree="S2", end_date=date(2025, 9, 1))
    earlier = world.completed(person, degree="S2", end_date=date(2025, 8, 1))
    await world.hear(world.received(later), world.received(earlier))
    again = world.completed(person, degree="S2", end_date=date(2025, 7, 1))
    await world.hear(world.received(again))
    [case] = (await api.get("/cases"))["items"]
    assert case["record_id"] == str(earlier.record_id)
    for record in (later, again):
        assert (await api.get(f"/evidence/{record.record_id}"))["reason_code"] == "degree-already-claimed"
    higher = world.completed(person, degree="S3")
    await world.hear(world.received(higher))
    assert await world.value("SELECT count(*) FROM cases WHERE state = 'submitted'") == 2


@pytest.mark.parametrize("acts", [(), ("check",)], ids=["submitted", "checked"])
async def test_a_revoked_record_returns_its_open_case_and_the_next_record_takes_over(world, api, acts) -> None:
    [person] = await world.people(world.person())
    record, case = await opened(world, api, person)
    await decided(api, case, *acts)
    second = world.completed(person, degree="S2", end_date=date(2026, 5, 1))
    await world.hear(world.received(second))
    await world.hear(world.received(world.revoked(record), 2))
    seen = await api.get(f"/cases/{case['id']}")
    assert (seen["state"], seen["returned_by"]) == ("returned", "system")
    assert seen["return_reason"] == "Catatan pelatihan ini telah dicabut."
    evidence = await api.get(f"/evidence/{record.record_id}")
    assert (evidence["state"], evidence["outcome"], evidence["case_id"]) == ("revoked", "no-points", case["id"])
    assert (await api.get(f"/evidence/{second.record_id}"))["outcome"] == "education-case"
    refused = await api.call("agency_hr", "POST", f"/cases/{case['id']}/resubmit")
    assert (refused.status_code, refused.json()["code"]) == (409, "record-gone")


async def test_a_revoked_record_whose_points_are_attested_is_marked_for_reversal(world, api) -> None:
    [person] = await world.people(world.person())
    record, case = await opened(world, api, person)
    await decided(api, case, "check", "attest")
    await world.hear(world.received(world.revoked(record), 2))
    assert (await api.get(f"/cases/{case['id']}"))["state"] == "attested"
    evidence = await api.get(f"/evidence/{record.record_id}")
    assert (evidence["state"], evidence["reason_code"], evidence["case_id"]) == (
        "reversal-due",
        "reversal-due",
        case["id"],
    )
    assert evidence["revocation"] == "sertifikat palsu"
    assert (await api.get(f"/people/{person}/credit"))["balance"] == "12.500"
    other = world.completed(person, degree="S2")
    await world.hear(world.received(other))
    assert (await api.get(f"/evidence/{other.record_id}"))["reason_code"] == "degree-already-claimed"
    assert (await api.get(f"/evidence/{record.record_id}"))["state"] == "reversal-due", "settled again, the same"


async def test_a_record_corrected_to_another_degree_gets_another_case(world, api) -> None:
    [person] = await world.people(world.person())
    record, case = await opened(world, api, person)
    await world.hear(world.received(world.corrected(person, record_id=record.record_id, degree="S3"), 2))
    old, new = sorted((await api.get("/cases"))["items"], key=lambda item: item["degree"])
    assert (old["id"], old["state"]) == (case["id"], "returned")
    assert "tidak lagi menyebut ijazah" in old["return_reason"]
    assert (new["degree"], new["state"]) == ("S3", "submitted")
    assert (await api.get(f"/evidence/{record.record_id}"))["case_id"] == new["id"]


async def test_a_record_corrected_after_attestation_is_marked_too(world, api) -> None:
    [person] = await world.people(world.person())
    record, case = await opened(world, api, person)
    await decided(api, case, "check", "attest")
    await world.hear(world.received(world.corrected(person, record_id=record.record_id, degree=None), 2))
    assert (await api.get(f"/evidence/{record.record_id}"))["state"] == "reversal-due"


async def test_a_case_stays_when_the_registry_learns_of_the_degree(world, api) -> None:
    person = world.person()
    await world.people(person)
    record, case = await opened(world, api, person.person_id)
    await world.people(person.model_copy(update={"education": "S2"}), sequence=2)
    titled = world.corrected(person.person_id, record_id=record.record_id, degree="S2", title="Magister Hukum")
    await world.hear(world.received(titled, 2))
    assert (await api.get(f"/cases/{case['id']}"))["state"] == "submitted"
    evidence = await api.get(f"/evidence/{record.record_id}")
    assert (evidence["title"], evidence["outcome"]) == ("Magister Hukum", "education-case")


async def test_a_case_returned_by_hand_waits_to_be_resubmitted(world, api) -> None:
    [person] = await world.people(world.person())
    record, case = await opened(world, api, person)
    await decided(api, case, "return")
    await world.hear(world.received(world.corrected(person, record_id=record.record_id, degree="S2"), 2))
    assert len((await api.get("/cases"))["items"]) == 1
    assert (await api.get(f"/evidence/{record.record_id}"))["case_id"] == case["id"]
    answer = await api.call("agency_hr", "POST", f"/cases/{case['id']}/resubmit")
    assert (answer.status_code, answer.json()["state"]) == (200, "submitted")


async def test_a_case_returned_by_hand_keeps_its_degree(world, api) -> None:
    [person] = await world.people(world.person())
    _, case = await opened(world, api, person)
    await decided(api, case, "return")
    second = world.completed(person, degree="S2", end_date=date(2025, 5, 1))
    await world.hear(world.received(second))
    assert (await api.get(f"/evidence/{second.record_id}"))["reason_code"] == "degree-already-claimed"
    assert (await api.call("agency_hr", "POST", f"/cases/{case['id']}/resubmit")).status_code == 200


async def test_a_record_corrected_there_and_back_finds_its_degree_taken(world, api) -> None:
    [person] = await world.people(world.person())
    record, case = await opened(world, api, person)
    second = world.completed(person, degree="S2", end_date=date(2026, 5, 1))
    there = world.corrected(person, record_id=record.record_id, degree="S3")
    back = world.corrected(person, record_id=record.record_id, degree="S2")
    await world.hear(world.received(second), world.received(there, 2))
    assert (await api.get(f"/evidence/{second.record_id}"))["outcome"] == "education-case"
    refused = await api.call("agency_hr", "POST", f"/cases/{case['id']}/resubmit")
    assert (refused.status_code, refused.json()["code"]) == (409, "record-gone")
    await world.hear(world.received(back, 3))
    refused = await api.call("agency_hr", "POST", f"/cases/{case['id']}/resubmit")
    assert (refused.status_code, refused.json()["code"]) == (409, "degree-already-claimed")
    states = {
        found["degree"]: found["state"] for found in (await api.get("/cases"))["items"] if found["id"] != case["id"]
    }
    assert states == {"S2": "submitted", "S3": "returned"}


async def test_a_degree_revoked_before_it_came_opens_nothing(world) -> None:
    [person] = await world.people(world.person())
    record = world.completed(person, degree="S2")
    await world.hear(world.received(world.revoked(record), 2))
    await world.hear(world.received(record, 1))
    assert await world.value("SELECT count(*) FROM cases") == 0
    assert await world.value("SELECT state FROM evidence") == "revoked"
