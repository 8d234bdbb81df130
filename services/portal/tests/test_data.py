"""A civil servant has everything that is held of them as a file, and asks that it be mended: each request with its clock."""

import re

import pytest


@pytest.fixture
async def own(visitor, registered):
    await visitor.log_in("person", person=await registered("199001012015011001"))
    return visitor


async def test_a_request_has_its_clock_and_is_withdrawn(own, calls) -> None:
    calls.calls.clear()
    assert "Belum ada permintaan." in await own.see("/data")
    assert calls.calls == ["GET registry /v1/data-files", "GET registry /v1/data-requests"], "a fixed number of calls"
    bare = await own.send("/data", do="ask", kind="correction", part="identity", wrong="")
    assert (bare.status_code, '<a href="#wrong">' in bare.text) == (422, True)
    asked = await own.send("/data", do="ask", kind="correction", part="identity", wrong="Nama salah eja")
    assert asked.status_code == 303, asked.text
    page = await own.see("/data")
    assert "Perbaikan: Identitas – menunggu jawaban" in page
    assert re.search(r"Harus dijawab paling lambat \d+ \w+ \d{4}, \d\d\.\d\d WIB\.", page)
    [request] = re.findall(r'name="request" value="([^"]+)"', (await own.get("/data")).text)
    assert (await own.send("/data", do="withdraw", request=request)).status_code == 303
    assert "ditarik kembali" in await own.see("/data")


async def test_whoever_is_of_hr_too_finds_on_the_page_of_their_data_nobody_elses(
    own, at_browser, registered, registry, api_of, agency
) -> None:
    me, other = await registered("199001012015011002"), at_browser()
    await own.send("/data", do="ask", kind="correction", part="identity", wrong="Nama salah eja")
    [asked] = (await api_of("registry").get("/data-requests", "agency_hr", agency=agency))["items"]
    said = {"person_id": asked["person_id"], "reason": "ditanya inspektorat"}
    made = await api_of("registry").call("agency_hr", "POST", "/data-files", said, agency=agency)
    assert made.status_code == 202, made.text
    await other.log_in("person", "agency_hr", person=me, agency=agency)
    await other.send("/hat", hat="person")
    page = await other.see("/data")
    assert "Belum pernah diminta." in page
    assert "Belum ada permintaan." in page


async def test_all_data_are_asked_for_once_and_the_file_is_not_there_before_it_is_made(own) -> None:
    for _ in range(2):
        assert (await own.send("/data", do="file")).status_code == 303
    page = await own.get("/data")
    assert page.text.count("sedang dikumpulkan") == 1, "asked again within the hour it is the same file"
    assert "menunggu" in page.text
    assert "/pdf" not in page.text


async def test_everybody_can_use_the_page_of_their_data(page, log_in, accessible, own, person_id) -> None:
    await log_in("person", person=person_id, to="/data")
    await accessible()
