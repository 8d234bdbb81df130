"""HR of an agency keeps its data: by upload with the answer of each row, and one by one, each with its reason."""

import asyncio
import io
import re
import zipfile
from uuid import UUID

import psutil
import pytest

from common.ids import new_id
from common.runner import Runner

HEADINGS = "nip;name;staff_type;agency_code;golongan;position;education;joined_on\n"
GOOD = "199001012015011001;Siti Rahma;PNS;K-001;III/c;Analis;S1;2015-01-01\n"
MEBIBYTE = 2**20
SPOILT = "1.99E+17;Budi Contoh;PNS;K-001;III/c;Analis;S1;2015-01-01\n"


@pytest.fixture
async def office(visitor, registry, agency):
    await visitor.log_in("agency_hr", agency=agency)
    return visitor


async def sent(office, content: bytes, kind: str = "people", **typed: str):
    csrf = re.findall(r'name="csrf" value="([^"]+)"', (await office.get("/uploads")).text)[-1]
    return await office.http.post(
        "/uploads", data={"csrf": csrf, "kind": kind} | typed, files={"sheet": ("pegawai.csv", content)}
    )


async def worked_off(registry) -> None:
    runner = Runner(registry.parts, registry.service.jobs)
    while await runner.turn():
        pass


async def test_an_upload_tells_how_far_it_is_and_gives_back_what_was_refused(office, registry) -> None:
    answer = await sent(office, ("\ufeff" + HEADINGS + GOOD + SPOILT).encode())
    assert answer.status_code == 303, answer.text
    address = answer.headers["location"]
    page = await office.get(address)
    assert 'hx-trigger="every 2s"' in page.text
    assert "Muat ulang" in page.text, "without JavaScript it is asked again by hand"
    assert "menunggu giliran" in page.text
    assert (await office.get(f"{address}/refused")).status_code == 404
    await worked_off(registry)
    page = await office.see(address)
    assert "selesai" in page
    assert "2 dari 2 baris" in page
    assert "Tersimpan 1" in page
    assert "Ditolak 1" in page
    assert "hx-trigger" not in (await office.get(address)).text
    refused = (await office.get(f"{address}/refused")).content.decode("utf-8-sig")
    assert "Budi Contoh" in refused
    assert "Siti Rahma" not in refused
    tried = await sent(office, (HEADINGS + GOOD).encode(), dry_run="yes")
    assert "hanya dicoba" in await office.see(tried.headers["location"])
    template = await office.get("/uploads/templates/people")
    assert zipfile.is_zipfile(io.BytesIO(template.content))


async def test_what_cannot_be_taken_is_said_in_words(office, registry, calls) -> None:
    nothing = await sent(office, b"", kind="people")
    assert (nothing.status_code, 'role="alert"' in nothing.text) == (422, True)
    assert "Pilih dulu." in (await sent(office, b"x", kind="nothing")).text
    image = await sent(office, b"\x89PNG\r\n\x1a\n" + bytes(100))
    assert (image.status_code, 'role="alert"' in image.text) == (422, True)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"<a>" * 3_000_000)
        archive.writestr("xl/workbook.xml", "<workbook/>")
    answer = await sent(office, bomb.getvalue())
    if answer.status_code == 303:
        await worked_off(registry)
        assert "tidak dapat dibaca" in await office.see(answer.headers["location"])
    else:
        assert 'role="alert"' in answer.text
    calls.calls.clear()
    huge = {"content-length": "500000000", "content-type": "multipart/form-data; boundary=x"}
    early = await office.http.post("/uploads", content=b"--x", headers=huge)
    assert (early.status_code, calls.calls) == (413, []), "500 MB are refused before they have come"
    assert "<h1>" in early.text, "as a page"
    assert (await office.get(f"/uploads/nowhere/{new_id()}")).status_code == 404
    assert (await office.get(f"/uploads/registry/{new_id()}")).status_code == 404


async def test_a_spreadsheet_is_handed_on_piece_by_piece(office, registry, calls) -> None:
    lines = HEADINGS + "".join(GOOD.replace("011001", f"011{number:03d}") for number in range(1, 900)) * 8
    answer = await sent(office, lines.encode())
    assert answer.status_code == 303, answer.text
    assert calls.calls[-1] == "POST registry /v1/imports:people"


