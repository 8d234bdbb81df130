"""Objections and appeals against decisions on cases: their states, their clocks, and who may judge one.

filed -> granted, denied or, when nobody answers in time, held granted; granted or held granted -> issued. The person may
withdraw one that nobody has answered; one whose case has moved on by itself is overtaken. The days and who judges are data
(`rules/appeals`, UU 30/2014).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, get_args

import msgspec

from common.refused import Refused
from common.rules import Pages, RuleBook, load_rule_book
from contracts.actors import Actor
from credit.domain.cases import check_not_own
from credit.domain.conflicts import Why
from credit.domain.rules import OpenReading
from credit.domain.working_days import Calendar, last_day

PACKS = Path(__file__).parent.parent / "rules" / "appeals"

Level = Literal["objection", "appeal"]
AppealState = Literal["filed", "granted", "held-granted", "denied", "issued", "withdrawn", "overtaken"]
AppealAct = Literal["grant", "deny", "hold", "issue", "withdraw", "overtake"]

LEVELS: tuple[Level, ...] = get_args(Level)
APPEAL_STATES: tuple[AppealState, ...] = get_args(AppealState)
APPEAL_MOVES: dict[tuple[AppealState, AppealAct], AppealState] = {
    ("filed", "grant"): "granted",
    ("filed", "deny"): "denied",
    ("filed", "hold"): "held-granted",
    ("filed", "withdraw"): "withdrawn",
    ("filed", "overtake"): "overtaken",
    ("granted", "issue"): "issued",
    ("held-granted", "issue"): "issued",
}
HELD = Actor("system:held-granted")
"""Who decides when nobody answers in time: the law. No token has this subject."""


@dataclass(frozen=True)
class Clock:
    """The working days of a level: to file after the decision, to answer, and to issue what was granted; and who judges.

    `conflicts` are those that keep somebody of the role from it, as far as `rules/conflicts` counts them.
    """

    file_days: int
    answer_days: int
    issue_days: int
    judge: str
    conflicts: tuple[Why, ...]
    status: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class AppealRules:
    """Both levels."""

    objection: Clock
    appeal: Clock
    sources: Mapping[str, str]
    readings: tuple[OpenReading, ...] = ()

    def of(self, level: Level) -> Clock:
        return self.objection if level == "objection" else self.appeal


def load(folder: Pages = PACKS) -> RuleBook[AppealRules]:
    """The packs of appeals, each proved by its own cases. Raises RulePackError."""
    return load_rule_book(folder, lambda tables: msgspec.convert(tables, AppealRules), _run_case)


def move_appeal(state: AppealState, act: AppealAct) -> AppealState:
    """The state after an act. Raises Refused `illegal-transition`."""
    to = APPEAL_MOVES.get((state, act))
    if to is None:
        raise Refused("illegal-transition", "state", state=state)
    return to


def check_in_time(calendar: Calendar, clock: Clock, decided_on: date, today: date, rule: str) -> None:
    """Refuses what is filed after its last day (`appeal-late`, with the day and the rule)."""
    until = last_day(calendar, decided_on, clock.file_days)
    if today > until:
        raise Refused("appeal-late", "case_id", until=until.isoformat(), days=clock.file_days, rule=rule)


def check_judge(person_id: Any, first: Collection[str], actor: Actor) -> None:
    """Refuses whoever has decided before, or acts for one who has (`first-judge`), and the person concerned (`own-case`)."""
    check_not_own(person_id, actor)
    if not actor.hands.isdisjoint(first):
        raise Refused("first-judge")


def _run_case(rules: AppealRules, given: Mapping[str, Any]) -> Mapping[str, object]:
    del rules
    state: AppealState = "filed"
    try:
        for act in given["walk"]:
            state = move_appeal(state, act)
    except Refused:
        return {"state": "refused"}
    return {"state": state}
