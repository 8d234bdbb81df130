"""M19: each figure of a programme's report is what SQL finds in the tables, and the spreadsheet says the same."""

import io
import zipfile
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import text

from jejak_local.harness import OTHER_AGENCY
from mentoring.domain import figures
from mentoring.programme_reports.telling import tell_all
from mentoring.texts import FIGURES

FIGURE_SQL = {
    "enrolled": "SELECT count(*) FROM applications WHERE programme_id = :p AND side = 'mentee'",
    "matched": "SELECT count(DISTINCT mentee_id) FROM pairs WHERE programme_id = :p AND mentee_accepted_at IS NOT NULL",
    "attended": "SELECT count(DISTINCT mentee_id) FROM pairs JOIN mentoring_sessions s ON pair_id = pairs.id"
    " WHERE programme_id = :p AND held_on IS NOT NULL",
    "pairs": "SELECT count(*) FROM pairs WHERE programme_id = :p",
    "ended_early": "SELECT count(*) FROM pairs WHERE programme_id = :p AND ended_reason IS NOT NULL",
    "drop_out": "SELECT round(100.0 * count(ended_reason) / count(*), 1) FROM pairs WHERE programme_id = :p",
    "sessions": "SELECT count(held_on) FROM pairs JOIN mentoring_sessions s ON pair_id = pairs.id WHERE programme_id = :p",
    "hours": "SELECT sum(extract(epoch FROM ends_at - starts_at) / 3600) FROM pairs JOIN mentoring_sessions s"
    " ON pair_id = pairs.id WHERE programme_id = :p AND held_on IS NOT NULL",
    "circle_meetings": "SELECT count(DISTINCT meeting_id) FROM circle_attendances a JOIN circle_meetings m ON m.id = meeting_id"
    " JOIN circles c ON c.id = circle_id WHERE programme_id = :p AND a.state = 'confirmed'",
    "circle_presences": "SELECT count(*) FROM circle_attendances a JOIN circle_meetings m ON m.id = meeting_id"
    " JOIN circles c ON c.id = circle_id WHERE programme_id = :p AND a.state = 'confirmed'",
    "talks": "SELECT count(*) FROM talks JOIN talk_slots s ON s.id = slot_id WHERE programme_id = :p AND state = 'confirmed'"
    " AND kind = 'talk'",
    "guidance_talks": "SELECT count(*) FROM talks JOIN talk_slots s ON s.id = slot_id WHERE programme_id = :p"
    " AND state = 'confirmed' AND kind = 'guidance'",
    "guidance_hours": "SELECT sum(extract(epoch FROM ends_at - starts_at) / 3600) FROM talks JOIN talk_slots s"
    " ON s.id = slot_id WHERE programme_id = :p AND state = 'confirmed' AND kind = 'guidance'",
    "goals": "SELECT sum(jsonb_array_length(goals)) FROM agreements a JOIN pairs ON pair_id = pairs.id"
    " WHERE programme_id = :p",
    "goals_reached": "SELECT count(*) FROM levels l JOIN pairs ON mentee_id = person_id"
    " WHERE programme_id = :p AND competency = 'menulis' AND level >= 4",
    "rated": "SELECT count(*) FROM feedback JOIN pairs ON pair_id = pairs.id WHERE programme_id = :p"
    " AND content IS NOT NULL AND side = 'mentee'",
    "satisfaction": "SELECT round(avg(content), 2) FROM feedback JOIN pairs ON pair_id = pairs.id"
    " WHERE programme_id = :p AND side = 'mentee'",
    "sessions_rated": "SELECT count(*) FROM session_feedback f JOIN mentoring_sessions s ON s.id = session_id"
    " JOIN pairs ON pair_id = pairs.id WHERE programme_id = :p AND side = 'mentee'",
    "session_satisfaction": "SELECT round(avg(useful), 2) FROM session_feedback f JOIN mentoring_sessions s"
    " ON s.id = session_id JOIN pairs ON pair_id = pairs.id WHERE programme_id = :p AND side = 'mentee'",
    "thanked": "SELECT count(*) FROM thanks JOIN pairs ON pair_id = pairs.id WHERE programme_id = :p",
    "helped": "SELECT round(avg(helped), 2) FROM thanks JOIN pairs ON pair_id = pairs.id WHERE programme_id = :p",
    "days_to_first_session": "SELECT round(avg(first - begins_on), 1) FROM pairs JOIN (SELECT pair_id, min(held_on) AS first"
    " FROM mentoring_sessions WHERE held_on IS NOT NULL GROUP BY 1) f ON pair_id = pairs.id WHERE programme_id = :p",
}
THANKED = """
    WITH more AS (
        INSERT INTO pairs SELECT (jsonb_populate_record(CAST(NULL AS pairs), to_jsonb(pair) || jsonb_build_object(
            'id', gen_random_uuid(), 'mentee_id', gen_random_uuid()))).*
        FROM (SELECT * FROM pairs WHERE programme_id = :p AND state = 'ended' ORDER BY id LIMIT 1) pair,
            generate_series(1, :number) RETURNING id
    ), thanked AS (
        INSERT INTO thanks (pair_id, words, helped, said_at) SELECT id, 'Terima kasih', 5, now() FROM more RETURNING 1
    ) SELECT count(*) FROM thanked
"""
"""More mentees, each with a pair that is over and a word of thanks."""
NAMED = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture
async def ran(api, both, clock, world, programme, joins) -> str:
    """A programme of four mentees: two have met, one of these has left and reached the goal, one never met, one has no pair."""
    clock.moment = datetime(2026, 2, 2, 1, 0, tzinfo=UTC)
    programme_id = await programme()
    pairs = [await both(programme_id=programme_id) for _ in range(3)]
    await joins(programme_id, await world.person(), "mentee")
    for number, two in enumerate(pairs[:2], 1):
        for _ in range(number):
            clock.moment += timedelta(days=3)
            session = await two.plan(clock.now(), minutes=45)
            clock.moment += timedelta(hours=1)
            await two.confirm(session)
            for side, useful in (("mentee", number + 3), ("mentor", 1)):
                answers = {"useful": useful, "clear": 3, "open": 4}
                await two.call(side, "PUT", f"/sessions/{session['id']}/feedback", answers)
        await two.call("mentee", "PUT", f"{two.path}/thanks", {"words": "Terima kasih", "helped": number + 2})
    left = pairs[1]
    await left.call("mentee", "POST", f"{left.path}/end", {"reason": "Pindah tugas"})
    for side, content in (("mentee", 4), ("mentor", 2)):
        rated = {"levels": {"menulis": 4}, "content": content}
        answer = await left.call(side, "PUT", f"{left.path}/feedback/end", rated)
        assert answer.status_code == 200, answer.text
    levels = {"levels": {"menulis": 4}}
    await left.call("mentee", "PUT", f"/people/{left.pair.mentee_id}/levels", levels)
    await beside(api, clock, programme_id, pairs[0].pair.mentor_id, [two.pair.mentee_id for two in pairs])
    return programme_id


