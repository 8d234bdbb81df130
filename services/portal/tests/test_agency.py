"""HR looks at its agency: every number opens the people behind it, and the files hold what the page shows."""

import argparse
import csv
import io
import re
from datetime import date

import pytest
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from common.ids import new_id
from common.process import commands_of
from common.texts import day
from contracts.events.registry import Holding, Pic
from contracts.events.training import JPShortfallDetected
from jejak_local.harness import OTHER_AGENCY, Api, bare, client_of

UNIT = (new_id(), "Biro Umum")
STATES = ("met", "on_track", "needs_action", "overdue", "exempt")


@pytest.fixture
async def training(beside, agency):
    """Three people in a unit and one without; one of them with a name that a spreadsheet would take for a formula."""
    training = await beside("training")
    await training.people(*(training.state(agency=agency, unit=UNIT) for _ in range(3)), training.state(agency=agency))
    return training


@pytest.fixture
async def office(visitor, training, agency):
    await visitor.log_in("agency_hr", agency=agency)
    return visitor


def words(page) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


def numbers(page: str) -> dict[str, int]:
    """The count of each state, by its link."""
    return {state: int(n) for state, n in re.findall(r'people\?state=(\w+)">(\d+)</a>', page)}


async def test_every_number_opens_the_people_behind_it(office, agency, calls) -> None:
    page = await office.follow(await office.get("/agency"))
    assert page.url.path == f"/agencies/{agency}"
    found = numbers(page.text)
    assert found.keys() == set(STATES)
    assert sum(found.values()) == 4, "met + short + exempt = active"
    assert "Dihitung pada" in page.text, "and of when they are"
    calls.calls.clear()
    for state, count in found.items():
        listed = await office.get(f"/agencies/{agency}/people?state={state}")
        assert listed.text.count('scope="row"') == count
    [unit] = [link for link in re.findall(r'href="(/agencies/[^"]+unit_id=[^"&]+)"', page.text) if str(UNIT[0]) in link]
    assert (await office.get(unit)).text.count('scope="row"') == 3
    person = re.findall(r'href="(/people/[^"]+)"', (await office.get(unit)).text)[0]
    assert "Masih kurang 20 JP" in await office.see(person), "from the agency to the person in three clicks"


async def test_a_page_makes_a_fixed_number_of_calls(office, agency, calls) -> None:
    calls.calls.clear()
    await office.get(f"/agencies/{agency}")
    assert len(calls.calls) == 3
    calls.calls.clear()
    await office.get(f"/agencies/{agency}/people")
    assert calls.calls == ["GET training /v1/duty-people", "POST registry /v1/people:names"]


async def test_a_copied_link_shows_the_same_to_the_same_right_and_nothing_to_another(
    office, at_browser, agency
) -> None:
    address = f"/agencies/{agency}?day=2026-05-01&sort=-active"
    shown = await office.see(address)
    colleague, stranger = at_browser(), at_browser()
    await colleague.log_in("agency_head", agency=agency)
    await stranger.log_in("agency_hr", agency=OTHER_AGENCY)
    assert numbers((await colleague.get(address)).text) == numbers((await office.get(address)).text)
    assert "1 Mei 2026" in shown
    refused = await stranger.get(address)
    assert refused.status_code == 403
    assert "Biro Umum" not in refused.text
    assert (await stranger.get(f"{address}&as=csv")).status_code == 403


