"""The head of an agency: one page, three decisions, each with the rows behind it."""

import re

import pytest

from common.ids import new_id


@pytest.fixture
async def training(beside, agency):
    """Two people of a unit are short, one of another."""
    training = await beside("training")
    busy, quiet = (new_id(), "Biro Sibuk"), (new_id(), "Biro Sepi")
    await training.agency(agency)
    await training.people(*(training.state(agency=agency, unit=unit) for unit in (busy, busy, quiet)))
    return training


@pytest.fixture
async def head(visitor, training, beside, api_of, agency):
    await beside("registry")
    office = {"id": str(agency), "code": "K-001", "name": "Kementerian Contoh", "kind": "K"}
    made = await api_of("registry").call("lan", "POST", "/agencies", office)
    assert made.status_code == 201, made.text
    await visitor.log_in("agency_head", agency=agency, to="/decisions")
    return visitor


async def test_three_decisions_each_linked_to_its_data(head, calls) -> None:
    calls.calls.clear()
    page = await head.get("/decisions")
    assert len(calls.calls) == 2, "a fixed number of calls"
    told = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))
    assert re.findall(r"[123]\. ", told) == ["1. ", "2. ", "3. "]
    assert "3 dari 3 pegawai belum memenuhi kewajiban; masih kurang 60 JP." in told
    assert "Biro Sibuk: 2 orang belum memenuhi, kurang 40 JP." in told
    assert "Belum ada PIC utama" in told
    people = re.findall(r'href="(/agencies/[^"]+state=short[^"]*)"', page.text)
    for address, number in zip(people, (3, 2, 2, 1), strict=True):
        opened = await head.get(address.replace("&amp;", "&"))
        assert opened.text.count('<th scope="row">') == number, "and each opens as many"


async def test_who_can_rise_and_what_is_open_of_the_others(head, beside, agency) -> None:
    credit = await beside("credit")
    await credit.people(credit.state(agency=agency))
    page = await head.see("/promotions")
    assert "Angka kredit untuk jenjang, Formasi, Uji kompetensi" in page


async def test_everybody_can_use_the_page_of_a_head(page, log_in, accessible, training, agency) -> None:
    await log_in("agency_head", agency=agency, to="/decisions")
    await accessible()
