"""M14: circles with seats; a meeting counts for those alone who were there, by the word of both."""

import asyncio
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from common.store.database import counted_statements
from contracts.events.registry import Holding
from contracts.events.training import MentoringAnswered
from mentoring.completion.daily import complete_all
from mentoring.flags.finding import find
from mentoring.recognition.commands import recognise_all
from services.mentoring.tests.sessions.test_letters import asked, reminded

TOPIC = "Menulis telaahan staf"
HOUR = timedelta(hours=1)


class Ring:
    """A circle, as its mentor and its mentees speak of it over HTTP."""

    def __init__(self, api, programme_id: str, mentor: UUID, mentees: list[UUID], circle: dict[str, Any]) -> None:
        self.api, self.programme_id, self.mentor, self.mentees = api, programme_id, mentor, mentees
        self.path = f"/circles/{circle['id']}"

    async def call(self, whom: UUID, method: str, path: str, body: Any = None) -> Any:
        answer = await self.api.call("person", method, path, body, person=whom)
        assert answer.is_success, answer.text
        return answer.json()

    async def refused(self, whom: UUID, method: str, path: str, body: Any = None) -> tuple[int, str, str]:
        return await self.api.refused("person", method, path, body, person=whom)

    async def meet(self, clock, minutes: int = 60) -> str:
        """A meeting that begins now and is over."""
        body = {"starts_at": clock.now().isoformat(), "minutes": minutes}
        meeting = await self.call(self.mentor, "POST", f"{self.path}/meetings", body)
        clock.moment += timedelta(minutes=minutes)
        return meeting["id"]

    async def log(self, meeting_id: str, *present: UUID) -> dict[str, Any]:
        body = {"log": "Struktur telaahan", "present": [str(each) for each in present]}
        return await self.call(self.mentor, "PUT", f"/circle-meetings/{meeting_id}/log", body)

    async def confirm(self, meeting_id: str, *whom: UUID) -> None:
        for each in whom:
            await self.call(each, "POST", f"/circle-meetings/{meeting_id}/confirm")


@pytest.fixture
def ring(api, world, programme, joins, clock):
    """Opens a circle of so many seats with so many mentees in it, and as many more who have applied."""

    async def made(seats: int = 3, inside: int = 3, waiting: int = 0, **rules: Any) -> Ring:
        clock.moment = datetime(2026, 2, 2, 1, 0, tzinfo=UTC)
        programme_id, mentor = await programme(**rules), await world.person("ahli_madya")
        await joins(programme_id, mentor, "mentor")
        mentees = [await world.person() for _ in range(inside + waiting)]
        for each in mentees:
            await joins(programme_id, each, "mentee")
        body = {"topic": TOPIC, "seats": seats}
        answer = await api.call("person", "POST", f"/programmes/{programme_id}/circles", body, person=mentor)
        assert answer.status_code == 201, answer.text
        opened = Ring(api, programme_id, mentor, mentees, answer.json())
        for each in mentees[:inside]:
            await opened.call(each, "POST", f"{opened.path}/join")
        return opened

    return made


def held(post_id: UUID) -> Holding:
    return Holding(post_id=post_id, kind="definitive", valid_from=date(2020, 1, 1), valid_to=None)


async def confirmed(world) -> list[dict[str, Any]]:
    return [body for headers, body in await world.outbox() if "SessionConfirmed" in headers["ce_type"]]


async def completed(world) -> list[tuple[str, str, str, list[str], str]]:
    """Type, kind, whose, days and reason of what was told for hours."""
    return [
        (kind, body["kind"], body["mentee_id"], body["session_dates"], body["reason"])
        for headers, body in await world.outbox()
        if (kind := headers["ce_type"].split(".")[-2]) in {"MentoringCompleted", "MentoringCorrected"}
    ]


async def test_a_meeting_counts_for_those_alone_who_were_there(ring, world, clock, parts) -> None:
    """Of three mentees one was there, one says so alone, one does not say so though the mentor does."""
    circle = await ring()
    there, claims, silent = circle.mentees
    meeting_id = await circle.meet(clock)
    await circle.confirm(meeting_id, claims)
    await circle.log(meeting_id, there, silent)
    await circle.confirm(meeting_id, there)
    [told] = await confirmed(world)
    assert (told["kind"], told["mentee_id"], told["mentor_id"]) == ("circle", str(there), str(circle.mentor))
    assert (told["programme_id"], told["pair_id"], told["held_on"]) == (circle.programme_id, None, "2026-02-02")
    [shown] = (await circle.call(circle.mentor, "GET", f"{circle.path}/meetings"))["items"]
    states = {each["mentee_id"]: each["state"] for each in shown["attendances"]}
    assert states == {str(there): "confirmed", str(claims): "pending", str(silent): "pending"}
    clock.moment += timedelta(days=14)
    late = ("POST", f"/circle-meetings/{meeting_id}/confirm")
    assert (await circle.refused(silent, *late))[:2] == (409, "claim-expired")
    await circle.call(circle.mentor, "POST", f"{circle.path}/close", {"reason": "Selesai"})
    assert await completed(world) == [("MentoringCompleted", "circle", str(there), ["2026-02-02"], "ended")]
    assert await recognise_all(parts.database, clock) == 1


