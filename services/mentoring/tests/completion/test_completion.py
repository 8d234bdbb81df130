"""M13: what is told of a pair's sessions for the hours they give, when, and what becomes of it."""

from argparse import Namespace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from common.ids import new_id
from common.store.database import counted_statements
from contracts.events.training import MentoringAnswered, TrainingRevoked
from jejak_local.harness import AGENCY, OTHER_AGENCY
from mentoring.completion.daily import complete_all
from mentoring.sessions.cli import complete

HOUR = timedelta(hours=1)


@pytest.fixture
def held(both, clock):
    """Holds sessions of a pair on these days, confirmed by both, and gives the pair and its sessions."""

    async def done(*days: date, **changes: Any) -> tuple[Any, list[dict[str, Any]]]:
        clock.moment = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
        two = await both(**changes)
        sessions: list[dict[str, Any]] = []
        for day in days:
            clock.moment = datetime(day.year, day.month, day.day, 3, 0, tzinfo=UTC)
            session = await two.plan(clock.now())
            clock.moment += 2 * HOUR
            sessions.append(await two.confirm(session))
        return two, sessions

    return done


async def told(world) -> list[tuple[str, int, int, list[str], str]]:
    """Type, version, year, days and reason of what was told for hours."""
    return [
        (
            headers["ce_type"].split(".")[-2],
            int(headers["ce_sequence"]),
            body["year"],
            body["session_dates"],
            body["reason"],
        )
        for headers, body in await world.outbox()
        if headers["ce_type"].split(".")[-2] in {"MentoringCompleted", "MentoringCorrected"}
    ]


async def end(two, reason: str = "Pindah tugas") -> Any:
    answer = await two.call("mentee", "POST", f"{two.path}/end", {"reason": reason})
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_who_leaves_early_has_the_sessions_that_were_held(held, world, clock) -> None:
    two, _ = await held(date(2026, 2, 10), date(2026, 3, 10))
    planned = await two.plan(clock.now() + 24 * HOUR)
    assert await told(world) == []
    [shown] = await end(two)
    assert (shown["state"], shown["days"]) == ("told", ["2026-02-10", "2026-03-10"])
    assert await told(world) == [("MentoringCompleted", 1, 2026, ["2026-02-10", "2026-03-10"], "left")]
    assert (await two.get(f"/sessions/{planned['id']}"))["state"] == "cancelled"
    assert (await two.refused("mentor", "POST", f"{two.path}/end", {"reason": "Sudah"}))[:2] == (409, "pair-not-active")


async def test_a_pair_is_completed_when_its_last_day_is_over_and_that_is_done_once(
    held, world, clock, parts, capsys
) -> None:
    await held(date(2026, 2, 10), ends_on=date(2026, 6, 30))
    clock.moment = datetime(2026, 6, 30, 3, 0, tzinfo=UTC)
    assert await complete_all(parts.database, clock) == (0, 0)
    clock.moment += 24 * HOUR
    assert await complete(Namespace(), parts) == 0
    assert "1" in capsys.readouterr().out
    assert await complete_all(parts.database, clock) == (0, 0)
    assert await told(world) == [("MentoringCompleted", 1, 2026, ["2026-02-10"], "ended")]


async def test_on_the_last_day_of_a_year_what_goes_on_is_told_and_each_year_is_its_own(
    held, world, clock, parts
) -> None:
    two, _ = await held(date(2026, 11, 10), date(2026, 12, 8), ends_on=date(2027, 6, 30))
    clock.moment = datetime(2026, 12, 30, 3, 0, tzinfo=UTC)
    assert await complete_all(parts.database, clock) == (0, 0)
    clock.moment += 24 * HOUR
    assert await complete_all(parts.database, clock) == (0, 1)
    assert await complete_all(parts.database, clock) == (0, 0)
    clock.moment = datetime(2027, 1, 12, 3, 0, tzinfo=UTC)
    session = await two.plan(clock.now())
    clock.moment += 2 * HOUR
    await two.confirm(session)
    await end(two)
    assert await told(world) == [
        ("MentoringCompleted", 1, 2026, ["2026-11-10", "2026-12-08"], "year-end"),
        ("MentoringCompleted", 1, 2027, ["2027-01-12"], "left"),
    ]


