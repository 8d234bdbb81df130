"""Drafts: made from a run or by hand, mended by hand with a reason, and published."""

import asyncio
from collections import Counter
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from common.store.database import counted_statements
from contracts.events.registry import Holding
from contracts.introductions import HEADER, introduced
from jejak_local.harness import NIP_KEY, OTHER_AGENCY, caller

REASON = {"reason": "Sudah saling mengenal"}
WAITING = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))")
"""How many wait for this transaction."""


@pytest.fixture
async def cohort(world, programme, joins, matched) -> dict[str, Any]:
    """Two mentors with two seats each, three mentees, and a run of them."""
    programme_id = await programme(seats=2)
    mentors = [await world.person("ahli_madya") for _ in range(2)]
    mentees = [await world.person() for _ in range(3)]
    for person, side in [*((each, "mentor") for each in mentors), *((each, "mentee") for each in mentees)]:
        await joins(programme_id, person, side)
    run = await matched(programme_id)
    return {"id": programme_id, "mentors": mentors, "mentees": mentees, "run": run["id"]}


async def pairs_of(api, cohort, state: str) -> list[dict[str, Any]]:
    return (await api.get(f"/programmes/{cohort['id']}/pairs?state={state}", "programme_manager"))["items"]


async def told(world, name: str) -> list[dict[str, Any]]:
    return [body for headers, body in await world.outbox() if headers["ce_type"].split(".")[-2] == name]


async def test_a_run_becomes_drafts_that_only_the_desk_sees_and_again_they_take_their_place(
    api, world, cohort, desk
) -> None:
    for _ in range(2):
        assert await desk(f"/runs/{cohort['run']}/draft") == {"drafts": 3}
    drafts = await pairs_of(api, cohort, "draft")
    found = (await api.get(f"/runs/{cohort['run']}/results"))["items"]
    assert {(each["mentee_id"], each["mentor_id"], each["score"]) for each in drafts} == {
        (each["person_id"], each["mentor_id"], each["score"]) for each in found
    }
    assert {each["run_id"] for each in drafts} == {cohort["run"]}
    own = await api.call("person", "GET", "/pairs/me", person=cohort["mentees"][0])
    assert own.json()["items"] == []
    assert HEADER not in own.headers, "nobody is introduced"
    assert await told(world, "MentorMatched") == []


async def test_publishing_offers_each_pair_and_writes_one_mail_to_each_person(api, world, cohort, desk, clock) -> None:
    """M06: a mentor of two mentees gets one mail too, and nobody a second one when it is published again."""
    await desk(f"/runs/{cohort['run']}/draft")
    assert await desk(f"/programmes/{cohort['id']}/publish") == {"offered": 3, "review": 0}
    assert await desk(f"/programmes/{cohort['id']}/publish") == {"offered": 0, "review": 0}
    offered = await pairs_of(api, cohort, "offered")
    matched = await told(world, "MentorMatched")
    assert {each["pair_id"] for each in matched} == {each["id"] for each in offered}
    assert {each["mentee_agency_id"] for each in matched} == {matched[0]["mentor_agency_id"]}
    mails = await told(world, "MessageRequested")
    assert Counter(each["recipient_id"] for each in mails) == Counter(map(str, cohort["mentors"] + cohort["mentees"]))
    by_mentor = Counter(each["mentor_id"] for each in offered)
    assert {each["recipient_id"]: each["values"]["pairs"] for each in mails if each["values"]["side"] == "mentor"} == (
        dict(by_mentor)
    )
    answer = await api.call("person", "GET", "/pairs/me", person=cohort["mentees"][0], subject="person")
    [own] = answer.json()["items"]
    assert own["state"] == "offered"
    whom = caller("person", clock=clock, nip_key=NIP_KEY)
    assert introduced(whom, [answer.headers[HEADER]]) == {UUID(own["mentor_id"])}, "the other one, and nobody else"