async def test_the_three_files_hold_what_the_page_shows(office, agency, training) -> None:
    await training.people(training.state(agency=agency, unit=(new_id(), "=cmd()")))
    address = f"/agencies/{agency}"
    total = re.findall(r"<tfoot>.*?</tfoot>", (await office.get(address)).text, re.DOTALL)[-1]
    shown = re.findall(r"<td[^>]*>([^<]*)</td>", total)
    plain = (await office.get(f"{address}?as=csv")).content.decode("utf-8-sig")
    lines = [*csv.reader(io.StringIO(plain), delimiter=";")]
    end = lines.index([])
    head, *rows, sums = lines[:end]
    assert sums == shown
    assert head[:2] == ["Unit", "ASN aktif"]
    assert ["'=cmd()", "1"] in [row[:2] for row in rows]
    about = dict(lines[end + 1 :])
    assert about.keys() == {"Per tanggal", "Dihitung", "Dibuat", "SHA-256"}
    assert about["Dibuat"].endswith(" WIB")
    sheet = CalamineWorkbook.from_filelike(
        io.BytesIO((await office.get(f"{address}?as=xlsx")).content)
    ).get_sheet_by_index(0)
    cells = sheet.to_python()
    assert [int(cell) for cell in cells[end - 1][1:-1]] == [int(cell) for cell in shown[1:-1]]
    assert cells[-1][:2] == ["SHA-256", about["SHA-256"]]
    paper = "".join(
        page.extract_text() for page in PdfReader(io.BytesIO((await office.get(f"{address}?as=pdf")).content)).pages
    )
    assert about["SHA-256"] in paper.replace("\n", "")
    assert (await office.get(f"{address}?as=exe")).status_code == 404


async def test_a_file_of_people_has_those_of_all_pages(office, agency, training, monkeypatch) -> None:
    monkeypatch.setattr("portal.listing.PAGE", 2)
    plain = (await office.get(f"/agencies/{agency}/people?as=csv")).content.decode("utf-8-sig")
    lines = [*csv.reader(io.StringIO(plain), delimiter=";")]
    assert len(lines[1 : lines.index([])]) == 4


async def test_hr_decides_what_somebody_else_has_asked_for(office, agency, training, calls, issuer) -> None:
    person = training.state(agency=agency, unit=UNIT)
    await training.people(person)
    async with client_of(calls.apps["training"]) as http:
        for start in ("2026-07-01", "2026-09-01"):
            body = {"person_id": str(person.person_id), "ground": "cuti-besar", "valid_from": start, "paper": "SK-1"}
            body["valid_to"] = start.replace("-01", "-09")
            answer = await Api(http, issuer).call("person", "POST", "/exemptions", body, person=person.person_id)
            assert answer.status_code == 201, answer.text
    page = await office.get("/exemptions")
    first, second = re.findall(r'name="exemption" value="([^"]+)"', page.text)
    assert "Putuskan permohonan pengecualian" in await office.see(f"/agencies/{agency}")
    bare_refusal = await office.send("/exemptions", exemption=first, verdict="refuse")
    assert bare_refusal.status_code == 422
    assert 'role="alert"' in bare_refusal.text
    assert (
        await office.send("/exemptions", exemption=first, verdict="refuse", reason="Tanpa bukti")
    ).status_code == 303
    assert (await office.send("/exemptions", exemption=second, verdict="approve")).status_code == 303
    assert "Tidak ada yang menunggu." in await office.see("/exemptions?done=true")
    states = await training.rows("SELECT state FROM exemptions ORDER BY valid_from")
    assert sorted(row.state for row in states) == ["approved", "refused"]