async def test_what_is_confirmed_taken_back_or_moved_later_is_told_anew(held, world, clock, parts) -> None:
    two, [first] = await held(date(2026, 11, 10), ends_on=date(2027, 6, 30))
    clock.moment = datetime(2026, 12, 29, 3, 0, tzinfo=UTC)
    late = await two.plan(clock.now())
    clock.moment = datetime(2026, 12, 31, 3, 0, tzinfo=UTC)
    await two.confirm(late, "mentee")
    await complete_all(parts.database, clock)
    clock.moment = datetime(2027, 1, 4, 3, 0, tzinfo=UTC)
    await two.confirm(late, "mentor")
    elsewhere = {"starts_at": "2026-12-28T03:00:00Z", "minutes": 90}
    moved = await two.call("mentor", "PUT", f"/sessions/{late['id']}", elsewhere)
    assert moved.json()["state"] == "pending"
    await two.confirm(late, "mentee")
    await two.call("mentee", "POST", f"/sessions/{first['id']}/cancel", {"reason": "Ternyata rapat"})
    assert await told(world) == [
        ("MentoringCompleted", 1, 2026, ["2026-11-10"], "year-end"),
        ("MentoringCorrected", 2, 2026, ["2026-11-10", "2026-12-29"], "late-confirmation"),
        ("MentoringCorrected", 3, 2026, ["2026-11-10"], "cancellation"),
        ("MentoringCorrected", 4, 2026, ["2026-11-10", "2026-12-28"], "late-confirmation"),
        ("MentoringCorrected", 5, 2026, ["2026-12-28"], "cancellation"),
    ]


async def test_a_day_is_that_where_the_mentee_serves(both, world, clock, parts) -> None:
    """Half past ten in the evening of 31 December in Jakarta is next year in Jayapura."""
    await world.agency(AGENCY, zone="WIT")
    clock.moment = datetime(2026, 12, 30, 3, 0, tzinfo=UTC)
    two = await both()
    session = await two.plan(datetime(2026, 12, 31, 15, 30, tzinfo=UTC))
    clock.moment = datetime(2027, 1, 1, 3, 0, tzinfo=UTC)
    assert (await two.confirm(session))["held_on"] == "2027-01-01"


async def test_what_training_answers_stands_on_the_pair(held, world, api, clock) -> None:
    two, _ = await held(date(2026, 2, 10))
    await end(two)
    [completion_id] = [
        body["completion_id"] for headers, body in await world.outbox() if "Completed" in headers["ce_type"]
    ]

    async def answered(version: int, **said: Any) -> dict[str, Any]:
        usual = {"completion_id": completion_id, "person_id": two.pair.mentee_id, "record_id": None, "refused": None}
        await world.hear(world.received(MentoringAnswered(**usual | said), version))
        [shown] = (await two.get(f"{two.path}/completions"))["items"]
        return shown

    refused = await answered(1, refused="not-in-service")
    assert (refused["state"], refused["refused"]) == ("refused", "not-in-service")
    record_id = new_id()
    recorded = await answered(2, record_id=record_id)
    assert (recorded["state"], recorded["record_id"]) == ("recorded", str(record_id))
    assert await answered(1, refused="not-in-service") == recorded
    revoked = TrainingRevoked(
        record_id=record_id, person_id=two.pair.mentee_id, agency_id=AGENCY, year=2026, jp_by_year=None, reason="Palsu"
    )
    await world.hear(world.received(revoked, 2))
    [shown] = (await api.get(f"{two.path}/completions", "programme_manager"))["items"]
    assert (shown["state"], shown["refused"]) == ("refused", "record-revoked")
    other = await api.call("programme_manager", "GET", f"{two.path}/completions", agency=OTHER_AGENCY)
    assert other.status_code == 404


@pytest.mark.parametrize("is_known", [False, True])
async def test_a_record_that_is_revoked_is_noted_though_the_news_of_it_overtakes_the_answer(
    held, world, is_known
) -> None:
    """Records and answers are topics of their own. A record of the mentee's that is none of these sessions changes nothing."""
    two, [session] = await held(date(2026, 2, 10))
    await end(two)
    [completion_id] = [
        body["completion_id"] for headers, body in await world.outbox() if "Completed" in headers["ce_type"]
    ]
    person_id, record_id = two.pair.mentee_id, new_id()

    async def shown(version: int) -> tuple[str, str | None]:
        answer = MentoringAnswered(completion_id=completion_id, person_id=person_id, record_id=record_id, refused=None)
        await world.hear(world.received(answer, version))
        [each] = (await two.get(f"{two.path}/completions"))["items"]
        return each["state"], each["refused"]

    def revoked(revoked_id: UUID) -> Any:
        told = {"person_id": person_id, "agency_id": AGENCY, "year": 2026, "jp_by_year": None, "reason": "Palsu"}
        return world.received(TrainingRevoked(record_id=revoked_id, **told), 2)

    await world.hear(revoked(new_id()))
    if is_known:
        assert await shown(1) == ("recorded", None)
        await two.call("mentor", "POST", f"/sessions/{session['id']}/cancel", {"reason": "Ternyata rapat"})
    await world.hear(revoked(new_id()), revoked(record_id))
    assert await shown(1 + is_known) == ("refused", "record-revoked")


async def test_many_pairs_are_told_by_as_many_statements_as_a_few(held, world, clock, parts) -> None:
    async def counted(many: int) -> int:
        for _ in range(many):
            await held(date(2026, 2, 10), ends_on=date(2026, 6, 30))
        clock.moment = datetime(2026, 7, 1, 3, 0, tzinfo=UTC)
        with counted_statements(parts.database) as statements:
            assert await complete_all(parts.database, clock) == (many, 0)
        return len(statements)

    assert await counted(1) == await counted(4)
