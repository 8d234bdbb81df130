"""Objections and appeals (K07): every branch by a clock that is set, another judge, and nothing late."""

from argparse import Namespace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import product
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from common.ids import new_id
from contracts.events.credit import CreditAppealed, CreditReversed, CreditVerified
from contracts.events.registry import DutyDelegated
from credit.appeals.commands import hold_granted
from credit.domain.appeals import APPEAL_MOVES, APPEAL_STATES

WHY = {"reason": "bukti belum lengkap"}
GROUNDS = {"grounds": "buktinya lengkap sejak awal"}
ANSWER = {"answer": "setelah diperiksa kembali"}
LAST_DAY = date(2026, 7, 30)
"""21 working days after 1 July 2026."""
ANSWER_BY = date(2026, 8, 13)
"""10 working days after that."""


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 5, tzinfo=UTC)


@pytest.fixture
async def case(world, api, predicate) -> dict:
    [person] = await world.people(world.state())
    answer = await api.call("agency_hr", "POST", "/predicates", predicate(person), subject="hr")
    return answer.json()


@pytest.fixture
async def returned(api, case) -> dict:
    await api.call("verifier", "POST", f"/cases/{case['id']}/return", WHY, subject="wati")
    return case


@pytest.fixture
async def attested(api, case) -> dict:
    for role, act, who in (("verifier", "check", "wati"), ("validator", "attest", "vera")):
        await api.call(role, "POST", f"/cases/{case['id']}/{act}", subject=who)
    return case


async def filed(api, case, body=GROUNDS) -> dict:
    answer = await api.call("person", "POST", f"/cases/{case['id']}/appeals", body, person=case["person_id"])
    assert answer.status_code == 201, answer.text
    return answer.json()


async def done(api, appeal, act: str, who: str, role: str = "validator") -> dict:
    body = ANSWER if act in {"grant", "deny"} else None
    answer = await api.call(role, "POST", f"/appeals/{appeal['id']}/{act}", body, subject=who)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_granted_objection_attests_what_was_returned(world, api, returned) -> None:
    world.clock.moment = at(LAST_DAY)
    appeal = await filed(api, returned)
    assert (appeal["level"], appeal["state"], appeal["answer_by"]) == ("objection", "filed", ANSWER_BY.isoformat())
    assert appeal["status"] == "belum dikonfirmasi"
    granted = await done(api, appeal, "grant", "juri")
    assert (granted["state"], granted["issue_by"]) == ("granted", "2026-08-06")
    alone = await api.call("validator", "POST", f"/appeals/{appeal['id']}/issue", subject="juri")
    assert (alone.status_code, alone.json()["code"]) == (409, "same-person")
    issued = await done(api, appeal, "issue", "rani")
    assert (issued["state"], issued["issued_case"]) == ("issued", returned["id"])
    seen = await api.get(f"/cases/{returned['id']}")
    assert (seen["state"], seen["checked_by"], seen["attested_by"]) == ("attested", "juri", "rani")
    assert (await api.get(f"/people/{returned['person_id']}/credit"))["balance"] == "12.500"
    told = [each.event.state for each in await world.told() if isinstance(each.event, CreditAppealed)]
    assert told == ["filed", "granted", "issued"]


async def test_an_objection_a_day_late_is_refused_with_the_rule(world, api, returned) -> None:
    world.clock.moment = at(date(2026, 7, 31))
    answer = await api.call("person", "POST", f"/cases/{returned['id']}/appeals", GROUNDS, person=returned["person_id"])
    assert (answer.status_code, answer.json()["code"]) == (409, "appeal-late")
    assert "2026-07-30" in answer.text
    assert "UU 30/2014" in answer.text


