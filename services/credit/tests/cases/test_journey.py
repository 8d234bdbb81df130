"""A predikat on its way to the ledger."""

from decimal import Decimal


async def test_a_predikat_becomes_points_by_the_hands_of_two_people(api, world, predicate) -> None:
    [person] = await world.people(world.state())
    answer = await api.call("agency_hr", "POST", "/predicates", predicate(person, predikat="sangat_baik"))
    assert answer.status_code == 201, answer.text
    case = answer.json()
    assert (case["state"], case["ak"], case["months"], case["span"]) == ("submitted", "18.750", 12, "annual")
    checked = await api.call("verifier", "POST", f"/cases/{case['id']}/check")
    assert checked.json()["state"] == "checked", checked.text
    attested = await api.call("validator", "POST", f"/cases/{case['id']}/attest")
    assert attested.json()["state"] == "attested", attested.text
    assert [(line["from_state"], line["to_state"]) for line in attested.json()["history"]] == [
        (None, "submitted"), ("submitted", "checked"), ("checked", "attested"),
    ]  # fmt: skip

    credit = await api.get(f"/people/{person}/credit")
    assert credit["balance"] == "18.750"
    [entry] = credit["entries"]
    assert entry["formula"] == "12/12 x 150% x 12.5"
    assert entry["rule_pack"] == "PermenPANRB-1-2023"
    assert "PermenPANRB 1/2023" in entry["source"]
    assert credit["rule"]["kp_need"] == "50"
    [_, (headers, event)] = await world.outbox()
    assert headers["ce_type"].endswith("CreditVerified.v1")
    assert event["ak"] == "18.750"
    assert Decimal(event["twelfths"]) == 225
    assert event["entry_id"] == entry["id"] == headers["ce_subject"]
