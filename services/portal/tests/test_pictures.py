"""Pictures of the pages, as `make demo` leaves them."""

import re
from pathlib import Path

from jejak_local.browser import VARIABLE
from jejak_local.pictures import WHO, pictures


async def test_each_page_that_links_lead_to_has_its_picture_and_one_page_shows_them(
    served, beside, agency, tmp_path: Path
) -> None:
    training = await beside("training")
    await training.agency(agency, name="Kementerian Contoh")
    said = await pictures(served, {"agency": agency}, tmp_path / "pictures")
    shown = (tmp_path / "pictures" / "index.html").read_text(encoding="utf-8")
    files = re.findall(r'<img src="(\d+\.png)" alt="[^"]+ – Jejak"', shown)
    assert said == f"Pictures of {len(files)} pages: {tmp_path / 'pictures' / 'index.html'}"
    assert {each.name for each in (tmp_path / "pictures").glob("*.png")} == {*files}
    assert all((tmp_path / "pictures" / each).read_bytes().startswith(b"\x89PNG") for each in files)
    for kind, hat in (("/glossary", ""), ("/agencies/{}", "agency_hr"), ("/nation", "lan")):
        assert re.search(rf"<code>{re.escape(kind)}</code>{re.escape(f' ({hat})') if hat else '<'}", shown), kind


async def test_whoever_looks_is_found_in_the_tables_of_the_services(beside, person_id) -> None:
    for service, query in WHO.values():
        assert await (await beside(service)).rows(query.format_map({"person": person_id})) == []


async def test_where_no_chromium_can_start_it_is_said_and_the_demo_goes_on(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "nowhere"))
    said = await pictures("http://127.0.0.1:9", {}, tmp_path / "pictures")
    assert said.startswith("No pictures of the pages: There is no Chromium at ")
    assert VARIABLE in said
    assert not (tmp_path / "pictures").exists()
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o700)
    monkeypatch.setenv(VARIABLE, str(broken))
    assert (await pictures("http://127.0.0.1:9", {}, tmp_path / "pictures")).startswith("No pictures of the pages: ")
