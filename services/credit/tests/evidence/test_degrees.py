"""A higher degree: one case for the education bonus, and what becomes of it when the record changes."""

from datetime import date
from decimal import Decimal
from itertools import permutations

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
    [person] = await world.people(world.state(jenjang="ahli_muda"))
    record, case = await opened(world, api, person)
    assert (case["kind"], case["state"], case["ak"], case["span"]) == ("education", "submitted", "25.000", "once")
    assert (case["submitted_by"], case["degree"], case["months"]) == ("system", "S2", 0)
    evidence = await api.get(f"/evidence/{record.record_id}")
    assert (evidence["outcome"], evidence["reason_code"], evidence["case_id"]) == (
        "education-case", "higher-degree", case["id"],
    )  # fmt: skip
    assert evidence["readings"] == case["readings"]
    readings = {reading["code"]: reading["status"] for reading in evidence["readings"]}
    assert readings["jenjang-on-the-date-of-the-degree"] == "belum dikonfirmasi"
    assert "month-by-its-first-day" not in readings
    await decided(api, case, "check", "attest")
    credit = await api.get(f"/people/{person}/credit")
    assert credit["balance"] == "25.000"
    assert credit["entries"][0]["formula"] == "25% x 100"
    [_, (_, event)] = await world.outbox()
    assert (event["kind"], event["months"], event["predikat"], event["period_end"]) == (
        "education", 0, None, str(record.end_date),
    )  # fmt: skip
    assert Decimal(event["twelfths"]) == 300


async def test_the_bonus_is_of_the_jenjang_held_on_the_date_of_the_degree(world, api) -> None:
    posts = [("ahli_pertama", date(2020, 1, 1), date(2025, 7, 1)), ("ahli_muda", date(2025, 7, 1), None)]
    [person] = await world.people(world.state(jenjang="ahli_muda", posts=posts))
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
    [person] = await world.people(world.state(education=education, jenjang=jenjang))
    record = world.completed(person, degree=degree)
    await world.hear(world.received(record))
    evidence = await api.get(f"/evidence/{record.record_id}")
    assert (evidence["outcome"], evidence["reason_code"]) == ("no-points", reason)
    assert evidence["source"].startswith("PermenPANRB 1/2023")
    assert await world.value("SELECT count(*) FROM cases") == 0


async def test_one_degree_gives_one_case_however_many_records_name_it(world, api) -> None:
    [person] = await world.people(world.state())
    later = world.completed(person, degree="S2", end_date=date(2025, 9, 1))
    earlier = world.completed(person, degree="S2", end_date=date(2025, 8, 1))
    await world.hear(world.received(later), world.received(earlier))
    [case] = (await api.get("/cases"))["items"]
    assert case["record_id"] == str(earlier.record_id)
    first = world.completed(person, degree="S2", end_date=date(2025, 7, 1))
    await world.hear(world.received(first))
    live = [found for found in (await api.get("/cases"))["items"] if found["state"] == "submitted"]
    assert [found["record_id"] for found in live] == [str(first.record_id)], "nobody has acted on the other"
    for record in (later, earlier):
        assert (await api.get(f"/evidence/{record.record_id}"))["reason_code"] == "degree-already-claimed"
    await decided(api, live[0], "check")
    await world.hear(world.received(world.completed(person, degree="S2", end_date=date(2025, 6, 1))))
    assert (await api.get(f"/cases/{live[0]['id']}"))["state"] == "checked"
    await world.hear(world.received(world.completed(person, degree="S3")))
    assert await world.value("SELECT count(*) FROM cases WHERE state = 'submitted'") == 1


@pytest.mark.parametrize("acts", [(), ("check",)], ids=["submitted", "checked"])
async def test_a_revoked_record_returns_its_open_case_and_the_next_record_takes_over(world, api, acts) -> None:
    [person] = await world.people(world.state())
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
    [person] = await world.people(world.state())
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
    [person] = await world.people(world.state())
    record, case = await opened(world, api, person)
    await world.hear(world.received(world.corrected(person, record_id=record.record_id, degree="S3"), 2))
    old, new = sorted((await api.get("/cases"))["items"], key=lambda item: item["degree"])
    assert (old["id"], old["state"]) == (case["id"], "returned")
    assert "tidak lagi menyebut ijazah" in old["return_reason"]
    assert (new["degree"], new["state"]) == ("S3", "submitted")
    assert (await api.get(f"/evidence/{record.record_id}"))["case_id"] == new["id"]


async def test_a_record_corrected_after_attestation_is_marked_too(world, api) -> None:
    [person] = await world.people(world.state())
    record, case = await opened(world, api, person)
    await decided(api, case, "check", "attest")
    await world.hear(world.received(world.corrected(person, record_id=record.record_id, degree=None), 2))
    assert (await api.get(f"/evidence/{record.record_id}"))["state"] == "reversal-due"


