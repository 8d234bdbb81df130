"""A civil servant looks at their own: the numbers are those of the services, and nothing typed is lost."""

import asyncio
import io
import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from PIL import Image

from jejak_local.harness import NIP_KEY, caller, until
from portal.visits import Portal

TRAINING = {
    "form": "KL03",
    "title": "Pelatihan teknis",
    "start_date": "2026-03-02",
    "end_date": "2026-03-03",
    "jp": "7,5",
}
SCRIPT = '"><script>alert(1)</script>'


@pytest.fixture
async def training(beside, person_id):
    training = await beside("training")
    await training.people(training.state(person_id=person_id))
    return training


@pytest.fixture
async def own(visitor, training, person_id):
    await visitor.log_in("person", person=person_id)
    return visitor


async def test_the_card_tells_what_training_answers_and_why(own, calls) -> None:
    sent = await own.send("/declare", **TRAINING)
    assert sent.status_code == 303, sent.text
    calls.calls.clear()
    card = await own.see("/card?year=2026")
    assert calls.calls == ["GET training /v1/people/me/jp"], "a fixed number of calls"
    assert "Masih kurang 20 JP untuk tahun 2026." in card, "what nobody has checked does not count yet"
    assert "Belum diverifikasi 7,5 JP" in card
    assert "Pelatihan teknis" in card
    assert "Sumber:" in card


async def test_a_declaration_is_one_record_however_often_it_is_sent(own, training) -> None:
    page = await own.get("/declare")
    hidden = dict(re.findall(r'name="(csrf|once)" value="([^"]+)"', page.text))
    answers = await asyncio.gather(*(own.http.post("/declare", data=hidden | TRAINING) for _ in range(3)))
    assert {(answer.status_code, answer.headers["location"]) for answer in answers} == {
        (303, answers[0].headers["location"])
    }
    assert await training.value("SELECT count(*) FROM records") == 1
    record = await own.see(answers[0].headers["location"])
    assert "Tersimpan." in record
    assert "Dihitung 7,5 JP pada tahun 2026." in record
    assert "2 Maret 2026 – 3 Maret 2026" in record
    assert "Penilaian angka kredit tidak dapat dibaca. " in record, "credit is away, and the rest stands"


async def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_is_kept(own) -> None:
    typed = TRAINING | {"end_date": "2026-03-01", "jp": "seribu", "title": SCRIPT}
    answer = await own.send("/declare", **typed)
    assert answer.status_code == 422
    assert SCRIPT not in answer.text
    assert 'value="&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"' in answer.text
    assert 'value="seribu"' in answer.text
    assert '<a href="#jp">JP menurut sertifikat: ' in answer.text
    assert 'aria-invalid="true" aria-describedby="jp-hint jp-fault"' in answer.text
    again = await own.send("/declare", **(TRAINING | {"title": SCRIPT}))
    assert SCRIPT not in (await own.get(again.headers["location"])).text, "stored"
    assert SCRIPT not in (await own.get("/records")).text


async def test_what_was_typed_when_the_session_had_ended_is_sent_after_the_log_in(
    own, clock, person_id, training
) -> None:
    hidden = dict(re.findall(r'name="(csrf|once)" value="([^"]+)"', (await own.get("/declare")).text))
    clock.moment += timedelta(minutes=31)
    answer = await own.http.post("/declare", data=hidden | TRAINING)
    assert answer.status_code == 401
    [address] = re.findall(r'href="/login\?next=(%2Fdeclare[^"]+)"', answer.text)
    back = await own.log_in(
        "person", person=person_id, to=address.replace("%2F", "/").replace("%3F", "?").replace("%3D", "=")
    )
    page = await own.get(back.headers["location"])
    assert 'value="Pelatihan teknis"' in page.text
    assert f'name="once" value="{hidden["once"]}"' in page.text, "and is one record yet, if it had arrived"


async def test_a_service_that_is_away_or_too_slow_is_told_and_the_page_stands(
    visitor, training, calls, app, person_id, monkeypatch
) -> None:
    await visitor.log_in("person", person=person_id)
    del calls.apps["training"]
    card = await visitor.see("/card")
    assert "Tidak tersedia saat ini. Jam pelajaran Anda tidak dapat dibaca." in card

    async def slow(scope, receive, send) -> None:
        await asyncio.Event().wait()  # it never answers

    portal: Portal = app.state.portal
    monkeypatch.setattr(portal, "settings", portal.settings.model_copy(update={"answer_seconds": 0.05}))
    calls.apps["training"] = slow
    assert "Tidak tersedia saat ini." in await visitor.see("/card")
    lost = await visitor.get("/declare")
    assert lost.status_code == 200


