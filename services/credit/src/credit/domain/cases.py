"""The states of a verification case and who may move it.

submitted -> checked -> attested; submitted or checked -> returned; returned -> submitted.
Checking the papers and attesting the points are two acts of two people.
"""

from dataclasses import dataclass, replace
from typing import Literal, get_args
from uuid import UUID

from credit.domain.refusals import Refused

State = Literal["submitted", "checked", "attested", "returned"]
Act = Literal["check", "attest", "return", "resubmit"]
Kind = Literal["conversion", "education"]

STATES: tuple[State, ...] = get_args(State)
MOVES: dict[tuple[State, Act], State] = {
    ("submitted", "check"): "checked",
    ("checked", "attest"): "attested",
    ("submitted", "return"): "returned",
    ("checked", "return"): "returned",
    ("returned", "resubmit"): "submitted",
}
RESULTS: dict[Act, State] = {act: state for (_, act), state in MOVES.items()}


@dataclass(frozen=True)
class Case:
    """What decides about the next move. `moved_by` is who made the last one."""

    id: UUID
    person_id: UUID
    kind: Kind
    state: State
    version: int
    moved_by: str
    checked_by: str | None = None


def repeats(case: Case, act: Act, by: str) -> bool:
    """Whether this caller's last act on the case was just this one: doing it again changes nothing."""
    return case.version > 1 and case.state == RESULTS[act] and case.moved_by == by


def move(case: Case, act: Act, by: str) -> Case:
    """The case after the act. Raises Refused: `illegal-transition`, or `same-person` when the checker would attest."""
    to = MOVES.get((case.state, act))
    if to is None:
        raise Refused("illegal-transition", "state")
    if act == "attest" and case.checked_by == by:
        raise Refused("same-person")
    checked_by = {"check": by, "attest": case.checked_by}.get(act)
    return replace(case, state=to, version=case.version + 1, moved_by=by, checked_by=checked_by)
