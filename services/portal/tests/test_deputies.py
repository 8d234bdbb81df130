"""A deputy chooses for whom they act, sees it on every page, and decides with the rights of that one alone."""

import re
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID, uuid4

import httpx2
import pytest

from contracts.events.registry import DutyDelegated
from jejak_local.visitor import Read


@pytest.fixture
async def people(registered) -> list[UUID]:
    """Whom a case is about, their verifier, and who stands in for that one."""
    return [UUID(await registered(f"19900101201501100{n}")) for n in (1, 2, 3)]


@pytest.fixture
async def credit(beside, registry, people, agency, api_of):
    credit = await beside("credit")
    await credit.agency(agency)
    await credit.people(*(credit.state(person_id=each) for each in people))
    line = {
        "reference": "P-1", "source_name": "e-kinerja", "person_id": str(people[0]), "predikat": "baik",
        "period_start": "2025-01-01", "period_end": "2025-12-31", "evidence": "https://contoh.go.id/skp.pdf",
    }  # fmt: skip
    [answer] = await api_of("credit").bulk("/predicates:batch", [line], "service")
    assert answer["status"] == "stored", answer
    today = credit.clock.today()
    named = {"person_id": str(people[1]), "deputy_id": str(people[2]), "duty": "verifier"}
    named |= {"valid_from": today.isoformat(), "valid_to": (today + timedelta(days=7)).isoformat()}
    made = await api_of("registry").call("agency_hr", "POST", "/deputies", named, agency=agency)
    assert made.status_code == 201, made.text
    [told] = [each.event for each in await registry.told() if isinstance(each.event, DutyDelegated)]
    await credit.hear(credit.received(told))
    return credit


async def test_a_deputy_chooses_for_whom_they_act_and_every_page_says_so(
    visitor, at_browser, registry, credit, people, clock
) -> None:
    at_home = at_browser()
    await visitor.log_in("person", person=people[2])
    choice = (await visitor.get("/hat")).text
    assert "pemeriksa untuk Siti Rahma 2" in choice
    [duty] = re.findall(r'name="duty" value="([^"]+)"', choice)
    assert (await visitor.get("/judging")).status_code == 403, "not as themselves"
    assert (await visitor.send("/hat", duty=str(uuid4()))).status_code == 403
    assert (await visitor.send("/hat", duty=duty)).headers["location"] == "/home"
    for path in ("/home", "/judging", "/waiting-times", "/help"):
        assert "pemeriksa untuk Siti Rahma 2" in await visitor.see(path)
    assert "Siti Rahma 1" in await visitor.see("/judging"), "whom the queue introduces"
    await visitor.send("/judging", do="take")
    [case] = set(re.findall(r'href="(/judging/[^"/?]+)"', (await visitor.get("/judging?held=true")).text))
    assert "Siti Rahma 1" in await visitor.see(case)
    assert (await visitor.send(case, do="check")).headers["location"] == "/judging?held=true&done=1"
    [row] = await credit.rows("SELECT by, acting_for FROM case_history WHERE to_state = 'checked'")
    assert (row[0].endswith(str(people[2])), row[1]) == (True, people[1]), "of the two"

    opened = Read((await visitor.get("/judging")).text).hidden["csrf"]
    assert (await visitor.send("/hat?next=/card", hat="person")).headers["location"] == "/card"
    assert "Siti Rahma 2" not in await visitor.see("/card"), "for nobody any more"
    await visitor.http.post("/hat", data={"csrf": opened, "duty": duty})
    assert "Siti Rahma 2" not in await visitor.see("/card"), "nor by a form that was opened in the other's name"
    await at_home.log_in("person", person=people[1])
    assert (await at_home.send("/hat", duty=duty)).status_code == 403, "not the one for whom they act"
    await visitor.send("/hat", duty=duty)
    clock.moment += timedelta(days=8)
    registry.clock.moment = clock.moment
    await visitor.log_in("person", person=people[2])
    assert (await visitor.send("/hat", duty=duty)).status_code == 403, "the days are over"
    other = at_browser()
    await other.log_in("person", person=people[0])
    assert (await other.send("/hat", duty=duty)).status_code == 403, "another's"


async def test_what_was_done_for_one_is_not_yet_done_for_another(
    visitor, registry, credit, people, api_of, agency, calls
) -> None:
    today = credit.clock.today()
    named = {"person_id": str(people[0]), "deputy_id": str(people[2]), "duty": "verifier"}
    named |= {"valid_from": today.isoformat(), "valid_to": (today + timedelta(days=7)).isoformat()}
    made = await api_of("registry").call("agency_hr", "POST", "/deputies", named, agency=agency)
    assert made.status_code == 201, made.text
    await credit.hear(
        *(credit.received(each.event) for each in await registry.told() if isinstance(each.event, DutyDelegated))
    )
    await visitor.log_in("person", person=people[2])
    one, other = re.findall(r'name="duty" value="([^"]+)"', (await visitor.get("/hat")).text)

    async def taken(form: Mapping[str, str]) -> httpx2.Response:
        calls.calls.clear()
        return await visitor.http.post("/judging", data={**form, "do": "take"})

    await visitor.send("/hat", duty=one)
    form = Read((await visitor.get("/judging")).text).hidden
    assert (await taken(form)).status_code == 303
    await visitor.send("/hat", duty=other)
    again = await taken(form)
    assert (again.status_code, calls.calls) == (409, []), "it was opened for the first"
    [address] = re.findall(r'href="(/judging[^"]*parked=[^"]+)"', again.text)
    form = Read((await visitor.get(address)).text).hidden
    assert (await taken(form)).status_code == 303
    assert "POST credit /v1/queue:take" in calls.calls
    assert (await taken(form)).status_code == 303
    assert "POST credit /v1/queue:take" not in calls.calls, "but once for them too"


async def test_for_whom_one_acts_is_named_page_by_page(
    visitor, registry, credit, people, api_of, agency, monkeypatch
) -> None:
    for where in ("contracts.looks", "portal.login.api"):
        monkeypatch.setattr(f"{where}.MOST_INTRODUCED", 1)
    today = credit.clock.today()
    named = {"person_id": str(people[0]), "deputy_id": str(people[2]), "duty": "validator"}
    named |= {"valid_from": today.isoformat(), "valid_to": (today + timedelta(days=7)).isoformat()}
    made = await api_of("registry").call("agency_hr", "POST", "/deputies", named, agency=agency)
    assert made.status_code == 201, made.text
    await visitor.log_in("person", person=people[2])
    choice = await visitor.see("/hat")
    assert "pemeriksa untuk Siti Rahma 2" in choice
    assert "pengesah untuk Siti Rahma 1" in choice
