"""What HR records by a paper: once, by nobody of themselves, and withdrawn where it was wrong."""

from jejak_local.harness import OTHER_AGENCY


def passed(person, **changes) -> dict:
    said = {"person_id": str(person), "kind": "test", "jenjang": "ahli_muda", "day": "2026-03-05", "paper": "UKOM-1"}
    return {name: value for name, value in (said | changes).items() if value is not None}


def discipline(person, **changes) -> dict:
    return passed(person, **{"kind": "discipline", "jenjang": None, "level": "medium", "paper": "SK-1"} | changes)


async def test_a_fact_is_recorded_once_and_withdrawn_by_a_reason(world, api) -> None:
    [person] = await world.people(world.state())
    first = await api.call("agency_hr", "POST", "/facts", passed(person))
    assert first.status_code == 201, first.text
    again = await api.call("agency_hr", "POST", "/facts", passed(person))
    assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])
    assert await api.refused("agency_hr", "POST", "/facts", passed(person, day="2026-03-06")) == (
        409,
        "fact-conflict",
        "paper",
    )
    path = f"/facts/{first.json()['id']}/withdraw"
    withdrawn = await api.call("agency_hr", "POST", path, {"reason": "salah orang"})
    assert (withdrawn.status_code, withdrawn.json()["withdrawn_for"]) == (200, "salah orang")
    assert (await api.refused("agency_hr", "POST", path, {"reason": "lagi"}))[1] == "fact-withdrawn"
    anew = await api.call("agency_hr", "POST", "/facts", passed(person, day="2026-03-06"))
    assert anew.status_code == 201, "the paper is free again"
    told = await api.get(f"/people/{person}/facts", role="person", person=str(person))
    assert [(fact["day"], fact["withdrawn_at"] is None) for fact in told["facts"]] == [
        ("2026-03-06", True),
        ("2026-03-05", False),
    ]


async def test_bad_facts_are_answered_one_by_one(world, api) -> None:
    mine, theirs = await world.people(world.state(), world.state(agency=OTHER_AGENCY))
    lines = [
        passed(mine),
        passed(theirs),
        passed(mine, jenjang="ahli_agung", paper="2"),
        passed(mine, day="2026-07-02", paper="3"),
        passed(mine, jenjang=None, paper="4"),
        passed(mine, level="light", paper="5"),
        discipline(mine, until="2026-03-05"),
        discipline(mine, level="none", until="2027-03-05"),
        discipline(mine, until="2027-03-05"),
        discipline(mine, level="none", paper="SK-2"),
        passed(mine, nip=world.nip()),
    ]
    answers = await api.bulk("/facts:batch", lines, "agency_hr")
    assert [answer.get("code", answer["status"]) for answer in answers] == [
        "stored",
        "person-unknown",
        "jenjang-unknown",
        "paper-in-future",
        "fact-unclear",
        "fact-unclear",
        "dates-reversed",
        "dates-reversed",
        "stored",
        "stored",
        "person-unclear",
    ]
    own = await api.refused("agency_hr", "POST", "/facts", passed(mine, paper="6"), person=str(mine))
    assert own[:2] == (403, "own-case")
    hidden = (await api.get(f"/people/{mine}/facts"))["facts"][0]["id"]
    stranger = await api.refused(
        "agency_hr", "POST", f"/facts/{hidden}/withdraw", {"reason": "x"}, agency=str(OTHER_AGENCY)
    )
    assert stranger[1] == "not-found"
