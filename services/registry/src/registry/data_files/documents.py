"""What is in a file of somebody's data: JSON for programs, a PDF for people. The same data give the same bytes."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from common.papers import pdf
from common.texts import Language, day, number
from contracts.events.data_files import Kind
from registry.data_files.schemas import PersonalData, SectionOfData
from registry.texts import SERVICES, moment, say

TEMPLATE = (Path(__file__).parent / "file.typ").read_bytes()
NARROW = 6
"""Columns that stand side by side; with more of them, each row is a list of what it has."""


def as_json(data: PersonalData) -> bytes:
    """The file for programs."""
    return data.model_dump_json(indent=1).encode()


def as_pdf(data: PersonalData, names: Mapping[str, str]) -> bytes:
    """The file for people, in their language; `names` are those of agencies, units and posts by id."""
    language = data.language
    shown = {
        "language": language,
        "title": say("data-file.title", language),
        "intro": say("data-file.intro", language, moment=moment(data.asked_at, language)),
        "number": say("data-file.number", language, file=str(data.file_id), person=str(data.person_id)),
        "none": say("data-file.none", language),
        "services": [
            {
                "title": say(SERVICES[service.service], language),
                "sections": [_section(section, names, language) for section in service.sections if section.rows],
                "empty": [section.title for section in service.sections if not section.rows],
            }
            for service in data.services
        ],
    }
    return pdf(TEMPLATE, shown, data.asked_at)


def _section(section: SectionOfData, names: Mapping[str, str], language: Language) -> dict[str, Any]:
    narrow = len(section.columns) <= NARROW
    rows: list[Any] = []
    for row in section.rows:
        written = [_written(row[column.name], column.kind, names, language) for column in section.columns]
        labels = [column.label for column in section.columns]
        rows.append(written if narrow else [pair for pair in zip(labels, written, strict=True) if pair[1]])
    return {
        "title": section.title,
        "labels": [column.label for column in section.columns] if narrow else [],
        "rows": rows,
    }


def _written(value: Any, kind: Kind, names: Mapping[str, str], language: Language) -> str:
    """A value as a reader of the language writes it; nothing where there is none."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(_written(each, "text", names, language) for each in value)
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_written(each, 'text', names, language)}" for name, each in value.items())
    if isinstance(value, bool):
        return say("data-file.yes", language) if value else say("data-file.no", language)
    write: dict[Kind, Callable[[str], str]] = {
        "day": lambda day_: day(date.fromisoformat(day_), language),
        "moment": lambda at: moment(datetime.fromisoformat(at), language),
        "number": lambda amount: number(Decimal(amount), language),
        "agency": lambda each: names.get(each, each),
        "unit": lambda each: names.get(each, each),
        "post": lambda each: names.get(each, each),
    }
    return write[kind](value) if kind in write else str(value)
