"""M10, M11: what the two of a pair are written about their sessions, as notification is asked for it."""

from argparse import Namespace
from datetime import timedelta
from typing import Any

from jejak_local.harness import AGENCY
from mentoring.sessions.cli import complete
from mentoring.sessions.reminders import remind

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def asked(world, template: str) -> list[dict[str, Any]]:
    told = await world.outbox()
    return [body for _, body in told if body.get("template") == template]


def entries(letters: list[dict[str, Any]]) -> list[tuple[str, str, int, str]]:
    """Whom, and what their calendar is told."""
    return [
        (each["recipient_id"], each["values"]["method"], each["values"]["sequence"], each["values"]["starts_at"][:13])
        for each in letters
    ]


async def reminded(parts) -> int:
    async with parts.database.transaction() as session:
        return await remind(session, parts)


async def test_both_calendars_follow_a_session_from_plan_to_cancellation(both, world, clock) -> None:
    two = await both()
    people = [str(two.pair.mentee_id), str(two.pair.mentor_id)]
    session = await two.plan(clock.now() + 2 * DAY)
    path = f"/sessions/{session['id']}"
    later = clock.now() + 3 * DAY
    await two.call("mentor", "PUT", path, {"starts_at": later.isoformat()})
    await two.call("mentor", "PUT", path, {"starts_at": later.isoformat()})
    for side in ("mentee", "mentor"):
        await two.call(side, "POST", f"{path}/cancel", {"reason": "Dinas luar"})
    letters = await asked(world, "session")
    first, second = (clock.now() + 2 * DAY).isoformat()[:13], later.isoformat()[:13]
    assert entries(letters) == [
        *[(person, "REQUEST", 0, first) for person in people],
        *[(person, "REQUEST", 1, second) for person in people],
        *[(person, "CANCEL", 2, second) for person in people],
    ]
    assert {each["values"]["session_id"] for each in letters} == {session["id"]}
    assert len({each["request_id"] for each in letters}) == 6


async def test_a_change_of_zone_before_a_session_moves_no_moment_and_writes_no_mail(both, world, clock) -> None:
    """The calendar of whoever was invited keeps the moment and shows it by its own clock."""
    two = await both()
    session = await two.plan(clock.now() + DAY)
    invited = await asked(world, "session")
    await world.agency(AGENCY, zone="WIT")
    clock.moment += DAY + 2 * HOUR
    for side in ("mentee", "mentor"):
        await two.call(side, "POST", f"/sessions/{session['id']}/confirm")
    [held] = await world.rows("SELECT state, starts_at FROM mentoring_sessions")
    assert (held.state, held.starts_at.isoformat()) == ("confirmed", session["starts_at"].replace("Z", "+00:00"))
    assert await asked(world, "session") == invited


async def test_what_is_over_is_no_matter_for_a_calendar_and_who_leaves_calls_off_what_was_planned(
    both, world, clock
) -> None:
    two = await both()
    clock.moment += 2 * HOUR
    await two.plan(clock.now() - 2 * HOUR)
    assert await asked(world, "session") == []
    await two.plan(clock.now() + DAY)
    await two.call("mentee", "POST", f"{two.path}/end", {"reason": "Pindah tugas"})
    assert [each[1:3] for each in entries(await asked(world, "session"))] == [
        ("REQUEST", 0),
        ("REQUEST", 0),
        ("CANCEL", 1),
        ("CANCEL", 1),
    ]


async def test_both_are_reminded_a_day_and_an_hour_before_and_not_of_what_is_off(both, world, clock, parts) -> None:
    two = await both()
    session = await two.plan(clock.now() + 2 * DAY)
    off = await two.plan(clock.now() + 2 * DAY + 2 * HOUR)
    await two.call("mentee", "POST", f"/sessions/{off['id']}/cancel", {"reason": "Rapat"})
    assert await reminded(parts) == 0
    for later in (DAY, timedelta(minutes=1), 23 * HOUR, HOUR):
        clock.moment += later
        await reminded(parts)
        assert await reminded(parts) == 0
    letters = await asked(world, "session-soon")
    people = {str(two.pair.mentee_id), str(two.pair.mentor_id)}
    assert [each["values"]["within"] for each in letters] == ["day", "day", "hour", "hour"]
    assert {each["recipient_id"] for each in letters} == people
    assert {each["values"]["starts_at"] for each in letters} == {session["starts_at"].replace("Z", "+00:00")}


async def test_of_a_session_at_short_notice_only_what_is_still_ahead_is_reminded(both, world, clock, parts) -> None:
    two = await both()
    session = await two.plan(clock.now() + 3 * HOUR)
    assert await reminded(parts) == 0
    clock.moment += 2 * HOUR
    assert await reminded(parts) == 1
    await two.call("mentor", "PUT", f"/sessions/{session['id']}", {"starts_at": (clock.now() + 2 * DAY).isoformat()})
    clock.moment += DAY + HOUR
    assert await reminded(parts) == 1
    assert [each["values"]["within"] for each in await asked(world, "session-soon")] == ["hour", "hour", "day", "day"]


async def test_a_pair_that_has_not_met_for_thirty_days_is_listed_once_and_both_get_one_nudge(
    both, world, api, clock, parts
) -> None:
    two = await both()
    quiet = f"/programmes/{two.pair.programme_id}/quiet-pairs"

    async def found(days: int) -> tuple[int, int]:
        clock.moment += timedelta(days=days)
        for _ in range(2):
            await complete(Namespace(), parts)
        listed = (await api.get(quiet, "programme_manager"))["items"]
        return len(listed), len(await asked(world, "quiet-pair"))

    assert await found(29) == (0, 0)
    assert await found(1) == (1, 2)
    assert await found(10) == (1, 2)
    session = await two.plan(clock.now())
    clock.moment += 2 * HOUR
    await two.confirm(session)
    assert await found(29) == (0, 2)
    assert await found(1) == (1, 4)
    assert {each["recipient_id"] for each in await asked(world, "quiet-pair")} == {
        str(two.pair.mentee_id),
        str(two.pair.mentor_id),
    }
