"""What both people say to an offer, and what comes when they say no, or nothing."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from common.store.database import counted_statements
from jejak_local.harness import OTHER_AGENCY

REASON = {"reason": "Jadwal kami tidak cocok"}
HAND = {"reason": "Dipilih pengelola"}


@pytest.fixture
def says(api):
    """Lets somebody answer an offer."""

    async def said(person: Any, pair: dict[str, Any], word: str = "accept") -> dict[str, Any]:
        body = REASON if word == "decline" else None
        answer = await api.call("person", "POST", f"/pairs/{pair['id']}/{word}", body, person=person)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return said


@pytest.fixture
async def offered(api, world, programme, joins, matched, desk) -> dict[str, Any]:
    """A mentor with a seat who is offered a mentee, a second mentor with a seat who is not, and a mentee without one."""
    programme_id = await programme(seats=1)
    mentees = [await world.person() for _ in range(2)]
    first = await world.person("ahli_madya")
    await joins(programme_id, first, "mentor")
    for each in mentees:
        await joins(programme_id, each, "mentee")
    run = await matched(programme_id)
    await desk(f"/runs/{run['id']}/draft")
    await desk(f"/programmes/{programme_id}/publish")
    [pair] = (await api.get(f"/programmes/{programme_id}/pairs"))["items"]
    return {"id": programme_id, "first": first, "pair": pair, "mentees": mentees, "run": run["id"]}


async def states(api, cohort) -> dict[tuple[str, str], str]:
    found = (await api.get(f"/programmes/{cohort['id']}/pairs"))["items"]
    return {(each["mentee_id"], each["mentor_id"]): each["state"] for each in found}


async def test_a_pair_begins_the_day_both_have_accepted_and_is_planned_in_months(api, offered, says, clock) -> None:
    pair = offered["pair"]
    first = await says(pair["mentor_id"], pair)
    assert (first["state"], first["begins_on"]) == ("offered", None)
    assert await says(pair["mentor_id"], pair) == first, "said twice"
    clock.moment += timedelta(hours=30)
    both = await says(pair["mentee_id"], pair)
    assert (both["state"], both["begins_on"]) == ("active", clock.today().isoformat())
    assert both["ends_on"] > both["begins_on"]
    assert await says(pair["mentee_id"], pair) == both
    refused = await api.refused("person", "POST", f"/pairs/{pair['id']}/decline", REASON, person=pair["mentee_id"])
    assert refused[:2] == (409, "pair-not-offered")


async def test_a_decline_frees_the_seat_for_the_next_best_and_finds_another_mentor(
    api, world, offered, says, joins, due
) -> None:
    """M07: who waited gets the seat, who declined the next best of the others, and never the same mentor again."""
    second = await world.person("ahli_madya")
    await joins(offered["id"], second, "mentor")
    pair = offered["pair"]
    waited = next(str(each) for each in offered["mentees"] if str(each) != pair["mentee_id"])
    assert (await says(pair["mentee_id"], pair, "decline"))["state"] == "declined"
    await due()
    assert await states(api, offered) == {
        (pair["mentee_id"], pair["mentor_id"]): "declined",
        (pair["mentee_id"], str(second)): "offered",
        (waited, pair["mentor_id"]): "offered",
    }
    [declined] = [each for each in await world.outbox() if "MatchDeclined" in each[0]["ce_type"]]
    assert (declined[1]["pair_id"], declined[1]["by"]) == (pair["id"], "answer")
    assert REASON["reason"] not in str(declined)
    mails = Counter(
        body["recipient_id"] for head, body in await world.outbox() if "MessageRequested" in head["ce_type"]
    )
    assert mails == {pair["mentee_id"]: 2, pair["mentor_id"]: 2, waited: 1, str(second): 1}


async def test_why_somebody_declines_is_read_by_the_desk_alone(api, offered, says) -> None:
    pair = offered["pair"]
    await says(pair["mentor_id"], pair, "decline")
    path = f"/programmes/{offered['id']}/pairs"
    [seen] = (await api.get(path, "programme_manager"))["items"]
    assert (seen["declined_by"], seen["decline_reason"]) == (pair["mentor_id"], REASON["reason"])
    [seen] = (await api.get(path, "lan"))["items"]
    assert (seen["declined_by"], seen["decline_reason"]) == (None, None)
    for person in (pair["mentee_id"], pair["mentor_id"]):
        assert REASON["reason"] not in str(await api.get("/pairs/me", "person", person=person))
    assert (await api.refused("programme_manager", "GET", path, agency=OTHER_AGENCY))[0] == 404


async def test_silence_for_72_hours_is_no_and_the_seat_goes_on(api, world, offered, says, due, clock) -> None:
    pair = offered["pair"]
    await says(pair["mentor_id"], pair)
    clock.moment += timedelta(hours=72) - timedelta(seconds=1)
    await due()
    assert set((await states(api, offered)).values()) == {"offered"}
    clock.moment += timedelta(seconds=1)
    refused = await api.refused("person", "POST", f"/pairs/{pair['id']}/accept", person=pair["mentee_id"])
    assert refused[:2] == (409, "pair-not-offered")
    await due()
    waited = next(str(each) for each in offered["mentees"] if str(each) != pair["mentee_id"])
    assert await states(api, offered) == {
        (pair["mentee_id"], pair["mentor_id"]): "lapsed",
        (waited, pair["mentor_id"]): "offered",
    }
    [lapsed] = [body for head, body in await world.outbox() if "MatchDeclined" in head["ce_type"]]
    assert lapsed["by"] == "silence"


async def test_of_two_who_accept_the_last_seat_at_once_one_has_it_and_the_other_gets_the_next_best(
    api, world, programme, joins, desk, says, due
) -> None:
    """The mentor takes fewer than when the offers went out; each answer is a transaction of its own."""
    programme_id = await programme(seats=2)
    mentor, second = await world.person("ahli_madya"), await world.person("ahli_madya")
    mentees = [await world.person() for _ in range(2)]
    await joins(programme_id, mentor, "mentor")
    for each in mentees:
        await joins(programme_id, each, "mentee")
        body = {"mentee_id": str(each), "mentor_id": str(mentor)} | HAND
        await desk(f"/programmes/{programme_id}/pairs", body, 201)
    await desk(f"/programmes/{programme_id}/publish")
    pairs = (await api.get(f"/programmes/{programme_id}/pairs"))["items"]
    for pair in pairs:
        await says(mentor, pair)
    await joins(programme_id, mentor, "mentor", seats=1)
    await joins(programme_id, second, "mentor", seats=1)
    answers = await asyncio.gather(*(says(pair["mentee_id"], pair) for pair in pairs))
    assert sorted(each["state"] for each in answers) == ["active", "lapsed"]
    await due()
    lost = next(each["mentee_id"] for each in answers if each["state"] == "lapsed")
    assert (await states(api, {"id": programme_id}))[lost, str(second)] == "offered"


async def test_a_mentor_who_is_asked_in_two_programmes_at_once_has_no_more_than_the_load_limit(
    world, programme, joins, active_pair, clock, says
) -> None:
    """Both offers were made before either was taken: of the two who accept at once one is in, the other gets somebody else."""
    mentor, programmes = await world.person("ahli_madya"), [await programme() for _ in range(3)]
    for each in programmes:
        await joins(each, mentor, "mentor")
    for each in programmes[:2]:
        for _ in range(3 if each == programmes[0] else 2):
            await active_pair(each, mentor)
    asked = {"state": "offered", "mentee_accepted_at": None, "begins_on": None, "ends_on": None}
    pairs = [await active_pair(each, mentor, **asked) for each in programmes[1:]]
    answers = await asyncio.gather(*(says(pair.mentee_id, {"id": pair.id}) for pair in pairs))
    assert sorted(each["state"] for each in answers) == ["active", "lapsed"]


async def test_a_mentor_takes_no_fewer_than_they_have(api, active_pair, joins) -> None:
    pair = await active_pair()
    path = f"/programmes/{pair.programme_id}/applications/me"
    other = await active_pair(str(pair.programme_id), pair.mentor_id)
    assert other.mentor_id == pair.mentor_id
    refused = await api.refused("person", "PUT", path, {"side": "mentor", "seats": 1}, person=pair.mentor_id)
    assert refused == (409, "seats-taken", "seats")
    assert (await joins(str(pair.programme_id), pair.mentor_id, "mentor", seats=2))["seats"] == 2


async def test_a_mentor_who_has_mentees_becomes_no_mentee_there(programme, active_pair, api) -> None:
    pair = await active_pair(await programme(mentee_jenjang=["ahli_muda", "ahli_madya"]))
    path = f"/programmes/{pair.programme_id}/applications/me"
    refused = await api.refused("person", "PUT", path, {"side": "mentee"}, person=pair.mentor_id)
    assert refused == (409, "seats-taken", "side")


async def test_nobody_is_offered_anything_in_a_closed_programme(api, offered, says, due) -> None:
    pair = offered["pair"]
    await api.call("programme_manager", "POST", f"/programmes/{offered['id']}/close")
    await says(pair["mentee_id"], pair, "decline")
    await due()
    assert set((await states(api, offered)).values()) == {"declined"}


async def test_an_offer_is_answered_by_its_own_two_people_alone(api, offered, world) -> None:
    stranger = await world.person()
    for word, body in (("accept", None), ("decline", REASON)):
        refused = await api.refused("person", "POST", f"/pairs/{offered['pair']['id']}/{word}", body, person=stranger)
        assert refused[:2] == (404, "not-found")


async def test_the_statements_of_seeking_do_not_grow_with_people(
    api, world, programme, joins, matched, desk, due, clock
) -> None:
    counts = []
    for size in (1, 4):
        programme_id = await programme(seats=1)
        for _ in range(size):
            await joins(programme_id, await world.person("ahli_madya"), "mentor")
            await joins(programme_id, await world.person(), "mentee")
            await joins(programme_id, await world.person(), "mentee")
        run = await matched(programme_id)
        await desk(f"/runs/{run['id']}/draft")
        await desk(f"/programmes/{programme_id}/publish")
        clock.moment += timedelta(hours=72)
        with counted_statements(world.database) as statements:
            await due()
        counts.append(len(statements))
        # Until everybody has been asked: what is left would count in the next round.
        clock.moment += timedelta(hours=72)
        await due()
    assert counts[0] == counts[1]