async def test_a_draft_is_moved_and_exchanged_by_hand_and_the_log_says_why(api, cohort, desk) -> None:
    await desk(f"/runs/{cohort['run']}/draft")
    drafts = await pairs_of(api, cohort, "draft")
    taken = Counter(each["mentor_id"] for each in drafts)
    full = next(mentor for mentor, count in taken.items() if count == 2)
    other = next(str(mentor) for mentor in cohort["mentors"] if str(mentor) != full)
    one, two = (each for each in drafts if each["mentor_id"] == full)
    lone = next(each for each in drafts if each["mentor_id"] == other)
    assert await api.refused(
        "programme_manager", "POST", f"/pairs/{lone['id']}/mentor", {"mentor_id": full} | REASON
    ) == (
        422,
        "limit-broken",
        "mentor_id",
    )
    first, second = await desk(f"/pairs/{one['id']}/exchange", {"pair_id": lone["id"]} | REASON)
    assert (first["mentor_id"], second["mentor_id"]) == (other, full)
    moved = await desk(f"/pairs/{two['id']}/mentor", {"mentor_id": other} | REASON)
    assert (moved["mentor_id"], moved["version"]) == (other, 2)
    for each in (one, two, lone):
        [change] = await api.get(f"/pairs/{each['id']}/changes", "programme_manager")
        assert (change["change"], change["reason"], change["version"]) == ("moved", REASON["reason"], 2)
    assert Counter(each["mentor_id"] for each in await pairs_of(api, cohort, "draft")) == {other: 2, full: 1}


async def test_drafts_made_anew_keep_the_log_of_those_that_the_desk_had_changed(api, cohort, desk) -> None:
    await desk(f"/runs/{cohort['run']}/draft")
    one, *_ = drafts = await pairs_of(api, cohort, "draft")
    other = next(each for each in drafts if each["mentor_id"] != one["mentor_id"])
    await desk(f"/pairs/{one['id']}/exchange", {"pair_id": other["id"]} | REASON)
    assert await desk(f"/runs/{cohort['run']}/draft") == {"drafts": 3}
    replaced = await pairs_of(api, cohort, "replaced")
    assert {each["id"] for each in replaced} == {one["id"], other["id"]}
    [change] = await api.get(f"/pairs/{one['id']}/changes", "programme_manager")
    assert (change["change"], change["reason"]) == ("moved", REASON["reason"])
    path = f"/pairs/{one['id']}"
    assert (await api.refused("person", "POST", f"{path}/accept", person=one["mentee_id"]))[:2] == (404, "not-found")
    again = {"mentor_id": one["mentor_id"]} | REASON
    assert (await api.refused("programme_manager", "POST", f"{path}/mentor", again))[:2] == (409, "pair-not-draft")


@pytest.mark.parametrize("does", ["mentor", "keep"])
async def test_a_draft_that_goes_while_somebody_would_change_it_is_not_found(api, world, cohort, desk, does) -> None:
    await desk(f"/runs/{cohort['run']}/draft")
    one = (await pairs_of(api, cohort, "draft"))[0]
    body = REASON | ({"mentor_id": one["mentor_id"]} if does == "mentor" else {})
    async with world.database.transaction() as session:
        await session.execute(text("SELECT FROM programmes WHERE id = :id FOR UPDATE"), {"id": cohort["id"]})
        answer = asyncio.create_task(api.refused("programme_manager", "POST", f"/pairs/{one['id']}/{does}", body))
        while not await session.scalar(WAITING):
            assert not answer.done()
        await session.execute(text("DELETE FROM pairs WHERE id = :id"), {"id": one["id"]})
    assert (await answer)[:2] == (404, "not-found")


