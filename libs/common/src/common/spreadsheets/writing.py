"""Spreadsheets that we hand out: a template to fill in, and what was refused, in the format it came in."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# (xlsxwriter ships no complete types)

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import xlsxwriter

from common.spreadsheets.columns import Column, disarmed
from common.spreadsheets.reading import CSV, ODS, XLSX
from common.texts import KIT, Language, text_named

WIDTH = 22
MADE = datetime(2026, 1, 1, tzinfo=UTC)
FORMATS = {"date": "yyyy-mm-dd", "text": "@", "digits": "@"}
"""What keeps a spreadsheet from making a number of what is none."""
KINDS = {
    "text": text_named("sheet.text"),
    "digits": text_named("sheet.digits"),
    "whole": text_named("sheet.whole"),
    "decimal": text_named("sheet.decimal"),
    "date": text_named("sheet.date"),
}

TITLES = (
    text_named("sheet.column"),
    text_named("sheet.field"),
    text_named("sheet.required"),
    text_named("sheet.holds"),
    text_named("sheet.example"),
)
REQUIRED = {True: text_named("sheet.yes"), False: text_named("sheet.no")}


def template(columns: Sequence[Column], language: Language) -> bytes:
    """An XLSX to fill in: one sheet with the headings alone, and one that tells what goes where, with an example."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"created": MADE})  # the same columns make the same file
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        page = book.add_worksheet("Data")
        page.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            shown = FORMATS.get("text" if column.choices else column.kind)
            page.set_column(place, place, WIDTH, book.add_format({"num_format": shown}) if shown else None)
            page.write_string(0, place, _named(column, language), bold)
            if column.choices and len(",".join(column.choices)) < 255:
                rule: dict[str, Any] = {"validate": "list", "source": list(column.choices), "error_type": "warning"}
                page.data_validation(1, place, 1_048_575, place, rule)
        guide = book.add_worksheet(KIT.say("sheet.guide", language))
        guide.set_column(0, 5, WIDTH)
        guide.write_row(0, 0, [KIT.say(title, language) for title in TITLES], bold)
        for number, column in enumerate(columns, 1):
            required = KIT.say(REQUIRED[column.required], language)
            holds = ", ".join(column.choices) or KIT.say(KINDS[column.kind], language)
            guide.write_row(number, 0, [_named(column, language), column.name, required, holds, column.example])
    return made.getvalue()


def _named(column: Column, language: Language) -> str:
    name = column.indonesian if language == "id" else column.english
    return f"{name} *" if column.required else name


def write(path: Path, media_type: str, rows: Iterable[Sequence[str]]) -> None:
    """Writes rows of text as a spreadsheet of a type that is read, in the memory of one of them; nothing is a formula."""
    safe = ([disarmed(cell) for cell in row] for row in rows)
    {CSV: _csv, XLSX: _xlsx, ODS: _ods}[media_type](path, safe)


def _csv(path: Path, rows: Iterable[Sequence[str]]) -> None:
    # With the mark, Excel takes it for UTF-8; by semicolons, since a comma may part decimals.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)


def _xlsx(path: Path, rows: Iterable[Sequence[str]]) -> None:
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        page = book.add_worksheet("Data")
        as_text = book.add_format({"num_format": "@"})
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                page.write_string(number, place, cell, as_text)


HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content office:version="1.3"'
    ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="Data">'
)
TAIL = "</table:table></office:spreadsheet></office:body></office:document-content>"
MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest manifest:version="1.3"'
    ' xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)
CONTROLS = dict.fromkeys(range(32))
"""Characters that XML cannot hold, and line breaks."""


def _ods(path: Path, rows: Iterable[Sequence[str]]) -> None:
    with ZipFile(path, "w", ZIP_DEFLATED) as book:
        book.writestr("mimetype", ODS, ZIP_STORED)
        book.writestr("META-INF/manifest.xml", MANIFEST)
        with book.open("content.xml", "w", force_zip64=True) as part:
            part.write(HEAD.encode())
            for row in rows:
                part.write(b"<table:table-row>")
                part.writelines(
                    f'<table:table-cell office:value-type="string"><text:p>{escape(cell.translate(CONTROLS))}</text:p>'
                    "</table:table-cell>".encode()
                    for cell in row
                )
                part.write(b"</table:table-row>")
            part.write(TAIL.encode())
