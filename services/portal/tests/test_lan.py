"""LAN accredits providers and tries drafts of rules; whoever may see totals alone sees those."""

import re
from uuid import UUID

import pytest

from common.runner import Runner
from credit.domain.packs import PACKS
from credit.service import SERVICE
from jejak_local.harness import OTHER_AGENCY
from services.portal.tests.drawn import charts
from training.totals.commands import publish

PRESENT = (PACKS / "konversi-2023.toml").read_text(encoding="utf-8")
DRAFT = PRESENT.replace('id = "PermenPANRB-1-2023"', 'id = "Rancangan-2027"', 1).replace(
    "valid_from = 2023-01-01", "valid_from = 2027-01-01", 1
)


@pytest.fixture
async def lan(visitor):
    await visitor.log_in("lan")
    return visitor


async def test_a_provider_is_accredited_for_a_form_given_its_end_and_the_change_is_told(
    lan, beside, at_browser, agency
) -> None:
    training = await beside("training")
    assert (await lan.send("/providers", code="", name="Pusdiklat")).status_code == 422
    assert (await lan.send("/providers", code="PD-1", name="Pusdiklat <b>")).status_code == 303
    listed = await lan.get("/providers")
    assert "Pusdiklat &lt;b&gt;" in listed.text
    [address] = re.findall(r'href="(/providers/[^"]+)"', listed.text)
    wrong = await lan.send(address, do="add", form="KL03", valid_from="kemarin")
    assert wrong.status_code == 422
    assert 'value="kemarin"' in wrong.text
    seen = re.findall(r'name="version" value="(\d+)"', (await lan.get(address)).text)[0]
    for form in ("KL03", "KL01"):
        added = await lan.send(address, do="add", form=form, valid_from="2026-01-01", valid_to="")
        assert added.headers["location"] == f"{address}?done=true", added.text
    late = await lan.send(address, do="end", form="KL03", valid_from="2026-01-01", valid_to="2026-06-30", version=seen)
    assert late.status_code == 422, "what another has changed meanwhile is not written over"
    ended = await lan.send(address, do="end", form="KL03", valid_from="2026-01-01", valid_to="2026-06-30")
    assert ended.status_code == 303, ended.text
    rows = await training.rows("SELECT form, valid_to FROM accreditations ORDER BY form")
    assert [(form, valid_to and valid_to.isoformat()) for form, valid_to in rows] == [
        ("KL01", None),
        ("KL03", "2026-06-30"),
    ]
    assert "1 Januari 2026 – 30 Juni 2026" in await lan.see(address)
    hr = at_browser()
    await hr.log_in("agency_hr", agency=agency)
    assert (await hr.get(address)).status_code == 403


async def test_a_course_is_accredited_itself_by_lan_alone_on_its_page(lan, beside, api_of, at_browser, calls) -> None:
    training = await beside("training")
    provider = await api_of("training").call("lan", "POST", "/providers", {"code": "PD-1", "name": "Pusdiklat"})
    course = {"code": "K-1", "provider_code": "PD-1", "title": "Etika <b>", "form": "KL03", "jp": "12.5"}
    course |= {"valid_from": "2025-01-01", "outcomes": ["Mengenali"], "mode": "online"}
    made = await api_of("training").call("lan", "POST", "/courses", course)
    assert made.status_code == 201, made.text
    path = f"/courses/{made.json()['id']}"
    assert f'href="{path}">Etika &lt;b&gt;</a>' in (await lan.get(f"/providers/{provider.json()['id']}")).text
    calls.calls.clear()
    assert "belum terakreditasi hari ini (menurut akreditasi penyelenggara)" in await lan.see(path)
    assert len(calls.calls) == 3, "a fixed number of calls"
    wrong = await lan.send(path, do="add", valid_from="2026-05-01", valid_to="2026-01-01")
    assert (wrong.status_code, 'value="2026-05-01"' in wrong.text) == (422, True)
    seen = re.findall(r'name="version" value="(\d+)"', (await lan.get(path)).text)[0]
    added = await lan.send(path, do="add", valid_from="2026-01-01", valid_to="")
    assert added.headers["location"] == f"{path}?done=true", added.text
    late = await lan.send(path, do="end", valid_from="2026-01-01", valid_to="2026-06-30", version=seen)
    assert late.status_code == 422, "what another has changed meanwhile is not written over"
    assert "Terakreditasi hari ini" in await lan.see(path)
    ended = await lan.send(path, do="end", valid_from="2026-01-01", valid_to="2026-06-30")
    assert ended.status_code == 303, ended.text
    [row] = await training.rows("SELECT accreditations, outcomes, mode, jp FROM courses")
    assert row[0] == [{"valid_from": "2026-01-01", "valid_to": "2026-06-30"}]
    assert (row[1], row[2], str(row[3])) == (["Mengenali"], "online", "12.500"), "the rest of it stays"
    assert "Etika &lt;b&gt;</a>, " in (await lan.get(f"/providers/{provider.json()['id']}")).text, "told as its change"
    giver = at_browser()
    await giver.log_in("provider", provider=provider.json()["id"])
    assert "1 Januari 2026 – 30 Juni 2026" in await giver.see(path)
    assert 'name="do"' not in (await giver.get(path)).text
    assert (await giver.http.post(path, data={"do": "add"})).status_code == 403