async def test_a_case_stays_when_the_registry_learns_of_the_degree(world, api) -> None:
    [person] = await world.people(world.state())
    record, case = await opened(world, api, person)
    await world.people(world.state(person_id=person, learned=[("S2", date(2026, 5, 1))]), sequence=2)
    titled = world.corrected(person, record_id=record.record_id, degree="S2", title="Magister Hukum")
    await world.hear(world.received(titled, 2))
    assert (await api.get(f"/cases/{case['id']}"))["state"] == "submitted"
    evidence = await api.get(f"/evidence/{record.record_id}")
    assert (evidence["title"], evidence["outcome"]) == ("Magister Hukum", "education-case")


async def test_a_degree_that_turns_out_to_have_been_held_before_loses_its_case_and_gets_it_back(world, api) -> None:
    [person] = await world.people(world.state())
    record, case = await opened(world, api, person)
    await world.people(world.state(person_id=person, education="S2"), sequence=2)
    seen = await api.get(f"/cases/{case['id']}")
    assert (seen["state"], seen["returned_by"]) == ("returned", "system")
    assert "tidak lebih tinggi" in seen["return_reason"]
    assert (await api.get(f"/evidence/{record.record_id}"))["reason_code"] == "degree-not-higher"
    refused = await api.call("agency_hr", "POST", f"/cases/{case['id']}/resubmit")
    assert (refused.status_code, refused.json()["code"]) == (409, "record-gone")
    await world.people(world.state(person_id=person), sequence=3)
    assert (await api.get(f"/cases/{case['id']}"))["state"] == "submitted"
    await decided(api, case, "check", "attest")
    await world.people(world.state(person_id=person, education="S2"), sequence=4)
    assert (await api.get(f"/evidence/{record.record_id}"))["state"] == "reversal-due"


@pytest.mark.parametrize("away", ["retired", "deceased"])
async def test_a_degree_from_after_leaving_gives_nothing(world, api, away: str) -> None:
    [person] = await world.people(world.state(away=[(away, date(2026, 3, 1), None)]))
    record = world.completed(person, degree="S2", end_date=date(2026, 3, 3))
    await world.hear(world.received(record))
    evidence = await api.get(f"/evidence/{record.record_id}")
    assert (evidence["outcome"], evidence["reason_code"]) == ("no-points", away)
    assert await world.value("SELECT count(*) FROM cases") == 0


async def test_a_degree_opens_its_case_when_it_is_verified(world, api) -> None:
    [person] = await world.people(world.state())
    declared = world.completed(person, degree="S2", verified=False, source_kind="self")
    await world.hear(world.received(declared))
    evidence = await api.get(f"/evidence/{declared.record_id}")
    assert (evidence["outcome"], evidence["reason_code"]) == ("no-points", "degree-unverified")
    assert "belum dikonfirmasi" in evidence["source"]
    assert await world.value("SELECT count(*) FROM cases") == 0
    verified = world.corrected(person, record_id=declared.record_id, degree="S2", source_kind="self")
    await world.hear(world.received(verified, 2))
    [case] = (await api.get("/cases"))["items"]
    assert (case["state"], case["record_id"]) == ("submitted", str(declared.record_id))
    unverified = world.corrected(person, record_id=declared.record_id, degree="S2", verified=False)
    await world.hear(world.received(unverified, 3))
    seen = await api.get(f"/cases/{case['id']}")
    assert (seen["state"], seen["returned_by"]) == ("returned", "system")
    await world.hear(world.received(verified, 4))
    assert (await api.get(f"/cases/{case['id']}"))["state"] == "submitted"


async def test_two_degrees_of_one_level_give_one_bonus(world, api) -> None:
    """D-IV and S1 are one level, also while the registry knows of neither."""
    [person] = await world.people(world.state(education="D-III", jenjang="mahir"))
    first = world.completed(person, degree="D-IV", end_date=date(2025, 8, 1))
    second = world.completed(person, degree="S1", end_date=date(2026, 2, 1))
    await world.hear(world.received(second))
    await world.hear(world.received(first))
    live = [case["degree"] for case in (await api.get("/cases"))["items"] if case["state"] == "submitted"]
    assert live == ["D-IV"]
    assert (await api.get(f"/evidence/{second.record_id}"))["reason_code"] == "degree-not-higher"


