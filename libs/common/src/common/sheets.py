"""Spreadsheets for people: XLSX of names and values. The same figures give the same cells."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# (xlsxwriter ships no complete types)

import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

import xlsxwriter

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Cell = str | int | Decimal | None


def sheet(title: str, rows: Iterable[Sequence[Cell]]) -> bytes:
    """One sheet with these rows; a number is a number, and text is never taken for a formula."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        page = book.add_worksheet(title)
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return made.getvalue()
