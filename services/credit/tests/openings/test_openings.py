"""What somebody has from before Jejak, or comes to a functional post with, stands in the ledger by its paper."""

from datetime import date

import pytest

from common.invariants import find_broken
from contracts.events.credit import CreditBooked
from credit.service import SERVICE
from jejak_local.harness import numbered


@pytest.fixture
def paper():
    """A PAK of 2022 by the conventional method: 262.5 as Ahli Muda III/c, which is 62.5."""
    pak = {
        "way": "balance",
        "method": "conventional",
        "stated": "262.5",
        "day": "2022-12-31",
        "paper_date": "2023-06-30",
    }
    made = numbered("R", **pak)

    def paper(person, **changes):
        line = made(person, **changes)
        return {"paper": line.pop("reference")} | line

    return paper


async def attest(api, case: str) -> None:
    for role, act in (("verifier", "check"), ("validator", "attest")):
        answer = await api.call(role, "POST", f"/cases/{case}/{act}")
        assert answer.status_code == 200, answer.text


async def test_years_before_jejak_stand_in_the_ledger_by_their_paper(world, api, paper, predicate) -> None:
    """K12: AK integrasi = AK konvensional - nilai dasar; three people, one entry, and the years after it on top."""
    [person] = await world.people(world.state(jenjang="ahli_muda"))
    line = paper(person)
    answer = await api.call("agency_hr", "POST", "/openings", line)
    assert answer.status_code == 201, answer.text
    case = answer.json()
    assert (case["kind"], case["ak"], case["paper"], case["opening"]["stated"]) == (
        "opening",
        "62.500",
        line["paper"],
        "262.5",
    )
    assert {reading["status"] for reading in case["readings"]} == {"belum dikonfirmasi"}
    assert (await api.call("agency_hr", "POST", "/openings", line)).status_code == 200, "the same paper once more"
    assert (await api.get(f"/people/{person}/credit"))["entries"] == []
    await attest(api, case["id"])
    predikat = (await api.call("agency_hr", "POST", "/predicates", predicate(person))).json()["id"]
    await attest(api, predikat)
    credit = await api.get(f"/people/{person}/credit")
    assert (credit["balance"], [entry["ak"] for entry in credit["entries"]]) == ("87.500", ["62.500", "25.000"])
    assert credit["entries"][0]["rule_pack"] == "AK-konvensional"
    told = [event for headers, event in await world.outbox() if headers["ce_type"] == CreditBooked.type]
    assert [(each["kind"], each["ak"], each["balance_twelfths"]) for each in told] == [
        ("opening", "62.500", "750.0000")
    ]
    assert await find_broken(world.parts, SERVICE.invariants) == []


async def test_a_paper_of_2022_and_one_of_2024_are_read_by_different_rules(world, api, paper) -> None:
    old, new = await world.people(*(world.state(jenjang="ahli_muda") for _ in range(2)))
    integrated = paper(old, method="integrated", stated="62.5", paper_date="2022-12-30")
    converted = paper(new, method="conversion", stated="137.5", day="2024-12-31", paper_date="2025-01-15")
    answers = [(await api.call("agency_hr", "POST", "/openings", line)).json() for line in (integrated, converted)]
    assert [each["ak"] for each in answers] == ["62.500", "137.500"]
    assert [each["segments"][0]["rule_pack"] for each in answers] == ["AK-integrasi-2019", "PermenPANRB-1-2023"]
    closed = await api.call("agency_hr", "POST", "/openings", paper(old, paper_date="2024-01-02"))
    assert (closed.status_code, closed.json()["code"]) == (422, "method-closed")


async def test_months_that_a_pak_counts_are_booked_with_it(world, api, paper, predicate) -> None:
    first, second = await world.people(*(world.state(jenjang="ahli_muda") for _ in range(2)))
    pak = {"method": "conversion", "stated": "100", "day": "2025-06-30", "paper_date": "2025-07-15"}
    opened = await api.call("agency_hr", "POST", "/openings", paper(first, **pak))
    assert opened.json()["period_start"] == "2023-01-01", "points come from predikat since then"
    year = (await api.call("agency_hr", "POST", "/predicates", predicate(first))).json()
    assert (year["months"], {month["case_id"] for month in year["left_out"]}) == (6, {opened.json()["id"]})
    await api.call("agency_hr", "POST", "/predicates", predicate(second))
    refused = await api.call("agency_hr", "POST", "/openings", paper(second, **pak))
    assert (refused.status_code, refused.json()["code"]) == (409, "months-already-booked")
    back = {"reason": "nomor surat salah"}
    assert (await api.call("verifier", "POST", f"/cases/{opened.json()['id']}/return", back)).status_code == 200
    half = predicate(first, period_start="2025-01-01", period_end="2025-06-30")
    assert (await api.call("agency_hr", "POST", "/predicates", half)).json()["months"] == 6, "they are free again"
    again = await api.call("agency_hr", "POST", f"/cases/{opened.json()['id']}/resubmit")
    assert (again.status_code, again.json()["code"]) == (409, "months-already-booked")
    assert await find_broken(world.parts, SERVICE.invariants) == []