async def test_an_upload_that_breaks_off_leaves_nothing_and_one_that_never_ends_is_cut_short(
    office, registry, served, calls
) -> None:
    """At 60 %; and of 500 MB that do not say how many they are, with the memory of the portal's process flat."""
    csrf = re.findall(r'name="csrf" value="([^"]+)"', (await office.get("/uploads")).text)[-1]
    cookie = "; ".join(f"{each.name}={each.value}" for each in office.http.cookies.jar)
    head = f"POST /uploads HTTP/1.1\r\nhost: {served[7:]}\r\ncookie: {cookie}\r\ncontent-type: multipart/form-data; boundary=x\r\n"
    fields = "".join(
        f'--x\r\ncontent-disposition: form-data; name="{name}"{more}\r\n\r\n{value}'
        for name, more, value in (
            ("csrf", "", f"{csrf}\r\n"), ("kind", "", "people\r\n"), ("sheet", '; filename="pegawai.csv"', HEADINGS),
        )
    )  # fmt: skip
    whole = (fields + GOOD * 40_000).encode() + b"\r\n--x--\r\n"
    calls.calls.clear()
    reader, writer = await asyncio.open_connection("127.0.0.1", int(served.rpartition(":")[2]))
    writer.write(f"{head}content-length: {len(whole)}\r\n\r\n".encode() + whole[: len(whole) * 6 // 10])
    await writer.drain()
    writer.close()
    reader, writer = await asyncio.open_connection("127.0.0.1", int(served.rpartition(":")[2]))
    writer.write(f"{head}transfer-encoding: chunked\r\n\r\n{len(fields):x}\r\n{fields}\r\n".encode())
    piece = b"%x\r\n%s\r\n" % (MEBIBYTE, (GOOD * MEBIBYTE)[:MEBIBYTE].encode())
    portal, held = psutil.Process(), list[int]()
    answer = asyncio.create_task(reader.readline())
    while not answer.done() and len(held) < 500:
        writer.write(piece)
        await writer.drain()
        held.append(portal.memory_info().rss)
    assert (await answer).split()[1] == b"413"
    assert len(held) < 140, "refused as soon as it is more than a spreadsheet may have"
    assert max(held) - held[0] < 48 * MEBIBYTE, "it lies on the disk, not in memory"
    writer.close()
    assert calls.calls == [], "nobody was told of either"
    assert (await sent(office, (HEADINGS + GOOD).encode())).status_code == 303, "and the portal goes on"


async def test_a_record_is_corrected_and_revoked_each_with_its_reason(office, beside, api_of, agency) -> None:
    training = await beside("training")
    person = training.state(agency=agency)
    await training.people(person)
    line = {
        "form": "KL03", "title": "Pelatihan teknis", "start_date": "2026-03-02", "end_date": "2026-03-03", "jp": "8",
        "source_name": "lms", "reference": "1", "person_id": str(person.person_id),
    }  # fmt: skip
    stored = await api_of("training").call("agency_hr", "POST", "/trainings", line, agency=agency)
    assert stored.status_code == 201, stored.text
    address = f"/corrections/{stored.json()['id']}"
    shown = (await office.get(f"/people/{person.person_id}")).text
    assert address in shown, shown
    assert address not in (await office.get(f"/people/{person.person_id}?year=2025")).text, "a year has its own records"
    typed = {name: line[name] for name in ("form", "title", "start_date", "end_date")}
    without = await office.send(address, do="correct", **typed, jp="7,5", reason="")
    assert without.status_code == 422
    assert 'value="7,5"' in without.text, "nothing typed is lost"
    done = await office.send(address, do="correct", **typed, jp="7,5", reason="Salah ketik")
    assert done.status_code == 303, done.text
    assert "Dihitung 7,5 JP" in await office.see(address)
    page = await office.get(address)
    csrf, version = (re.findall(rf'name="{name}" value="([^"]+)"', page.text)[-1] for name in ("csrf", "version"))
    two = [
        office.http.post(address, data=typed | {"csrf": csrf, "version": version, "jp": jp, "reason": "Dua tab"})
        for jp in ("6", "5")
    ]
    answers = await asyncio.gather(*two)
    assert sorted(answer.status_code for answer in answers) == [303, 422], "of two tabs the later is told"
    assert (await office.send(address, do="revoke", reason="Salah orang")).status_code == 303
    assert await training.value("SELECT state FROM records") == "revoked"


async def test_pics_are_named_and_a_deputy_stands_in_until_it_is_ended(office, registered, clock) -> None:
    pics = {"main_name": "Wati Contoh", "main_email": "wati@contoh.go.id", "deputy_name": "", "deputy_email": ""}
    assert (await office.send("/pics", do="pics", **pics)).status_code == 303
    page = await office.get("/pics")
    assert 'value="Wati Contoh"' in page.text
    bad = await office.send("/pics", do="pics", **(pics | {"main_email": "bukan surel"}))
    assert (bad.status_code, 'value="bukan surel"' in bad.text) == (422, True)
    for number in (1, 2):
        await registered(f"19900101201501100{number}")
    [duty, *_] = re.findall(
        r'<option value="([^"]+)"', page.text[page.text.index('name="duty"') :].split("</select>")[0]
    )
    day = clock.now().date()
    deputy = {
        "nip": "199001012015011001", "deputy_nip": "199001012015011002", "duty": duty, "valid_from": str(day),
        "valid_to": str(day.replace(year=day.year + 1)),
    }  # fmt: skip
    answer = await office.send("/pics", do="deputy", **deputy)
    assert answer.status_code == 303, answer.text
    shown = await office.get("/pics")
    assert "Siti Rahma 2 mewakili Siti Rahma 1" in re.sub(r"\s+", " ", shown.text)
    [delegation] = re.findall(r'name="delegation" value="([^"]+)"', shown.text)
    assert UUID(delegation)
    assert (await office.send("/pics", do="end", delegation=delegation)).status_code == 303
    wrong = await office.send("/pics", do="deputy", **(deputy | {"nip": "1.99E+17"}))
    assert (wrong.status_code, '<a href="#nip">' in wrong.text) == (422, True)


async def test_everybody_can_use_the_pages_of_hr(page, log_in, accessible, registry, agency, served) -> None:
    await log_in("agency_hr", agency=agency, to="/uploads")
    await accessible()
    await page.get_by_label("Isi lembar kerja").select_option(label="Pegawai")
    await page.get_by_label("Lembar kerja", exact=True).set_input_files(
        {"name": "pegawai.csv", "mimeType": "text/csv", "buffer": (HEADINGS + GOOD + SPOILT).encode()}
    )
    await page.get_by_role("button", name="Unggah").click()
    await page.get_by_text("menunggu giliran").wait_for()
    await accessible()
    await worked_off(registry)
    await page.get_by_role("link", name="Unduh baris yang ditolak").wait_for()  # the page asks by itself
    await accessible()
    await page.goto(f"{served}/pics")
    await accessible()