def histories(world) -> dict[str, list]:
    """Events of one person and one degree, each with its version; what they come to."""
    person, day = world.state(), date(2026, 3, 3)
    later = world.state(person_id=person.person_id, learned=[("S2", date(2026, 4, 1))])
    held = world.state(person_id=person.person_id, education="S2")
    gone = world.state(person_id=person.person_id, away=[("retired", date(2026, 2, 1), None)])
    degree = world.completed(person.person_id, degree="S2", end_date=day)
    declared = degree.model_copy(update={"verified": False})
    verified = world.corrected(person.person_id, record_id=degree.record_id, degree="S2", end_date=day)
    risen = world.state(
        person_id=person.person_id,
        posts=[("ahli_pertama", date(2020, 1, 1), date(2026, 3, 2)), ("ahli_muda", date(2026, 3, 2), None)],
    )
    redated = world.corrected(person.person_id, record_id=degree.record_id, degree="S2", end_date=date(2026, 3, 1))
    other = world.completed(person.person_id, degree="S2", end_date=date(2025, 1, 1))
    return {
        "the registry learns of it": [(person, 1), (later, 2), (degree, 1)],
        "it was held before": [(person, 1), (held, 2), (degree, 1)],
        "held before by mistake": [(person, 1), (held, 2), (later, 3), (degree, 1)],
        "retired before": [(person, 1), (gone, 2), (degree, 1)],
        "verified later": [(person, 1), (later, 2), (declared, 1), (verified, 2)],
        "named by two": [(person, 1), (degree, 1), (other, 1)],
        "promoted, as is told late": [(person, 1), (risen, 2), (degree, 1)],
        "corrected to another date": [(risen, 1), (degree, 1), (redated, 2)],
        "revoked": [(person, 1), (degree, 1), (world.revoked(degree), 2), (other, 1)],
    }


EXPECTED = {
    "the registry learns of it": 1,
    "it was held before": 0,
    "held before by mistake": 1,
    "retired before": 0,
    "verified later": 1,
    "named by two": 1,
    "promoted, as is told late": 1,
    "corrected to another date": 1,
    "revoked": 1,
}


@pytest.mark.parametrize("which", EXPECTED)
async def test_the_same_state_whatever_comes_first(world, which: str) -> None:
    states = set()
    orders = [*permutations(range(len(histories(world)[which])))]
    for order in orders:
        events = histories(world)[which]
        for number in order:
            await world.hear(world.received(*events[number]))
        person = events[0][0].person_id
        assert await world.value("SELECT count(*) FROM waiting") == 0
        live = await world.rows(
            "SELECT cases.state, degree, cases.period_end, jenjang, twelfths FROM cases JOIN segments ON case_id = id AND segments.version = judged"
            " WHERE person_id = :id AND state <> 'returned'", id=person,
        )  # fmt: skip
        judged = await world.rows(
            "SELECT state, outcome, reason_code, source, verified, end_date FROM evidence"
            " WHERE person_id = :id ORDER BY end_date", id=person,
        )  # fmt: skip
        states.add((tuple(map(tuple, live)), tuple(map(tuple, judged))))
        assert len(live) == EXPECTED[which], order
    assert len(states) == 1, f"{len(orders)} orders, one state"


async def test_a_case_returned_by_hand_waits_to_be_resubmitted(world, api) -> None:
    [person] = await world.people(world.state())
    record, case = await opened(world, api, person)
    await decided(api, case, "return")
    await world.hear(world.received(world.corrected(person, record_id=record.record_id, degree="S2"), 2))
    assert len((await api.get("/cases"))["items"]) == 1
    assert (await api.get(f"/evidence/{record.record_id}"))["case_id"] == case["id"]
    answer = await api.call("agency_hr", "POST", f"/cases/{case['id']}/resubmit")
    assert (answer.status_code, answer.json()["state"]) == (200, "submitted")


async def test_a_case_returned_by_hand_keeps_its_degree(world, api) -> None:
    [person] = await world.people(world.state())
    _, case = await opened(world, api, person)
    await decided(api, case, "return")
    second = world.completed(person, degree="S2", end_date=date(2025, 5, 1))
    await world.hear(world.received(second))
    assert (await api.get(f"/evidence/{second.record_id}"))["reason_code"] == "degree-already-claimed"
    assert (await api.call("agency_hr", "POST", f"/cases/{case['id']}/resubmit")).status_code == 200


async def test_a_record_corrected_there_and_back_finds_its_degree_taken(world, api) -> None:
    [person] = await world.people(world.state())
    record, case = await opened(world, api, person)
    second = world.completed(person, degree="S2", end_date=date(2026, 2, 1))
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
    [person] = await world.people(world.state())
    record = world.completed(person, degree="S2")
    await world.hear(world.received(world.revoked(record), 2))
    await world.hear(world.received(record, 1))
    assert await world.value("SELECT count(*) FROM cases") == 0
    assert await world.value("SELECT state FROM evidence") == "revoked"
