"""What becomes of a request about one's own data: its states, who may move it, and until when it must be answered.

The hours are data (`rules/data_requests`; UU 27/2022, Pasal 30 and 41).
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from common.refused import Refused
from common.rules import load_rule_book

PACKS = Path(__file__).parent.parent / "rules" / "data_requests"

Kind = Literal["correction", "restriction"]
State = Literal["open", "done", "in_force", "refused", "withdrawn", "lifted"]
Act = Literal["grant", "refuse", "withdraw", "lift"]

MOVES: Mapping[tuple[Kind, State, Act], State] = {
    ("correction", "open", "grant"): "done",
    ("correction", "open", "refuse"): "refused",
    ("correction", "open", "withdraw"): "withdrawn",
    ("restriction", "open", "grant"): "in_force",
    ("restriction", "open", "refuse"): "refused",
    ("restriction", "open", "withdraw"): "withdrawn",
    ("restriction", "in_force", "lift"): "lifted",
}
"""Every move there is; whatever is not here is refused."""
OWN: frozenset[Act] = frozenset({"withdraw", "lift"})
"""What the person does; the rest is for those who answer, and never for a request of their own."""

NEVER_RESTS = frozenset({"data_requests", "data_files", "everything", "erasures"})
"""Parts by which the person's own rights are served: who answers these must see them."""


def moved(kind: Kind, state: State, act: Act) -> State:
    """The state after an act. Raises Refused `request-state` for a move that is not there."""
    after = MOVES.get((kind, state, act))
    if after is None:
        raise Refused("request-state")
    return after


def _parse(tables: Mapping[str, Any]) -> Mapping[str, timedelta]:
    return {kind: timedelta(hours=int(tables[kind]["hours"])) for kind in ("correction", "restriction")}


def _run_case(times: Mapping[str, timedelta], given: Mapping[str, Any]) -> Mapping[str, object]:
    return {"due_at": given["asked_at"] + times[given["kind"]]}


BOOK = load_rule_book(PACKS, _parse, _run_case)


def due_at(kind: Kind, asked_at: datetime, today: date) -> datetime:
    """Until when a request must be answered, by the rule of today. Raises LookupError where none covers it."""
    return asked_at + BOOK.at(today).tables[kind]
