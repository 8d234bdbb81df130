"""What people ask about their own data, the clock that runs, and what a restriction does."""

import argparse
from datetime import timedelta
from functools import partial
from itertools import product
from typing import get_args
from uuid import UUID, uuid4

import pytest

from common.refused import Refused
from contracts.events.notification import MessageRequested
from contracts.events.registry import RestrictionChanged
from jejak_local.harness import AGENCY, OTHER_AGENCY, REGION
from registry.domain.data_request import MOVES, Act, Kind, State, moved
from registry.service import SERVICE

WRONG = {"kind": "correction", "part": "identity", "wrong": "Tanggal lahir keliru", "paper": "Akta 12/1990"}
REST = WRONG | {"kind": "restriction", "wrong": "Riwayat diperiksa"}


@pytest.fixture
async def siti(api, nation, world, a_person) -> str:
    made = (await api.call("service", "POST", "/people", a_person())).json()["id"]
    await world.emitted()
    return made


@pytest.fixture
def me(api, siti):
    return partial(api.call, "person", person=siti)


@pytest.fixture
def hr(api):
    return partial(api.call, "agency_hr", person=uuid4())


async def asked(me, body=WRONG) -> str:
    answer = await me("POST", "/people/me/data-requests", body)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def test_a_correction_is_answered_within_three_days_and_the_person_is_told(world, siti, me, hr):
    made = (await me("POST", "/people/me/data-requests", WRONG)).json()
    assert (made["state"], made["asked_at"], made["due_at"]) == ("open", "2026-11-20T03:00:00Z", "2026-11-23T03:00:00Z")
    [listed] = (await hr("GET", "/data-requests?state=open")).json()["items"]
    assert (listed["id"], listed["wrong"], listed["paper"]) == (made["id"], WRONG["wrong"], WRONG["paper"])
    done = (await hr("POST", f"/data-requests/{made['id']}/grant", {"reason": "Diperbaiki"})).json()
    assert [(step["state"], step["reason"]) for step in done["steps"]] == [("open", None), ("done", "Diperbaiki")]
    [told] = await world.emitted()
    assert isinstance(told.event, MessageRequested)
    assert (told.event.recipient_id, told.event.values) == (UUID(siti), {"asked_on": "2026-11-20", "granted": True})


async def test_a_refusal_says_why(me, hr):
    request = await asked(me)
    bare = await hr("POST", f"/data-requests/{request}/refuse", {})
    assert (bare.status_code, bare.json()["code"]) == (422, "field-missing")
    refused = (await hr("POST", f"/data-requests/{request}/refuse", {"reason": "Akta tidak cocok"})).json()
    assert (refused["state"], refused["steps"][-1]["reason"]) == ("refused", "Akta tidak cocok")


@pytest.mark.parametrize(("kind", "state", "act"), list(product(get_args(Kind), get_args(State), get_args(Act))))
def test_every_move_is_in_the_table_or_refused(kind, state, act):
    if (kind, state, act) in MOVES:
        assert moved(kind, state, act) == MOVES[kind, state, act]
    else:
        with pytest.raises(Refused, match="request-state"):
            moved(kind, state, act)


async def test_nobody_answers_their_own_or_another_agencys_and_nothing_is_answered_twice(api, siti, me, hr):
    request = await asked(me)
    for call, refused in (
        (api.call("agency_hr", "POST", f"/data-requests/{request}/grant", {}, person=siti), (403, "own-request")),
        (hr("POST", f"/data-requests/{request}/withdraw", {}), (403, "own-request")),
        (hr("POST", f"/data-requests/{request}/grant", {}, agency=uuid4()), (404, "not-found")),
        (api.call("person", "POST", f"/data-requests/{request}/withdraw", {}, person=uuid4()), (404, "not-found")),
        (me("POST", "/people/me/data-requests", WRONG | {"part": "secrets"}), (422, "part-unknown")),
    ):
        answer = await call
        assert (answer.status_code, answer.json()["code"]) == refused
    assert (await me("POST", f"/data-requests/{request}/withdraw", {})).json()["state"] == "withdrawn"
    late = await hr("POST", f"/data-requests/{request}/grant", {})
    assert (late.status_code, late.json()["code"]) == (409, "request-state")


async def test_whoever_is_not_known_answers_no_request(api, me):
    """It could be their own: so with all rights that keep somebody from what is theirs (`tests/test_rights.py`)."""
    request = await asked(me)
    said = api.issuer.claims("agency_hr", agency=AGENCY)
    del said["person"]
    headers = {"authorization": f"Bearer {api.issuer.sign(said)}"}
    answer = await api.http.post(f"/v1/data-requests/{request}/grant", json={}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "claim-missing")


async def test_what_is_overdue_is_listed_and_escalated_once(world, me, hr, clock, capsys):
    request = await asked(me)
    escalate = SERVICE.commands["escalate-requests"].run
    clock.moment += timedelta(hours=72)
    assert await escalate(argparse.Namespace(), world.parts) == 0
    assert (await hr("GET", "/data-requests?overdue=true")).json()["items"] == []
    clock.moment += timedelta(seconds=1)
    [overdue] = (await hr("GET", "/data-requests?overdue=true")).json()["items"]
    assert (overdue["id"], overdue["overdue"]) == (request, True)
    for _ in range(2):
        assert await escalate(argparse.Namespace(), world.parts) == 0
    [told] = await world.emitted()
    assert (told.event.recipient, told.event.recipient_id) == ("pic", AGENCY)
    assert told.event.values == {"number": request, "asked_on": "2026-11-20"}
    assert "1 request" in capsys.readouterr().out


