"""An operator sees what runs and what was buried, and has letters sent again; what one says stands nowhere."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import text

from common.ids import new_id


async def reported(notification) -> None:
    """A worker that has just told of two consumers, one of which was stopped by poison, and three letters."""
    now = notification.clock.now()
    async with notification.database.transaction() as session:
        for name, ready in (("notification.digests", True), ("notification.contacts", False)):
            row = {"name": name, "ready": ready, "now": now}
            await session.execute(
                text("INSERT INTO consumers VALUES (:name, 'one', 'training.shortfall.v1', 1200, :ready, :now)"), row
            )
        for place in range(3):
            letter = {"id": new_id(), "place": place, "origin": f"training.shortfall.v1/0/{place}"}
            await session.execute(text(
                'INSERT INTO letters (id, consumer, topic, partition, "offset", reason, origin)'
                " VALUES (:id, 'notification.digests', 'training.shortfall.v1', 0, :place, 'IntegrityError (fk_x)', :origin)"
            ), letter)  # fmt: skip


@pytest.fixture
async def notification(beside):
    notification = await beside("notification")
    await reported(notification)
    return notification


@pytest.fixture
async def operator(visitor, notification):
    await visitor.log_in("operator")
    return visitor


async def asked(notification) -> list[str | None]:
    return [row[0] for row in await notification.rows('SELECT asked_by FROM letters ORDER BY "offset"')]


async def test_what_runs_is_seen_with_its_lag_and_what_reports_no_more(operator, notification, calls, clock) -> None:
    calls.calls.clear()
    page = await operator.see("/operations")
    assert len(calls.calls) == 6, "one call a service, and the five that are away are told"
    assert page.count("Layanan ini tidak menjawab.") == 5
    assert re.search(r"notification.digests training.shortfall.v1, one Berjalan 1\.200 0 ", page)
    assert "notification.contacts training.shortfall.v1, one Belum siap" in page
    assert "Surat mati: 3" in page
    clock.moment += timedelta(minutes=2)
    assert (await operator.see("/operations")).count("Tidak melapor lagi") == 2


async def test_letters_are_asked_for_by_name_one_or_all_and_once(operator, notification, at_browser, agency) -> None:
    page = await operator.get("/operations/notification")
    assert "IntegrityError (fk_x)" in page.text
    newest, *_ = re.findall(r'name="letters" value="([^",]+)"', page.text)
    sent = await operator.send("/operations/notification", do="replay", letters=newest)
    assert sent.headers["location"] == "/operations/notification?asked=1"
    before = await asked(notification)
    assert before[:2] == [None, None]
    assert before[2]
    shown = await operator.see("/operations/notification")
    assert f"Diminta oleh {before[2]}" in shown
    assert "Menunggu pekerja." in shown
    other = at_browser()
    await other.log_in("operator", name="Lain Orang")
    assert (await other.send("/operations/notification", do="replay")).status_code == 303, "all of the page"
    now = await asked(notification)
    assert all(now)
    assert now[2] == before[2], "what waits already is asked for once"
    assert (await operator.send("/operations/notification", do="replay", letters="x")).status_code == 422
    assert (await operator.get("/operations/portal")).status_code == 404
    hr = at_browser()
    await hr.log_in("agency_hr", agency=agency)
    assert (await hr.get("/operations")).status_code == 403


async def test_a_real_browser_reads_operations(page, log_in, accessible, notification, served) -> None:
    await log_in("operator", to="/operations")
    await accessible()
    await page.get_by_role("link", name="Surat mati: 3").click()
    await page.get_by_role("heading", name="Surat mati: notification").wait_for()
    await accessible()
