"""Views are saved under a name by whoever uses them, and two agencies stand beside each other with the numbers of their own pages."""

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import text

from jejak_local.harness import OTHER_AGENCY


@pytest.fixture
async def training(beside, agency):
    training = await beside("training")
    await training.people(*(training.state(agency=agency) for _ in range(2)), training.state(agency=OTHER_AGENCY))
    return training


async def test_a_view_is_saved_opened_renamed_and_deleted_by_its_owner_alone(
    visitor, at_browser, training, agency, parts, clock
) -> None:
    await visitor.log_in("agency_hr", agency=agency)
    page = await visitor.get(f"/agencies/{agency}?day=2026-05-01&sort=-active")
    [link] = re.findall(r'href="(/views\?save=[^"]+)"', page.text)
    sent = await visitor.send(unescape(link), name="Biro, Mei")
    assert (sent.status_code, sent.headers["location"]) == (303, "/views")
    [view] = re.findall(r'href="(/views/[^"]+)"', (await visitor.get("/views")).text)
    opened = await visitor.get(view)
    assert opened.headers["location"] == f"/agencies/{agency}?day=2026-05-01&sort=-active"
    async with parts.database.reading() as session:
        rows = (await session.execute(text("SELECT * FROM saved_views"))).all()
    assert "Biro" not in str(rows)
    assert str(agency) not in str(rows)
    stranger = at_browser()
    await stranger.log_in("agency_head", agency=agency)
    assert "Biro, Mei" not in await stranger.see("/views")
    name = view.rpartition("/")[2]
    assert (await stranger.get(view)).status_code == 404
    await stranger.send("/views", do="forget", view=name)
    assert (await stranger.send("/views", do="rename", view=name, name="Milik saya")).status_code == 404
    long = await visitor.send("/views", do="rename", view=name, name="x" * 101)
    assert (long.status_code, 'value="' + "x" * 101 in long.text) == (422, True)
    await visitor.send("/views", do="rename", view=name, name='"><script>')
    page = await visitor.get("/views")
    assert "&#34;&gt;&lt;script&gt;" in page.text
    await visitor.send("/views", do="forget", view=name)
    assert "Belum ada." in await visitor.see("/views")
    away = await visitor.send("/views?save=//evil.example/x", name="Luar")
    assert away.status_code == 303
    assert "evil" not in (await visitor.get("/views")).text, "a link to here leads nobody away from here"
    clock.moment += timedelta(days=366)
    await visitor.log_in("agency_hr", agency=agency)
    await visitor.send("/views?save=/agency", do="save", name="Baru")
    assert (await visitor.see("/views")).count("Ganti nama Nama Ganti nama") == 1, (
        "what nobody opened for a year is gone"
    )


async def test_two_agencies_have_the_numbers_of_their_own_pages(visitor, training, agency, calls) -> None:
    await visitor.log_in("lan")
    calls.calls.clear()
    page = await visitor.get(f"/compare?one={agency}&other={OTHER_AGENCY}&day=2026-05-01")
    assert len(calls.calls) == 3, "a fixed number of calls"
    for compared in (agency, OTHER_AGENCY):
        own = await visitor.get(f"/agencies/{compared}?day=2026-05-01")
        numbers = dict(re.findall(r'people\?day=2026-05-01&(?:amp;)?state=(\w+)">(\d+)</a>', own.text))
        beside = dict(
            re.findall(rf'href="/agencies/{compared}/people\?day=2026-05-01&(?:amp;)?state=(\w+)">(\d+)</a>', page.text)
        )
        assert beside == numbers != {}
    assert (await visitor.get(f"/compare?one={agency}&other={OTHER_AGENCY}&as=csv")).status_code == 200


async def test_of_an_agency_that_is_not_theirs_nobody_is_told_a_number(visitor, training, agency) -> None:
    await visitor.log_in("agency_hr", agency=agency)
    page = await visitor.see(f"/compare?one={agency}&other={OTHER_AGENCY}")
    assert "Bagian ini bukan untuk peran Anda." in page
    raw = (await visitor.get(f"/compare?one={agency}&other={OTHER_AGENCY}")).text
    assert f"/agencies/{agency}/people" in raw
    assert f"/agencies/{OTHER_AGENCY}/people" not in raw
