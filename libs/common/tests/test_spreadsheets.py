"""Spreadsheets as people and their programs make them: read alike in every format, and refused where a cell lost something."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from common.refused import Refused
from common.spreadsheets import reading, writing, xml
from common.spreadsheets.columns import Column, letters
from common.spreadsheets.reading import CSV, ENDINGS, ODS, XLSX, Row, read, type_of
from common.spreadsheets.writing import template, write
from jejak_local.harness import Peak

COLUMNS = (
    Column("number", "Nomor Induk", "Number", "209001012110011999", kind="digits", required=True),
    Column("name", "Nama", "Name", "Siti", required=True),
    Column("since", "Mulai", "Since", "2026-01-31", kind="date"),
    Column("hours", "Jam", "Hours", "7.5", kind="decimal"),
    Column("seats", "Kursi", "Seats", "3", kind="whole"),
    Column("level", "Predikat", "Level", "sangat_baik", choices=("sangat_baik", "baik"), means={"SB": "sangat_baik"}),
)
NUMBER = "199001012015011001"
HEADINGS = ["Nomor Induk *", "NAMA", "since", "Hours", "Kursi", "Predikat"]


def rows_of(path: Path, columns: Sequence[Column] = COLUMNS) -> list[Row]:
    return list(read(path, type_of(path), columns))


def told(rows: Sequence[Row]) -> list[tuple[int, dict[str, Any], list[tuple[str, str | None]]]]:
    return [(row.number, row.values, [(each.code, each.field) for each in row.refused]) for row in rows]


def made_csv(path: Path, content: str, encoding: str = "utf-8") -> Path:
    path.write_text(content, encoding=encoding)
    return path


def made_xlsx(path: Path, rows: Sequence[Sequence[Any]], **options: Any) -> Path:
    """As a program of theirs makes it: numbers, days and formulas as such, texts shared or in their cells."""
    with xlsxwriter.Workbook(str(path), {"default_date_format": "dd/mm/yyyy", **options}) as book:
        page = book.add_worksheet()
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                page.write(number, place, cell)
    return path


GOOD = {
    "number": NUMBER,
    "name": "Siti Rahma",
    "since": "2026-01-31",
    "hours": "7.5",
    "seats": 3,
    "level": "sangat_baik",
}


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_csv_by_any_separator_with_or_without_the_mark(tmp_path: Path, separator: str, encoding: str) -> None:
    lines = [HEADINGS, [NUMBER, "Siti Rahma", "31-01-2026", '"7,5"', "3", "Sangat Baik"], [""] * 6, [NUMBER, "Budi"]]
    path = made_csv(tmp_path / "a", "\r\n".join(separator.join(line) for line in lines), encoding)
    assert told(rows_of(path)) == [(2, GOOD, []), (4, {"number": NUMBER, "name": "Budi"}, [])]


@pytest.mark.parametrize("shared", [True, False])
def test_xlsx_with_days_and_numbers_as_such(tmp_path: Path, shared: bool) -> None:
    row = [NUMBER, "Siti Rahma", date(2026, 1, 31), 7.5, 3, "SB"]
    path = made_xlsx(tmp_path / "a", [HEADINGS, row], constant_memory=not shared)
    assert told(rows_of(path)) == [(2, GOOD, [])]


NOTE = "<office:annotation><text:p>kata orang</text:p></office:annotation>"


def test_ods_as_calc_writes_it(tmp_path: Path) -> None:
    def cell(kind: str, attributes: str, said: str) -> str:
        return f'<table:table-cell office:value-type="{kind}" {attributes}><text:p>{said}</text:p></table:table-cell>'

    headings = "".join(cell("string", "", heading) for heading in HEADINGS)
    row = "".join(
        [
            cell("string", "", NUMBER),
            f'<table:table-cell office:value-type="string">{NOTE}<text:p>Siti<text:s/>Rahma</text:p></table:table-cell>',
            cell("date", 'office:date-value="2026-01-31T00:00:00"', "31/01/26"),
            cell("float", 'office:value="7.5"', "7,5"),
            cell("float", 'office:value="3"', "3"),
            cell("string", "", "sangat baik"),
            '<table:table-cell table:number-columns-repeated="16378"/>',
        ]
    )
    empty = '<table:table-row table:number-rows-repeated="{}"><table:table-cell/></table:table-row>'
    path = tmp_path / "a"
    body = f"<table:table-row>{headings}</table:table-row>{empty.format(2)}<table:table-row>{row}</table:table-row>"
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("mimetype", ODS)
        book.writestr("content.xml", writing.HEAD + body + empty.format(1_048_572) + writing.TAIL)
    assert told(rows_of(path)) == [(4, GOOD, [])]


def test_what_a_spreadsheet_has_spoilt_is_refused_with_its_row(tmp_path: Path) -> None:
    """A number of 18 digits that became a float, a day that became a number, a number that became a day, a formula."""
    rows = [
        HEADINGS,
        [199001012015011001, "Satu"],
        ["1.99E+17", "Dua"],
        [NUMBER, "Tiga", 46053],
        [NUMBER, date(2026, 3, 4)],
        [NUMBER, "=A2&B2"],
        [NUMBER, "Enam", "31-02-2026", "1.234,5", 2.5, "cukup"],
        [12345, "Tujuh"],
        [NUMBER, '=HYPERLINK("http://x")', "=NOW()"],
    ]
    found = told(rows_of(made_xlsx(tmp_path / "a", rows)))
    assert [(number, wrong) for number, _, wrong in found] == [
        (2, [("cell-digits-lost", "number")]),
        (3, [("cell-digits-lost", "number")]),
        (4, [("cell-day-is-number", "since")]),
        (5, [("cell-number-is-day", "name")]),
        (6, [("cell-formula", "name")]),
        (
            7,
            [
                ("date-invalid", "since"),
                ("cell-number-invalid", "hours"),
                ("cell-number-invalid", "seats"),
                ("cell-choice-unknown", "level"),
            ],
        ),
        (8, []),
        (9, [("cell-formula", "name"), ("cell-formula", "since")]),
    ]
    assert found[6][1] == {"number": "12345", "name": "Tujuh"}
    in_csv = made_csv(
        tmp_path / "b", f"NIP;Nama;Mulai\n1,99E+17;=1+1;46053\n{NUMBER};'=1+1;2026-01-01\n".replace("NIP", "number")
    )
    assert told(rows_of(in_csv)) == [
        (
            2,
            {"number": "1,99E+17", "name": "=1+1", "since": "46053"},
            [("cell-digits-lost", "number"), ("cell-formula", "name"), ("cell-day-is-number", "since")],
        ),
        (3, {"number": NUMBER, "name": "=1+1", "since": "2026-01-01"}, []),
    ]


@pytest.mark.parametrize(
    ("content", "code", "field"),
    [
        ("Nama\nSiti", "column-missing", "number"),
        ("number;Nama;Umur\n1;2;3", "column-unknown", "C1"),
        ("number;Nama;name\n1;2;3", "column-twice", "C1"),
        ("", "file-empty", None),
        ("\n;;\n", "file-empty", None),
        ('number;Nama\n"1;2', "file-unreadable", None),
    ],
)
def test_a_file_without_its_headings_is_refused_as_a_whole(tmp_path: Path, content: str, code: str, field: str) -> None:
    with pytest.raises(Refused) as refused:
        rows_of(made_csv(tmp_path / "a", content))
    assert (refused.value.code, refused.value.field) == (code, field)


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7",
        b"\xd0\xcf\x11\xe0 an old or a locked one",
        b'{"a": 1}',
        b"<html>",
        b"a;b\0",
        "é;b".encode("utf-16"),
        b"PK\x05\x06" + bytes(18),
    ],
)
def test_what_is_no_spreadsheet_is_refused_by_its_content(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(Refused, match="file-type-refused"):
        type_of(tmp_path / "a")


def zipped(path: Path, sheet: str | bytes, **parts: str) -> Path:
    """An XLSX by hand, with a sheet of these bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr(
            "xl/workbook.xml", '<workbook xmlns:r="r"><sheets><sheet name="a" r:id="r1"/></sheets></workbook>'
        )
        book.writestr("xl/_rels/workbook.xml.rels", '<x><Relationship Id="r1" Target="worksheets/s.xml"/></x>')
        book.writestr("xl/worksheets/s.xml", sheet)
        for name, content in parts.items():
            book.writestr(f"xl/{name}.xml", content)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(Refused) as refused:
        rows_of(path)
    return refused.value.code


