"""Papers for people: PDF/A of a typst template, which still opens in fifty years. The same data give the same bytes."""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

import segno
import typst


def pdf(template: bytes, shown: Mapping[str, Any], made_at: datetime) -> bytes:
    """A paper; everything it shows stands in `shown`, as text, and reaches the template as `data.json`.

    One with a character that is in none of the fonts is no PDF/A, but a PDF all the same.
    """
    files: Any = {"main": template, "data.json": json.dumps(shown).encode()}
    compiled = partial(typst.compile, files, ignore_system_fonts=True, timestamp=int(made_at.timestamp()))
    try:
        made: object = compiled(pdf_standards="a-2b")
    except typst.TypstError:
        made = compiled()
    assert isinstance(made, bytes)  # noqa: S101 - one document, not a page each
    return made


def code(address: str) -> str:
    """An address as the squares that a telephone reads (QR), in SVG."""
    return segno.make(address, error="m", micro=False).svg_inline(omitsize=True, border=0)
