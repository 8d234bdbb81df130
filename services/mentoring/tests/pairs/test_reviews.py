"""Pairs whose people transfer, retire, change their jenjang or come to stand above each other: reviewed, and nothing lost."""

from datetime import date, timedelta
from typing import Any

import pytest

from common.fields import FIRST_DAY
from common.store.database import counted_statements
from contracts.events.registry import Holding, PostChanged, PostState
from jejak_local.harness import AGENCY, OTHER_AGENCY
from services.mentoring.tests.sessions.test_letters import asked

REASON = {"reason": "Tetap berjalan secara daring"}


@pytest.fixture
def reviewed(api):
    """The pairs of a programme that are up for review, and why."""

    async def found(pair: Any) -> dict[str, str]:
        items = (await api.get(f"/programmes/{pair.programme_id}/pairs?review=true", "programme_manager"))["items"]
        assert {each["state"] for each in items} <= {"active"}
        return {each["id"]: each["review"] for each in items}

    return found


async def test_a_transfer_is_reviewed_and_what_the_desk_keeps_stays_kept(
    api, world, active_pair, desk, reviewed
) -> None:
    pair = await active_pair()
    moved = world.state(person_id=pair.mentee_id, jenjang="ahli_muda", agency=OTHER_AGENCY)
    await world.people(moved, sequence=2)
    assert await reviewed(pair) == {str(pair.id): "transfer"}
    kept = await desk(f"/pairs/{pair.id}/keep", REASON)
    assert (kept["state"], kept["review"], kept["mentee_agency_id"]) == ("active", None, str(AGENCY))
    await world.people(moved, sequence=3)
    assert await reviewed(pair) == {}
    [change] = await api.get(f"/pairs/{pair.id}/changes", "programme_manager")
    assert (change["change"], change["reason"]) == ("kept-transfer", REASON["reason"])
    refused = await api.refused("programme_manager", "POST", f"/pairs/{pair.id}/keep", REASON)
    assert refused[:2] == (409, "pair-not-in-review")


async def test_the_desk_ends_a_pair_that_is_up_for_review_and_what_was_held_counts(
    api, world, both, desk, reviewed, clock
) -> None:
    two = await both()
    held = await two.plan(clock.now())
    clock.moment += timedelta(hours=2)
    await two.confirm(held)
    planned = await two.plan(clock.now() + timedelta(days=3))
    path, why = f"/pairs/{two.pair.id}/end-reviewed", {"reason": "Mentee pindah ke instansi lain"}
    refused = await api.refused("programme_manager", "POST", path, why)
    assert refused[:2] == (409, "pair-not-in-review")
    moved = world.state(person_id=two.pair.mentee_id, jenjang="ahli_muda", agency=OTHER_AGENCY)
    await world.people(moved, sequence=2)
    assert (await api.refused("programme_manager", "POST", path, why, agency=OTHER_AGENCY))[0] == 404
    ended = await desk(path, why)
    assert (ended["state"], ended["ended_reason"], ended["review"]) == ("ended", why["reason"], None)
    [change] = await api.get(f"/pairs/{two.pair.id}/changes", "programme_manager")
    assert (change["change"], change["reason"]) == ("ended-transfer", why["reason"])
    off = await two.get(f"/sessions/{planned['id']}")
    assert (off["state"], off["cancelled_by"]) == ("cancelled", "desk")
    told = [
        (each.event.reason, each.event.session_dates)
        for each in await world.told()
        if hasattr(each.event, "completion_id")
    ]
    assert told == [("left", [clock.today()])]
    letters = await asked(world, "pair-ended")
    assert {each["recipient_id"] for each in letters} == {str(each) for each in two.people.values()}
    assert [each["values"]["method"] for each in await asked(world, "session")][-2:] == ["CANCEL", "CANCEL"]
    assert (await api.refused("programme_manager", "POST", path, why))[:2] == (409, "pair-not-in-review")


async def test_whoever_retires_or_changes_jenjang_is_reviewed(world, active_pair, reviewed, clock) -> None:
    pair = await active_pair()
    other = await active_pair(str(pair.programme_id), pair.mentor_id)
    clock.moment += timedelta(days=30)
    since = clock.today() - timedelta(days=1)
    posts = [("ahli_muda", date(2010, 1, 1), since), ("ahli_madya", since, None)]
    await world.people(world.state(person_id=other.mentee_id, jenjang="ahli_madya", posts=posts), sequence=2)
    await world.people(world.state(person_id=pair.mentee_id, jenjang="ahli_muda", left_on=since), sequence=2)
    assert await reviewed(pair) == {str(pair.id): "left", str(other.id): "jenjang"}


async def test_a_mentor_who_comes_to_stand_above_is_reviewed_at_any_depth_and_acting_too(
    world, active_pair, reviewed
) -> None:
    one, two = await active_pair(), await active_pair()
    low = await world.post(middle := await world.post())
    top = await world.post()
    for pair in (one, two):
        for person, post, jenjang, kind in (
            (pair.mentee_id, low, "ahli_muda", "definitive"),
            (pair.mentor_id, top, "ahli_madya", "plt"),
        ):
            held = Holding(post_id=post, kind=kind, valid_from=date(2020, 1, 1), valid_to=None)
            state = world.state(person_id=person, jenjang=jenjang).model_copy(update={"holdings": [held]})
            await world.people(state, sequence=2)
    assert await reviewed(one) == {}
    state = {"type": "JA", "name": "Kepala", "jenjang": "administrator", "unit_id": middle, "seats": 9}
    below = [PostState(**state, superior_id=top, valid_from=FIRST_DAY, valid_to=None)]
    await world.hear(world.received(PostChanged(post_id=middle, agency_id=AGENCY, code="P", states=below), 2))
    assert (await reviewed(one), await reviewed(two)) == ({str(one.id): "line"}, {str(two.id): "line"})


async def test_whoever_withdraws_from_a_programme_with_a_pair_is_reviewed(api, active_pair, reviewed) -> None:
    pair = await active_pair()
    path = f"/programmes/{pair.programme_id}/applications/me/withdraw"
    assert (await api.call("person", "POST", path, person=pair.mentor_id)).status_code == 200
    assert await reviewed(pair) == {str(pair.id): "withdrawn"}


async def test_the_statements_of_reviewing_do_not_grow_with_people(world, active_pair) -> None:
    counts = []
    for size in (1, 4):
        pairs = [await active_pair() for _ in range(size)]
        moved = [
            world.received(world.state(person_id=pair.mentee_id, jenjang="ahli_muda", agency=OTHER_AGENCY), 2)
            for pair in pairs
        ]
        with counted_statements(world.database) as statements:
            await world.hear(*moved)
        counts.append(len(statements))
    assert counts[0] == counts[1]
