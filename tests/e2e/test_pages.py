"""What people do at a browser, on the whole system: what one does by a page reaches others by Kafka and by mail.

How each page is used by keyboard alone, and everything else that concerns one page, is shown beside the portal (test_tasks.py).
"""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest_asyncio

JAKARTA = ZoneInfo("Asia/Jakarta")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def office(jejak) -> dict[str, Any]:
    """An agency: somebody, who is above them, and two of another unit who decide."""
    agency = await jejak.agency(name=f"Badan Halaman {uuid4().hex[:6]}")
    elsewhere = await jejak.post("registry", f"/agencies/{agency['id']}/units", {"code": "U2", "name": "Kepegawaian"})
    level = {"jenjang": "ahli_muda", "golongan": "III/c"}
    people = [
        *await jejak.people(agency, 2, **level),
        *await jejak.people(agency, 2, unit_id=elsewhere["id"], **level),
    ]
    named = dict(zip(("somebody", "above", "verifier", "validator"), people, strict=True))
    return {"agency": agency["id"], "agency_name": agency["name"], "pic": agency["pic"], **named}


async def decides(chair, office, role: str, path: str) -> None:
    await chair.sit(role, path, agency=office["agency"], person=office[role]["id"])


async def test_what_is_declared_is_confirmed_counts_on_the_card_and_its_person_reads_who_looked(chair, office) -> None:
    me = office["somebody"]["id"]
    await chair.sit("person", "/declare", person=me)
    await chair.page.get_by_label("Bentuk pelatihan").select_option(label="Pelatihan teknis")
    for name, value in (
        ("Nama pelatihan", "Pelatihan arsip"), ("Hari pertama", "2026-03-02"), ("Hari terakhir", "2026-03-03"),
        ("JP menurut sertifikat", "7,5"),
    ):  # fmt: skip
        await chair.page.get_by_label(name).fill(value)
    await chair.press("button", "Kirim")
    await chair.reads("Pelatihan arsip", "Tersimpan")
    await decides(chair, office, "verifier", "/checking")
    await chair.press("button", "Ambil 20 berikutnya")
    await chair.press("link", "Periksa yang berikutnya")
    await chair.press("button", "Benarkan")
    await chair.reads("Keputusan tersimpan.")
    await chair.sit("person", "/card", person=me)
    await chair.reads("7,5 dari 20 JP")
    await chair.page.goto(f"{chair.jejak.stack.url('portal')}/looks")
    await chair.reads("pemeriksa")


async def test_a_predikat_that_hr_uploads_is_checked_attested_and_becomes_points(chair, office) -> None:
    row = f"P-1;e-kinerja;{office['somebody']['nip']};2025-01-01;2025-12-31;sangat_baik;https://contoh.go.id/skp.pdf"
    sheet = f"Nomor Rujukan;Sumber;NIP;Awal Periode;Akhir Periode;Predikat;Bukti\n{row}\n".encode()
    await chair.sit("agency_hr", "/uploads", agency=office["agency"])
    await chair.page.get_by_label("Isi lembar kerja").select_option("predicates")
    await chair.page.get_by_label("Lembar kerja", exact=True).set_input_files(
        {"name": "predikat.csv", "mimeType": "text/csv", "buffer": sheet}
    )
    await chair.press("button", "Unggah")
    await chair.reads("1 dari 1 baris", "Tersimpan 1")
    for role, deed in (("verifier", "Nyatakan berkas benar"), ("validator", "Tetapkan")):
        await decides(chair, office, role, "/judging")
        await chair.press("link", "Buka yang paling mendesak")
        await chair.press("button", deed)
        await chair.reads("Keputusan tersimpan: 1.")
    await chair.sit("person", "/credit", person=office["somebody"]["id"])
    await chair.reads("37,5 AK dalam jenjang Ahli Muda.")


async def test_the_mail_to_a_pic_leads_to_who_is_short_and_lan_finds_the_round(chair, jejak, office) -> None:
    swept = (await jejak.get("training", "/sweeps"))["items"]  # what was never swept is not swept again
    assert (await jejak.run("training", "sweep", *(("--again", "2026", "1") if swept else ())))[0] == 0

    async def came():
        return [mail for mail in jejak.stack.mail.mails() if office["pic"] in mail.recipients]

    link = re.search(r"http\S+/rounds/\S+", (await jejak.until(came))[-1].body())
    assert link
    await chair.sit("pic", link[0], agency=office["agency"], person=office["above"]["id"])
    await chair.reads(
        "dari 4 orang masih kurang", *(office[each]["name"] for each in ("above", "verifier", "validator"))
    )
    round_id = link[0].partition("/rounds/")[2].partition("?")[0]
    await chair.sit("lan", f"/rounds/{round_id}")
    await chair.reads("Bagaimana setiap instansi dalam putaran ini")