async def test_the_record_of_another_is_not_there(own, training, agency) -> None:
    other = training.state()
    await training.people(other)
    line = TRAINING | {"jp": "7.5", "source_name": "lms", "reference": "1", "person_id": str(other.person_id)}
    [stored] = await training_store(training, line, agency)
    answer = await own.get(f"/records/{stored}")
    assert answer.status_code == 404
    assert "Pelatihan teknis" not in answer.text


async def training_store(training, line, agency):
    from training.records.commands import store
    from training.records.schemas import Training

    sender = caller("agency_hr", clock=training.clock, rules=training.parts.rules, nip_key=NIP_KEY, agency=agency)
    async with training.database.transaction() as session:
        return [answer.id for answer in await store(session, [Training.model_validate(line)], sender)]


async def test_who_looked_is_told_by_the_registry(own, beside) -> None:
    await beside("registry")
    assert "Belum ada yang melihat data Anda." in await own.see("/looks")


async def test_a_real_browser_logs_in_declares_by_keyboard_alone_and_sees_the_card(
    page, log_in, accessible, training, person_id, served
) -> None:
    await log_in("person", person=person_id, to="/declare")
    await accessible()
    await page.get_by_label("Bentuk pelatihan").focus()
    await page.keyboard.type("Pelatihan teknis")
    await page.keyboard.press("Tab")
    await page.keyboard.type("Sertifikasi keamanan")
    await page.get_by_label("Hari pertama").fill("2026-03-02")  # how a day is typed is the browser's own affair
    await page.get_by_label("Hari terakhir").fill("2026-03-03")
    await page.get_by_label("JP menurut sertifikat").focus()
    await page.keyboard.type("7,5")
    for _ in range(12):
        if await page.evaluate("document.activeElement.tagName") == "BUTTON":
            break
        await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/records/**")
    await accessible()
    await page.goto(f"{served}/card")
    await accessible()
    assert await page.get_by_role("heading", level=1).inner_text() == "Kartu JP saya"
    assert await page.evaluate("typeof htmx") == "object", "served by the portal, and let run by its policy"


async def test_an_address_is_shown_to_be_ones_own_by_a_button_and_not_by_the_link_alone(own, beside, calls) -> None:
    await beside("registry")
    calls.calls.clear()
    page = await own.get("/contact/check?token=abc")
    assert (page.status_code, calls.calls) == (200, []), "programs follow links in mails"
    refused = await own.send("/contact/check?token=abc")
    assert calls.calls == ["POST registry /v1/people/me/contact/check"]
    assert refused.status_code == 422
    assert 'name="token" value="abc"' in refused.text


async def test_a_transcript_is_handed_out_and_anybody_checks_the_file(visitor, at_browser, beside, registered) -> None:
    nip = "199001012015011001"
    person, training = await registered(nip), await beside("training")
    await training.people(training.state(person_id=UUID(person), nip=nip))
    await visitor.log_in("person", person=person)
    assert "Transkrip" in await visitor.see("/records")
    stranger = at_browser()
    for form in ("pdf", "jws"):
        signed = await visitor.send("/transcript", **{"as": form})
        assert (signed.status_code, signed.headers["content-disposition"][-4:]) == (200, f'{form}"')
        for content, words in ((signed.content, "Asli"), (signed.content[:-1] + b"?", "Tidak asli")):
            checked = await stranger.http.post("/check", files={"paper": ("transkrip", content)})
            assert words in re.sub(r"<[^>]+>", "", checked.text), form
    assert "Tidak asli" in (await stranger.http.post("/check", files={})).text
    foreign = await visitor.http.post("/check", files={"paper": ("x", b"x")})
    assert foreign.status_code == 403, "who has a session sends the forms of that session alone"


async def test_a_photo_is_evidence_and_what_is_wrong_with_it_is_said_beside_the_stored_record(
    own, training, calls
) -> None:
    photo = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(photo, "JPEG")
    hidden = dict(re.findall(r'name="(csrf|once)" value="([^"]+)"', (await own.get("/declare")).text))
    first = await own.http.post("/declare", data=hidden | TRAINING, files={"photo": ("bukti.jpg", photo.getvalue())})
    again = await own.http.post("/declare", data=hidden | TRAINING, files={"photo": ("bukti.jpg", photo.getvalue())})
    assert (first.status_code, again.headers["location"]) == (303, first.headers["location"])
    assert await training.value("SELECT count(*) FROM evidence_files") == 1
    assert "bukti.jpg" in await own.see(first.headers["location"])
    wrong = await own.http.post("/declare", data=hidden | TRAINING, files={"photo": ("x.exe", b"MZ")})
    assert wrong.status_code == 422
    assert "Tersimpan." in wrong.text, "the record is there, its file is not"
    assert '<a href="#photo">Foto atau PDF sertifikat: ' in wrong.text
    [record] = re.findall(r'action="(/records/[^"]+)"', wrong.text)
    added = await own.http.post(record, data={"csrf": hidden["csrf"]}, files={"photo": ("b.pdf", b"%PDF-1.7")})
    assert added.status_code == 303
    assert "b.pdf" in await own.see(record)
    calls.calls.clear()
    huge = {"content-length": "500000000", "content-type": "multipart/form-data; boundary=x"}
    early = await own.http.post("/declare", content=b"--x", headers=huge)
    assert (early.status_code, calls.calls) == (413, []), "refused before it has come"


async def test_a_draft_outlives_the_network_and_the_page_and_is_sent_once(
    page, log_in, accessible, training, person_id, served, tmp_path
) -> None:
    Image.new("RGB", (40, 30), "white").save(tmp_path / "bukti.png")
    await log_in("person", person=person_id, to="/declare")
    await page.get_by_label("Bentuk pelatihan").select_option(label="Pelatihan teknis")
    await page.get_by_label("Nama pelatihan").fill("Sertifikasi keamanan")
    await page.get_by_label("Foto atau PDF sertifikat").set_input_files(tmp_path / "bukti.png")
    await page.get_by_text("Draf tersimpan di peramban ini").wait_for()
    await page.reload()
    await page.get_by_text("Ini draf Anda").wait_for()
    await accessible()
    assert await page.get_by_label("Nama pelatihan").input_value() == "Sertifikasi keamanan"
    await page.get_by_label("Hari pertama").fill("2026-03-02")
    await page.get_by_label("Hari terakhir").fill("2026-03-03")
    await page.get_by_label("JP menurut sertifikat").fill("7,5")
    await page.context.set_offline(True)
    await page.get_by_role("button", name="Kirim").click()
    await page.get_by_text("Tidak ada jaringan.").wait_for()
    assert await training.value("SELECT count(*) FROM records") == 0
    for offline in (False, True, False):
        await page.context.set_offline(offline)
    await page.wait_for_url("**/records/**")
    await page.get_by_text("bukti.png").wait_for()
    assert await training.value("SELECT count(*) FROM records") == 1
    assert await training.value("SELECT count(*) FROM evidence_files") == 1
    drafts = """() => new Promise((told) => {
        const asked = indexedDB.open("jejak", 1);
        asked.onupgradeneeded = () => asked.result.createObjectStore("drafts", { keyPath: "whose" });
        asked.onsuccess = () => {
            const all = asked.result.transaction("drafts", "readwrite").objectStore("drafts");
            const got = all.getAll();
            got.onsuccess = () => { asked.result.close(); told(got.result.length); };
        };
    })"""
    assert await page.evaluate(drafts) == 0, "what was sent is kept no more"
    await page.goto(f"{served}/declare")
    await page.get_by_label("Nama pelatihan").fill("Milik orang lain")
    await page.get_by_text("Draf tersimpan di peramban ini").wait_for()
    assert await page.evaluate(drafts) == 1
    began = datetime.now(UTC)
    await page.clock.set_fixed_time(began + timedelta(days=13, hours=23))
    await page.reload()
    await page.get_by_text("Ini draf Anda").wait_for()
    await page.clock.set_fixed_time(began + timedelta(days=14, minutes=5))
    await page.reload()

    async def none_is_left() -> bool:
        return not await page.evaluate(drafts)

    await until(none_is_left)
    assert await page.get_by_label("Nama pelatihan").input_value() == "", "after 14 days it is gone"
    await page.get_by_label("Nama pelatihan").fill("Sebelum keluar")
    await page.get_by_text("Draf tersimpan di peramban ini").wait_for()
    assert await page.evaluate(drafts) == 1
    await page.get_by_role("button", name="Keluar").click()
    await page.goto(f"{served}/glossary")
    assert await page.evaluate(drafts) == 0, "gone at log-out"


async def test_a_double_click_and_the_way_back_leave_one_record(page, log_in, training, person_id, served) -> None:
    await log_in("person", person=person_id, to="/declare")
    await page.get_by_label("Bentuk pelatihan").select_option(label="Pelatihan teknis")
    for name in ("title", "start_date", "end_date", "jp"):
        await page.locator(f"#{name}").fill(TRAINING[name])
    await page.get_by_role("button", name="Kirim").dblclick()
    await page.wait_for_url("**/records/**")
    await page.go_back()
    await page.get_by_role("button", name="Kirim").click()
    await page.locator("#faults").or_(page.get_by_text("Tersimpan.")).first.wait_for()
    assert await training.value("SELECT count(*) FROM records") == 1


async def test_without_javascript_the_form_says_that_it_keeps_no_draft(own) -> None:
    page = await own.get("/declare")
    assert "tidak menyimpan draf" in page.text[page.text.index("<noscript>") : page.text.index("</noscript>")]
