"""What a platform's word says for somebody's record, by rules that are data (`rules/completions`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from common.rules import RuleBook, load_rule_book
from connectors.domain.naming import related_activities
from connectors.domain.statements import Statement

PACKS = Path(__file__).parent.parent / "rules" / "completions"

Says = Literal["finished", "failed", "revoked"]
"""That a course is finished; or why it is not after all."""


@dataclass(frozen=True)
class Sign:
    """What a statement must say to mean that a course is finished, or is not."""

    code: str
    says: Says
    verb: str
    type: str
    category: str | None


@dataclass(frozen=True)
class CompletionRules:
    """Signs of statements, and what the events of other doors say, by platform and name."""

    signs: tuple[Sign, ...]
    events: Mapping[tuple[str, str], Says]


Book = RuleBook[CompletionRules]


def load(folder: Path = PACKS) -> Book:
    """All packs, each proved by its own cases. Raises RulePackError."""
    return load_rule_book(folder, _parse, _run_case)


def sign_of(rules: CompletionRules, statement: Statement) -> Sign | None:
    """What a statement says for somebody's record; None for nothing."""
    told = statement["object"]
    if told.get("objectType", "Activity") != "Activity":
        return None
    kind = told.get("definition", {}).get("type")
    categories = {each["id"] for each in related_activities(statement)}
    for sign in rules.signs:
        if (sign.verb, sign.type) == (statement["verb"]["id"], kind) and (
            sign.category is None or sign.category in categories
        ):
            result = statement.get("result", {})
            undone = result.get("completion") is False or result.get("success") is False
            return None if sign.says == "finished" and undone else sign
    return None


def _parse(tables: Mapping[str, Any]) -> CompletionRules:
    signs = (
        Sign(entry["code"], entry["says"], entry["verb"], entry["type"], entry.get("category"))
        for entry in tables["signs"]
    )
    return CompletionRules(
        tuple(signs), {(entry["platform"], entry["event"]): entry["says"] for entry in tables["events"]}
    )


def _run_case(rules: CompletionRules, given: Mapping[str, Any]) -> Mapping[str, object]:
    if "event" in given:
        return {"says": rules.events.get((given["platform"], given["event"]), "none")}
    related = {"contextActivities": {"category": [{"id": given["category"]}]}} if "category" in given else {}
    sign = sign_of(
        rules,
        {
            "verb": {"id": given["verb"]},
            "object": {"id": "https://lms.example/course", "definition": {"type": given["type"]}},
            "context": related,
            "result": {name: given[name] for name in ("completion", "success") if name in given},
        },
    )
    return {"sign": sign.code if sign else "none", "says": sign.says if sign else "none"}
