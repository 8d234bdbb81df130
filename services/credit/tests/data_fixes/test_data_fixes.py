"""Wrong data of the registry are asked to be mended, hold up nothing, and what rests on them is judged anew once (K17)."""

from datetime import date

import pytest

MUDA = [("ahli_muda", date(2020, 1, 1), None)]
WORDS = {"words": "sejak Januari saya Ahli Muda"}


@pytest.fixture
async def person(world):
    [found] = await world.people(world.state())
    return found


async def asked(api, person, kind: str = "post") -> dict:
    answer = await api.call("person", "POST", "/data-fixes", WORDS | {"kind": kind}, person=person)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def fix(api, fix_id: str) -> dict:
    [found] = [each for each in (await api.get("/data-fixes"))["items"] if each["id"] == fix_id]
    return found


async def test_a_fix_holds_up_nothing_and_closes_when_the_registry_has_mended_it(world, api, person, predicate) -> None:
    case = (await api.call("agency_hr", "POST", "/predicates", predicate(person))).json()
    post, rank, school = [await asked(api, person, kind) for kind in ("post", "rank", "education")]
    assert (post["state"], post["route"], post["due_on"], post["overdue"]) == ("open", "agency_hr", "2026-07-08", False)
    assert post["status"] == "belum dikonfirmasi"
    assert (await api.call("verifier", "POST", f"/cases/{case['id']}/check")).status_code == 200
    unchanged = world.state(person_id=person)
    await world.people(unchanged, sequence=2)
    assert (await fix(api, post["id"]))["state"] == "open"

    mended = world.state(person_id=person, jenjang="ahli_muda", posts=MUDA)
    await world.people(mended, sequence=3)
    assert [(await fix(api, each["id"]))["state"] for each in (post, rank, school)] == ["mended", "mended", "open"]
    seen = await api.get(f"/cases/{case['id']}")
    assert (seen["ak"], seen["rejudged"], seen["version"]) == ("25.000", True, 3), "judged anew, once"
    closed = (await fix(api, post["id"]))["closed_at"]
    await world.people(mended, sequence=4)
    assert (await api.get(f"/cases/{case['id']}"))["version"] == 3
    assert (await fix(api, post["id"]))["closed_at"] == closed
    assert (await asked(api, person))["state"] == "open", "the same may be wrong again"


async def test_what_is_late_shows(world, api, person) -> None:
    superior = await asked(api, person, "superior")
    assert superior["due_on"] == "2026-07-06"
    world.clock.moment = world.clock.moment.replace(day=7)
    assert (await fix(api, superior["id"]))["overdue"]


async def test_bad_requests_are_answered(world, api, person) -> None:
    [other] = await world.people(world.state())
    post = await asked(api, person)
    twice = await api.refused("person", "POST", "/data-fixes", WORDS | {"kind": "post"}, person=person)
    assert twice == (409, "fix-asked", "kind")
    unknown = await api.refused("person", "POST", "/data-fixes", WORDS | {"kind": "gaji"}, person=person)
    assert unknown == (422, "fix-kind-unknown", "kind")
    body = WORDS | {"kind": "post", "person_id": str(other)}
    assert (await api.refused("person", "POST", "/data-fixes", body, person=person))[1] == "person-unknown"
    path = f"/data-fixes/{post['id']}"
    assert (await api.refused("person", "POST", f"{path}/withdraw", person=other, subject="lain"))[1] == "not-found"
    own = await api.call("agency_hr", "POST", f"{path}/refuse", {"answer": "sudah benar"}, person=person)
    assert own.json()["code"] == "own-case"
    refused = await api.call("agency_hr", "POST", f"{path}/refuse", {"answer": "sudah benar"})
    assert (refused.json()["state"], refused.json()["answer"]) == ("refused", "sudah benar")
    again = await api.refused("agency_hr", "POST", f"{path}/refuse", {"answer": "sudah benar"})
    assert again[:2] == (409, "fix-closed")
