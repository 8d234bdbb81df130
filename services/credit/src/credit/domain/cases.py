"""The states of a verification case, and who may move it.

submitted -> checked -> attested; submitted or checked -> returned; returned -> submitted. While a case is open, what it
comes to is judged anew whenever the registry tells news of its person. What was attested is taken back by another case, a
reversal, which goes the same way; once that one is attested the first is reversed.

Submitting, checking the papers and attesting the points are done by three people, none of whom the case is about. A degree
counts as submitted by everybody who sent, corrected or verified its training record. A deputy acts together with the one
they stand in for, and with whoever has named them.
"""

from dataclasses import dataclass, field, replace
from typing import Literal, get_args
from uuid import UUID

from common.refused import Refused
from contracts.actors import Actor

State = Literal["submitted", "checked", "attested", "returned", "reversed"]
Act = Literal["check", "attest", "return", "resubmit", "judge", "reverse"]
Decided = Literal["check", "attest", "return"]
"""What somebody decides of a case that waits."""
Kind = Literal["conversion", "education", "opening", "reversal"]

STATES: tuple[State, ...] = get_args(State)
MOVES: dict[tuple[State, Act], State] = {
    ("submitted", "check"): "checked",
    ("checked", "attest"): "attested",
    ("submitted", "return"): "returned",
    ("checked", "return"): "returned",
    ("returned", "resubmit"): "submitted",
    ("submitted", "judge"): "submitted",
    ("checked", "judge"): "checked",
    ("attested", "reverse"): "reversed",
}
ONE_STEP = ("submitted", "attest")
"""How one person alone decides a case that goes in one step (`credit.domain.one_step`)."""
RESULTS = frozenset((act, state) for (_, act), state in MOVES.items())


@dataclass(frozen=True)
class Case:
    """What decides about the next move.

    `moved_by` made the last one. `judged` is the version in which it came to its present points; `rejudged` says that
    these have changed since it was submitted or checked, `one_step` that one person alone may decide it. `submitters` are
    the hands of all who ever submitted the case, `checkers` of who has checked it since, `senders` of all who sent,
    corrected or verified the record of a degree.
    """

    id: UUID
    person_id: UUID
    kind: Kind
    state: State
    version: int
    moved_by: str
    judged: int = 1
    rejudged: bool = False
    one_step: bool = False
    submitters: frozenset[str] = field(default_factory=frozenset[str])
    checked_by: str | None = None
    checkers: frozenset[str] = field(default_factory=frozenset[str])
    senders: frozenset[str] = field(default_factory=frozenset[str])

    @property
    def checked_by_its_sender(self) -> bool:
        """Whether its checker has had a hand in its record since then."""
        return not self.checkers.isdisjoint(self.senders)


def repeats(case: Case, act: Act, by: str) -> bool:
    """Whether the last move was this act by this caller: doing it again changes nothing."""
    return case.version > 1 and (act, case.state) in RESULTS and case.moved_by == by


def check_not_own(person_id: UUID, actor: Actor) -> None:
    """Refuses whoever acts in a case of their own, whatever they do (`own-case`)."""
    if actor.is_own_case(person_id):
        raise Refused("own-case")


def move(case: Case, act: Act, actor: Actor, *, named: bool = False) -> Case:
    """The case after the act; `named` when the actor has named the present version.

    Raises Refused: `illegal-transition`; `own-case`; `same-person` for who checks what they have submitted or sent, or
    attests what they have submitted, sent or checked; `judged-anew` when the points have changed since the case was
    submitted or checked, and who checks or attests it has not named the version that has them.
    """
    to = "attested" if case.one_step and (case.state, act) == ONE_STEP else MOVES.get((case.state, act))
    if to is None:
        raise Refused("illegal-transition", "state", state=case.state)
    check_not_own(case.person_id, actor)
    submitters = case.submitters | case.senders
    apart = {"check": submitters, "attest": submitters | case.checkers}
    if not actor.hands.isdisjoint(apart.get(act, ())):
        raise Refused("same-person")
    if act in apart and case.rejudged and not named:
        raise Refused("judged-anew", "version")
    version = case.version + 1
    if act == "judge":
        return replace(case, version=version, judged=version, rejudged=True)
    moved = replace(case, state=to, version=version, moved_by=actor.subject, rejudged=False)
    match act:
        case "check":
            return replace(moved, checked_by=actor.subject, checkers=actor.hands)
        case "attest" | "reverse":
            return moved
        case "return":
            return replace(moved, checked_by=None, checkers=frozenset[str]())
        case "resubmit":
            return replace(moved, submitters=case.submitters | actor.hands, judged=version)
