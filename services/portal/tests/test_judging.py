"""Whoever checks and attests credit points: the queue, one case, many at once, objections, and the published waiting times."""

import re
from datetime import timedelta
from uuid import UUID

import pytest

from credit.queue.times import publish_times
from services.portal.tests.drawn import charts


@pytest.fixture
async def credit(beside, agency, api_of):
    """Ten people with a case each: as many as waiting times are published of."""
    credit = await beside("credit")
    await credit.agency(agency, name="Kementerian Contoh")
    people = await credit.people(*(credit.state() for _ in range(10)))
    lines = [
        {
            "reference": f"P-{n}", "source_name": "e-kinerja", "person_id": str(person), "predikat": "baik",
            "period_start": "2025-01-01", "period_end": "2025-12-31", "evidence": "https://contoh.go.id/skp.pdf",
        }
        for n, person in enumerate(people)
    ]  # fmt: skip
    answers = await api_of("credit").bulk("/predicates:batch", lines, "service")
    assert {each["status"] for each in answers} == {"stored"}, answers
    return credit


@pytest.fixture
async def verifier(visitor, credit, agency):
    await visitor.log_in("verifier", agency=agency)
    return visitor


def opened(page: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r'href="(/judging/[^"/]+)"', page)))


async def states(credit) -> list[str]:
    return sorted(row[0] for row in await credit.rows("SELECT state FROM cases"))


async def test_a_case_is_decided_beside_its_evidence_and_returned_part_by_part(verifier, credit, calls) -> None:
    taken = await verifier.send("/judging", do="take")
    assert taken.headers["location"] == "/judging?held=true"
    calls.calls.clear()
    page = (await verifier.get("/judging?held=true")).text
    assert len(calls.calls) == 2, "a fixed number of calls"
    first, second, *_ = opened(page)
    calls.calls.clear()
    case = await verifier.see(first)
    assert len(calls.calls) == 3, "a fixed number of calls"
    assert "https://contoh.go.id/skp.pdf" in case
    assert "12,5 AK" in case
    assert (await verifier.send(first, do="check")).headers["location"] == "/judging?held=true&done=1"
    unexplained = await verifier.send(second, do="return", **{"fault-evidence": "unreadable"})
    assert unexplained.status_code == 422
    assert '<option value="unreadable" selected>' in unexplained.text, "what was chosen is kept"
    stale = await verifier.send(second, do="check", version="7")
    assert stale.status_code == 422, "another version than was seen"
    sent = await verifier.send(second, do="return", reason="Kabur", **{"fault-evidence": "unreadable"})
    assert sent.status_code == 303, sent.text
    assert await states(credit) == ["checked", "returned", *["submitted"] * 8]
    parts = await credit.rows("SELECT part, verdict, code FROM part_decisions ORDER BY part")
    assert ("evidence", "wrong", "unreadable") in [tuple(row) for row in parts]


async def test_many_are_decided_at_once_each_for_its_own_reason_and_what_is_refused_stays(verifier, credit) -> None:
    ids = [address.rpartition("/")[2] for address in opened((await verifier.get("/judging")).text)]
    assert len(ids) == 10
    typed = {f"act-{ids[0]}": "check", f"act-{ids[1]}": "return", f"act-{ids[2]}": "return"}
    typed |= {f"reason-{ids[1]}": "Tanggal salah", f"reason-{ids[0]}": "Sesuai"}
    answer = await verifier.send("/judging", do="decide", **typed)
    assert answer.status_code == 422, "a return without its reason is refused"
    assert await states(credit) == ["checked", "returned", *["submitted"] * 8], "and the others are done"
    assert 'value="return" selected' in answer.text
    assert "Sesuai" not in answer.text
    again = await verifier.send("/judging", do="decide", **{f"act-{ids[2]}": "return", f"reason-{ids[2]}": "Salah"})
    assert again.headers["location"] == "/judging?done=1"
    reasons = await credit.rows("SELECT reason FROM case_history WHERE reason IS NOT NULL ORDER BY reason")
    assert [row[0] for row in reasons] == ["Salah", "Sesuai", "Tanggal salah"]


async def test_whose_queue_is_empty_for_a_conflict_alone_reads_why_and_who_decides(
    visitor, credit, api_of, agency, person_id
) -> None:
    await visitor.log_in("verifier", agency=agency, person=person_id)
    nothing, why = "Tidak ada yang menunggu keputusan Anda.", "Usulan yang ada tidak ditampilkan kepada Anda"
    people = [row[0] for row in await credit.rows("SELECT person_id FROM cases")]
    for person in people:
        assert why not in await visitor.see("/judging")
        said = await api_of("credit").call("verifier", "PUT", f"/people/{person}/conflict", person=person_id)
        assert said.status_code == 204, said.text
    page = await visitor.see("/judging")
    assert nothing in page
    assert why in page
    assert why not in await visitor.see("/judging?kind=education"), "where there is none at all"
    await visitor.get("/language/en")
    assert "Others decide them" in await visitor.see("/judging")


