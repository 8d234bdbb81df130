"""Mentor and mentee on the portal: from joining to the hours, each step by a form, with the words of the service."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from common.runner import Runner
from contracts.zone import JAKARTA
from jejak_local.harness import AGENCY, World, caller
from mentoring.applications.commands import apply
from mentoring.applications.schemas import ApplicationIn
from mentoring.circles.commands import open_circle
from mentoring.circles.schemas import CircleIn
from mentoring.pairs.drafts import draft, publish
from mentoring.programmes.commands import open_programme
from mentoring.programmes.schemas import ProgrammeIn
from mentoring.reports.commands import name_confidants
from mentoring.reports.schemas import ConfidantsIn
from mentoring.runs.commands import order_run
from mentoring.runs.schemas import RunIn
from mentoring.service import SERVICE

LONG = "W" * 200
SCRIPT = '"><script>alert(1)</script>'
AGREED = {
    "do": "propose", "competency-0": "menulis", "start-0": "2", "wanted-0": "4", "plan": "Enam pertemuan",
    "every_days": "30", "confidentiality": "Tetap di antara kita",
}  # fmt: skip


@dataclass
class Programme:
    """A programme of the agency, and what its desk does."""

    world: World
    id: UUID

    async def desk(self, act: Any, *asked: Any) -> Any:
        async with self.world.database.transaction() as session:
            return await act(session, *asked, caller("programme_manager", clock=self.world.clock, agency=AGENCY))

    async def joins(self, person_id: UUID, **said: Any) -> None:
        who = caller("person", clock=self.world.clock, person=person_id)
        async with self.world.database.transaction() as session:
            await apply(session, self.id, ApplicationIn.model_validate(said), who)

    async def offers(self) -> None:
        """Matches whoever takes part, and offers the pairs."""
        run_id = await self.desk(order_run, self.id, RunIn.model_validate({}))
        runner = Runner(self.world.parts, SERVICE.jobs)
        while await runner.turn():
            pass
        await self.desk(draft, run_id)
        await self.desk(publish, self.id)


@pytest.fixture
async def mentor_id(beside_mentoring) -> UUID:
    state = beside_mentoring.state(jenjang="ahli_madya")
    await beside_mentoring.people(state)
    return state.person_id


@pytest.fixture
async def beside_mentoring(beside, person_id) -> World:
    world = await beside("mentoring")
    await world.people(world.state(person_id=person_id, jenjang="ahli_muda"))
    return world


async def programme_of(world: World, mentor_id: UUID) -> Programme:
    """With a mentor who has joined."""
    today = world.clock.today()
    document = {"title": "Mentoring lintas jenjang", "opens_on": today.isoformat(), "closes_on": today.isoformat()}
    keeper = caller("programme_manager", clock=world.clock, agency=AGENCY)
    async with world.database.transaction() as session:
        opened = Programme(world, await open_programme(session, ProgrammeIn.model_validate(document), keeper))
    await opened.joins(mentor_id, side="mentor", seats=2)
    return opened


@pytest.fixture
async def programme(beside_mentoring, mentor_id) -> Programme:
    return await programme_of(beside_mentoring, mentor_id)


@pytest.fixture
async def mentee(visitor, beside_mentoring, person_id):
    await visitor.log_in("person", person=person_id)
    return visitor


@pytest.fixture
async def mentor(at_browser, mentor_id):
    other = at_browser()
    await other.log_in("person", person=mentor_id)
    return other


def typed_at(moment: datetime) -> str:
    """As a browser in Jakarta has it."""
    return moment.astimezone(JAKARTA).strftime("%Y-%m-%dT%H:%M")


async def pair_of(programme: Programme, mentee: Any, mentor: Any, person_id: UUID, *, agreed: bool = True) -> str:
    """The address of a pair that both have accepted by its page, and signed for unless told not to."""
    await programme.joins(person_id, side="mentee")
    await programme.offers()
    [address] = re.findall(r'href="(/mentoring/pairs/[^"]+)">Jawab', (await mentee.get("/mentoring")).text)
    for each in (mentee, mentor):
        assert (await each.send(address, do="accept")).status_code == 303
    if agreed:
        assert (await mentee.send(f"{address}/agreement", **AGREED)).status_code == 303
        assert (await mentor.send(f"{address}/agreement", do="sign", version="1")).status_code == 303
    return address


async def test_mentor_and_mentee_read_each_others_names_wherever_they_meet_and_nobody_elses(
    beside, registered, at_browser, clock, calls
) -> None:
    mentee_id, mentor_id, stranger_id = [UUID(await registered(f"19900101201501100{n}")) for n in (1, 2, 3)]
    world = await beside("mentoring")
    levels = {mentee_id: "ahli_muda", mentor_id: "ahli_madya", stranger_id: "ahli_muda"}
    await world.people(*(world.state(person_id=each, jenjang=level) for each, level in levels.items()))
    mentee, mentor, stranger = at_browser(), at_browser(), at_browser()
    for browser, person in ((mentee, mentee_id), (mentor, mentor_id), (stranger, stranger_id)):
        await browser.log_in("person", person=person)
    programme = await programme_of(world, mentor_id)
    pair = await pair_of(programme, mentee, mentor, mentee_id)
    soon = typed_at(clock.moment + timedelta(hours=2))
    await mentee.send(f"{pair}/plan", starts_at=soon, minutes="60", way="online")
    host = caller("person", clock=clock, person=mentor_id)
    async with world.database.transaction() as session:
        circle_id = await open_circle(session, programme.id, CircleIn(topic="Menulis", seats=2), host)
    assert (await mentee.send("/mentoring/circles", circle=str(circle_id), do="join")).status_code == 303
    calls.calls.clear()
    assert "dengan Siti Rahma 2" in await mentee.see(pair)
    assert len(calls.calls) == 5, "a fixed number of calls"
    overview = await mentor.get("/mentoring")
    assert overview.text.count("dengan Siti Rahma 1") == 2, "by the session, and by the pair"
    [held] = re.findall(r'href="(/mentoring/sessions/[^"]+)"', overview.text)
    assert "dengan Siti Rahma 1" in await mentor.see(held)
    assert "Siti Rahma 1" in await mentor.see(f"/mentoring/circles/{circle_id}")
    later = typed_at(clock.moment + timedelta(days=2))
    await mentor.send("/mentoring/talks", do="offer", starts_at=later, minutes="30", way="online")
    assert "Siti Rahma" not in await stranger.see("/mentoring")
    for path in ("/mentoring/circles", "/mentoring/talks"):
        calls.calls.clear()
        open_to_all = await stranger.see(path)
        assert "dengan Siti Rahma 2" in open_to_all, "whoever offers themselves is chosen by name"
        assert "Siti Rahma 1" not in open_to_all
        assert "Siti Rahma" not in await mentor.see(path), "not themselves"
        assert len(calls.calls) <= 6, "a fixed number of calls"
    for path in (pair, held, f"/mentoring/circles/{circle_id}"):
        assert (await stranger.get(path)).status_code == 404
    del calls.apps["registry"]
    assert "Tetap di antara kita" in (await mentee.get(f"{pair}/agreement")).text
    assert "Pertemuan" in await mentee.see(pair), "it stands without names"


async def test_somebody_joins_and_reads_why_they_have_no_mentor_and_what_would_change_it(
    mentee, programme, beside_mentoring, calls
) -> None:
    address = f"/mentoring/programmes/{programme.id}"
    refused = await mentee.send(address, side="mentor", languages="id", online="yes")
    assert refused.status_code == 422
    assert '<a href="#side">Sebagai: ' in refused.text
    goal = {"competency-0": LONG[:100], "level-0": "4"}
    joined = await mentee.send(address, side="mentee", languages="id", online="yes", **goal)
    assert joined.headers["location"] == address
    page = await mentee.see(address)
    assert "Anda ikut serta sebagai mentee." in page
    assert "Belum ada pasangan yang ditawarkan kepada Anda." in page
    other = beside_mentoring.state(jenjang="ahli_muda")
    await beside_mentoring.people(other)
    await programme.joins(other.person_id, side="mentee", goals={"menulis": 4})
    await mentee.send(address, do="apply", side="mentee", languages="jv", online="yes", **goal)
    await programme.offers()
    calls.calls.clear()
    page = await mentee.see(address)
    assert len(calls.calls) == 3, "a fixed number of calls"
    assert "Tidak ada bahasa yang sama dengan mentor yang mungkin." in page
    assert "Akan mendapat mentor jika" in page
    assert (await mentee.send(address, do="withdraw")).status_code == 303
    assert "Anda ikut serta" not in await mentee.see(address)


async def test_whoever_runs_a_programme_finds_their_own_application_on_its_page_and_nobody_elses(
    at_browser, programme, person_id
) -> None:
    desk, address = at_browser(), f"/mentoring/programmes/{programme.id}"
    await desk.log_in("person", "programme_manager", person=person_id, agency=AGENCY)
    await desk.send("/hat", hat="person")
    assert "Anda ikut serta" not in await desk.see(address), "a mentor does"
    await programme.joins(person_id, side="mentee")
    assert "Anda ikut serta sebagai mentee." in await desk.see(address)


async def test_a_pair_goes_from_offer_to_hours_by_its_pages(
    mentee, mentor, programme, person_id, mentor_id, clock, beside_mentoring, calls
) -> None:
    address = await pair_of(programme, mentee, mentor, person_id)
    starts = clock.moment + timedelta(hours=2)
    local = typed_at(starts)
    typed = {"minutes": "enam puluh", "way": "online", "place": SCRIPT, "starts_at": local}
    answer = await mentee.send(f"{address}/plan", **typed)
    assert answer.status_code == 422
    assert 'value="enam puluh"' in answer.text
    assert SCRIPT not in answer.text
    twice = [await mentee.send(f"{address}/plan", **typed | {"minutes": "60"}) for _ in range(2)]
    assert [each.status_code for each in twice] == [303, 422], "sent again, it is the same hour"
    assert len(await beside_mentoring.rows("SELECT id FROM mentoring_sessions")) == 1
    for moment in (clock, beside_mentoring.clock):
        moment.moment = starts + timedelta(hours=2)
    for each, who in ((mentee, person_id), (mentor, mentor_id)):
        await each.log_in("person", person=who)
    calls.calls.clear()
    page = await mentee.get("/mentoring")
    assert len(calls.calls) == 5, "a fixed number of calls"
    [session_id] = re.findall(r'name="session" value="([^"]+)"', page.text)
    assert (await mentee.send("/mentoring", do="confirm", session=session_id)).status_code == 303
    assert "menunggu pernyataan yang satu lagi" in await mentee.see("/mentoring")
    assert (await mentor.send("/mentoring", do="confirm", session=session_id)).status_code == 303
    assert "terlaksana, dihitung" in await mentee.see(address)
    assert SCRIPT not in (await mentee.get(f"/mentoring/sessions/{session_id}")).text, "stored"


async def test_notes_of_another_version_are_not_written_over_and_what_was_typed_stays(
    mentee, mentor, programme, person_id, clock, beside_mentoring
) -> None:
    address = await pair_of(programme, mentee, mentor, person_id)
    local = typed_at(clock.moment + timedelta(hours=1))
    await mentee.send(f"{address}/plan", starts_at=local, minutes="60", way="online")
    [session_id] = [row[0] for row in await beside_mentoring.rows("SELECT id FROM mentoring_sessions")]
    path = f"/mentoring/sessions/{session_id}"
    [seen] = re.findall(r'name="version" value="(\d+)"', (await mentee.get(path)).text)
    kept = {"do": "log", "log": "Kata mentor", "what-0": LONG, "whose-0": "mentor"}
    assert (await mentor.send(path, **kept)).status_code == 303
    late = await mentee.send(path, do="log", log="Kata mentee", version=seen, **{"what-0": "Baca", "whose-0": "mentee"})
    assert late.status_code == 422
    assert "Kata mentee" in late.text
    assert 'value="Baca"' in late.text
    assert LONG in (await mentee.get(path)).text


async def test_a_problem_is_reported_after_it_is_said_who_reads_it(
    mentee, mentor, programme, person_id, beside_mentoring, at_browser
) -> None:
    address = await pair_of(programme, mentee, mentor, person_id, agreed=False)
    path = f"{address}/report"
    assert "laporan belum dapat dikirim" in await mentee.see(path)
    trusted = beside_mentoring.state(jenjang="ahli_utama")
    await beside_mentoring.people(trusted)
    await programme.desk(name_confidants, programme.id, ConfidantsIn(person_ids=[trusted.person_id]))
    page = (await mentee.get(path)).text
    assert page.index("Siapa yang membaca ini") < page.index("<textarea")
    sent = await mentee.send(path, about="conduct", words="Kata-kata kasar")
    assert sent.headers["location"] == f"{path}?sent=true"
    assert "Kata-kata kasar" in await mentee.see(path)
    assert "Kata-kata kasar" not in await mentor.see(path)
    stranger = at_browser()
    await stranger.log_in("person", person=trusted.person_id)
    for each in (path, address, f"{address}/agreement", f"{address}/feedback"):
        answer = await stranger.get(each)
        assert "Kata-kata kasar" not in answer.text
        assert "Enam pertemuan" not in answer.text
        assert answer.status_code == 404 or "Tidak ditemukan, atau bukan milik Anda." in answer.text, each


async def test_circles_are_joined_and_talks_asked_for_by_their_pages(
    mentee, mentor, programme, mentor_id, person_id, clock
) -> None:
    await programme.joins(person_id, side="mentee")
    host = caller("person", clock=clock, person=mentor_id)
    async with programme.world.database.transaction() as session:
        circle_id = await open_circle(session, programme.id, CircleIn(topic=LONG, seats=2), host)
    joined = await mentee.send("/mentoring/circles", circle=str(circle_id), do="join")
    assert joined.headers["location"] == f"/mentoring/circles/{circle_id}"
    assert "1 dari 2 tempat masih kosong." in await mentee.see(f"/mentoring/circles/{circle_id}")
    local = typed_at(clock.moment + timedelta(days=2))
    offered = await mentor.send("/mentoring/talks", do="offer", starts_at=local, minutes="30", way="online")
    assert offered.status_code == 303, offered.text
    [slot] = re.findall(r'name="slot" value="([^"]+)"', (await mentee.get("/mentoring/talks")).text)
    assert (await mentee.send("/mentoring/talks", do="ask", slot=slot, topic="Karier")).status_code == 303
    again = await mentee.send("/mentoring/talks", do="ask", slot=slot, topic="Sekali lagi")
    assert again.status_code == 422
    [talk] = set(re.findall(r'name="talk" value="([^"]+)"', (await mentor.get("/mentoring/talks")).text))
    assert (await mentor.send("/mentoring/talks", do="accept", talk=talk)).status_code == 303
    assert "disetujui" in await mentee.see("/mentoring/talks")
    assert (await mentee.send("/mentoring/talks", do="accept", talk="../people/me")).status_code == 404


async def test_all_of_it_says_so_when_mentoring_is_away(mentee, calls) -> None:
    nobody = "0199a000-0000-7000-8000-00000000dead"
    del calls.apps["mentoring"]
    pages = ["", "/circles", "/talks", f"/programmes/{nobody}", f"/pairs/{nobody}", f"/pairs/{nobody}/agreement"]
    pages += [f"/pairs/{nobody}/feedback", f"/pairs/{nobody}/report", f"/sessions/{nobody}", f"/circles/{nobody}"]
    for path in pages:
        assert "Tidak tersedia saat ini. Layanan mentoring tidak dapat dibaca." in await mentee.see(f"/mentoring{path}")
    lost = await mentee.send(f"/mentoring/pairs/{nobody}/report", words="x")
    assert lost.status_code == 409


async def test_a_real_browser_confirms_with_one_touch_on_a_phone(
    page, log_in, accessible, mentee, mentor, programme, person_id, clock, beside_mentoring, served
) -> None:
    address = await pair_of(programme, mentee, mentor, person_id)
    starts = clock.moment + timedelta(hours=1)
    local = typed_at(starts)
    await mentee.send(f"{address}/plan", starts_at=local, minutes="60", way="online")
    for moment in (clock, beside_mentoring.clock):
        moment.moment = starts + timedelta(hours=2)
    await log_in("person", person=person_id, to="/mentoring")
    await accessible()
    for path in (address, f"{address}/agreement", f"{address}/feedback", f"/mentoring/programmes/{programme.id}"):
        await page.goto(f"{served}{path}")
        await accessible()
    await page.set_viewport_size({"width": 360, "height": 740})
    await page.goto(f"{served}/mentoring")
    button = page.get_by_role("button", name="Sudah terlaksana")
    box = await button.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    await button.click()
    await page.get_by_text("menunggu pernyataan yang satu lagi").wait_for()
    await page.get_by_role("link", name=re.compile("daring")).click()
    await accessible()