async def test_no_pair_made_by_hand_breaks_a_limit(api, world, cohort, joins, programme, desk) -> None:
    low = await world.post(top := await world.post())
    chief, below, free = (
        await world.person("ahli_madya", top),
        await world.person("ahli_muda", low),
        cohort["mentors"][0],
    )
    await joins(cohort["id"], chief, "mentor")
    await joins(cohort["id"], below, "mentee", avoids=[str(free)])
    path = f"/programmes/{cohort['id']}/pairs"
    for mentor, limit in ((chief, "line"), (free, "conflict"), (await world.person("ahli_madya"), "not-admitted")):
        body = {"mentee_id": str(below), "mentor_id": str(mentor)} | REASON
        answer = await api.call("programme_manager", "POST", path, body)
        assert (answer.status_code, answer.json()["code"], limit in answer.text) == (422, "limit-broken", True)
    made = await desk(path, {"mentee_id": str(below), "mentor_id": str(cohort["mentors"][1])} | REASON, 201)
    assert (made["state"], made["run_id"]) == ("draft", None)
    again = {"mentee_id": str(below), "mentor_id": str(cohort["mentors"][1])} | REASON
    assert (await api.refused("programme_manager", "POST", path, again))[:2] == (409, "already-paired")


async def test_limits_are_checked_again_at_publishing(api, world, cohort, desk) -> None:
    """M03: whoever has become a superior since, acting and far above too, is not offered, and the desk is told."""
    await desk(f"/runs/{cohort['run']}/draft")
    draft = (await pairs_of(api, cohort, "draft"))[0]
    low = await world.post(await world.post(top := await world.post()))
    mentee, mentor = UUID(draft["mentee_id"]), UUID(draft["mentor_id"])
    for person, post, jenjang, kind in ((mentee, low, "ahli_muda", "definitive"), (mentor, top, "ahli_madya", "plt")):
        held = Holding(post_id=post, kind=kind, valid_from="2020-01-01", valid_to=None)
        state = world.state(person_id=person, jenjang=jenjang).model_copy(update={"holdings": [held]})
        await world.people(state, sequence=2)
    assert await desk(f"/programmes/{cohort['id']}/publish") == {"offered": 2, "review": 1}
    [kept] = await pairs_of(api, cohort, "draft")
    assert (kept["id"], kept["review"]) == (draft["id"], "line")
    assert str(mentee) not in {each["recipient_id"] for each in await told(world, "MessageRequested")}


async def test_whoever_is_promised_to_somebody_is_in_no_later_run_and_takes_a_seat(
    api, world, cohort, desk, joins, matched
) -> None:
    await desk(f"/runs/{cohort['run']}/draft")
    await desk(f"/programmes/{cohort['id']}/publish")
    late = [await world.person() for _ in range(2)]
    for each in late:
        await joins(cohort["id"], each, "mentee")
    run = await matched(cohort["id"])
    assert (run["mentees"], run["seats"], run["matched"]) == (2, 1, 1)
    assert await desk(f"/runs/{cohort['run']}/draft") == {"drafts": 0}
    assert await desk(f"/runs/{run['id']}/draft") == {"drafts": 1}


async def test_the_statements_of_publishing_do_not_grow_with_pairs(
    api, world, programme, joins, matched, desk, clock
) -> None:
    counts = []
    for size in (2, 5):
        programme_id = await programme()
        for _ in range(size):
            await joins(programme_id, await world.person("ahli_madya"), "mentor")
            await joins(programme_id, await world.person(), "mentee")
        run = await matched(programme_id)
        with counted_statements(world.database) as statements:
            await desk(f"/runs/{run['id']}/draft")
            assert (await desk(f"/programmes/{programme_id}/publish"))["offered"] == size
        counts.append(len(statements))
    assert counts[0] == counts[1]


async def test_drafts_are_of_the_programmes_own_desk(api, cohort, desk) -> None:
    await desk(f"/runs/{cohort['run']}/draft")
    draft = (await pairs_of(api, cohort, "draft"))[0]
    for path, body in (
        (f"/runs/{cohort['run']}/draft", None),
        (f"/programmes/{cohort['id']}/publish", None),
        (f"/pairs/{draft['id']}/mentor", {"mentor_id": draft["mentor_id"]} | REASON),
    ):
        refused = await api.refused("programme_manager", "POST", path, body, agency=OTHER_AGENCY)
        assert refused[:2] == (404, "not-found")
    await desk(f"/programmes/{cohort['id']}/publish")
    refused = await api.refused(
        "programme_manager", "POST", f"/pairs/{draft['id']}/mentor", {"mentor_id": draft["mentor_id"]} | REASON
    )
    assert refused[:2] == (409, "pair-not-draft")
