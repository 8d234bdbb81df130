"""Single talks: a free slot is asked for, answered within seven days, or free again."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

TOPIC = {"topic": "Menulis telaahan staf"}


@pytest.fixture
async def mentor(world, programme, joins):
    person_id = await world.person("ahli_madya")
    await joins(await programme(), person_id, "mentor")
    return person_id


@pytest.fixture
def slot(api, mentor, clock):
    """Offers a time of the mentor's so many days from now."""

    async def offered(days: int = 10, **said: Any) -> str:
        body = {"starts_at": (clock.now() + timedelta(days=days)).isoformat(), **said}
        answer = await api.call("person", "POST", "/talk-slots", body, person=mentor)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    return offered


@pytest.fixture
def ask(api):
    async def asked(slot_id: str, person_id) -> dict[str, Any]:
        answer = await api.call("person", "POST", f"/talk-slots/{slot_id}/talks", TOPIC, person=person_id)
        assert answer.status_code == 201, answer.text
        return answer.json()

    return asked


async def free(api, person_id, query: str = "") -> list[str]:
    return [each["id"] for each in (await api.get(f"/talk-slots{query}", "person", person=person_id))["items"]]


async def test_a_talk_not_answered_in_seven_days_expires_and_its_slot_is_free_again(
    api, world, slot, ask, mentor, clock
) -> None:
    """M15."""
    slot_id, first, second = await slot(10), await world.person(), await world.person()
    talk = await ask(slot_id, first)
    again = ("POST", f"/talk-slots/{slot_id}/talks", TOPIC)
    assert await free(api, second) == []
    assert (await api.refused("person", *again, person=second))[:2] == (409, "slot-taken")
    clock.moment += timedelta(days=7) - timedelta(seconds=1)
    assert await free(api, second) == []
    clock.moment += timedelta(seconds=1)
    assert await free(api, second) == [slot_id]
    [shown] = (await api.get("/talks", "person", person=first))["items"]
    assert shown["state"] == "expired"
    accept = ("POST", f"/talks/{talk['id']}/accept")
    assert (await api.refused("person", *accept, person=mentor))[:2] == (409, "talk-state")
    assert (await ask(slot_id, second))["state"] == "requested"
    assert {each["state"] for each in (await api.get("/talks", "person", person=mentor))["items"]} == {
        "expired",
        "requested",
    }


async def test_accepted_rejected_and_called_off(api, world, slot, ask, mentor) -> None:
    slot_id, mentee = await slot(), await world.person()
    talk = await ask(slot_id, mentee)
    path = f"/talks/{talk['id']}"
    assert (await api.refused("person", "POST", f"{path}/accept", person=mentee))[0] == 404
    no = {"reason": "Sedang dinas luar"}
    rejected = await api.call("person", "POST", f"{path}/reject", no, person=mentor)
    assert (rejected.json()["state"], rejected.json()["reason"]) == ("rejected", no["reason"])
    assert await free(api, mentee) == [slot_id]
    path = f"/talks/{(await ask(slot_id, mentee))['id']}"
    assert (await api.call("person", "POST", f"{path}/accept", person=mentor)).json()["state"] == "accepted"
    assert await free(api, mentee) == []
    stranger = await world.person()
    assert (await api.refused("person", "POST", f"{path}/cancel", no, person=stranger))[0] == 404
    assert (await api.call("person", "POST", f"{path}/cancel", no, person=mentee)).json()["state"] == "cancelled"
    assert (await api.refused("person", "POST", f"{path}/cancel", no, person=mentor))[:2] == (409, "talk-state")
    assert await free(api, mentee) == [slot_id]


async def test_of_two_who_ask_at_once_one_has_the_slot(api, world, slot) -> None:
    slot_id = await slot()
    people = [await world.person() for _ in range(2)]
    path = f"/talk-slots/{slot_id}/talks"
    answers = await asyncio.gather(*(api.call("person", "POST", path, TOPIC, person=each) for each in people))
    assert sorted(answer.status_code for answer in answers) == [201, 409]


async def test_who_may_offer_what(api, world, slot, mentor, clock) -> None:
    slot_id = await slot(3, minutes=60)
    at = (clock.now() + timedelta(days=3, minutes=59)).isoformat()
    offer = ("POST", "/talk-slots", {"starts_at": at})
    assert (await api.refused("person", *offer, person=mentor))[:2] == (409, "slot-overlaps")
    assert (await api.refused("person", *offer, person=await world.person()))[:2] == (422, "not-a-mentor")
    past = ("POST", "/talk-slots", {"starts_at": clock.now().isoformat()})
    assert (await api.refused("person", *past, person=mentor))[:2] == (422, "slot-past")
    own = ("POST", f"/talk-slots/{slot_id}/talks", TOPIC)
    assert (await api.refused("person", *own, person=mentor))[:2] == (422, "own-slot")


async def test_a_slot_taken_back_rejects_who_has_asked(api, world, slot, ask, mentor) -> None:
    slot_id, mentee = await slot(), await world.person()
    await ask(slot_id, mentee)
    assert (await api.refused("person", "DELETE", f"/talk-slots/{slot_id}", person=mentee))[0] == 404
    assert (await api.call("person", "DELETE", f"/talk-slots/{slot_id}", person=mentor)).status_code == 204
    assert [each["state"] for each in (await api.get("/talks", "person", person=mentee))["items"]] == ["rejected"]
    assert await free(api, mentee) == []


async def test_talks_on_a_career_are_a_kind_of_their_own(api, world, slot) -> None:
    """M20."""
    talk, guidance, mentee = await slot(3), await slot(4, kind="guidance"), await world.person()
    assert await free(api, mentee, "?kind=guidance") == [guidance]
    assert await free(api, mentee, "?kind=talk") == [talk]
