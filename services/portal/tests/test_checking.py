"""A verifier checks what people declared of themselves: the evidence beside the claim, and each decision is the service's."""

import re
from io import BytesIO

import pytest
from PIL import Image

LINE = {
    "form": "KL03", "title": '"><script>alert(1)</script>', "start_date": "2026-03-02", "end_date": "2026-03-03", "jp": "7.5",
    "source_name": "lms", "evidence": "https://contoh.go.id/sertifikat",
}  # fmt: skip


def picture() -> bytes:
    """A picture of a certificate."""
    kept = BytesIO()
    Image.new("RGB", (40, 20), "white").save(kept, "PNG")
    return kept.getvalue()


@pytest.fixture
async def training(beside, person_id, api_of):
    """Two records that somebody has declared, one of them with a picture of the certificate."""
    training = await beside("training")
    await training.people(training.state(person_id=person_id))
    api = api_of("training")
    lines = [LINE | {"reference": f"R-{n}", "person_id": str(person_id)} for n in range(2)]
    ids = [each["id"] for each in await api.bulk("/trainings:batch", lines, "person", person=person_id)]
    headers = api.headers("person", person=person_id)
    path = f"/v1/trainings/{ids[0]}/evidence?name=sertifikat.png"
    kept = await api.http.post(path, content=picture(), headers=headers)
    assert kept.status_code == 201, kept.text
    return training


@pytest.fixture
async def verifier(visitor, training, agency):
    await visitor.log_in("verifier", agency=agency)
    return visitor


def opened(page: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r'href="(/checking/[^"/]+)"', page)))


async def test_what_waits_is_taken_seen_beside_its_evidence_and_decided(verifier, training, calls) -> None:
    assert "Tidak ada riwayat di tangan Anda." in await verifier.see("/checking")
    taken = await verifier.send("/checking", do="take")
    assert taken.headers["location"] == "/checking?taken=true"
    first, second = opened((await verifier.get("/checking")).text)
    calls.calls.clear()
    page = (await verifier.get(first)).text
    assert len(calls.calls) == 4, "a fixed number of calls"
    assert LINE["title"] not in page
    assert "https://contoh.go.id/sertifikat" in page
    [address] = re.findall(r'<img src="([^"]+)" alt="sertifikat.png"', page)
    shown = await verifier.get(address)
    assert (shown.headers["content-type"], shown.content[:4]) == ("image/png", picture()[:4])
    assert (shown.headers["content-disposition"], shown.headers["cache-control"]) == ("inline", "no-store")
    unexplained = await verifier.send(first, do="refuse")
    assert unexplained.status_code == 422
    assert 'href="#reason"' in unexplained.text
    assert (await verifier.send(first, do="confirm")).headers["location"] == "/checking?done=confirm"
    assert (await verifier.send(second, do="refuse", reason="Nama orang lain")).status_code == 303
    rows = await training.rows("SELECT verdict, reason FROM checks ORDER BY verdict")
    assert [tuple(row) for row in rows] == [("confirmed", None), ("refused", "Nama orang lain")]
    assert (await verifier.get(address)).status_code == 404, "its files are shown no more"
    again = await verifier.get(first)
    assert "sudah diputuskan" in again.text
    await verifier.send("/checking", do="take")
    assert "Tidak ada riwayat yang menunggu." in await verifier.see("/checking?taken=true")


async def test_nobody_decides_about_their_own_and_the_page_is_for_verifiers(
    at_browser, training, person_id, agency
) -> None:
    """One who is verifier and person is given everything but their own."""
    own = at_browser()
    await own.log_in("verifier", person=person_id, agency=agency)
    await own.send("/checking", do="take")
    assert opened((await own.get("/checking")).text) == []
    other = at_browser()
    await other.log_in("person", person=person_id)
    assert (await other.get("/checking")).status_code == 403
    assert (await own.get(f"/checking/{agency}")).status_code == 404


async def test_everybody_can_use_the_pages_of_checking(page, log_in, accessible, verifier, agency, served) -> None:
    """By keyboard alone, the evidence seen before the decision. Headless Chromium knows no access keys: what has one is pressed."""
    await log_in("verifier", agency=agency, to="/checking")
    await page.get_by_role("button", name="Ambil 20 berikutnya").press("Enter")
    await accessible()
    await page.get_by_role("link", name="Periksa yang berikutnya").press("Enter")
    await page.get_by_role("heading", name="Keputusan").wait_for()
    await accessible()
    await page.locator("[accesskey=k]").press("Enter")
    await page.get_by_text("Keputusan tersimpan.").wait_for()
