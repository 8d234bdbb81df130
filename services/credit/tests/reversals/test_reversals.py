"""What was attested on a ground that has gone is taken back by a case of its own, that two people decide."""

from decimal import Decimal

import pytest

from contracts.events.credit import CreditReversed


async def decided(api, case_id, *acts: str) -> None:
    roles = {"check": "verifier", "attest": "validator", "return": "verifier", "resubmit": "agency_hr"}
    for act in acts:
        body = {"reason": "ijazah itu asli"} if act == "return" else None
        answer = await api.call(roles[act], "POST", f"/cases/{case_id}/{act}", body, subject=f"petugas-{act}")
        assert answer.status_code == 200, answer.text


@pytest.fixture
async def bonus(world, api):
    """An attested bonus: its person, its record and its case."""
    [person] = await world.people(world.state())
    record = world.completed(person, degree="S2")
    await world.hear(world.received(record))
    [case] = (await api.get("/cases"))["items"]
    await decided(api, case["id"], "check", "attest")
    return person, record, case["id"]


async def reversal_in(api) -> dict:
    [case] = [each for each in (await api.get("/cases"))["items"] if each["kind"] == "reversal"]
    return case


async def test_a_revoked_training_opens_its_reversal_and_two_people_take_the_points_back(world, api, bonus) -> None:
    person, record, case_id = bonus
    await world.hear(world.received(world.revoked(record), 2))
    opened = await reversal_in(api)
    assert (opened["state"], opened["submitted_by"], opened["reverses"]) == ("submitted", "system", case_id)
    assert opened["ak"] == "-12.500"
    assert (await api.get(f"/people/{person}/credit"))["balance"] == "12.500", "until two people have decided"
    again = world.completed(person, degree="S2")
    await world.hear(world.received(again))
    assert (await api.get(f"/evidence/{again.record_id}"))["reason_code"] == "degree-already-claimed"

    await decided(api, opened["id"], "check", "attest")
    credit = await api.get(f"/people/{person}/credit")
    assert credit["balance"] == "0.000"
    assert [(each["kind"], each["ak"]) for each in credit["entries"]] == [
        ("education", "12.500"),
        ("reversal", "-12.500"),
    ]
    first, second = credit["entries"]
    taken = await api.get(f"/cases/{case_id}")
    assert (taken["state"], taken["history"][-1]["by"]) == ("reversed", "petugas-attest")
    assert "ditarik kembali" in taken["history"][-1]["reason"]
    [told] = [each for each in await world.told() if isinstance(each.event, CreditReversed)]
    await world.hear(world.received(told.event))
    gone = await api.get(f"/evidence/{record.record_id}")
    assert (gone["state"], gone["case_id"]) == ("revoked", None)
    explained = await api.get(f"/people/{person}/credit/explain/{second['id']}")
    assert (explained["event_type"], explained["event_id"]) == ("CreditReversed", told.headers["ce_id"])
    assert (str(told.event.reverses), str(told.event.reversed_case_id)) == (first["id"], case_id)
    assert (told.event.twelfths, told.event.balance_twelfths) == (Decimal(-150), Decimal(0))
    # The degree is free for the other record.
    [waiting] = (await api.get("/cases?state=submitted"))["items"]
    assert (waiting["kind"], waiting["record_id"]) == ("education", str(again.record_id))


async def test_a_reversal_stops_when_the_ground_is_back_and_goes_on_when_it_has_gone_again(world, api, bonus) -> None:
    person, _, case_id = bonus
    await world.people(world.state(person_id=person, education="S2"), sequence=2)
    opened = await reversal_in(api)
    await decided(api, opened["id"], "check")
    await world.people(world.state(person_id=person), sequence=3)
    stopped = await reversal_in(api)
    assert (stopped["state"], stopped["returned_by"]) == ("returned", "system")
    assert "berlaku lagi" in stopped["return_reason"]
    await world.people(world.state(person_id=person, education="S2"), sequence=4)
    assert (await reversal_in(api))["state"] == "submitted"
    await decided(api, opened["id"], "return")
    await world.people(world.state(person_id=person, education="S2", position="Lain"), sequence=5)
    assert (await reversal_in(api))["state"] == "returned", "somebody has decided that the points stay"
    assert (await api.get(f"/cases/{case_id}"))["state"] == "attested"
    await decided(api, opened["id"], "resubmit")
    assert (await reversal_in(api))["ak"] == "-12.500"


async def test_a_record_whose_points_were_taken_back_can_earn_them_anew(world, api, bonus) -> None:
    person, record, case_id = bonus
    await world.hear(world.received(world.revoked(record), 2))
    await decided(api, (await reversal_in(api))["id"], "check", "attest")
    [told] = [each for each in await world.told() if isinstance(each.event, CreditReversed)]
    await world.hear(world.received(told.event))
    await world.hear(world.received(world.corrected(person, record_id=record.record_id, degree="S2"), 3))
    [anew] = (await api.get("/cases?state=submitted"))["items"]
    assert (anew["record_id"], anew["id"] != case_id) == (str(record.record_id), True)
    await decided(api, anew["id"], "check", "attest")
    assert (await api.get(f"/people/{person}/credit"))["balance"] == "12.500"
