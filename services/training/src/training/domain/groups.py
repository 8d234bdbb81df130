"""How many people a group needs before it is told of to somebody who may see totals only: a rule pack (`rules/groups`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.rules import load_rule_book
from common.small_groups import shown

PACKS = Path(__file__).parent.parent / "rules" / "groups"


@dataclass(frozen=True)
class Least:
    """The smallest number that is told, and how far it is confirmed."""

    least: int
    status: str


def _parse(tables: Mapping[str, Any]) -> Least:
    return Least(**tables)


def _run_case(rule: Least, given: Mapping[str, Any]) -> Mapping[str, object]:
    groups = {number: (size,) for number, size in enumerate(given["groups"])}
    return {"told": sorted(groups[key][0] for key in shown(groups, rule.least, str))}


BOOK = load_rule_book(PACKS, _parse, _run_case)
