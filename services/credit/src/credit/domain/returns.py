"""Return for repair, part by part: what a case is made of, what may be wrong with each part, and which decisions last.

The parts and the codes are data (`rules/returns`). A part that was found right keeps that through the rounds that follow, as
long as nobody touches it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec

from common.refused import Refused
from common.rules import Pages, RuleBook, load_rule_book
from credit.domain.rules import OpenReading

PACKS = Path(__file__).parent.parent / "rules" / "returns"

Decision = Literal["open", "right", "wrong"]
HOLDS: Mapping[str, tuple[str, ...]] = {
    "predikat": ("predikat", "hasil_kerja", "perilaku"),
    "period": ("period_start", "period_end"),
    "evidence": ("evidence", "performance_result", "performance_outcome"),
    "record": ("period_start", "period_end"),
}
"""What of a case's content each part holds that a repair can change."""


@dataclass(frozen=True)
class Reason:
    """A code of what is wrong, the parts it can be said of, and the name of its text."""

    code: str
    parts: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class ReturnRules:
    """The parts of each kind of case, and the codes."""

    parts: Mapping[str, tuple[str, ...]]
    reasons: tuple[Reason, ...]
    readings: tuple[OpenReading, ...] = ()

    def text_of(self, code: str) -> str | None:
        """The name of a code's text; None for a code that these rules do not have."""
        return next((reason.text for reason in self.reasons if reason.code == code), None)


@dataclass(frozen=True)
class Fault:
    """What is wrong with a part."""

    part: str
    code: str


def load(folder: Pages = PACKS) -> RuleBook[ReturnRules]:
    """The packs of returns, each proved by its own cases. Raises RulePackError."""
    return load_rule_book(folder, lambda tables: msgspec.convert(tables, ReturnRules), _run_case)


def decide_parts(
    rules: ReturnRules, kind: str, faults: Sequence[Fault], right: Collection[str]
) -> dict[str, str | None]:
    """What is decided of each part with a return that names `faults`: its code, or None where it is right.

    `right` are the parts that were found right before and that nobody has touched since: they are not decided again. A return
    that names no part decides none. Raises Refused: `part-unknown`, `part-twice`, `code-unknown`, and `part-decided` for one of
    `right`.
    """
    if not faults:
        return {}
    found: dict[str, str] = {}
    for number, fault in enumerate(faults):
        if fault.part not in rules.parts[kind]:
            raise Refused("part-unknown", f"parts.{number}.part", parts=", ".join(rules.parts[kind]))
        if fault.part in found:
            raise Refused("part-twice", f"parts.{number}.part")
        codes = [reason.code for reason in rules.reasons if fault.part in reason.parts]
        if fault.code not in codes:
            raise Refused("code-unknown", f"parts.{number}.code", codes=", ".join(codes))
        if fault.part in right:
            raise Refused("part-decided", f"parts.{number}.part")
        found[fault.part] = fault.code
    return {part: found.get(part) for part in rules.parts[kind] if part not in right}


def touched(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The parts in which a repair has changed something."""
    return [part for part, fields in HOLDS.items() if any(before[name] != after[name] for name in fields)]


def _run_case(rules: ReturnRules, given: Mapping[str, Any]) -> Mapping[str, object]:
    faults = [Fault(part, code) for part, code in given["faults"]]
    try:
        decided = decide_parts(rules, given["kind"], faults, ())
    except Refused as refused:
        return {"refused": refused.code}
    return {"right": [part for part, code in decided.items() if code is None], "refused": ""}
