"""What a JP rule pack holds, how it is read, and how its cases are run."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from common.refused import Refused
from common.rules import RuleBook, RulePack, load_rule_book
from training.domain.counting import Activity, Cap, FormRule, check, count
from training.domain.duty import DutyRule, Reading, duty_months, pro_rata, progress

PACKS = Path(__file__).parent.parent / "rules" / "jp"

Pack = RulePack["JpRules"]
Book = RuleBook["JpRules"]


@dataclass(frozen=True)
class JpRules:
    """The yearly duty by staff type, what each form counts and under which cap, and which JP may be stated."""

    jp_most: Decimal
    jp_step: Decimal
    years_most: int
    duties: Mapping[str, DutyRule]
    pro_rata: Reading
    forms: Mapping[str, FormRule]
    mentored: Mapping[str, str]
    """The form of what mentoring tells, by its kind; a kind that no source names has none and gives no hours."""


def load(folder: Path = PACKS) -> Book:
    """All JP rule packs, each proved by its own cases. Raises RulePackError."""
    return load_rule_book(folder, _parse, _run_case)


def pack_of_year(book: Book, year: int) -> Pack:
    """The pack that decides the duty of a year: the one valid when it begins, else the first to begin in it.

    Raises LookupError when no rule covers any day of the year.
    """
    first = date(year, 1, 1)
    for pack in book.packs:
        if pack.covers(first) or pack.valid_from.year == year:
            return pack
    raise LookupError(f"no rule pack covers {year}")


def pack_named(book: Book, name: str) -> Pack:
    """The pack by which a record or a ledger row was judged. Raises LookupError when it was taken away."""
    for pack in book.packs:
        if pack.id == name:
            return pack
    raise LookupError(f"rule pack {name} is gone, but rows were judged by it")


def sharing(book: Book, cap: str) -> set[str]:
    """The forms that have this cap in any pack."""
    return {
        code for pack in book.packs for code, form in pack.tables.forms.items() if form.cap and form.cap.code == cap
    }


def _parse(tables: Mapping[str, Any]) -> JpRules:
    caps = {entry["code"]: _cap(entry) for entry in tables["caps"]}
    return JpRules(
        jp_most=Decimal(tables["jp_most"]),
        jp_step=tables["jp_step"],
        years_most=tables["years_most"],
        duties={entry["staff_type"]: _duty(entry) for entry in tables["duties"]},
        pro_rata=Reading(**tables["pro_rata"]),
        forms={entry["code"]: _form(entry, caps) for entry in tables["forms"]},
        mentored={entry["kind"]: entry["form"] for entry in tables["mentored"]},
    )


def _duty(entry: Mapping[str, Any]) -> DutyRule:
    return DutyRule(
        floor=_number(entry, "floor"),
        ceiling=_number(entry, "ceiling"),
        target=Decimal(entry["target"]),
        source=entry["source"],
        status=entry["status"],
        text=entry["text"],
    )


def _cap(entry: Mapping[str, Any]) -> Cap:
    return Cap(
        code=entry["code"],
        sessions_a_month=entry.get("sessions_a_month"),
        jp_a_day=_number(entry, "jp_a_day"),
        source=entry["source"],
        status=entry["status"],
        text=entry["text"],
    )


def _form(entry: Mapping[str, Any], caps: Mapping[str, Cap]) -> FormRule:
    return FormRule(
        code=entry["code"],
        label=entry["label"],
        kind=entry["kind"],
        jp=_number(entry, "jp"),
        cap=caps[entry["cap"]] if entry["kind"] in {"session", "day"} else None,
        international=_number(entry, "international"),
        source=entry["source"],
        status=entry["status"],
    )


def _number(entry: Mapping[str, Any], name: str) -> Decimal | None:
    return Decimal(entry[name]) if name in entry else None


def _run_case(rules: JpRules, given: Mapping[str, Any]) -> Mapping[str, object]:
    if "staff_type" in given:
        return _duty_case(rules, given)
    return _mentored_case(rules, given) if "mentored" in given else _form_case(rules, given)


def _duty_case(rules: JpRules, given: Mapping[str, Any]) -> Mapping[str, object]:
    rule = rules.duties[given["staff_type"]]
    absences = [(given["absent_from"], given.get("absent_to"))] if "absent_from" in given else []
    joined_on = given.get("joined_on", date.min)
    months = len(duty_months(given.get("year", 2025), joined_on, given.get("left_on"), absences))
    target = pro_rata(rule.target, months)
    reached = progress(target, rule.ceiling, Decimal(given["verified"]))
    return {
        "months": months,
        "floor": rule.floor,
        "ceiling": rule.ceiling,
        "target": target,
        "left": reached.left,
        "over": reached.over,
        "fulfilled": reached.fulfilled,
    }


def _mentored_case(rules: JpRules, given: Mapping[str, Any]) -> Mapping[str, object]:
    kind: str = given["mentored"]
    return {"confirmed": kind in rules.mentored, "form": rules.mentored.get(kind)}


def _form_case(rules: JpRules, given: Mapping[str, Any]) -> Mapping[str, object]:
    first = given.get("on", date(2025, 3, 10))
    dates = tuple(given.get("session_dates", ()))
    activity = Activity(
        id=UUID(int=0),
        form=given["form"],
        start=dates[0] if dates else first,
        end=dates[-1] if dates else first + timedelta(days=given.get("days", 1) - 1),
        stated=_number(given, "jp"),
        sessions=given.get("sessions", len(dates) or 1),
        session_dates=dates,
        international=given.get("international", False),
        degree=given.get("degree"),
        verified=True,
    )
    try:
        counted = count(check(rules, activity), activity)
    except Refused as refused:
        return {"refused": refused.code}
    years = {str(year): jp for year, jp in counted.by_year.items()}
    return {"counted": counted.jp, "why": counted.why, "by_year": years}