def test_bombs_are_refused_early_in_little_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heading = "<row><c t='inlineStr'><is><t>number</t></is></c><c t='inlineStr'><is><t>name</t></is></c></row>"
    entities = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>'
    tag = f"<worksheet><row a='{'a' * 8_000_000}'/></worksheet>"
    text = f"<worksheet>{heading}<row><c t='inlineStr'><is><t>{'a' * 8_000_000}</t></is></c></row></worksheet>"
    deep = "<a>" * 200_000
    files = {
        name: zipped(tmp_path / name, sheet)
        for name, sheet in {"entities": entities, "tag": tag, "text": text, "deep": deep}.items()
    }
    wide = zipped(tmp_path / "wide", f"<worksheet>{heading}<row><c r='XFD2'><v>1</v></c></row></worksheet>")
    exponent = zipped(tmp_path / "exponent", f"<worksheet>{heading}<row><c><v>1E+999999</v></c></row></worksheet>")
    with Peak() as peak:
        assert refusal(files["entities"]) == "file-unreadable"
        assert refusal(files["tag"]) == "file-unreadable"
        assert refusal(files["deep"]) == "file-unreadable"
        assert refusal(wide) == "file-unreadable"
        assert [wrong for _, _, wrong in told(rows_of(files["text"]))] == [[("cell-broken", "number")]]
        assert [wrong for _, _, wrong in told(rows_of(exponent))] == [[("cell-broken", "number")]]
    assert peak.bytes < 8 * 1024 * 1024

    monkeypatch.setattr(xml, "MOST_INSIDE", 1024 * 1024)
    assert refusal(files["text"]) == "file-expands"
    # One that says it is smaller than it is: no more than what it says is read, and its checksum is then another.
    lying = (
        files["text"]
        .read_bytes()
        .replace((8_000_000 + len(text) - 8_000_000).to_bytes(4, "little"), (500).to_bytes(4, "little"))
    )
    assert lying != files["text"].read_bytes()
    (tmp_path / "lying").write_bytes(lying)
    with Peak() as peak:
        assert refusal(tmp_path / "lying") == "file-unreadable"
    assert peak.bytes < 1024 * 1024
    monkeypatch.setattr(reading, "MOST_ROWS", 3)
    assert refusal(made_csv(tmp_path / "rows", "number;name\n" + "1;2\n" * 4)) == "rows-too-many"