async def test_the_link_of_a_mail_leads_to_who_is_short_and_lan_sees_each_round(
    visitor, at_browser, beside, agency, training, calls
) -> None:
    await visitor.log_in("pic", agency=agency, person=new_id())
    assert "Sounding ini tidak dapat dibaca." in await visitor.see(f"/rounds/{new_id()}?agency={agency}")
    notification = await beside("notification")
    assert (await visitor.get(f"/rounds/{new_id()}?agency={agency}")).status_code == 404
    sweep, options = commands_of(training.service)["sweep"], argparse.ArgumentParser()
    sweep.arguments(options)
    assert await sweep.run(options.parse_args([]), training.parts) == 0
    [found] = [each for each in await training.told() if isinstance(each.event, JPShortfallDetected)]
    await notification.agency(agency)
    await notification.hear(notification.received(found.event))
    address = f"/rounds/{found.event.sweep_id}?agency={agency}"
    page = await visitor.get(address)
    as_of = day(found.event.as_of, "id")
    assert f"4 dari 4 orang masih kurang, dihitung per {as_of}." in words(page)
    assert page.text.count('scope="row"') == 4
    lines = (await visitor.get(f"{address}&as=csv")).content.decode("utf-8-sig").splitlines()
    assert sum("masih kurang" in line for line in lines) == 4
    assert (await visitor.get(f"/rounds/{found.event.sweep_id}")).headers["location"] == address
    pic = Pic(rank="main", name="Siti", email="pic@contoh.go.id", language="id", time_zone="Asia/Jakarta")
    await notification.agency(OTHER_AGENCY, pics=[pic])
    elsewhere = {"agency_id": OTHER_AGENCY, "people_total": 9, "short_total": 4}
    await notification.hear(notification.received(found.event.model_copy(update=elsewhere)))
    lan = at_browser()
    await lan.log_in("lan")
    calls.calls.clear()
    rounds = await lan.get("/rounds")
    assert len(calls.calls) == 1, "a fixed number of calls"
    assert f"8 dari 13 orang masih kurang, dihitung per {as_of}." in words(rounds)
    assert f'href="/rounds/{found.event.sweep_id}/agencies?state=waiting"' in rounds.text, "whom nobody can write to"
    head = re.search(r"<thead>.*?</thead>", rounds.text, re.DOTALL)
    assert head is not None
    assert re.findall(r"<th[^>]*>\s*(.*?)</th>", head[0]) == [
        "Putaran", "Jenis", "Instansi", "menunggu PIC", "Sudah menyusul", "masih kurang", "Surat terkirim", "Surat gagal",
    ], "what is read first"  # fmt: skip
    line = (await lan.get("/rounds?as=csv")).content.decode("utf-8-sig").splitlines()[1].split(";")
    assert line[0] == f"Caturwulan {found.event.period}, {found.event.year}"
    assert line[3:8] == ["2", "1", "13", "8", "0"], "agencies, waiting, people, short then, caught up"
    assert (len(line), line[-3:]) == (13, ["0", "1", "0"]), "all in the file: mails sent, waiting and failed"
    by_agency = await lan.follow(await lan.get(f"/rounds/{found.event.sweep_id}"))
    assert "Surat terkirim 0 Surat menunggu 1 Surat gagal 0" in words(by_agency), "and on the page of the round"
    assert f'href="{address}"'.replace("&", "&amp;") in by_agency.text, "down to the people"
    waiting = await lan.see(f"/rounds/{found.event.sweep_id}/agencies?state=waiting")
    assert "menunggu PIC: tidak ada PIC dengan alamat yang berlaku" in waiting
    del calls.apps["notification"]
    for path in ("/rounds", f"/rounds/{found.event.sweep_id}/agencies"):
        assert "Putaran sounding tidak dapat dibaca." in await lan.see(path)


async def test_a_superior_reminds_whom_they_see_once_a_week(visitor, beside, agency) -> None:
    training = await beside("training")
    above = await training.post()
    below = await training.post(above)
    superior = await training.holder(above)
    await training.holder(bare(Holding, post_id=below, kind="definitive", valid_from=date(2020, 1, 1)))
    await visitor.log_in("person", person=superior)
    [person] = re.findall(r'name="person" value="([^"]+)"', (await visitor.get("/team")).text)
    assert (await visitor.send("/team", person=person)).headers["location"] == "/team?done=true"
    assert "Pengingat terkirim." in await visitor.see("/team?done=true")
    assert "lagi mulai 22 Juni 2026" in await visitor.see("/team")
    again = await visitor.send("/team", person=person)
    assert again.status_code == 422, "a form that was left open in another tab"
    assert 'role="alert"' in again.text


async def test_the_agency_can_be_used_by_everybody(page, log_in, accessible, training, agency, served) -> None:
    await log_in("agency_hr", agency=agency, to="/agency")
    await accessible()
    await (
        page.get_by_role("link", name="Belum terpenuhi")
        .or_(page.get_by_role("link", name=re.compile("^Lihat ")))
        .first.click()
    )
    await accessible()
    await page.get_by_role("rowheader").first.get_by_role("link").click()
    await accessible()
    await page.goto(f"{served}/exemptions")
    await accessible()
