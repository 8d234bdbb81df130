"""On which grounds somebody may be exempt from the yearly duty, and which of them are nobody else's business.

Source: the grounds are data (`rules/exemptions`); what tells of somebody's health is specific data by UU 27/2022
Pasal 4 ayat (2).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.rules import load_rule_book

PACKS = Path(__file__).parent.parent / "rules" / "exemptions"


@dataclass(frozen=True)
class Ground:
    """Why somebody is exempt; `specific` grounds are shown to the person and those who decide alone."""

    code: str
    label: str
    specific: bool
    source: str
    status: str


def _parse(tables: Mapping[str, Any]) -> Mapping[str, Ground]:
    return {entry["code"]: Ground(**entry) for entry in tables["grounds"]}


def _run_case(grounds: Mapping[str, Ground], given: Mapping[str, Any]) -> Mapping[str, object]:
    return {"specific": grounds[given["ground"]].specific}


BOOK = load_rule_book(PACKS, _parse, _run_case)


def is_specific(ground: str) -> bool:
    """Whether a ground is specific data by any pack that knew it."""
    return any(pack.tables[ground].specific for pack in BOOK.packs if ground in pack.tables)