async def beside(api, clock, programme_id: str, mentor: UUID, mentees: list[UUID]) -> None:
    """A meeting of a circle with two of three, a talk, two talks on a career, one of which nobody confirms."""

    async def call(whom: UUID, method: str, path: str, body: Any = None) -> Any:
        answer = await api.call("person", method, path, body, person=whom)
        assert answer.is_success, answer.text
        return answer.json()

    circle = await call(mentor, "POST", f"/programmes/{programme_id}/circles", {"topic": "Menulis"})
    for each in mentees:
        await call(each, "POST", f"/circles/{circle['id']}/join")
    clock.moment += timedelta(days=1)
    meeting = await call(mentor, "POST", f"/circles/{circle['id']}/meetings", {"starts_at": clock.now().isoformat()})
    clock.moment += timedelta(hours=1)
    log = {"present": [str(each) for each in mentees]}
    await call(mentor, "PUT", f"/circle-meetings/{meeting['id']}/log", log)
    for each in mentees[:2]:
        await call(each, "POST", f"/circle-meetings/{meeting['id']}/confirm")
    for number, kind in enumerate(("talk", "guidance", "guidance"), 1):
        at = {"starts_at": (clock.now() + timedelta(hours=1)).isoformat(), "minutes": 30 * number, "kind": kind}
        slot = await call(mentor, "POST", "/talk-slots", at | {"programme_id": programme_id})
        talk = await call(mentees[0], "POST", f"/talk-slots/{slot['id']}/talks", {"topic": "Karier"})
        await call(mentor, "POST", f"/talks/{talk['id']}/accept")
        clock.moment += timedelta(hours=3)
        await call(mentor, "POST", f"/talks/{talk['id']}/confirm")
        if number < 3:
            await call(mentees[0], "POST", f"/talks/{talk['id']}/confirm")


