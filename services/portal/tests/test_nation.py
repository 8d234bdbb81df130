"""LAN, a region's analis and a steward look at the nation: every number opens as many people, from the whole to the last one."""

import re
from html import unescape

import pytest
from playwright.async_api import expect

from jejak_local.harness import OTHER_AGENCY
from portal.texts import templates
from services.portal.tests.drawn import charts

NUMBER = re.compile(r'<td class="number"><a href="(/nation/people\?[^"]+)">([\d.]+)</a></td>')
ROW = re.compile(r'<th scope="row"><a href="([^"]+)">([^<]+)</a></th>')


@pytest.fixture
async def training(beside, agency, api_of):
    """A ministry with two units and three people, of whom one has met the duty, and a region with one."""
    training = await beside("training")
    await training.agency(agency, kind="K", name="Kementerian Contoh")
    await training.agency(OTHER_AGENCY, kind="D", region="Bali", name="Pemerintah Bali")
    people = [training.state(agency=agency) for _ in range(3)] + [
        training.state(agency=OTHER_AGENCY, jenjang="ahli_muda")
    ]
    await training.people(*people)
    line = {
        "form": "KL03", "title": "Pelatihan", "start_date": "2026-03-02", "end_date": "2026-03-03", "jp": "20",
        "source_name": "lms", "reference": "1", "person_id": str(people[0].person_id),
    }  # fmt: skip
    [stored] = await api_of("training").bulk("/trainings:batch", [line], "service")
    assert stored["status"] == "stored", stored
    return training


@pytest.mark.parametrize("by", ["agency", "kind", "region", "jenjang"])
async def test_every_number_opens_as_many_people_and_the_rows_make_the_whole(visitor, training, calls, by) -> None:
    await visitor.log_in("lan")
    calls.calls.clear()
    page = await visitor.get(f"/nation?by={by}")
    assert calls.calls == ["GET training /v1/duty-counts"], "a fixed number of calls"
    assert "1 dari 4" in re.sub(r"<[^>]+>", "", page.text)
    body = page.text.rpartition("<tbody>")[2].partition("</tbody>")[0]
    cells = [(unescape(address), int(number)) for address, number in NUMBER.findall(body)]
    active = [number for address, number in cells if "state=" not in address]
    assert sum(active) == 4
    for address, number in cells:
        if "state=short" in address:
            continue  # hours, not people
        opened = await visitor.get(address)
        assert opened.status_code == 200, address
        assert opened.text.count('<th scope="row">') == number, address


async def test_from_the_nation_to_the_last_short_person_in_four_clicks(visitor, training) -> None:
    await visitor.log_in("lan")
    kinds = await visitor.get("/nation?by=kind")
    [region] = [unescape(address) for address, name in ROW.findall(kinds.text) if name == "Pemerintah daerah"]
    agencies = await visitor.get(region)
    [bali] = [unescape(address) for address, name in ROW.findall(agencies.text)]
    units = await visitor.get(bali)
    short = [
        unescape(address)
        for address, number in NUMBER.findall(units.text)
        if "state=overdue" in address and number == "1"
    ]
    people = await visitor.get(short[0])
    assert re.findall(r'<th scope="row"><a href="/people/[^"]+">', people.text), "and the person is the fourth"
    assert people.text.count('<th scope="row">') == 1


async def test_an_analis_sees_their_region_and_another_right_is_refused(visitor, at_browser, training) -> None:
    await visitor.log_in("analis", region="Bali")
    assert "Kementerian Contoh" not in await visitor.see("/nation")
    assert "Pemerintah Bali" in await visitor.see("/nation")
    person = at_browser()
    await person.log_in("agency_hr", agency=OTHER_AGENCY)
    assert (await person.get("/nation")).status_code == 403


async def test_agencies_without_a_pic_are_named_with_what_they_lack(visitor, beside, api_of) -> None:
    await beside("registry")
    agency = {"code": "D-001", "name": "Pemerintah Bali", "kind": "D", "region": "Bali"}
    made = await api_of("registry").call("lan", "POST", "/agencies", agency)
    assert made.status_code == 201, made.text
    await visitor.log_in("lan")
    assert re.search(r"D-001 Pemerintah Bali Bali PIC utama, wakil PIC", await visitor.see("/without-pic"))


async def test_the_nation_is_drawn_as_its_table_has_it(visitor, training, calls) -> None:
    await visitor.log_in("lan")
    page = (await visitor.get("/nation?by=kind")).text
    states, groups = charts(page)
    assert states.faults + groups.faults == []
    assert [value for _, value in states.drawn] == [1, 0, 0, 3, 0]
    assert (states.total, groups.total) == (4, 3)
    assert groups.drawn == [("Kementerian", 2), ("Pemerintah daerah", 1)]
    for chart in (states, groups):
        for link, (_, value) in zip(chart.links, chart.rows, strict=True):
            assert (await visitor.get(link)).text.count('<th scope="row">') == value, link


async def test_a_chart_is_used_by_keys_alone(page, log_in, training) -> None:
    """Its table is folded up and out again, and a number opened, without a mouse."""
    await log_in("lan", to="/nation?by=kind")
    table = page.get_by_role("table", name="ASN menurut keadaan kewajiban")
    summary = page.get_by_text("Angka dalam tabel").first
    for _ in range(40):
        await page.keyboard.press("Tab")
        if await summary.evaluate("it => it === document.activeElement"):
            break
    await page.keyboard.press("Enter")
    await expect(table).to_be_hidden()
    await page.keyboard.press("Enter")
    await expect(table).to_be_visible()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("rowheader")).to_have_count(1)


async def test_everybody_can_use_the_table_of_the_nation(page, log_in, accessible, training) -> None:
    await log_in("lan", to="/nation")
    await accessible()


async def test_bkn_reads_the_index_of_an_agency_with_its_bounds_and_of_no_small_group(
    visitor, at_browser, beside, api_of, agency
) -> None:
    credit = await beside("credit")
    await credit.people(*(credit.state(agency=agency) for _ in range(12)), credit.state(agency=OTHER_AGENCY))
    await visitor.log_in("bkn")
    path = f"/agencies/{agency}/professionalism"
    told = (await api_of("credit").get(path, "bkn"))["whole"]
    least, most = (templates("id").filters["number"](told[name]) for name in ("at_least", "at_most"))
    assert f"Indeks antara {least} dan {most}" in await visitor.see(path)
    assert (await visitor.get(f"{path}?as=csv")).status_code == 200
    assert "Indeks antara" not in await visitor.see(f"/agencies/{OTHER_AGENCY}/professionalism"), "one person"
    hr = at_browser()
    await hr.log_in("agency_hr", agency=OTHER_AGENCY)
    assert (await hr.get(path)).status_code in {403, 404}