async def test_what_nobody_answers_is_held_granted_once_and_counts_the_points_anew(world, api, attested) -> None:
    """The amount changes: the old entry is reversed, and another case has the new one."""
    world.clock.moment = at(LAST_DAY)
    appeal = await filed(api, attested, GROUNDS | {"predikat": "sangat_baik"})
    world.clock.moment = at(ANSWER_BY)
    await hold_granted(Namespace(), world.parts)
    assert (await api.get(f"/appeals/{appeal['id']}"))["state"] == "filed", "it is its last day"
    world.clock.moment = at(date(2026, 8, 14))
    for _ in range(2):
        await hold_granted(Namespace(), world.parts)
    held = await api.get(f"/appeals/{appeal['id']}")
    assert (held["state"], held["version"], held["issue_by"]) == ("held-granted", 2, "2026-08-21")
    late = await api.refused("validator", "POST", f"/appeals/{appeal['id']}/deny", ANSWER, subject="juri")
    assert late[:2] == (409, "illegal-transition")
    assert (await api.get(f"/people/{attested['person_id']}/credit"))["balance"] == "12.500"

    issued = await done(api, appeal, "issue", "rani")
    credit = await api.get(f"/people/{attested['person_id']}/credit")
    assert [(each["kind"], each["ak"]) for each in credit["entries"]] == [
        ("conversion", "12.500"), ("reversal", "-12.500"), ("conversion", "18.750"),
    ]  # fmt: skip
    assert credit["balance"] == "18.750"
    old, new = [await api.get(f"/cases/{each}") for each in (attested["id"], issued["issued_case"])]
    assert (old["state"], new["state"], new["predikat"]) == ("reversed", "attested", "sangat_baik")
    assert (new["checked_by"], new["attested_by"]) == ("system:held-granted", "rani")
    told = [each.event for each in await world.told() if isinstance(each.event, CreditReversed | CreditVerified)]
    assert [each.twelfths for each in told] == [Decimal(150), Decimal(-150), Decimal(225)]
    assert await world.value("SELECT count(*) FROM booked_months") == 12


async def test_a_denied_objection_goes_to_another_level_and_ends_there(world, api, returned) -> None:
    appeal = await filed(api, returned)
    await done(api, appeal, "deny", "juri")
    world.clock.moment = at(date(2026, 7, 15))
    second = await filed(api, returned)
    assert (second["level"], second["after"]) == ("appeal", appeal["id"])
    path = f"/appeals/{second['id']}"
    assert (await api.call("validator", "POST", f"{path}/grant", ANSWER, subject="lain")).json()["code"] == "forbidden"
    again = await api.call("agency_head", "POST", f"{path}/grant", ANSWER, subject="juri")
    assert again.json()["code"] == "first-judge", "who has denied the objection"
    await done(api, second, "deny", "kepala", "agency_head")
    answer = await api.call("person", "POST", f"/cases/{returned['id']}/appeals", GROUNDS, person=returned["person_id"])
    assert (answer.status_code, answer.json()["code"]) == (409, "already-appealed")


async def test_an_appeal_a_day_late_is_refused(world, api, returned) -> None:
    await done(api, await filed(api, returned), "deny", "juri")
    world.clock.moment = at(date(2026, 7, 16))
    answer = await api.call("person", "POST", f"/cases/{returned['id']}/appeals", GROUNDS, person=returned["person_id"])
    assert (answer.json()["code"], "2026-07-15" in answer.text) == ("appeal-late", True)


async def test_no_first_judge_nor_their_deputy_takes_it(world, api, predicate) -> None:
    judge, deputy, [person] = new_id(), new_id(), await world.people(world.state())
    await world.people(world.state(person_id=judge), world.state(person_id=deputy))
    case = (await api.call("agency_hr", "POST", "/predicates", predicate(person), subject="hr")).json()
    await api.call("verifier", "POST", f"/cases/{case['id']}/check", subject="wati")
    await api.call("validator", "POST", f"/cases/{case['id']}/return", WHY, subject="vera", person=judge)
    await world.hear(world.received(DutyDelegated(
        delegation_id=new_id(), person_id=judge, deputy_id=deputy, duty="validator",
        valid_from=date(2026, 1, 1), valid_to=date(2026, 12, 1), named_by=["hr-lain"],
    )))  # fmt: skip
    appeal = await filed(api, case)
    for who, is_person in (("wati", None), ("vera", None), ("lain", judge), ("wakil", deputy), ("hr", None)):
        claims = {"subject": who} | ({"person": is_person} if is_person else {})
        answer = await api.call("validator", "POST", f"/appeals/{appeal['id']}/grant", ANSWER, **claims)
        assert (answer.status_code, answer.json()["code"]) == (403, "first-judge"), who
    own = await api.call("validator", "POST", f"/appeals/{appeal['id']}/grant", ANSWER, person=person)
    assert own.json()["code"] == "own-case"
    assert (await done(api, appeal, "grant", "juri"))["state"] == "granted"


