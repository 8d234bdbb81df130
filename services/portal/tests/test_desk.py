"""The desk of mentoring programmes on the portal: opened, run, compared, mended, published, and told of."""

import re
from typing import Any
from uuid import UUID

import pytest

from common.runner import Runner
from jejak_local.harness import AGENCY, OTHER_AGENCY, World, caller
from mentoring.applications.commands import apply
from mentoring.applications.schemas import ApplicationIn
from mentoring.service import SERVICE

LONG = "W" * 200


@pytest.fixture
async def mentoring(beside) -> World:
    return await beside("mentoring")


@pytest.fixture
async def desk(visitor, mentoring):
    await visitor.log_in("programme_manager", agency=AGENCY)
    return visitor


@pytest.fixture
async def programme(desk, mentoring) -> str:
    """The page of a programme that takes people today: two mentors and two mentees have joined."""
    today = mentoring.clock.today().isoformat()
    wrong = await desk.send("/desk", title=LONG, opens_on=today, closes_on=today, seats="banyak")
    assert wrong.status_code == 422
    assert 'value="banyak"' in wrong.text
    assert (await desk.send("/desk", title=LONG, opens_on=today, closes_on=today, seats="1")).status_code == 303
    [address] = re.findall(r'href="(/desk/[0-9a-f-]{36})"', (await desk.get("/desk")).text)
    for jenjang, side in [("ahli_madya", "mentor")] * 2 + [("ahli_muda", "mentee")] * 2:
        state = mentoring.state(jenjang=jenjang)
        await mentoring.people(state)
        who = caller("person", clock=mentoring.clock, person=state.person_id)
        said = ApplicationIn.model_validate({"side": side})
        async with mentoring.database.transaction() as session:
            await apply(session, UUID(address.rpartition("/")[2]), said, who)
    return address


async def ran(desk: Any, programme: str, mentoring: World, **asked: str) -> str:
    """The page of a run that was ordered last, and is done."""
    assert (await desk.send(programme, do="run", **asked)).status_code == 303
    runs = re.findall(rf'href="({programme}/runs/[^"]+)"', (await desk.get(programme)).text)
    assert "Menunggu giliran." in await desk.see(runs[-1]), "and is looked at again by loading the page anew"
    runner = Runner(mentoring.parts, SERVICE.jobs)
    while await runner.turn():
        pass
    return runs[-1]


async def test_a_match_is_run_compared_drafted_mended_and_published_by_its_pages(
    desk, programme, mentoring, calls
) -> None:
    one = await ran(desk, programme, mentoring)
    other = await ran(desk, programme, mentoring, seed="7", way="stable")
    calls.calls.clear()
    page = await desk.see(f"{one}?other={other.rpartition('/')[2]}")
    assert len(calls.calls) == 6, "a fixed number of calls"
    assert "Selesai." in page
    [why, *_] = re.findall(rf'href="({one}/people/[^"]+)"', (await desk.get(one)).text)
    assert "Mengapa mentor ini, atau belum ada" in await desk.see(why)
    drafted = await desk.send(one)
    assert drafted.headers["location"] == f"{programme}/pairs?state=draft"
    drafts = drafted.headers["location"]
    [first, second] = list(dict.fromkeys(re.findall(r'name="pair" value="([^"]+)"', (await desk.get(drafts)).text)))
    unexplained = await desk.send(f"{programme}/pairs", do="exchange", pair=first, other=second)
    assert unexplained.status_code == 422
    before = dict(await mentoring.rows("SELECT mentee_id, mentor_id FROM pairs"))
    swapped = await desk.send(f"{programme}/pairs", do="exchange", pair=first, other=second, reason="satu rumpun")
    assert swapped.status_code == 303, swapped.text
    after = dict(await mentoring.rows("SELECT mentee_id, mentor_id FROM pairs"))
    assert set(after.values()) == set(before.values())
    assert all(after[mentee] != mentor for mentee, mentor in before.items())
    taken = await desk.send(
        f"{programme}/pairs", do="mentor", pair=first, mentor_id=str(next(iter(before))), reason="tidak boleh"
    )
    assert taken.status_code == 422, "the limits are the service's"
    for _ in range(2):
        assert (await desk.send(programme, do="publish")).status_code == 303
    assert "ditawarkan" in await desk.see(f"{programme}/pairs")
    calls.calls.clear()
    page = await desk.see(programme)
    assert len(calls.calls) == 6, "a fixed number of calls"
    assert "2 dari 2 pelamar mendapat mentor, 0 belum." in page


async def test_a_desk_is_for_its_agency_and_for_its_hat_alone(desk, programme, at_browser, calls) -> None:
    other = at_browser()
    await other.log_in("programme_manager", agency=OTHER_AGENCY)
    assert LONG not in await other.see("/desk")
    for path in (programme, f"{programme}/pairs"):
        assert (await other.get(path)).status_code == 404
    assert (await other.send("/desk", programme, do="publish")).status_code == 404
    person = at_browser()
    await person.log_in("person", person=AGENCY)
    for path in ("/desk", programme, f"{programme}/pairs"):
        assert (await person.get(path)).status_code == 403
    del calls.apps["mentoring"]
    for path in ("/desk", programme, f"{programme}/pairs", f"{programme}/runs/{AGENCY}"):
        assert "Layanan mentoring tidak dapat dibaca." in await desk.see(path)


async def test_a_real_browser_reads_the_desk(page, log_in, accessible, desk, programme, mentoring, served) -> None:
    one = await ran(desk, programme, mentoring)
    await desk.send(one)
    await log_in("programme_manager", agency=AGENCY, to="/desk")
    await accessible()
    for path in (programme, one, f"{programme}/pairs"):
        await page.goto(f"{served}{path}")
        await accessible()
