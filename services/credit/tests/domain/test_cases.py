from itertools import product
from uuid import uuid4

import pytest

from credit.domain.cases import STATES, Act, Case, State, move, repeats
from credit.domain.refusals import Refused

ALLOWED = {
    ("submitted", "check"): "checked",
    ("checked", "attest"): "attested",
    ("submitted", "return"): "returned",
    ("checked", "return"): "returned",
    ("returned", "resubmit"): "submitted",
}
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
            "checked_by": checked_by,
        }
        | changes
    )


@pytest.mark.parametrize(("state", "act"), [*product(STATES, ACTS)])
def test_only_the_moves_of_the_contract_are_possible(state: State, act: Act) -> None:
    before = case(state)
    if (state, act) not in ALLOWED:
        with pytest.raises(Refused) as refused:
            move(before, act, "budi")
        assert refused.value.code == "illegal-transition"
        return
    after = move(before, act, "budi")
    assert (after.state, after.version, after.moved_by) == (ALLOWED[state, act], 4, "budi")


def test_the_checker_cannot_attest() -> None:
    with pytest.raises(Refused) as refused:
        move(case("checked"), "attest", "siti")
    assert refused.value.code == "same-person"


def test_a_new_round_has_a_new_checker() -> None:
    """Who checked before a return may attest what somebody else checks afterwards."""
    again = move(move(case("checked"), "return", "budi"), "resubmit", "tono")
    assert again.checked_by is None
    assert move(move(again, "check", "budi"), "attest", "siti").state == "attested"


@pytest.mark.parametrize(("state", "act"), [*product(STATES, ACTS)])
def test_only_ones_own_last_act_is_a_repetition(state: State, act: Act) -> None:
    done = {"check": "checked", "attest": "attested", "return": "returned", "resubmit": "submitted"}[act] == state
    assert repeats(case(state), act, "siti") == done
    assert not repeats(case(state), act, "budi")
    assert not repeats(case(state, version=1), act, "siti")