def test_many_rows_take_the_memory_of_a_few(tmp_path: Path) -> None:
    rows = ([f"{number:018}", f"Nama {number}", "2026-01-01", "7.5", "3", "baik"] for number in range(3_000))
    path = tmp_path / "a"
    write(path, XLSX, [HEADINGS, *rows])
    count = 0
    with Peak() as peak:
        for row in read(path, XLSX, COLUMNS):
            count += not row.refused
    assert count == 3_000
    assert peak.bytes < 1_500_000


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_template_has_the_headings_and_says_what_goes_where(tmp_path: Path, language: Any) -> None:
    content = template(COLUMNS, language)
    (tmp_path / "a").write_bytes(content)
    assert rows_of(tmp_path / "a") == []
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    headings, guide = (book.get_sheet_by_index(number).to_python() for number in (0, 1))
    assert headings == [
        [f"{column.indonesian if language == 'id' else column.english}{' *' * column.required}" for column in COLUMNS]
    ]
    assert [row[1] for row in guide[1:]] == [column.name for column in COLUMNS]
    assert [row[4] for row in guide[1:]] == [column.example for column in COLUMNS]


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    rows=st.lists(
        st.lists(st.one_of(WORDS, st.sampled_from(["=1+1", "+62", "-1", "@x", "'=a"])), min_size=2, max_size=2),
        min_size=1,
    )
)
@pytest.mark.parametrize("media_type", ENDINGS)
def test_what_is_written_is_read_again_and_no_program_takes_it_for_a_formula(
    tmp_path: Path, media_type: str, rows: list[list[str]]
) -> None:
    columns = (Column("a", "a", "a"), Column("b", "b", "b"))
    path = tmp_path / "a"
    write(path, media_type, [["a", "b"], *rows])
    assert type_of(path) == media_type
    meant = [[cell.strip() for cell in row] for row in rows]
    found = {row.number: row for row in rows_of(path, columns)}
    for number, row in enumerate(meant, 2):
        values = {name: cell for name, cell in zip("ab", row, strict=True) if cell}
        said = found.pop(number, None)
        assert (({}, []) if said is None else (said.values, said.refused)) == (values, [])
    assert not found
    if media_type != CSV:
        cells = [
            cell for row in CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python() for cell in row
        ]
        assert not [cell for cell in cells if str(cell).startswith(("=", "+", "-", "@"))]


def test_places_have_the_names_that_spreadsheets_give_them() -> None:
    assert [letters(place) for place in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_numbers_are_exact(tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "a",
        "<worksheet><row><c t='str'><v>number</v></c><c t='str'><v>name</v></c><c t='str'><v>hours</v></c></row>"
        "<row><c><v>123456789012345</v></c><c t='b'><v>1</v></c><c><v>0.1</v></c></row></worksheet>",
    )
    [row] = rows_of(path)
    assert (row.values["number"], row.values["name"], Decimal(row.values["hours"])) == (
        "123456789012345",
        "1",
        Decimal("0.1"),
    )