def cells(content: bytes) -> list[list[str]]:
    """What stands in the first sheet of an XLSX file, by the format's own words."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        shared = ["".join(part.itertext()) for part in ET.fromstring(file.read("xl/sharedStrings.xml"))]
        page = ET.fromstring(file.read("xl/worksheets/sheet1.xml"))
    return [
        [
            shared[int(value)] if cell.get("t") == "s" else value
            for cell in row
            if (value := cell.findtext(f"{NAMED}v")) is not None
        ]
        for row in page.iter(f"{NAMED}row")
    ]


async def test_each_figure_is_what_sql_finds_and_the_spreadsheet_says_the_same(
    api, world, ran, parts, clock, monkeypatch
) -> None:
    monkeypatch.setattr(figures, "LEAST", 1)
    await tell_all(parts.database, clock)
    report: dict[str, Any] = await api.get(f"/programmes/{ran}/report", "programme_manager")
    found = {name: Decimal(str(await world.value(query, p=ran))) for name, query in FIGURE_SQL.items()}
    assert {name: Decimal(str(report[name])) for name in found} == found
    assert (found["enrolled"], found["attended"], found["goals_reached"], found["drop_out"]) == (
        4,
        2,
        1,
        Decimal("33.3"),
    )
    names = ("sessions", "circle_meetings", "circle_presences", "talks", "guidance_talks", "guidance_hours")
    assert [found[name] for name in names] == [3, 1, 2, 1, 1, 1]
    assert [found[name] for name in ("satisfaction", "sessions_rated", "session_satisfaction")] == [
        4,
        3,
        Decimal("4.67"),
    ]
    answer = await api.call("programme_manager", "GET", f"/programmes/{ran}/report/xlsx")
    (_, programme_id), *shown, offered, applied, taken = cells(answer.content)
    assert [each[1:] for each in (offered, applied, taken)] == [["0"], [], []], "of four mentees nothing more is told"
    assert programme_id == ran
    assert [Decimal(value) for _, value in shown] == [found[name] for name in FIGURES]


PRIVATE = (
    *("circle_presences", "talks", "guidance_talks", "guidance_hours", "goals", "goals_reached"),
    *("rated", "satisfaction", "sessions_rated", "session_satisfaction", "thanked", "helped"),
)


@pytest.mark.breaks_invariants
async def test_whoever_reads_a_report_day_by_day_learns_what_nobody_of_a_few_has_said(
    api, world, ran, parts, clock
) -> None:
    """The attack: the desk knows who is in its programme, and reads before and after each answer."""

    async def read() -> dict[str, Any]:
        await tell_all(parts.database, clock)
        report = await api.get(f"/programmes/{ran}/report", "programme_manager")
        return {name: report[name] for name in PRIVATE if report[name] is not None}

    async def said(statement: str, **given: Any) -> None:
        async with world.database.transaction() as session:
            await session.execute(text(statement), given)

    async def thank(number: int) -> None:
        await said(THANKED, p=ran, number=number)

    assert await read() == {}, "two have said something"
    await thank(7)
    assert await read() == {}
    await thank(1)
    told = {"thanked": 10, "helped": "4.70"}
    assert await read() == told
    await thank(1)
    await said("UPDATE thanks SET helped = 1 WHERE pair_id = (SELECT pair_id FROM thanks ORDER BY pair_id LIMIT 1)")
    assert await read() == told, "of whoever came, or thinks otherwise, nothing follows"
    await thank(8)
    assert (await read())["thanked"] == 19


async def test_a_programme_without_anybody_has_no_shares(api, programme) -> None:
    programme_id = await programme()
    report = await api.get(f"/programmes/{programme_id}/report", "lan")
    assert [report[name] for name in ("enrolled", "hours", "drop_out", "satisfaction")] == [0, "0", None, None]
    other = {"agency": OTHER_AGENCY}
    assert (await api.refused("programme_manager", "GET", f"/programmes/{programme_id}/report", **other))[0] == 404
