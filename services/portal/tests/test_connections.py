"""Administrators of platforms on the portal: connections in words, keys whose secret is shown once, and what waits to be mapped."""

import re
from datetime import date
from typing import Any

import httpx2
import pytest

from common.ids import new_id
from connectors.signals.reading import read_statements
from contracts.events.training import CourseChanged
from jejak_local.harness import World, bare
from services.connectors.tests.platform import Platform
from services.connectors.tests.shapes import moodle_completed

MORNING = "2026-03-03T02:00:00Z"
LONG = "W" * 200
SCRIPT = '"><script>alert(1)</script>'


@pytest.fixture
async def connectors(beside) -> World:
    return await beside("connectors")


@pytest.fixture
async def hr(visitor, connectors, agency):
    await visitor.log_in("agency_hr", agency=agency)
    return visitor


@pytest.fixture
async def connected(hr) -> str:
    """The page of a connection that HR has made."""
    made = await hr.send("/connections", name=SCRIPT, platform="moodle")
    assert made.status_code == 303, made.text
    [address] = re.findall(r'href="(/connections/[0-9a-f-]{36})"', (await hr.get("/connections")).text)
    return address


async def signed_in(hr: Any, calls: Any, address: str) -> Platform:
    """The platform, with the key that a page has shown."""
    shown = await hr.send(address, do="rotate")
    key, secret = re.findall(r"<code>([^<]+)</code>", shown.text)
    http = httpx2.AsyncClient(transport=httpx2.ASGITransport(calls.apps["connectors"]), base_url="http://connectors")
    return Platform(http, address.rpartition("/")[2], key, secret)


async def read(connectors: World) -> None:
    """What the role `due` does until nothing is due."""
    while True:
        async with connectors.database.transaction() as session:
            if not await read_statements(session, connectors.parts):
                return


async def test_a_connection_is_told_in_words_and_a_secret_is_shown_once(hr, connected, calls) -> None:
    page = (await hr.get("/connections")).text
    assert "Belum ada kunci: platform tidak dapat masuk." in page
    assert SCRIPT not in page
    platform = await signed_in(hr, calls, connected)
    assert (await platform.ask("GET", "/statements")).status_code == 200, "the secret is good"
    calls.calls.clear()
    again = await hr.get(connected)
    assert len(calls.calls) == 4, "a fixed number of calls"
    assert platform.key in again.text
    assert platform.secret not in again.text
    other = await signed_in(hr, calls, connected)
    third = await hr.send(connected, do="rotate")
    assert third.status_code == 422, "sent again and again, there are two at most"
    assert (await hr.send(connected, do="end-key", key=platform.key)).status_code == 303
    assert (await platform.ask("GET", "/statements")).status_code == 401
    assert (await other.ask("GET", "/statements")).status_code == 200
    await hr.send(connected, do="off")
    assert "Dimatikan." in await hr.see(connected)
    late = await hr.send(connected, do="on", version="1")
    assert late.status_code == 422, "what another has changed meanwhile is not written over"
    for name in ("", LONG * 10):
        assert (await hr.send("/connections", name=name, platform="moodle")).status_code == 422


async def test_what_waits_is_mapped_on_the_page_and_what_it_credits_is_seen(hr, connected, connectors, calls) -> None:
    platform = await signed_in(hr, calls, connected)
    nip = connectors.nip()
    person = connectors.state(nip=nip)
    await connectors.people(person)
    course = {"course_id": new_id(), "provider_id": new_id(), "title": "Data", "form": "KL03"}
    await connectors.hear(connectors.received(bare(CourseChanged, code="C-7", valid_from=date(2020, 1, 1), **course)))
    await platform.send(moodle_completed("4711", 7, MORNING))
    await read(connectors)
    page = await hr.see(connected)
    assert "Kursus 7" in page
    assert page.count("1 menunggu sejak 3 Maret 2026") == 2
    waiting = re.findall(r'name="course" value="([^"]+)"', (await hr.get(connected)).text)[0]
    wrong = await hr.send(connected, do="map-course", course=waiting, course_code="<b>X")
    assert wrong.status_code == 422
    assert 'name="course_code" required value="&lt;b&gt;X"' in wrong.text
    mapped = await hr.send(connected, do="map-course", course=waiting, course_code="C-7")
    assert mapped.status_code == 303, mapped.text
    shown = (await hr.get(connected)).text
    [told] = re.findall(r'name="told" value="([^"]+)"', shown)
    told = told.replace("&#34;", '"')
    bad = await hr.send(connected, do="map-user", told=told, nip="123")
    assert bad.status_code == 422
    assert 'value="123"' in bad.text
    assert (await hr.send(connected, do="map-user", told="[", nip=nip)).status_code == 404
    assert (await hr.send(connected, do="map-user", told=told, nip=nip)).status_code == 303
    reports = await hr.see(f"{connected}/reports?state=sent")
    assert "3 Maret 2026" in reports
    assert "menunggu jawaban" in reports
    assert "Belum ada laporan." in await hr.see(f"{connected}/reports?state=refused")


async def test_whoever_runs_a_platform_sees_their_own_alone_and_tests_it(
    hr, connected, at_browser, calls, agency, connectors
) -> None:
    platform = at_browser()
    await platform.log_in("platform_admin", connection=connected.rpartition("/")[2])
    page = (await platform.get(connected)).text
    assert 'value="map-course"' not in page
    assert "Hidupkan" not in page
    assert (await platform.send(connected, do="test")).headers["location"] == f"{connected}?done=test"
    other = at_browser()
    await other.log_in("platform_admin", connection=agency)
    assert (await other.get(connected)).status_code == 404
    person = at_browser()
    await person.log_in("person", person=agency)
    assert (await person.get("/connections")).status_code == 403
    del calls.apps["connectors"]
    assert "Koneksi tidak dapat dibaca." in await hr.see(connected)
    assert (await hr.send(connected, do="rotate")).status_code == 409


async def test_a_real_browser_reads_connections(
    page, log_in, accessible, hr, connected, calls, connectors, agency, served
) -> None:
    platform = await signed_in(hr, calls, connected)
    await platform.send(moodle_completed("4711", 7, MORNING))
    await read(connectors)
    await log_in("agency_hr", agency=agency, to="/connections")
    await accessible()
    for path in (connected, f"{connected}/reports"):
        await page.goto(f"{served}{path}")
        await accessible()
    await page.goto(f"{served}{connected}")
    await page.get_by_role("button", name="Buat kunci baru").click()
    await page.get_by_role("heading", name="Kunci baru").wait_for()
    await accessible()