async def test_the_pages_are_for_their_hats_and_say_when_credit_is_away(verifier, at_browser, calls, agency) -> None:
    other = at_browser()
    await other.log_in("person", person=agency)
    for path in ("/judging", f"/judging/{agency}", "/appeals"):
        assert (await other.get(path)).status_code == 403
    assert (await verifier.get(f"/judging/{agency}")).status_code == 404
    del calls.apps["credit"]
    for path in ("/judging", f"/judging/{agency}", "/waiting-times"):
        assert "Layanan angka kredit tidak dapat dibaca." in await verifier.see(path)


@pytest.fixture
async def objection(verifier, credit, api_of) -> str:
    """The page of an objection against points that were attested."""
    api = api_of("credit")
    case, person = (await credit.rows("SELECT id, person_id FROM cases ORDER BY id"))[0]
    await api.bulk("/cases:check", [{"id": str(case)}], "verifier", subject="wati")
    await api.bulk("/cases:attest", [{"id": str(case)}], "validator", subject="budi")
    said = {"grounds": "Predikat saya sangat baik", "predikat": "sangat_baik"}
    filed = await api.call("person", "POST", f"/cases/{case}/appeals", said, person=person)
    assert filed.status_code == 201, filed.text
    return f"/appeals/{filed.json()['id']}"


async def test_an_objection_is_weighed_beside_the_decision_and_answered(objection, at_browser, agency, calls) -> None:
    judge = at_browser()
    await judge.log_in("validator", agency=agency)
    assert objection in (await judge.get("/appeals")).text
    calls.calls.clear()
    page = await judge.see(objection)
    assert len(calls.calls) == 3, "a fixed number of calls"
    assert "Predikat saya sangat baik" in page
    assert "Diminta: predikat Sangat Baik." in page
    assert "12,5" in page
    assert (await judge.send(objection, do="deny")).status_code == 422
    granted = await judge.send(objection, do="grant", answer="Benar")
    assert granted.headers["location"] == objection
    assert "Jawaban dan alasannya Benar" in await judge.see(objection)


async def test_waiting_times_are_for_everybody_who_is_logged_in(credit, at_browser, api_of, agency) -> None:
    person = at_browser()
    await person.log_in("person", person=agency)
    assert "Belum ada waktu tunggu yang diterbitkan." in await person.see("/waiting-times")
    credit.clock.moment += timedelta(days=3)
    cases = [{"id": str(row[0])} for row in await credit.rows("SELECT id FROM cases")]
    await api_of("credit").bulk("/cases:check", cases, "verifier")
    credit.clock.moment += timedelta(days=95)  # their quarter is over
    async with credit.database.transaction() as session:
        await publish_times(session, credit.parts.rules.waiting.at(credit.clock.today()).tables, credit.clock)
    assert "Kementerian Contoh Menunggu pemeriksaan 10 3 hari 3 hari" in await person.see("/waiting-times")
    [chart] = charts((await person.get("/waiting-times")).text)
    assert (chart.faults, chart.rows, chart.total) == ([], [("Kementerian Contoh, Menunggu pemeriksaan", 3)], None)


async def test_a_superior_is_told_by_name_how_long_cases_wait_for_each_of_theirs(
    registered, credit, at_browser, api_of, agency
) -> None:
    head = await credit.post()
    boss, slow = [
        await credit.holder(post, person_id=UUID(await registered(f"19900101201501100{n}")))
        for n, post in enumerate((head, await credit.post(head)), 1)
    ]
    credit.clock.moment += timedelta(days=60)
    cases = [{"id": str(row[0])} for row in await credit.rows("SELECT id FROM cases ORDER BY id LIMIT 4")]
    await api_of("credit").bulk("/cases:check", cases, "verifier", person=slow)
    credit.clock.moment += timedelta(minutes=1)
    for who, shown in ((boss, True), (slow, False)):
        visitor = at_browser()
        await visitor.log_in("person", person=who, agency=agency)
        page = await visitor.see("/waiting-times")
        assert ("Penilai di bawah Anda" in page) == shown, page
        assert ("Siti Rahma 2 Menunggu pemeriksaan 4 60 hari 60 hari 4" in page) == shown, page


async def test_everybody_can_use_the_pages_of_judging(page, log_in, accessible, objection, agency, served) -> None:
    await log_in("verifier", agency=agency, to="/judging")
    await page.locator("[accesskey=a]").press("Enter")
    await page.get_by_role("link", name="Buka yang paling mendesak").wait_for()
    await accessible()
    await page.get_by_role("link", name="Buka yang paling mendesak").press("Enter")
    await page.get_by_role("heading", name="Keputusan").wait_for()
    await accessible()
    await page.goto(f"{served}/waiting-times")
    await accessible()
    await log_in("validator", agency=agency, to=objection)
    await accessible()
