"""Who acts and who sends, in which capacity, and whether it is their own case."""

import pytest

from common.ids import new_id
from common.refused import Refused
from common.web.tokens import ITSELF
from contracts.acting import SENDERS, Sender, capacity, sender_of
from contracts.actors import SYSTEM
from jejak_local.harness import caller

AGENCY, PROVIDER, PERSON, CONNECTION = (new_id() for _ in range(4))
CLAIMS = {"agency": AGENCY, "provider": PROVIDER, "person": PERSON, "connection": CONNECTION}


@pytest.mark.parametrize(
    ("roles", "claims", "expected"),
    [
        (("agency_hr",), ("agency", "provider", "person"), ("agency_hr", Sender("agency", str(AGENCY)))),
        (("provider",), ("agency", "provider", "person"), ("provider", Sender("provider", str(PROVIDER)))),
        (("person",), ("agency", "provider", "person"), ("person", Sender("person", str(PERSON)))),
        (("service",), ("agency", "person"), ("service", Sender("agency", str(AGENCY)))),
        (("service",), ("connection", "provider"), ("service", Sender("provider", str(PROVIDER)))),
        (("service",), ("person", "connection"), ("service", Sender("person", str(PERSON)))),
        (("service",), ("connection",), ("service", Sender("connection", str(CONNECTION)))),
        (("service",), (), ("service", Sender("connection", "service"))),
        (("agency_hr", "person"), ("person",), ("person", Sender("person", str(PERSON)))),
        (("person", "provider", "agency_hr"), tuple(CLAIMS), ("agency_hr", Sender("agency", str(AGENCY)))),
    ],
)
def test_the_widest_role_that_speaks_for_somebody_sends(roles, claims, expected):
    sender = caller(*roles, **{name: CLAIMS[name] for name in claims})
    acting = capacity(sender)
    assert (acting, sender_of(sender, acting)) == expected


@pytest.mark.parametrize("role", [role for role in (*SENDERS, "lan") if role != "service"])
def test_a_role_whose_claim_is_missing_sends_nothing(role):
    others = {"agency_hr": "agency", "provider": "provider", "person": "person"}
    claims = {name: value for name, value in CLAIMS.items() if name != others.get(role)}
    with pytest.raises(Refused) as refused:
        capacity(caller(role, **claims))
    assert refused.value.code == "forbidden"


def test_a_case_is_ones_own_when_the_token_names_its_person():
    assert caller("validator", person=PERSON).actor.is_own_case(PERSON)
    assert not caller("validator", person=new_id()).actor.is_own_case(PERSON)
    assert not caller("validator", agency=PERSON).actor.is_own_case(PERSON)


def test_the_service_itself_is_nobody_of_its_people():
    assert SYSTEM.hands == {ITSELF}, "the subject that no token may have"