async def test_a_record_that_rests_is_shown_to_the_fewest_until_it_is_lifted(api, siti, me, hr):
    request = await asked(me, REST)
    assert (await api.call("lan", "GET", f"/people/{siti}")).status_code == 200
    assert (await hr("POST", f"/data-requests/{request}/grant", {})).json()["state"] == "in_force"
    for role, status in (("lan", 404), ("inspector", 404), ("agency_head", 404), ("agency_hr", 200), ("service", 200)):
        assert (await api.call(role, "GET", f"/people/{siti}")).status_code == status
        listed = [each["id"] for each in (await api.get("/people", role))["items"]]
        assert (siti in listed) == (status == 200)
    assert (await api.call("lan", "GET", f"/people/{siti}/history")).status_code == 404
    assert (await me("GET", "/people/me")).status_code == 200
    assert (await me("POST", f"/data-requests/{request}/lift", {})).json()["state"] == "lifted"
    assert (await api.call("lan", "GET", f"/people/{siti}")).status_code == 200


async def test_what_rests_is_told_to_the_services_part_by_part(world, siti, me, hr):
    """Two requests about one part are two: it rests until both are lifted. A correction rests nothing."""
    await hr("POST", f"/data-requests/{await asked(me)}/grant", {})
    first, again, other = [await asked(me, REST | {"part": part}) for part in ("hours", "hours", "cases")]
    for request, act in ((first, "grant"), (again, "grant"), (other, "grant")):
        assert (await hr("POST", f"/data-requests/{request}/{act}", {})).status_code == 200
    for request in (first, other, again):
        assert (await me("POST", f"/data-requests/{request}/lift", {})).status_code == 200
    told = [each for each in await world.emitted() if isinstance(each.event, RestrictionChanged)]
    assert [(each.sequence, each.event.parts) for each in told] == [
        (1, ["hours"]),
        (2, ["hours"]),
        (3, ["cases", "hours"]),
        (4, ["cases", "hours"]),
        (5, ["hours"]),
        (6, []),
    ]
    never = await me("POST", "/people/me/data-requests", REST | {"part": "data_requests"})
    assert (never.status_code, never.json()["code"]) == (422, "part-never-rests")


async def test_what_was_granted_before_services_kept_it_is_told_to_them_by_a_command(world, siti, me, hr, run, capsys):
    """As the migration leaves it: counted, and told to nobody. Who knows it already is told nothing newer."""
    await hr("POST", f"/data-requests/{await asked(me, REST | {'part': 'hours'})}/grant", {})
    [before] = [each for each in await world.emitted() if isinstance(each.event, RestrictionChanged)]
    assert await run("tell-restrictions") == 0
    assert capsys.readouterr().out == "1 person's restrictions told again.\n"
    [again] = await world.emitted()
    assert (again.event, again.sequence) == (before.event, before.sequence)


async def test_other_parts_that_the_registry_keeps_rest_by_the_same_rule(api, siti, me, hr):
    path = f"/people/{siti}/place"
    assert (await api.call("lan", "GET", path)).status_code == 200
    request = await asked(me, REST | {"part": "posts"})
    await hr("POST", f"/data-requests/{request}/grant", {})
    for role in ("lan", "inspector"):
        assert await api.refused(role, "GET", path) == (403, "at-rest", None)
    assert (await hr("GET", path)).status_code == 200
    assert (await me("GET", "/people/me/place")).status_code == 200
    assert (await api.call("lan", "GET", f"/people/{siti}")).status_code == 200
    assert (
        await api.call("service", "POST", f"/people/{siti}/transfer", {"agency_code": "D-001", "on": "2026-11-20"})
    ).status_code == 200
    assert await api.refused("agency_hr", "GET", f"{path}?as_of=2026-11-19", person=uuid4()) == (403, "at-rest", None)


async def test_a_record_that_rests_is_shown_to_no_hr_but_of_the_agency_whatever_else_they_are(
    api, nation, siti, me, hr
):
    request = await asked(me, REST)
    await hr("POST", f"/data-requests/{request}/grant", {})
    claims = {"agency": OTHER_AGENCY, "position": "Analis Kebijakan Ahli Muda", "region": REGION}
    for other in ("lan", "steward", "analis"):
        both = {"authorization": f"Bearer {api.issuer.mint('agency_hr', other, person=uuid4(), **claims)}"}
        for path in (f"/people/{siti}", f"/people/{siti}/history", f"/people/{siti}/place"):
            assert (await api.http.get(f"/v1{path}", headers=both)).status_code in {403, 404}, (other, path)
        listed = (await api.http.get("/v1/people", headers=both)).json()["items"]
        assert siti not in [each["id"] for each in listed]
    move = {"agency_code": "D-001", "on": "2026-11-20"}
    assert (await api.call("service", "POST", f"/people/{siti}/transfer", move)).status_code == 200
    past = f"/people/{siti}?as_of=2026-11-19"
    assert (await hr("GET", past)).status_code == 404
    assert (await hr("GET", past, agency=OTHER_AGENCY)).status_code == 200