async def test_a_draft_is_loaded_tried_and_tells_who_gains(lan, beside, api_of, calls) -> None:
    credit = await beside("credit")
    people = await credit.people(*(credit.state(jenjang="ahli_muda") for _ in range(2)))
    lines = [
        {
            "reference": f"P-{n}", "source_name": "e-kinerja", "person_id": str(person), "predikat": "baik",
            "period_start": "2025-01-01", "period_end": "2025-12-31", "evidence": "https://contoh.go.id/skp.pdf",
        }
        for n, person in enumerate(people)
    ]  # fmt: skip
    api = api_of("credit")
    ids = [{"id": each["id"]} for each in await api.bulk("/predicates:batch", lines, "service")]
    await api.bulk("/cases:check", ids, "verifier")
    await api.bulk("/cases:attest", ids, "validator")
    broken = await lan.send("/drafts", subject="conversion", content="<script>")
    assert broken.status_code == 422
    assert "&lt;script&gt;</textarea>" in broken.text, "what was typed is there again"
    sent = await lan.send("/drafts", subject="conversion", content=DRAFT)
    assert sent.headers["location"] == "/drafts?done=true", sent.text
    [address] = re.findall(r'href="(/drafts/[^"]+)"', (await lan.get("/drafts")).text)
    assert (await lan.send(address, do="replay")).headers["location"] == address
    page = (await lan.get(address)).text
    [ordered] = re.findall(rf'href="({address}/replays/[^"]+)"', page)
    assert "Muat ulang halaman ini." in page
    while await Runner(credit.parts, SERVICE.jobs).turn():
        pass
    calls.calls.clear()
    assert "Selesai: 2 orang dan 2 catatan dicoba" in await lan.see(ordered)
    assert len(calls.calls) == 2, "a fixed number of calls"
    assert "Tidak ada yang berubah." in await lan.see(f"{ordered}?who=lose")
    assert await credit.value("SELECT count(*) FROM entries") == 2
    assert "Selesai: 2 orang dan 2 catatan dicoba" in await lan.see(address), "beside the draft"


async def test_a_draft_is_made_law_by_another_of_lan_beside_what_it_would_change(
    lan, at_browser, beside, agency, calls
) -> None:
    credit = await beside("credit")
    await lan.send("/drafts", subject="conversion", content=DRAFT)
    [address] = re.findall(r'href="(/drafts/[^"]+)"', (await lan.get("/drafts")).text)
    assert "Rancangan yang Anda muat sendiri diberlakukan oleh orang lain" in await lan.see(address)
    mine = await lan.send(address, do="activate", law_from="2027-03-01")
    assert mine.status_code == 422, "the service itself refuses it"
    other = at_browser()
    await other.log_in("lan", agency=agency)
    untried = await other.send(address, do="activate", law_from="2027-03-01")
    assert untried.status_code == 422
    assert 'value="2027-03-01"' in untried.text, "what was typed is kept"
    await other.send(address, do="replay")
    while await Runner(credit.parts, SERVICE.jobs).turn():
        pass
    assert (await other.send(address, do="activate", law_from="2020-01-01")).status_code == 422, "no day that was"
    calls.calls.clear()
    assert "Tidak ada yang berubah" in await other.see(address)
    assert len(calls.calls) == 2, "a fixed number of calls"
    assert (await other.send(address, do="activate", law_from="2027-03-01")).headers["location"] == address
    shown = await other.see(address)
    assert "Berlaku mulai 1 Maret 2027" in shown
    assert "Berlaku mulai 1 Maret 2027" in await lan.see("/drafts")
    assert (await other.http.get(address)).text.count('name="do"') == 0, "nothing more is to be done"


async def test_a_researcher_sees_published_totals_and_no_small_group(at_browser, beside, agency) -> None:
    researcher = at_browser()
    await researcher.log_in("researcher")
    training = await beside("training")
    assert "Belum ada angka yang diterbitkan." in await researcher.see("/totals")
    small = OTHER_AGENCY
    for each, size in ((agency, 12), (small, 3), (UUID(int=7), 12)):
        await training.agency(each, kind="K", region="Bali" if each == small else "DKI")
        await training.people(*(training.state(agency=each) for _ in range(size)))
    async with training.database.transaction() as session:
        await publish(session, training.parts)
    told = (await researcher.get("/totals?by=agency")).text
    assert charts(told) == [], "and nothing is drawn of what is not told"
    page = await researcher.see("/totals?by=agency")
    assert "Kelompok dengan kurang dari 10 orang tidak ditampilkan." in page
    assert not re.search(r" 3 \d", page), "neither the small agency nor what is left without it"
    assert (await researcher.get("/totals?by=agency&as=csv")).status_code == 200
    assert (await researcher.get("/nation")).status_code == 403


async def test_a_real_browser_reads_the_pages_of_lan(page, log_in, accessible, lan, beside, served) -> None:
    await beside("training")
    await beside("credit")
    await lan.send("/providers", code="PD-1", name="Pusdiklat")
    await lan.send("/drafts", subject="conversion", content=DRAFT)
    await log_in("lan", to="/providers")
    await accessible()
    await page.get_by_role("link", name="Pusdiklat").click()
    await accessible()
    await page.goto(f"{served}/drafts")
    await accessible()
    await page.get_by_role("link", name="Rancangan-2027").click()
    await accessible()
