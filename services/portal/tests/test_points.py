"""A civil servant looks at their credit points: the sums are those of their entries, and every entry opens to where it is from."""

import html
import re
from decimal import Decimal
from uuid import UUID

import pytest

NOT_BOLD = re.compile(r'<td class="number">([^<]+)</td></tr>')


@pytest.fixture
async def credit(beside, person_id, api_of):
    """Two years are attested, and a third has come back for repair."""
    credit = await beside("credit")
    await credit.people(credit.state(person_id=person_id))
    api = api_of("credit")
    lines = [
        {
            "reference": f"P-{year}", "source_name": "e-kinerja", "person_id": str(person_id), "predikat": rating,
            "period_start": f"{year}-01-01", "period_end": f"{year}-12-31", "evidence": f"https://contoh.go.id/skp-{year}.pdf",
        }
        for year, rating in ((2023, "baik"), (2024, "sangat_baik"), (2025, "baik"))
    ]  # fmt: skip
    ids = [answer["id"] for answer in await api.bulk("/predicates:batch", lines, "service")]
    attested = [{"id": each} for each in ids[:2]]
    await api.bulk("/cases:check", attested, "verifier", subject="wati")
    await api.bulk("/cases:attest", attested, "validator", subject="budi")
    wrong = {"reason": "Berkas kabur", "parts": [{"part": "evidence", "code": "unreadable"}]}
    returned = await api.call("verifier", "POST", f"/cases/{ids[2]}/return", wrong, subject="wati")
    assert returned.status_code == 200, returned.text
    return credit


@pytest.fixture
async def own(visitor, credit, person_id):
    await visitor.log_in("person", person=person_id)
    return visitor


async def test_a_balance_is_the_sum_of_the_entries_below_it(own, calls, credit) -> None:
    calls.calls.clear()
    page = await own.get("/credit")
    asked = ["GET credit /v1/people/me/credit", "GET credit /v1/people/me/credit/promotion", "GET credit /v1/cases"]
    assert sorted(calls.calls) == sorted(asked), "a fixed number of calls"
    [balance] = re.findall(r'<h3 id="ahli_pertama">Ahli Pertama: ([\d.,]+) AK</h3>', page.text)
    table = page.text.partition('aria-labelledby="ahli_pertama"')[2].partition("</table>")[0]
    *entries, total = [Decimal(each.replace(",", ".")) for each in NOT_BOLD.findall(table)]
    assert len(entries) == await credit.value("SELECT count(*) FROM entries") == 2
    assert sum(entries) == total == Decimal(balance.replace(",", ".")) == Decimal("31.25")
    assert "31,25 AK dalam jenjang Ahli Pertama." in page.text
    assert "31,25 dari 100 AK untuk kenaikan jenjang" in page.text


async def test_an_entry_opens_to_its_inputs_rule_source_and_who_decided(own) -> None:
    page = await own.get("/credit")
    second = re.findall(r'href="(/credit/entries/[^"]+)"', page.text)[1]
    entry = await own.see(second)
    assert "12/12 x 150% x 12.5 = 18,75 AK" in entry
    assert "Sangat Baik: 150%" in entry
    assert re.search(r"Sumber: \S+", entry)
    assert re.search(r"Diperiksa \(wati\).*Ditetapkan \(budi\)", entry)
    gone = await own.get(second[:-1] + ("0" if second[-1] != "0" else "1"))
    assert gone.status_code == 404


async def test_a_case_shows_its_parts_and_its_history(own, at_browser, agency) -> None:
    page = await own.get("/credit")
    returned = re.findall(r'href="(/credit/cases/[^"]+)"', page.text)[-1]
    case = await own.see(returned)
    assert "Dikembalikan untuk diperbaiki – Berkas kabur" in case
    assert re.search(r"Bukti Perlu diperbaiki: \S.* \(wati\)", case)
    assert "Predikat Benar" in case
    other = at_browser()
    await other.log_in("person", person=agency)
    assert (await other.get(returned)).status_code == 404


async def test_what_a_rise_asks_for_is_told_condition_by_condition(own) -> None:
    page = await own.see("/credit/rise")
    for condition in ("Angka kredit untuk jenjang: belum terpenuhi", "Formasi: belum diketahui", "Uji kompetensi:"):
        assert condition in page
    assert page.count("Sumber:") >= 8, "each condition with its source"


async def test_everybody_can_use_the_pages_of_credit(page, log_in, accessible, credit, person_id) -> None:
    await log_in("person", person=person_id, to="/credit")
    await accessible()
    await page.get_by_role("link", name="Lihat setiap syarat").click()
    await accessible()
    await page.go_back()
    await page.get_by_role("link", name="2. Konversi predikat kinerja").click()
    await accessible()