async def test_what_has_moved_on_by_itself_is_overtaken(world, api, returned) -> None:
    appeal = await filed(api, returned)
    await api.call("agency_hr", "POST", f"/cases/{returned['id']}/resubmit", subject="hr")
    late = await api.refused("validator", "POST", f"/appeals/{appeal['id']}/grant", ANSWER, subject="juri")
    assert late[:2] == (409, "case-moved-on")
    world.clock.moment = at(date(2026, 9, 1))
    await hold_granted(Namespace(), world.parts)
    assert (await api.get(f"/appeals/{appeal['id']}"))["state"] == "overtaken"


async def test_one_may_withdraw_and_not_file_twice(api, returned) -> None:
    appeal = await filed(api, returned)
    answer = await api.call("person", "POST", f"/appeals/{appeal['id']}/withdraw", person=returned["person_id"])
    assert answer.json()["state"] == "withdrawn"
    again = await api.call("person", "POST", f"/cases/{returned['id']}/appeals", GROUNDS, person=returned["person_id"])
    assert again.json()["code"] == "already-appealed"


@pytest.mark.parametrize(
    ("body", "code"),
    [(GROUNDS, "predikat-missing"), (GROUNDS | {"predikat": "hebat"}, "not-contestable"),
     (GROUNDS | {"predikat": "baik"}, "not-contestable")],
)  # fmt: skip
async def test_attested_points_are_contested_by_another_predikat(api, attested, body, code: str) -> None:
    answer = await api.call("person", "POST", f"/cases/{attested['id']}/appeals", body, person=attested["person_id"])
    assert answer.json()["code"] == code


async def test_a_case_that_waits_and_somebody_elses_are_not_contested(world, api, case) -> None:
    [other] = await world.people(world.state())
    for person, code in ((case["person_id"], "not-contestable"), (other, "not-found")):
        answer = await api.call("person", "POST", f"/cases/{case['id']}/appeals", GROUNDS, person=person)
        assert answer.json()["code"] == code


@pytest.mark.breaks_invariants
async def test_every_move_at_the_database(world, api, returned) -> None:
    appeal = await filed(api, returned)

    async def put(state: str) -> None:
        async with world.database.transaction() as session:
            await session.execute(text(
                "UPDATE appeals SET state = :state, version = version + 1, judged_by = coalesce(judged_by, 'x'),"
                " judges = coalesce(judges, '{x}'), decided_on = coalesce(decided_on, '2026-07-02') WHERE id = :id"
            ), {"state": state, "id": UUID(appeal["id"])})  # fmt: skip

    legal = {(before, after) for (before, _), after in APPEAL_MOVES.items()}
    # From filed, every illegal one is refused; each legal one is the end of the table or its middle.
    for before, after in product(APPEAL_STATES, APPEAL_STATES):
        if before == "filed" and (before, after) not in legal:
            with pytest.raises(IntegrityError, match="cannot move"):
                await put(after)
    with pytest.raises(IntegrityError, match="does not judge"):
        async with world.database.transaction() as session:
            await session.execute(text(
                "UPDATE appeals SET state = 'granted', version = 2, judged_by = 'wati', judges = '{wati}',"
                " decided_on = '2026-07-02'"
            ))  # fmt: skip
    await put("granted")
    for after in set(APPEAL_STATES) - {"issued"}:
        with pytest.raises(IntegrityError, match="cannot move"):
            await put(after)
    await put("issued")
    for after in APPEAL_STATES:
        with pytest.raises(IntegrityError, match="cannot move"):
            await put(after)
