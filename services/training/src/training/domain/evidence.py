"""Evidence of a record: which files may be kept with it. The types and sizes are data (`rules/evidence`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.refused import Refused
from common.rules import load_rule_book

PACKS = Path(__file__).parent.parent / "rules" / "evidence"


@dataclass(frozen=True)
class EvidenceRules:
    """How many bytes a file has at most, by its type; how many pixels a photo, and how many files a record."""

    sizes: Mapping[str, int]
    most_pixels: int
    most_files: int

    @property
    def most_bytes(self) -> int:
        """What no file may have, of whatever type."""
        return max(self.sizes.values())


def check_file(media_type: str | None, size: int, rules: EvidenceRules) -> str:
    """The type of a file that may be kept. Raises Refused: `file-type-refused`, `file-too-large`."""
    if media_type is None or media_type not in rules.sizes:
        raise Refused("file-type-refused")
    if size > rules.sizes[media_type]:
        raise Refused("file-too-large", most=rules.sizes[media_type])
    return media_type


def _parse(tables: Mapping[str, Any]) -> EvidenceRules:
    return EvidenceRules(tables["bytes"], tables["most_pixels"], tables["most_files"])


def _run_case(rules: EvidenceRules, given: Mapping[str, Any]) -> Mapping[str, object]:
    try:
        check_file(given["media_type"], given["size"], rules)
    except Refused as refused:
        return {"refused": refused.code}
    return {"refused": ""}


BOOK = load_rule_book(PACKS, _parse, _run_case)
