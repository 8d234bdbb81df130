"""M08, M09: what the two agree on, and when their sessions count."""

import asyncio
from argparse import Namespace
from datetime import datetime, time, timedelta
from uuid import UUID

import pytest

from common.store.database import counted_statements
from contracts.zone import JAKARTA
from jejak_local.harness import OTHER_AGENCY
from mentoring.erasing import ERASING
from mentoring.sessions.cli import erase_files
from mentoring.sessions.store import files_of
from services.mentoring.tests.both import AGREED

HOUR = timedelta(hours=1)


async def confirmations(world) -> list[tuple[str, int]]:
    told = await world.outbox()
    return [
        (body["session_id"], int(headers["ce_sequence"]))
        for headers, body in told
        if headers["ce_type"].endswith("SessionConfirmed.v1")
    ]


async def test_no_session_is_planned_before_both_have_signed(both, clock) -> None:
    two = await both(agreed=False)
    later = {"starts_at": (clock.now() + HOUR).isoformat()}
    plan = ("mentor", "POST", f"{two.path}/sessions", later)
    assert (await two.refused(*plan))[:2] == (409, "agreement-unsigned")
    await two.call("mentor", "PUT", f"{two.path}/agreement", AGREED)
    assert (await two.refused(*plan))[:2] == (409, "agreement-unsigned")
    signed = await two.call("mentee", "POST", f"{two.path}/agreement/sign", {"version": 1})
    assert (signed.json()["holds"]["version"], signed.json()["proposed"]) == (1, None)
    before = {"starts_at": (clock.now() - HOUR).isoformat()}
    assert await two.refused("mentor", "POST", f"{two.path}/sessions", before) == (422, "before-agreement", "starts_at")
    assert (await two.call(*plan)).status_code == 201


async def test_what_is_to_come_and_what_waits_for_a_word_is_shown_of_all_pairs_of_the_two_alone(both, clock) -> None:
    two, others = await both(), await both()
    await others.plan(clock.now() + HOUR)
    told, later, gone = [await two.plan(clock.now() + each * 2 * HOUR) for each in (1, 3, 5)]
    await two.call("mentor", "POST", f"/sessions/{gone['id']}/cancel", {"reason": "bentrok"})
    clock.moment += 4 * HOUR
    await two.confirm(told, "mentee")
    for side in ("mentee", "mentor"):
        shown = (await two.get("/sessions/me", side))["items"]
        assert [(each["id"], each["state"]) for each in shown] == [(told["id"], "pending"), (later["id"], "planned")]
    await two.confirm(told, "mentor")
    assert [each["id"] for each in (await two.get("/sessions/me"))["items"]] == [later["id"]]


async def test_no_session_is_planned_for_after_the_last_day_of_the_pair(both, clock) -> None:
    two = await both()
    assert two.pair.ends_on is not None
    last = datetime.combine(two.pair.ends_on, time(23, 30), JAKARTA)
    await two.plan(last)
    late = {"starts_at": (last + HOUR).isoformat()}
    assert await two.refused("mentee", "POST", f"{two.path}/sessions", late) == (422, "after-end", "starts_at")
    session = await two.plan(clock.now() + HOUR)
    assert (await two.refused("mentor", "PUT", f"/sessions/{session['id']}", late))[1] == "after-end"


async def test_a_change_by_one_side_stays_proposed_until_the_other_signs(both) -> None:
    two = await both()
    other = AGREED | {"plan": "Dua kali sebulan", "every_days": 14}
    shown = (await two.call("mentor", "PUT", f"{two.path}/agreement", other)).json()
    assert (shown["holds"]["plan"], shown["proposed"]["plan"]) == (AGREED["plan"], "Dua kali sebulan")
    own = await two.call("mentor", "POST", f"{two.path}/agreement/sign", {"version": 2})
    assert own.json() == shown
    assert await two.refused("mentee", "POST", f"{two.path}/agreement/sign", {"version": 3}) == (
        409,
        "agreement-changed",
        "version",
    )
    shown = (await two.call("mentee", "POST", f"{two.path}/agreement/sign", {"version": 2})).json()
    assert (shown["holds"]["every_days"], shown["proposed"]) == (14, None)


async def test_an_agreement_is_for_the_two_alone(both, world, api) -> None:
    two = await both()
    stranger = await world.person("ahli_madya")
    for path in (f"{two.path}/agreement", f"{two.path}/sessions"):
        assert (await api.refused("person", "GET", path, person=stranger))[0] == 404
    goal = AGREED | {"goals": [{"competency": "menulis", "start": 3, "wanted": 3}]}
    assert await two.refused("mentee", "PUT", f"{two.path}/agreement", goal) == (
        422,
        "goal-not-higher",
        "goals.0.wanted",
    )


