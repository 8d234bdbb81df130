"""Single talks: a free slot is asked for, answered within seven days, or free again."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contracts.events.training import MentoringAnswered

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


@pytest.fixture
def held(api, slot, ask, mentor, clock):
    """A talk of a kind that was accepted, and is over."""

    async def done(person_id, kind: str = "guidance", days: int = 1) -> str:
        talk = await ask(await slot(days, kind=kind), person_id)
        await api.call("person", "POST", f"/talks/{talk['id']}/accept", person=mentor)
        clock.moment += timedelta(days=days, hours=1)
        return f"/talks/{talk['id']}"

    return done


@pytest.fixture
def confirm(api):
    async def done(path: str, *whom) -> dict[str, Any]:
        for each in whom:
            answer = await api.call("person", "POST", f"{path}/confirm", person=each)
            assert answer.status_code == 200, answer.text
        return answer.json()

    return done


async def told(world, *names: str) -> list[tuple[str, str, list[str] | str]]:
    """Type, kind and days of what was told."""
    return [
        (kind, body["kind"], body.get("session_dates", body.get("held_on")))
        for headers, body in await world.outbox()
        if (kind := headers["ce_type"].split(".")[-2]) in names
    ]


async def test_a_talk_on_a_career_counts_once_both_have_said_that_it_was_held(
    api, world, held, confirm, mentor, clock
) -> None:
    """M20: told for its hours as what it is; what the rule pack does not know gives none, and says so."""
    clock.moment = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    mentee = await world.person()
    path = await held(mentee)
    assert (await confirm(path, mentee))["state"] == "pending"
    names = ("SessionConfirmed", "MentoringCompleted", "MentoringCorrected")
    assert await told(world, *names) == []
    shown = await confirm(path, mentor, mentee, mentor)
    assert (shown["state"], shown["held_on"]) == ("confirmed", "2026-03-03")
    assert await told(world, *names) == [
        ("SessionConfirmed", "guidance", "2026-03-03"),
        ("MentoringCompleted", "guidance", ["2026-03-03"]),
    ]
    [completion] = [body for headers, body in await world.outbox() if "MentoringCompleted" in headers["ce_type"]]
    answer = {"completion_id": completion["completion_id"], "person_id": mentee, "record_id": None}
    await world.hear(world.received(MentoringAnswered(**answer, refused="kind-unconfirmed"), 1))
    [hours] = (await api.get("/completions/me", "person", person=mentee))["items"]
    assert (hours["kind"], hours["state"], hours["refused"]) == ("guidance", "refused", "kind-unconfirmed")
    assert "0 JP" in hours["sentence"]
    assert "belum dikonfirmasi" in hours["sentence"]
    slot_id = shown["slot_id"]
    assert (await api.refused("person", "DELETE", f"/talk-slots/{slot_id}", person=mentor))[:2] == (409, "talk-state")
    called_off = await api.call("person", "POST", f"{path}/cancel", {"reason": "Keliru"}, person=mentee)
    assert (called_off.json()["state"], called_off.json()["held_on"]) == ("cancelled", None)
    assert (await told(world, "MentoringCorrected")) == [("MentoringCorrected", "guidance", [])]
    assert (await api.refused("person", "POST", f"{path}/confirm", person=mentor))[1] == "session-cancelled"


async def test_what_was_never_to_be_or_is_not_over_is_not_confirmed(
    api, world, slot, ask, held, confirm, mentor, clock
) -> None:
    mentee = await world.person()
    slot_id = await slot(5)
    asked = f"/talks/{(await ask(slot_id, mentee))['id']}"
    assert (await api.refused("person", "POST", f"{asked}/confirm", person=mentee))[:2] == (409, "talk-state")
    await api.call("person", "POST", f"{asked}/accept", person=mentor)
    assert (await api.refused("person", "POST", f"{asked}/confirm", person=mentee))[:2] == (409, "session-not-over")
    stranger = await world.person()
    assert (await api.refused("person", "POST", f"{asked}/confirm", person=stranger))[0] == 404
    path = await held(mentee, "talk", days=2)
    await confirm(path, mentor)
    clock.moment += timedelta(days=14)
    assert (await api.refused("person", "POST", f"{path}/confirm", person=mentee))[:2] == (409, "claim-expired")
    states = {each["id"]: each["state"] for each in (await api.get("/talks", "person", person=mentee))["items"]}
    assert states[path.rpartition("/")[2]] == "expired"


async def test_both_confirm_at_once_and_it_counts_once(api, world, held, mentor) -> None:
    mentee = await world.person()
    path = await held(mentee)
    whom = [mentee, mentor] * 5
    answers = await asyncio.gather(*(api.call("person", "POST", f"{path}/confirm", person=each) for each in whom))
    assert {answer.status_code for answer in answers} == {200}
    assert len(await told(world, "SessionConfirmed")) == 1


async def test_a_slot_is_of_a_programme_of_the_mentor(api, world, slot, mentor, programme, joins, clock) -> None:
    other, foreign = await programme(), await programme()
    await joins(other, mentor, "mentor")
    mentee = await world.person()
    first, second = await slot(1), await slot(2, programme_id=other)
    of = {each["id"]: each["programme_id"] for each in (await api.get("/talk-slots", "person", person=mentee))["items"]}
    assert (of[second], of[first]) == (other, of[first])
    assert of[first] not in {other, foreign}
    body = {"starts_at": (clock.now() + timedelta(days=3)).isoformat(), "programme_id": foreign}
    assert (await api.refused("person", "POST", "/talk-slots", body, person=mentor))[:2] == (422, "not-a-mentor")


async def letters(world) -> list[tuple[str, str]]:
    """What was written, step by step, and to whom; of calendars the method and the sequence."""
    told = [body for _, body in await world.outbox() if body.get("template") in {"talk", "session"}]
    return [
        (each["values"].get("step") or f"{each['values']['method']} {each['values']['sequence']}", each["recipient_id"])
        for each in told
    ]


async def test_each_step_of_a_talk_is_a_mail_and_an_accepted_one_stands_in_both_calendars(
    api, world, slot, ask, mentor
) -> None:
    """M15."""
    mentee, why = await world.person(), {"reason": "Sedang dinas luar"}
    slot_id, other = await slot(10), await slot(12, kind="guidance")
    path = f"/talks/{(await ask(slot_id, mentee))['id']}"
    await api.call("person", "POST", f"{path}/reject", why, person=mentor)
    told = [("asked", str(mentor)), ("rejected", str(mentee))]
    assert await letters(world) == told
    path = f"/talks/{(await ask(slot_id, mentee))['id']}"
    await api.call("person", "POST", f"{path}/accept", person=mentor)
    both = [str(mentee), str(mentor)]
    told += [("asked", str(mentor)), ("accepted", str(mentee)), *[("REQUEST 0", each) for each in both]]
    assert await letters(world) == told
    await api.call("person", "POST", f"{path}/cancel", why, person=mentee)
    told += [("cancelled", str(mentor)), *[("CANCEL 1", each) for each in both]]
    assert await letters(world) == told
    path = f"/talks/{(await ask(other, mentee))['id']}"
    await api.call("person", "POST", f"{path}/accept", person=mentor)
    assert (await api.call("person", "DELETE", f"/talk-slots/{other}", person=mentor)).status_code == 204
    told += [("asked", str(mentor)), ("accepted", str(mentee)), *[("REQUEST 0", each) for each in both]]
    assert await letters(world) == [*told, ("rejected", str(mentee)), *[("CANCEL 1", each) for each in both]]
    bodies = [body for _, body in await world.outbox() if body.get("template") in {"talk", "session"}]
    assert not {TOPIC["topic"], why["reason"]} & {str(value) for body in bodies for value in body["values"].values()}
    assert {body["values"]["title"] for body in bodies if body["template"] == "session"} == {
        "Percakapan tunggal",
        "Bimbingan karier",
    }


async def test_whoever_asked_is_told_once_that_nobody_answered(api, world, slot, ask, mentor, clock, due) -> None:
    """M15: by the role `due`, or by whoever asks for the slot before it has looked."""
    first, second = await world.person(), await world.person()
    talk = await ask(await slot(10), first)
    await due()
    assert await letters(world) == [("asked", str(mentor))]
    clock.moment += timedelta(days=7)
    await due()
    await due()
    assert await letters(world) == [("asked", str(mentor)), ("expired", str(first))]
    [shown] = (await api.get("/talks", "person", person=first))["items"]
    assert (shown["id"], shown["state"], shown["version"]) == (talk["id"], "expired", 2)
    slot_id = await slot(20)
    await ask(slot_id, first)
    clock.moment += timedelta(days=7)
    await ask(slot_id, second)
    await due()
    assert await letters(world) == [
        ("asked", str(mentor)),
        ("expired", str(first)),
        ("asked", str(mentor)),
        ("expired", str(first)),
        ("asked", str(mentor)),
    ]