async def test_each_who_was_there_is_told_of_and_a_mentor_has_met_once(ring, world, clock, parts) -> None:
    circle = await ring()
    meeting_id = await circle.meet(clock, minutes=90)
    await circle.confirm(meeting_id, circle.mentees[0])
    await circle.log(meeting_id, *circle.mentees)
    await circle.confirm(meeting_id, *circle.mentees, *circle.mentees)
    told = await confirmed(world)
    assert sorted(each["mentee_id"] for each in told) == sorted(map(str, circle.mentees))
    assert len({each["session_id"] for each in told}) == len(circle.mentees)
    await circle.call(circle.mentees[0], "POST", f"{circle.path}/leave")
    assert [(whose, reason) for _, _, whose, _, reason in await completed(world)] == [(str(circle.mentees[0]), "left")]
    await circle.call(circle.mentor, "POST", f"{circle.path}/close", {"reason": "Selesai"})
    assert len(await completed(world)) == len(circle.mentees)
    await recognise_all(parts.database, clock)
    [year] = (await circle.call(circle.mentor, "GET", "/recognitions/me"))["years"]
    assert (year["sessions"], year["hours"], year["mentees"]) == (1, "1.50", 3)


async def test_of_two_who_join_at_once_for_the_last_seat_one_has_it(ring) -> None:
    circle = await ring(seats=2, inside=1, waiting=2)
    _, *waiting = circle.mentees
    answers = await asyncio.gather(
        *(circle.api.call("person", "POST", f"{circle.path}/join", person=each) for each in waiting)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    [late] = [each for each, answer in zip(waiting, answers, strict=True) if answer.status_code == 409]
    assert (await circle.refused(late, "POST", f"{circle.path}/join"))[:2] == (409, "circle-full")
    await circle.call(circle.mentees[0], "POST", f"{circle.path}/leave")
    shown = await circle.call(late, "POST", f"{circle.path}/join")
    again = await circle.call(late, "POST", f"{circle.path}/join")
    assert (shown["taken"], shown) == (2, again)


async def test_who_opens_joins_and_is_named(ring, world, api, clock) -> None:
    circle = await ring(inside=2, waiting=1)
    mentee, other, outside = circle.mentees
    body = {"topic": TOPIC}
    opens = ("POST", f"/programmes/{circle.programme_id}/circles", body)
    assert (await circle.refused(mentee, *opens))[:2] == (422, "not-a-mentor")
    assert (await circle.refused(await world.person(), "POST", f"{circle.path}/join"))[:2] == (422, "not-a-mentee")
    assert (await circle.refused(outside, "GET", circle.path))[0] == 404
    meeting_id = await circle.meet(clock)
    path = f"/circle-meetings/{meeting_id}"
    log = {"present": [str(mentee), str(outside)]}
    assert await circle.refused(circle.mentor, "PUT", f"{path}/log", log) == (422, "not-in-circle", "present.1")
    assert (await circle.refused(mentee, "PUT", f"{path}/log", {"present": [str(mentee)]}))[0] == 404
    assert (await circle.refused(outside, "POST", f"{path}/confirm"))[0] == 404
    await circle.log(meeting_id, mentee, other)
    await circle.confirm(meeting_id, other)
    seen = await circle.call(mentee, "GET", path)
    assert [(each["mentee_id"], each["state"]) for each in seen["attendances"]] == [(str(mentee), "pending")]
    assert seen["log"] == "Struktur telaahan"
    before = ("POST", f"{circle.path}/meetings", {"starts_at": (clock.now() - 2 * HOUR).isoformat()})
    assert await circle.refused(circle.mentor, *before) == (422, "before-circle", "starts_at")
    planned = {"starts_at": (clock.now() + HOUR).isoformat()}
    ahead = await circle.call(circle.mentor, "POST", f"{circle.path}/meetings", planned)
    early = ("PUT", f"/circle-meetings/{ahead['id']}/log", {"present": []})
    assert (await circle.refused(circle.mentor, *early))[:2] == (409, "session-not-over")
    assert [each["id"] for each in (await api.get("/circles", "person", person=outside))["items"]] == [
        circle.path.rpartition("/")[2]
    ]
    await circle.call(circle.mentor, "POST", f"{circle.path}/close", {"reason": "Selesai"})
    assert (await circle.refused(outside, "POST", f"{circle.path}/join"))[:2] == (409, "circle-over")
    cancelled = await circle.call(mentee, "GET", f"/circle-meetings/{ahead['id']}")
    assert (cancelled["state"], cancelled["cancel_reason"]) == ("cancelled", "Selesai")


async def test_what_the_mentor_takes_back_counts_no_more_and_may_be_said_anew(ring, world, clock, parts) -> None:
    circle = await ring(inside=2)
    one, two = circle.mentees
    meeting_id = await circle.meet(clock)
    await circle.log(meeting_id, one, two)
    await circle.confirm(meeting_id, one, two)
    clock.moment = datetime(2026, 8, 3, 1, 0, tzinfo=UTC)
    assert await complete_all(parts.database, clock) == (1, 0)
    await circle.log(meeting_id, two)
    await circle.log(meeting_id, one, two)
    await circle.confirm(meeting_id, one)
    told = [each for each in await completed(world) if each[2] == str(one)]
    assert [(kind, days, reason) for kind, _, _, days, reason in told] == [
        ("MentoringCompleted", ["2026-02-02"], "ended"),
        ("MentoringCorrected", [], "cancellation"),
        ("MentoringCorrected", ["2026-02-02"], "late-confirmation"),
    ]
    await circle.call(circle.mentor, "POST", f"/circle-meetings/{meeting_id}/cancel", {"reason": "Keliru"})
    assert [days for *_, days, _ in await completed(world)][-2:] == [[], []]
    assert (await circle.refused(one, "POST", f"/circle-meetings/{meeting_id}/confirm"))[1] == "session-cancelled"


async def test_an_hour_counts_once_whatever_it_was_of(ring, both, clock) -> None:
    circle = await ring(inside=2)
    mentee = circle.mentees[0]
    two = await both(mentee_id=mentee)
    session = await two.plan(clock.now() + timedelta(minutes=30))
    meeting_id = await circle.meet(clock)
    clock.moment += HOUR
    await two.confirm(session)
    await circle.confirm(meeting_id, mentee)
    log = {"present": [str(circle.mentees[1]), str(mentee)]}
    refused = await circle.refused(circle.mentor, "PUT", f"/circle-meetings/{meeting_id}/log", log)
    assert refused == (409, "session-overlaps", "present.1")
    later = await circle.meet(clock)
    during = await two.plan(clock.now() - HOUR)
    await circle.log(later, mentee)
    await circle.confirm(later, mentee)
    assert (await two.refused("mentor", "POST", f"/sessions/{during['id']}/confirm"))[1] == "session-overlaps"


async def test_a_year_that_ends_is_told_of_those_who_go_on(ring, world, clock, parts) -> None:
    circle = await ring(inside=2, months=24)
    meeting_id = await circle.meet(clock)
    await circle.log(meeting_id, *circle.mentees)
    await circle.confirm(meeting_id, circle.mentees[0])
    clock.moment = datetime(2026, 12, 31, 3, 0, tzinfo=UTC)
    assert await complete_all(parts.database, clock) == (0, 1)
    assert await complete_all(parts.database, clock) == (0, 0)
    [(_, _, whose, _, reason)] = await completed(world)
    assert (whose, reason) == (str(circle.mentees[0]), "year-end")


async def test_what_training_answers_is_read_by_the_mentee(ring, world, clock) -> None:
    circle = await ring(inside=1)
    [mentee] = circle.mentees
    meeting_id = await circle.meet(clock)
    await circle.log(meeting_id, mentee)
    await circle.confirm(meeting_id, mentee)
    await circle.call(mentee, "POST", f"{circle.path}/leave")
    [told] = [body for headers, body in await world.outbox() if "Completed" in headers["ce_type"]]
    answer = {"completion_id": told["completion_id"], "person_id": mentee, "record_id": None}
    await world.hear(world.received(MentoringAnswered(**answer, refused="kind-unconfirmed"), 1))
    [shown] = (await circle.call(mentee, "GET", "/completions/me"))["items"]
    assert (shown["kind"], shown["state"]) == ("circle", "refused")
    assert "belum dikonfirmasi" in shown["sentence"]
    assert (await circle.call(circle.mentor, "GET", "/completions/me"))["items"] == []


async def test_nobody_joins_the_circle_of_who_stands_above_them_or_will_not_be_with_them(ring, world, joins) -> None:
    """And neither limit tells which of the two it is, or whose wish."""
    circle = await ring(inside=0)
    top = await world.post()
    middle = await world.post(top)
    under = await world.post(middle)
    await world.people(
        world.state(person_id=circle.mentor, jenjang="ahli_madya").model_copy(update={"holdings": [held(top)]}),
        sequence=2,
    )
    below, shuns = await world.person("ahli_muda", under), await world.person()
    await joins(circle.programme_id, below, "mentee")
    await joins(circle.programme_id, shuns, "mentee", avoids=[str(circle.mentor)])
    refused = [await circle.refused(each, "POST", f"{circle.path}/join") for each in (below, shuns)]
    assert refused[0] == refused[1]
    assert refused[0][:2] == (422, "circle-limit")
    shunned, fits = await world.person(), await world.person()
    for each in (shunned, fits):
        await joins(circle.programme_id, each, "mentee")
    await joins(circle.programme_id, circle.mentor, "mentor", avoids=[str(shunned)])
    assert (await circle.refused(shunned, "POST", f"{circle.path}/join"))[:2] == (422, "circle-limit")
    assert (await circle.call(fits, "POST", f"{circle.path}/join"))["taken"] == 1


async def test_who_is_in_a_circle_is_reminded_of_its_meetings_and_who_has_left_is_not(
    ring, world, clock, parts
) -> None:
    circle = await ring(inside=2)
    stays, leaves = circle.mentees
    starts_at = clock.now() + timedelta(days=2)
    for later in (timedelta(), HOUR * 3):
        planned = {"starts_at": (starts_at + later).isoformat()}
        meeting = await circle.call(circle.mentor, "POST", f"{circle.path}/meetings", planned)
    await circle.call(circle.mentor, "POST", f"/circle-meetings/{meeting['id']}/cancel", {"reason": "Rapat"})
    assert await reminded(parts) == 0
    clock.moment = starts_at - timedelta(hours=20)
    assert [await reminded(parts), await reminded(parts)] == [1, 0]
    await circle.call(leaves, "POST", f"{circle.path}/leave")
    clock.moment = starts_at - timedelta(minutes=30)
    assert [await reminded(parts), await reminded(parts)] == [1, 0]
    told = Counter((each["values"]["within"], each["recipient_id"]) for each in await asked(world, "session-soon"))
    everybody, still = [circle.mentor, stays, leaves], [circle.mentor, stays]
    assert told == Counter([*(("day", str(each)) for each in everybody), *(("hour", str(each)) for each in still)]), (
        "each once"
    )


async def test_a_meeting_takes_the_mentors_time_where_sessions_overlap_it(ring, both, clock, parts) -> None:
    circle = await ring(inside=1)
    two = await both(programme_id=circle.programme_id, mentor_id=circle.mentor)
    for _ in range(2):
        session = await two.plan(clock.now())
        meeting_id = await circle.meet(clock)
        await two.confirm(session)
        await circle.log(meeting_id, *circle.mentees)
        await circle.confirm(meeting_id, *circle.mentees)
        clock.moment += timedelta(days=7)
    async with parts.database.transaction() as session:
        assert await find(session, clock) == 1
    path = f"/programmes/{circle.programme_id}/flags"
    [shown] = (await circle.api.get(path, "programme_manager"))["items"]
    assert (shown["kind"], shown["figure"], shown["pair_id"]) == ("overlap", 2, str(two.pair.id))


async def test_calendars_follow_a_meeting_also_of_who_joins_later(ring, world, clock) -> None:
    circle = await ring(inside=1, waiting=1)
    first, late = circle.mentees
    planned = {"starts_at": (clock.now() + timedelta(days=2)).isoformat()}
    meeting = await circle.call(circle.mentor, "POST", f"{circle.path}/meetings", planned)
    await circle.call(late, "POST", f"{circle.path}/join")
    await circle.call(circle.mentor, "POST", f"/circle-meetings/{meeting['id']}/cancel", {"reason": "Rapat"})
    told = [
        (body["recipient_id"], body["values"]["method"])
        for headers, body in await world.outbox()
        if "MessageRequested" in headers["ce_type"] and body["template"] == "session"
    ]
    everybody = {str(circle.mentor), str(first), str(late)}
    assert {whom for whom, method in told if method == "REQUEST"} == everybody
    assert {whom for whom, method in told if method == "CANCEL"} == everybody
    assert len(told) == 2 * len(everybody)


async def test_many_who_were_there_are_kept_by_as_many_statements_as_a_few(ring, clock, parts) -> None:
    async def counted(many: int) -> int:
        circle = await ring(seats=8, inside=many)
        meeting_id = await circle.meet(clock)
        await circle.confirm(meeting_id, *circle.mentees)
        with counted_statements(parts.database) as statements:
            await circle.log(meeting_id, *circle.mentees)
        return len(statements)

    assert await counted(2) == await counted(6)