async def test_a_session_counts_once_both_have_said_that_it_was_held(both, world, clock) -> None:
    two = await both()
    session = await two.plan(clock.now() + HOUR)
    confirm = f"/sessions/{session['id']}/confirm"
    assert (await two.refused("mentee", "POST", confirm))[:2] == (409, "session-not-over")
    clock.moment += 3 * HOUR
    pending = await two.confirm(session, "mentee")
    assert (pending["state"], pending["held_on"], await confirmations(world)) == ("pending", None, [])
    confirmed = await two.confirm(session, "mentor")
    assert (confirmed["state"], confirmed["held_on"]) == ("confirmed", clock.today().isoformat())
    [body] = [body for headers, body in await world.outbox() if "SessionConfirmed" in headers["ce_type"]]
    assert (body["session_id"], body["mentee_id"], body["mentor_id"], body["held_on"]) == (
        session["id"],
        str(two.pair.mentee_id),
        str(two.pair.mentor_id),
        clock.today().isoformat(),
    )
    assert {"mentee_unit_id", "mentor_unit_id"} <= body.keys()


async def test_a_hundred_confirmations_at_once_count_once(both, world, clock) -> None:
    two = await both()
    session = await two.plan(clock.now())
    clock.moment += 2 * HOUR
    sides = ["mentee", "mentor"] * 50
    answers = await asyncio.gather(*(two.call(side, "POST", f"/sessions/{session['id']}/confirm") for side in sides))
    assert {answer.status_code for answer in answers} == {200}
    assert await confirmations(world) == [(session["id"], 3)]


async def test_what_one_alone_has_said_waits_for_the_other_and_expires(both, clock, programme) -> None:
    two = await both(programme_id=await programme(confirm_days=7))
    session = await two.plan(clock.now())
    clock.moment += 2 * HOUR
    await two.confirm(session, "mentor")
    clock.moment += timedelta(days=7)
    assert (await two.get(f"/sessions/{session['id']}"))["state"] == "expired"
    assert (await two.refused("mentee", "POST", f"/sessions/{session['id']}/confirm"))[:2] == (409, "claim-expired")
    again = await two.plan(clock.moment - timedelta(days=7) - 2 * HOUR)
    assert again["state"] == "pending"


async def test_sessions_that_overlap_are_refused_also_with_another_mentor(both, world, programme, joins, clock) -> None:
    first = await both()
    mentor_id = await world.person("ahli_madya")
    await joins(other := await programme(), mentor_id, "mentor")
    second = await both(programme_id=other, mentor_id=mentor_id, mentee_id=first.pair.mentee_id)
    await first.plan(clock.now() + HOUR, minutes=60)
    for two in (first, second):
        for minutes in (30, 119):
            body = {"starts_at": (clock.now() + timedelta(minutes=minutes)).isoformat(), "minutes": 45}
            assert await two.refused("mentor", "POST", f"{two.path}/sessions", body) == (
                409,
                "session-overlaps",
                "starts_at",
            )
    await second.plan(clock.now() + 2 * HOUR)


async def test_a_mentor_may_meet_two_mentees_at_once_and_both_sessions_count(both, clock) -> None:
    """Sessions of a mentor that overlap are for a person to judge, and never refused."""
    first = await both()
    second = await both(mentor_id=first.pair.mentor_id)
    planned = [(two, await two.plan(clock.now() + HOUR)) for two in (first, second)]
    clock.moment += 3 * HOUR
    for two, session in planned:
        assert (await two.confirm(session))["state"] == "confirmed"


async def test_both_cancel_at_once_and_there_is_one_answer(both, world, clock) -> None:
    two = await both()
    session = await two.plan(clock.now() + HOUR)
    path = f"/sessions/{session['id']}/cancel"
    first, second = await asyncio.gather(
        two.call("mentee", "POST", path, {"reason": "Dinas luar"}),
        two.call("mentor", "POST", path, {"reason": "Rapat"}),
    )
    assert first.json() == second.json()
    assert (first.json()["state"], first.json()["version"]) == ("cancelled", 2)
    assert (await two.refused("mentee", "PUT", f"/sessions/{session['id']}", {"starts_at": session["starts_at"]}))[
        1
    ] == "session-cancelled"