async def test_every_way_into_a_functional_post(world, api, paper) -> None:
    since = [(None, date(2010, 1, 1), date(2025, 1, 1)), ("ahli_muda", date(2025, 1, 1), None)]
    people = await world.people(*(world.state(jenjang="ahli_muda", posts=since) for _ in range(6)))
    rated = [
        {"predikat": "baik", "period_start": f"{year}-01-01", "period_end": f"{year}-12-31"}
        for year in range(2020, 2025)
    ]
    said = [
        {"way": "transfer", "ratings": rated},
        {"way": "transfer", "ratings": rated, "top": True},
        {"way": "first", "ratings": rated[-1:]},
        {"way": "between", "stated": "87.125"},
        {"way": "inpassing", "years": 2},
        {"way": "reappointment", "stated": "10", "ratings": rated},
    ]
    usual = {"method": None, "stated": None, "day": "2025-01-01", "paper_date": "2024-12-20"}
    lines = [paper(person, **usual | way) for person, way in zip(people, said, strict=True)]
    answers = await api.bulk("/openings:batch", lines, "service")
    cases = [await api.get(f"/cases/{answer['id']}") for answer in answers]
    assert [case["ak"] for case in cases] == ["125.000", "75.000", "25.000", "87.125", "50.000", "110.000"]
    ids = [{"id": case["id"]} for case in cases]
    await api.bulk("/cases:check", ids, "verifier")
    assert {answer["status"] for answer in await api.bulk("/cases:attest", ids, "validator")} == {"updated"}
    assert await find_broken(world.parts, SERVICE.invariants) == []


async def test_bad_papers_are_answered_one_by_one_and_nothing_counts_twice(world, api, paper) -> None:
    person, outside = await world.people(world.state(jenjang="ahli_muda"), world.state(jenjang=None))
    good = paper(person)
    lines = [
        paper(person, stated="462.5"),
        paper(person, stated=None),
        paper(person, years=3),
        paper(outside),
        paper(person, day="2027-01-01"),
        paper(person, way="inpassing", method=None, stated=None, years=3, day="2022-12-31"),
        paper(person, way="equalised", method=None, stated=None, post="administrator", day="2024-01-01"),
        paper("0199a000-0000-7000-8000-0000000000ff"),
        good,
        good,
        good | {"stated": "263"},
        paper(person, method="conversion", stated="9", day="2024-12-31", paper_date="2025-01-15"),
    ]
    answers = await api.bulk("/openings:batch", lines, "service")
    assert [answer.get("code", answer["status"]) for answer in answers] == [
        "paper-out-of-range",
        "opening-lacks",
        "opening-says-too-much",
        "no-functional-post",
        "paper-in-future",
        "no-entry-rule",
        "post-of-another-jenjang",
        "person-unknown",
        "stored",
        "duplicate",
        "paper-already-opened",
        "jenjang-already-opened",
    ]


async def test_an_open_paper_follows_the_registry(world, api, paper) -> None:
    """Its person was in another jenjang all along: it is returned, and comes back when that was wrong."""
    state = world.state(jenjang="ahli_muda")
    [person] = await world.people(state)
    case = (await api.call("agency_hr", "POST", "/openings", paper(person))).json()["id"]
    await world.people(world.state(person_id=person, jenjang="ahli_madya"), sequence=2)
    assert (await api.get(f"/cases/{case}"))["state"] == "returned"
    await world.people(state, sequence=3)
    assert (await api.get(f"/cases/{case}"))["state"] == "submitted"
    assert await find_broken(world.parts, SERVICE.invariants) == []


async def test_a_paper_is_tried_before_it_is_sent_by_what_sending_uses(world, api, paper, predicate) -> None:
    """K13: each is answered with the rule, and nothing is stored."""
    [person] = await world.people(world.state(jenjang="ahli_muda"))
    good = paper(person)

    async def tried(line, role="agency_hr", **claims):
        answer = await api.call(role, "POST", "/openings:try", line, **claims)
        assert answer.status_code == 200, answer.text
        return answer.json()

    said = await tried(good)
    assert (said["status"], said["ak"], said["code"]) == ("stored", "62.500", None)
    assert await world.value("SELECT count(*) FROM cases") == 0, "nothing is stored"
    own = await tried(good, role="person", person=str(person))
    assert own["ak"] == "62.500", "a person tries their own, which they do not send"
    case = (await api.call("agency_hr", "POST", "/openings", good)).json()
    assert (case["ak"], {each["rule_pack"] for each in case["segments"]}) == (said["ak"], {said["rule_pack"]})
    other = {"paper": "PAK lain"}
    wrong = {
        "jenjang": good | other,
        "range": paper(person, stated="900"),
        "closed": paper(person, paper_date="2015-01-01", method="integrated"),
        "other body": good | {"stated": "270"},
        "entry": paper(person, way="first", method=None, stated=None, day="2001-01-01"),
    }
    for name, line in wrong.items():
        trial, sent = await tried(line), (await api.call("agency_hr", "POST", "/openings", line)).json()
        assert (trial["status"], trial["code"]) == ("refused", sent["code"]), name
        assert trial["field"] == sent["errors"][0]["field"], name
        assert trial["explanation"] and trial["source"] and trial["rule_pack"], name
    assert (await tried(good))["status"] == "duplicate"