async def test_what_was_decided_is_objected_to_with_its_clock_and_withdrawn(own) -> None:
    cases = re.findall(r'href="(/credit/cases/[^"]+)"', (await own.get("/credit")).text)
    bare = await own.send(cases[-1], grounds="")
    assert (bare.status_code, '<a href="#grounds">' in bare.text) == (422, True)
    sent = await own.send(cases[-1], grounds="Berkas terbaca jelas")
    assert sent.headers["location"] == "/credit/appeals", sent.text
    page = await own.see("/credit/appeals")
    assert "Keberatan: menunggu jawaban" in page
    assert re.search(r"dianggap dikabulkan \d+ \w+ 2026", page), "the last day to answer"
    again = await own.send(cases[-1], grounds="Sekali lagi")
    assert (again.status_code, 'role="alert"' in again.text) == (422, True)
    [appeal] = re.findall(r'name="appeal" value="([^"]+)"', (await own.get("/credit/appeals")).text)
    assert (await own.send("/credit/appeals", appeal=appeal)).status_code == 303
    assert "ditarik kembali" in await own.see("/credit/appeals")


async def test_the_guide_and_the_scenarios_say_what_credit_answers(own, api_of, person_id) -> None:
    guide = await own.see("/credit/guide")
    told = await api_of("credit").get("/people/me/credit/guide", "person", person=person_id)
    for way in told["counts"]:
        assert re.sub(r"\s+", " ", way["explanation"]) in html.unescape(guide)
    when = await own.see("/credit/when?predikat=sangat_baik&post_on=2027-01-01&test_on=2027-02-01")
    asked = "/people/me/credit/forecast?predikat=sangat_baik&post_on=2027-01-01&test_on=2027-02-01"
    forecasts = await api_of("credit").get(asked, "person", person=person_id)
    for one in forecasts["forecasts"]:
        assert one["explanation"] in html.unescape(when)
    page = await own.get("/credit/when?predikat=sangat_baik&post_on=2027-01-01")
    assert 'value="2027-01-01"' in page.text
    wrong = await own.get("/credit/when?post_on=kemarin")
    assert (wrong.status_code, 'value="kemarin"' in wrong.text) == (422, True)


async def test_everybody_can_use_guide_and_scenarios(page, log_in, accessible, credit, person_id, served) -> None:
    await log_in("person", person=person_id, to="/credit/when")
    await accessible()
    await page.goto(f"{served}/credit/guide")
    await accessible()


async def test_ones_own_papers_are_handed_out_signed_and_ones_index_explains_itself(
    visitor, at_browser, beside, registered, api_of, agency
) -> None:
    nip = "199001012015011001"
    person = await registered(nip)
    credit, api = await beside("credit"), api_of("credit")
    await credit.agency(agency)
    await credit.people(credit.state(person_id=UUID(person), nip=nip))
    line = {
        "reference": "P-1", "source_name": "e-kinerja", "person_id": person, "predikat": "baik",
        "period_start": "2025-01-01", "period_end": "2025-12-31", "evidence": "https://contoh.go.id/skp.pdf",
    }  # fmt: skip
    [case] = await api.bulk("/predicates:batch", [line], "service")
    for act, role in (("check", "verifier"), ("attest", "validator")):
        await api.bulk(f"/cases:{act}", [{"id": case["id"]}], role, subject=role)
    paper = {"kind": "determination", "name": "Siti Rahma 1", "official": "Budi Contoh", "person_id": person}
    made = (await api.call("validator", "POST", "/papers", paper, agency=agency)).json()
    await visitor.log_in("person", person=person)
    page = await visitor.see("/credit/papers")
    assert f"Penetapan angka kredit (PAK) {made['number']}" in page
    printed = await visitor.send("/credit/papers", do="print", paper=made["id"])
    assert (printed.headers["content-type"], printed.content[:5]) == ("application/pdf", b"%PDF-")
    index = await visitor.see("/credit/professionalism")
    told = await api.get("/people/me/professionalism", "person", person=person)
    for each in (*told["dimensions"], *told["more"]):
        assert re.sub(r"\s+", " ", each["explanation"]) in html.unescape(index)
    other = at_browser()
    # Whoever is of HR too reads of others by that hat, and of themselves by this one.
    await other.log_in("person", "agency_hr", person=agency, agency=agency)
    await other.send("/hat", hat="person")
    assert made["number"] not in await other.see("/credit/papers")
    assert "/credit/cases/" in (await visitor.get("/credit")).text
    assert "/credit/cases/" not in (await other.get("/credit")).text
    assert (await other.send("/credit/papers", do="print", paper=made["id"])).status_code == 422
