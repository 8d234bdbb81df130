from itertools import product
from uuid import uuid4

import pytest

from common.refused import Refused
from contracts.actors import SYSTEM, Actor
from credit.domain.cases import MOVES, ONE_STEP, STATES, Act, Case, State, move, repeats

ALLOWED = {
    ("submitted", "check"): "checked",
    ("checked", "attest"): "attested",
    ("submitted", "return"): "returned",
    ("checked", "return"): "returned",
    ("returned", "resubmit"): "submitted",
    ("submitted", "judge"): "submitted",
    ("checked", "judge"): "checked",
}
SITI, BUDI, TONO = Actor("siti"), Actor("budi"), Actor("tono")
ACTS: tuple[Act, ...] = ("check", "attest", "return", "resubmit")


def case(state: State, **changes) -> Case:
    checked_by = "siti" if state in {"checked", "attested"} else None
    return Case(
        **{
            "id": uuid4(),
            "person_id": uuid4(),
            "kind": "conversion",
            "state": state,
            "version": 3,
            "moved_by": "siti",
            "submitters": frozenset({"rina"}),
            "checked_by": checked_by,
            "checkers": frozenset({checked_by} if checked_by else ()),
        }
        | changes
    )


@pytest.mark.parametrize(("state", "act"), [*product(STATES, ACTS)])
def test_only_the_moves_of_the_contract_are_possible(state: State, act: Act) -> None:
    before = case(state)
    if (state, act) not in ALLOWED:
        with pytest.raises(Refused) as refused:
            move(before, act, BUDI)
        assert refused.value.code == "illegal-transition"
        return
    after = move(before, act, BUDI)
    assert (after.state, after.version, after.moved_by) == (ALLOWED[state, act], 4, "budi")


def judged_by(submitter: Actor, checker: Actor | None = None) -> Case:
    """A case submitted by one, and checked by another."""
    state: State = "checked" if checker else "submitted"
    return case(
        state,
        submitters=submitter.hands,
        checked_by=checker and checker.subject,
        checkers=checker.hands if checker else frozenset[str](),
    )


RINA_P, SITI_P = uuid4(), uuid4()
RINA, SITI_KNOWN = Actor("rina", people=frozenset({RINA_P})), Actor("siti", people=frozenset({SITI_P}))


@pytest.mark.parametrize(
    ("act", "actor", "refused"),
    [
        ("check", Actor("rina"), True),
        ("check", Actor("rina-verifier", people=frozenset({RINA_P})), True),
        ("check", Actor("deputy", people=frozenset({uuid4(), RINA_P})), True),
        ("check", SITI_KNOWN, False),
        ("attest", Actor("rina"), True),
        ("attest", Actor("rina-validator", people=frozenset({RINA_P})), True),
        ("attest", Actor("siti"), True),
        ("attest", Actor("siti-validator", people=frozenset({SITI_P})), True),
        ("attest", Actor("deputy", people=frozenset({uuid4(), SITI_P})), True),
        ("attest", BUDI, False),
        ("return", Actor("rina"), False),
        ("return", Actor("siti"), False),
    ],
)
def test_who_submits_checks_and_attests_are_three_people(act: Act, actor: Actor, refused: bool) -> None:
    """Known by the subject of a token or by a person it stands for; who stands in for somebody is that one too."""
    before = judged_by(RINA, None if act == "check" else SITI_KNOWN)
    if not refused:
        assert move(before, act, actor).moved_by == actor.subject
        return
    with pytest.raises(Refused) as found:
        move(before, act, actor)
    assert found.value.code == "same-person"


@pytest.mark.parametrize(("state", "act"), ALLOWED)
def test_nobody_acts_in_a_case_of_their_own(state: State, act: Act) -> None:
    before = case(state)
    for people in (frozenset({before.person_id}), frozenset({uuid4(), before.person_id})):
        with pytest.raises(Refused) as refused:
            move(before, act, Actor("budi", people=people))
        assert refused.value.code == "own-case"
    assert move(before, act, Actor("budi", people=frozenset({uuid4()}))).state == ALLOWED[state, act]


@pytest.mark.parametrize("state", STATES)
def test_an_open_case_is_judged_anew_where_it_is(state: State) -> None:
    before = case(state)
    if state not in {"submitted", "checked"}:
        with pytest.raises(Refused) as refused:
            move(before, "judge", SYSTEM)
        assert refused.value.code == "illegal-transition"
        return
    after = move(before, "judge", SYSTEM)
    assert (after.state, after.version, after.judged, after.rejudged) == (state, 4, 4, True)
    assert (after.moved_by, after.checkers) == (before.moved_by, before.checkers), "nobody has moved it"


@pytest.mark.parametrize(("state", "act"), [("submitted", "check"), ("checked", "attest")])
def test_other_points_than_were_submitted_are_decided_about_by_who_names_their_version(state: State, act: Act) -> None:
    judged = move(case(state), "judge", SYSTEM)
    with pytest.raises(Refused) as refused:
        move(judged, act, BUDI)
    assert refused.value.code == "judged-anew"
    decided = move(judged, act, BUDI, named=True)
    assert (decided.state, decided.rejudged, decided.judged) == (ALLOWED[state, act], False, judged.version)


def test_what_is_checked_after_it_was_judged_anew_is_attested_without_a_version() -> None:
    checked = move(move(case("submitted"), "judge", SYSTEM), "check", SITI, named=True)
    assert not checked.rejudged
    assert move(checked, "attest", BUDI).state == "attested"


def test_a_new_round_has_a_new_checker() -> None:
    """Who checked before a return may attest what somebody else checks afterwards."""
    again = move(move(case("checked"), "return", BUDI), "resubmit", TONO)
    assert (again.checked_by, again.checkers) == (None, frozenset())
    assert move(move(again, "check", BUDI), "attest", SITI).state == "attested"


def test_whoever_has_submitted_a_case_once_never_judges_it() -> None:
    again = move(move(case("submitted"), "return", BUDI), "resubmit", TONO)
    assert again.submitters == {"rina", "tono"}
    for submitter in (Actor("rina"), TONO):
        with pytest.raises(Refused) as refused:
            move(again, "check", submitter)
        assert refused.value.code == "same-person"


@pytest.mark.parametrize(("state", "act"), [*product(STATES, ACTS)])
def test_only_ones_own_last_act_is_a_repetition(state: State, act: Act) -> None:
    done = {"check": "checked", "attest": "attested", "return": "returned", "resubmit": "submitted"}[act] == state
    assert repeats(case(state), act, "siti") == done
    assert not repeats(case(state), act, "budi")
    assert not repeats(case(state, version=1), act, "siti")


def test_no_path_of_a_case_has_more_than_two_human_decisions() -> None:
    """From each time somebody submits it until it is attested or given back, whatever the service judges meanwhile.

    What reverses it is a case of its own, decided in the same way.
    """

    def paths(state: State) -> list[tuple[Act, ...]]:
        moves = {**MOVES, ONE_STEP: "attested"}
        onward = [
            (act, to) for (at, act), to in moves.items() if at == state and act not in {"judge", "resubmit", "reverse"}
        ]
        return [(act, *rest) for act, to in onward for rest in paths(to)] or [()]

    found = paths("submitted")
    assert sorted(found) == [("attest",), ("check", "attest"), ("check", "return"), ("return",)]
    assert {at for at, _ in MOVES} | set(MOVES.values()) == set(STATES)