async def test_the_log_is_for_the_two_and_a_megabyte_of_it_is_refused(both, api, clock) -> None:
    two = await both()
    session = await two.plan(clock.now() + HOUR)
    path = f"/sessions/{session['id']}/log"
    said = {"log": "Bicara tentang\ntulisan", "actions": [{"what": "Tulis draf", "whose": "mentee"}]}
    written = await two.call("mentor", "PUT", path, said)
    assert (written.json()["log"], written.json()["actions"][0]["done"]) == (said["log"], False)
    assert (await two.refused("mentee", "PUT", path, {"log": "x" * 1_000_000})) == (422, "field-invalid", "log")
    assert (await two.refused("mentee", "PUT", path, {"log": "x" * 1_100_000}))[:2] == (413, "body-too-large")
    stale = await two.call("mentee", "PUT", path, said, headers={"if-match": '"1"'})
    assert stale.status_code == 412
    [seen] = (await api.get(f"{two.path}/sessions", "programme_manager"))["items"]
    assert seen.keys().isdisjoint({"log", "actions", "files", "place"})
    assert (await api.get(f"{two.path}/sessions"))["items"] == [seen]
    hidden = await api.call("programme_manager", "GET", f"{two.path}/sessions", agency=OTHER_AGENCY)
    assert hidden.status_code == 404


async def test_a_file_is_what_its_content_says_and_comes_back_unaltered(both, api, world, clock) -> None:
    two = await both()
    session = await two.plan(clock.now() + HOUR)
    path = f"/v1/sessions/{session['id']}/files"
    sent = {"headers": api.headers("person", person=two.pair.mentor_id), "params": {"name": "bahan.pdf"}}
    kept = await api.http.post(path, content=b"%PDF-1.7 isi", **sent)
    [file] = kept.json()["files"]
    assert (kept.status_code, file["media_type"], file["size"], file["added_by"]) == (
        201,
        "application/pdf",
        12,
        "mentor",
    )
    got = await two.call("mentee", "GET", f"/sessions/{session['id']}/files/{file['id']}")
    assert (got.content, got.headers["content-type"]) == (b"%PDF-1.7 isi", "application/pdf")
    refused = await api.http.post(path, content=b"<html>", **sent)
    assert (refused.status_code, refused.json()["code"]) == (415, "file-type-refused")
    stranger = await world.person()
    hidden = await api.call("person", "GET", f"/sessions/{session['id']}/files/{file['id']}", person=stranger)
    assert hidden.status_code == 404


async def test_what_the_two_said_goes_when_one_of_them_is_erased_and_the_days_stay(
    both, api, world, clock, parts
) -> None:
    two = await both()
    session = await two.plan(clock.now(), place="Ruang 3")
    clock.moment += 2 * HOUR
    await two.confirm(session)
    await two.call("mentor", "PUT", f"/sessions/{session['id']}/log", {"log": "Bicara tentang tulisan"})
    sent = {"headers": api.headers("person", person=two.pair.mentor_id), "params": {"name": "bahan.pdf"}}
    [file] = (await api.http.post(f"/v1/sessions/{session['id']}/files", content=b"%PDF-1.7", **sent)).json()["files"]
    async with world.database.transaction() as erasing:
        await ERASING.erase(erasing, [two.pair.mentee_id])
    assert await erase_files(Namespace(), parts) == 0
    with pytest.raises(FileNotFoundError):
        await files_of(parts).get(UUID(file["id"]), file["sha256"])
    shown = await two.get(f"/sessions/{session['id']}", "mentor")
    assert (shown["state"], shown["log"], shown["place"], shown["files"][0]["name"]) == ("confirmed", None, None, "")
    assert (await two.refused("mentor", "GET", f"/sessions/{session['id']}/files/{file['id']}"))[0] == 404
    assert (await two.get(f"{two.path}/agreement", "mentor"))["holds"]["plan"] == ""


async def test_who_was_not_in_service_on_the_day_has_no_session_that_counts(both, world, clock) -> None:
    two = await both()
    session = await two.plan(clock.now())
    clock.moment += 2 * HOUR
    await two.confirm(session, "mentor")
    await world.people(world.state(person_id=two.pair.mentee_id, left_on=clock.today()), sequence=9)
    assert (await two.refused("mentee", "POST", f"/sessions/{session['id']}/confirm"))[1] == "not-in-service"


async def test_confirming_costs_the_same_whatever_there_is(both, clock, api) -> None:
    two = await both()

    async def counted() -> int:
        session = await two.plan(clock.now())
        clock.moment += 2 * HOUR
        await two.confirm(session, "mentee")
        with counted_statements(api.http._transport.app.state.parts.database) as statements:
            await two.confirm(session, "mentor")
        return len(statements)

    first = await counted()
    for _ in range(5):
        assert await counted() == first