async def test_a_superior_reminds_and_the_mail_arrives(chair, jejak, office) -> None:
    posts: list[str] = []
    for code, holder in (("ATASAN", "above"), ("BAWAHAN", "somebody")):
        post = {"code": code, "type": "JF", "name": code, "jenjang": "ahli_muda", "unit_code": "U1"}
        made = await jejak.post(
            "registry", f"/agencies/{office['agency']}/posts", post | {"superior_id": (posts or [None])[-1]}
        )
        posts.append(made["id"])
        held = {"post_id": made["id"], "valid_from": "2026-01-01"}
        await jejak.post("registry", f"/people/{office[holder]['id']}/holdings", held)
    address = await jejak.checked_address(office["somebody"])
    await chair.sit("person", "/team", person=office["above"]["id"])
    await chair.reads(office["somebody"]["name"])
    await chair.press("button", "Ingatkan")
    await chair.reads("Pengingat terkirim.")

    async def reminded():
        return [mail for mail in jejak.stack.mail.mails() if address in mail.recipients][1:]

    [mail] = await jejak.until(reminded)
    assert "2026" in mail.subject


async def test_a_seat_becomes_hours_by_the_providers_word_and_a_transcript_that_anybody_can_check(
    chair, jejak, office
) -> None:
    code, me = uuid4().hex[:8], office["above"]
    accredited = [{"form": "KL03", "valid_from": "2015-01-01"}]
    provider = {"code": f"P-{code}", "name": "Balai Uji", "accreditations": accredited}
    gives = await jejak.post("training", "/providers", provider, role="lan")
    course = {"code": code, "provider_code": f"P-{code}", "title": f"Kelas {code}", "form": "KL03", "jp": "2.5"}
    taught = await jejak.post("training", "/courses", course | {"valid_from": "2015-01-01"})
    held = [datetime.now(UTC), datetime.now(UTC) + timedelta(seconds=1)]
    first, last = (each.astimezone(JAKARTA).date().isoformat() for each in held)
    session = {"starts_at": held[0].isoformat(), "ends_at": held[1].isoformat(), "jp": "2.5"}
    said = {"course_id": taught["id"], "begins_on": first, "ends_on": last, "sessions": [session], "seats": 5}
    made = await jejak.post("training", "/classes", said, role="provider", provider=gives["id"])

    await chair.sit("person", f"/classes/{made['id']}", person=me["id"])
    await chair.press("button", "Ambil kursi")
    await chair.reads("terdaftar")
    await chair.sit("provider", f"/teaching/{made['id']}", provider=gives["id"])
    for what, field, line in (
        ("Catat kehadiran", "Satu NIP per baris", me["nip"]),
        ("Catat hasil", "Satu baris per orang", f"{me['nip']}; {me['name']}"),
    ):
        await chair.main.get_by_text(what, exact=True).first.press("Enter")
        await chair.main.get_by_label(field).locator("visible=true").fill(line)
        await chair.press("button", what)
        await chair.reads("1 baris tersimpan.")
    await chair.reads("lulus, 2,5 JP")

    await chair.sit("person", "/transcript", person=me["id"])
    async with chair.page.expect_download() as came:
        await chair.main.get_by_role("button", name="Unduh sebagai PDF").press("Enter")
    paper = Path(await (await came.value).path()).read_bytes()
    seal = await jejak.http.post(f"{jejak.stack.url('training')}/v1/signature-checks", content=paper)
    assert (seal.json()["whole"], seal.json()["trusted"]) == (True, True)


async def test_from_the_nation_to_the_last_short_person_in_four_clicks(chair, office) -> None:
    await chair.sit("lan", "/nation?by=kind")
    await chair.press("link", "Lembaga")
    await chair.press("link", office["agency_name"])
    async with chair.page.expect_navigation():
        await chair.main.locator('a[href*="state=short"]').first.press("Enter")
    await chair.press("link", office["above"]["name"])
    await chair.reads(office["above"]["name"])
