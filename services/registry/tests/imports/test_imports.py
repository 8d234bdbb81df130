"""Spreadsheets of people and posts: what is wrong comes back and nothing else, whatever happens on the way."""

import csv
import io
from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import text

from common.ids import new_id
from common.runner import Runner
from common.spreadsheets.reading import ENDINGS, XLSX
from common.spreadsheets.writing import write
from common.store.database import counted_statements
from contracts import imports
from contracts.nip import parse_nip
from registry.erasing import ERASING
from registry.imports.kinds import PEOPLE
from registry.service import SERVICE

FIELDS = [column.name for column in PEOPLE if column.name not in {"status", "valid_from"}]


def somebody(a_person, number: int) -> dict[str, str]:
    """Somebody of K-001 with a birthday of their own."""
    born = date(1985, 1, 1) + timedelta(days=number % 3_000)
    return a_person(nip=f"{born:%Y%m%d}2015011{1 + number // 3_000:03d}")


def crowd(a_person, count: int, first: int = 1) -> list[list[str]]:
    """Rows of people, below their headings."""
    people = (somebody(a_person, number) for number in range(first, first + count))
    return [FIELDS, *([person[field] for field in FIELDS] for person in people)]


def as_csv(rows: Sequence[Sequence[str]]) -> bytes:
    written = io.StringIO()
    csv.writer(written, delimiter=";").writerows(rows)
    return written.getvalue().encode("utf-8-sig")


@pytest.fixture
def send(api):
    """Sends a spreadsheet, and gives the id of its import."""

    async def sent(
        content: bytes, kind: str = "people", role: str = "agency_hr", dry_run: bool = False, **claims: Any
    ) -> str:
        headers = api.headers(role, **claims) | {"content-type": "text/csv"}
        answer = await api.http.post(f"/v1/imports:{kind}?dry_run={dry_run}", content=content, headers=headers)
        assert answer.status_code == 202, answer.text
        return answer.json()["id"]

    return sent


@pytest.fixture
def worked_off(world, api):
    """Does all jobs, and tells what became of an import."""

    async def done(import_id: str, role: str = "agency_hr", **claims: Any) -> dict[str, Any]:
        runner = Runner(world.parts, SERVICE.jobs)
        while await runner.turn():
            pass
        return await api.get(f"/imports/{import_id}", role, **claims)

    return done


async def refused_rows(api, import_id: str, role: str = "agency_hr") -> list[dict[str, str]]:
    answer = await api.call(role, "GET", f"/imports/{import_id}/refused")
    assert answer.status_code == 200, answer.text
    if answer.headers["content-type"].startswith("text/csv"):
        [headings, *rows] = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
    else:
        [headings, *rows] = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    return [dict(zip(headings, row, strict=False)) for row in rows]


async def test_exactly_the_planted_errors_come_back_and_a_second_load_changes_nothing(
    api, nation, world, a_person, send, worked_off
):
    """3,000 rows, one in a hundred wrong in one of five ways; B16 does a hundred thousand."""
    rows = crowd(a_person, 3_000)
    wrong = {"nip": "1.99E+17", "staff_type": "PPPK", "golongan": "IX", "joined_on": "45000", "unit_code": "=A1"}
    planted: dict[int, str] = {}
    for place in range(50, 3_001, 100):
        field = list(wrong)[place // 100 % len(wrong)]
        rows[place][FIELDS.index(field)] = wrong[field]
        planted[place + 1] = field
    content = as_csv(rows)
    first = await worked_off(await send(content))
    assert (first["state"], first["rows"], first["done"]) == ("done", 3_000, 3_000)
    assert first["counts"] == {"stored": 2_970, "refused": 30}
    back = await refused_rows(api, first["id"])
    assert [int(row["baris"]) for row in back] == sorted(planted)
    names = {column.name: (column.indonesian, column.english) for column in PEOPLE}
    for row in back:
        indonesian, english = names[planted[int(row["baris"])]]
        assert row["alasan"].startswith(indonesian), row
        assert row["reason"].startswith(english), row
    # The formula is back as text that no spreadsheet counts.
    assert {row["Kode Unit"] for row in back if planted[int(row["row"])] == "unit_code"} == {"'=A1"}

    await world.emitted()
    second = await worked_off(await send(content))
    assert second["counts"] == {"unchanged": 2_970, "refused": 30}
    assert await world.emitted() == []

    # What came back is sent as it is, once it is mended.
    answer = await api.call("agency_hr", "GET", f"/imports/{first['id']}/refused")
    [headings, *lines] = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
    titles = [column.indonesian for column in PEOPLE]
    for line in lines:
        mended = somebody(a_person, int(line[headings.index("baris")]) - 1)
        line[: len(titles)] = [mended.get(column.name, "") for column in PEOPLE]
    third = await worked_off(await send(as_csv([headings, *lines])))
    assert third["counts"] == {"stored": 30, "refused": 0}


@pytest.mark.parametrize("media_type", ENDINGS)
async def test_what_was_refused_comes_back_in_the_format_it_came_in(
    api, nation, a_person, send, worked_off, tmp_path, media_type
):
    rows = crowd(a_person, 2)
    rows[2][FIELDS.index("golongan")] = "@V"
    write(tmp_path / "a", media_type, rows)
    done = await worked_off(await send((tmp_path / "a").read_bytes()))
    assert done["counts"] == {"stored": 1, "refused": 1}
    [row] = await refused_rows(api, done["id"])
    assert (str(row["baris"]), row["NIP"], row["Golongan"]) == ("3", rows[2][0], "'@V")


async def test_a_dry_run_says_the_same_and_changes_nothing(api, nation, world, a_person, send, worked_off):
    rows = crowd(a_person, 3)
    rows[3][FIELDS.index("unit_code")] = "nowhere"
    await world.emitted()
    dry = await worked_off(await send(as_csv(rows), dry_run=True))
    assert dry["counts"] == {"stored": 2, "refused": 1}
    assert await world.emitted() == []
    assert await world.value("SELECT count(*) FROM people") == 0
    assert [row["alasan"] for row in await refused_rows(api, dry["id"])]
    assert (await worked_off(await send(as_csv(rows))))["counts"] == dry["counts"]


async def test_killed_in_the_middle_it_goes_on_where_it_was(
    api, nation, world, a_person, send, worked_off, monkeypatch
):
    monkeypatch.setattr(imports, "CHUNK", 10)
    rows = crowd(a_person, 55)
    rows[7][1] = rows[43][1] = ""
    import_id = await send(as_csv(rows))
    runner = Runner(world.parts, SERVICE.jobs)
    for _ in range(4):  # it has read the file, and taken thirty rows
        assert await runner.turn() == 1
    seen = await api.get(f"/imports/{import_id}", "agency_hr")
    assert (seen["state"], seen["done"], seen["rows"], seen["counts"]) == (
        "running",
        30,
        55,
        {"stored": 29, "refused": 1},
    )

    class Killed(BaseException):
        """The process ends here."""

    handle = imports._count

    async def killed(*_: Any) -> None:
        raise Killed

    monkeypatch.setattr(imports, "_count", killed)
    with pytest.raises(Killed):
        await runner.turn()
    monkeypatch.setattr(imports, "_count", handle)
    assert await world.value("SELECT count(*) FROM people") == 29
    done = await worked_off(import_id)
    assert (done["state"], done["counts"]) == ("done", {"stored": 53, "refused": 2})
    assert [int(row["baris"]) for row in await refused_rows(api, import_id)] == [8, 44]


async def test_the_statements_do_not_grow_with_the_rows(nation, world, a_person, send):
    async def statements(count: int, first: int) -> int:
        rows = crowd(a_person, count, first)
        rows[1][1] = ""
        await send(as_csv(rows))
        runner = Runner(world.parts, SERVICE.jobs)
        with counted_statements(world.database) as counted:
            while await runner.turn():
                pass
        return len(counted)

    assert await statements(10, 1) == await statements(400, 100)


async def test_a_post_may_stand_below_the_row_that_names_it(api, nation, world, send, worked_off, monkeypatch):
    monkeypatch.setattr(imports, "CHUNK", 2)
    headings = [
        "Kode Instansi",
        "Kode Jabatan",
        "Jenis Jabatan",
        "Nama Jabatan",
        "Jenjang",
        "Kode Unit",
        "Kode Jabatan Atasan",
    ]
    rows = [
        ["K-001", f"J{number}", "JF", f"Analis {number}", "ahli muda", "K-001-U01", f"J{number + 1}"]
        for number in range(7)
    ]
    top = ["K-001", "J7", "JA", "Kepala", "Administrator", "K-001-U01", ""]
    lost = ["K-001", "J8", "JF", "Analis 8", "ahli muda", "K-001-U01", "J99"]
    content = as_csv([headings, *rows, lost, top])
    done = await worked_off(await send(content, "posts", "lan"), "lan")
    assert done["counts"] == {"stored": 8, "refused": 1}
    [row] = await refused_rows(api, done["id"], "lan")
    assert row["Kode Jabatan"] == "J8"
    dry = await worked_off(await send(content, "posts", dry_run=True))
    assert dry["counts"] == {"unchanged": 8, "refused": 1}


async def test_a_file_that_is_no_table_of_these_fails_as_a_whole_and_says_why(api, nation, send, worked_off):
    done = await worked_off(await send(b"NIP;Nama\n1;2\n"))
    assert (done["state"], done["problem"]["code"], done["problem"]["errors"][0]["field"]) == (
        "failed",
        "column-missing",
        "staff_type",
    )
    assert "Jenis Pegawai" in done["problem"]["title"]
    for content, code in ((b"%PDF-1.7", "file-type-refused"), (b"\xff\xfe", "file-type-refused")):
        answer = await api.http.post("/v1/imports:people", content=content, headers=api.headers("agency_hr"))
        assert (answer.json()["code"], answer.status_code) == (code, 415)


async def test_a_file_that_is_too_long_is_refused_and_nothing_of_it_stays(api, nation, world, monkeypatch):
    monkeypatch.setattr("contracts.import_routes.MOST_BYTES", 100)
    folder: Path = world.parts.settings.files
    before = sorted(folder.rglob("*"))
    answer = await api.http.post("/v1/imports:people", content=b"a;b\n" * 100, headers=api.headers("agency_hr"))
    assert (answer.json()["code"], answer.status_code) == ("body-too-large", 413)
    assert [each for each in sorted(folder.rglob("*")) if each.is_file() and each not in before] == []


async def test_an_import_is_for_whoever_has_sent_it_and_reaches_no_further_than_they_do(
    api, nation, a_person, send, worked_off
):
    rows = crowd(a_person, 2)
    rows[2][FIELDS.index("agency_code")], rows[2][FIELDS.index("unit_code")] = "D-001", "D-001-U01"
    import_id = await send(as_csv(rows))
    done = await worked_off(import_id)
    assert done["counts"] == {"stored": 1, "refused": 1}
    [row] = await refused_rows(api, import_id)
    assert row["Kode Instansi"] == "D-001"
    for path in (f"/imports/{import_id}", f"/imports/{import_id}/refused"):
        assert await api.refused("service", "GET", path) == (404, "not-found", None)
    ask = partial(api.refused, "agency_hr", "GET")
    clean = await worked_off(await send(as_csv(crowd(a_person, 1))))
    assert await ask(f"/imports/{clean['id']}/refused") == (409, "import-none-refused", None)
    waiting = await send(as_csv(rows))
    assert await ask(f"/imports/{waiting}/refused") == (409, "import-not-ended", None)


async def test_the_template_is_filled_in_and_taken(api, nation, a_person, send, worked_off, tmp_path):
    answer = await api.call("agency_hr", "GET", "/imports/people/template", headers={"accept-language": "en"})
    headings = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()[0]
    filled = [str(somebody(a_person, 1).get(column.name, "")) for column in PEOPLE]
    assert parse_nip(filled[0])
    write(tmp_path / "a", XLSX, [headings, filled])
    assert (await worked_off(await send((tmp_path / "a").read_bytes())))["counts"] == {"stored": 1, "refused": 0}


async def test_files_go_when_their_time_is_over_and_when_anybody_is_erased(
    api, nation, world, a_person, send, worked_off, clock
):
    folder: Path = world.parts.settings.files
    before = {each for each in folder.rglob("*") if each.is_file()}

    def kept() -> set[Path]:
        return {each for each in folder.rglob("*") if each.is_file()} - before

    rows = crowd(a_person, 2)
    rows[2][1] = ""
    first = await worked_off(await send(as_csv(rows)))
    assert len(kept()) == 2
    async with world.database.transaction() as session:
        # Whoever it is: nobody looks into the files for them.
        assert await ERASING.preview(session, [new_id()]) == {"imports": 1}
        await ERASING.erase(session, [new_id()])
    assert await api.refused("agency_hr", "GET", f"/imports/{first['id']}") == (404, "not-found", None)

    async def drop() -> int:
        async with world.database.transaction() as session:
            return await imports.drop_old(session, world.parts)

    assert await drop() == 1
    assert kept() == set()
    waiting = await send(as_csv(crowd(a_person, 1)))
    clock.moment += timedelta(days=29)
    assert await drop() == 0
    clock.moment += timedelta(days=2)
    assert await drop() == 1
    assert kept() == set()
    runner = Runner(world.parts, SERVICE.jobs)
    assert await runner.turn() == 1  # and its job has nothing to do
    async with world.database.reading() as session:
        [row] = await session.execute(text("SELECT state FROM jobs WHERE plan ->> 'import' = :id"), {"id": waiting})
    assert row.state == "done"
