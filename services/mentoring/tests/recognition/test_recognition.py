"""M17: what a mentor has done is told, thanked for and put on paper; whoever has enough mentees gets no more."""

import io
from argparse import Namespace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pypdf
import pytest

from common.store.database import counted_statements
from mentoring.domain.load import free
from mentoring.recognition.cli import recognise

LEDGER = """
    SELECT count(*), count(DISTINCT mentee_id), sum(extract(epoch FROM ends_at - starts_at)) / 3600
    FROM mentoring_sessions s JOIN pairs p ON p.id = s.pair_id
    WHERE mentor_id = :mentor AND s.state = 'confirmed' AND extract(year FROM held_on) = 2026
"""


@pytest.fixture
def over(both, clock):
    """A pair that has ended, with a confirmed session of 90 minutes on each of these days."""

    async def done(*days: date, **changes: Any) -> Any:
        clock.moment = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
        two = await both(**changes)
        for day in days:
            clock.moment = datetime(day.year, day.month, day.day, 3, 0, tzinfo=UTC)
            session = await two.plan(clock.now(), minutes=90)
            clock.moment += timedelta(hours=2)
            await two.confirm(session)
        await two.call("mentee", "POST", f"{two.path}/end", {"reason": "Selesai"})
        return two

    return done


async def told(world) -> list[dict[str, Any]]:
    return [body for headers, body in await world.outbox() if headers["ce_type"].endswith("MentorRecognised.v1")]


async def test_a_mentor_is_recognised_once_and_anew_when_it_changes(over, world, parts, capsys) -> None:
    two = await over(date(2026, 2, 10), date(2026, 3, 10))
    for _ in range(2):
        assert await recognise(Namespace(), parts) == 0
    [first] = await told(world)
    figures = {name: first[name] for name in ("year", "sessions", "minutes", "mentees", "corrections")}
    assert figures == {"year": 2026, "sessions": 2, "minutes": 180, "mentees": 1, "corrections": 0}
    assert first["mentor_id"] == str(two.pair.mentor_id)
    [session] = [each for each in (await two.get(f"{two.path}/sessions"))["items"] if each["held_on"] == "2026-03-10"]
    await two.call("mentor", "POST", f"/sessions/{session['id']}/cancel", {"reason": "Keliru"})
    await recognise(Namespace(), parts)
    assert [(each["sessions"], each["corrections"]) for each in await told(world)] == [(2, 0), (1, 1)]
    assert "1" in capsys.readouterr().out


async def test_the_hours_of_a_certificate_are_those_of_the_ledger(api, over, world, parts) -> None:
    two = await over(date(2026, 2, 10), date(2026, 3, 10), date(2026, 4, 10))
    await recognise(Namespace(), parts)
    mentor = two.pair.mentor_id
    [row] = await world.rows(LEDGER, mentor=mentor)
    [year] = (await api.get("/recognitions/me", "person", person=mentor))["years"]
    assert (year["sessions"], year["mentees"], Decimal(year["hours"])) == (row[0], row[1], Decimal(row[2]))
    paper = await api.call("person", "GET", "/recognitions/me/2026/certificate", person=mentor)
    written = " ".join(pypdf.PdfReader(io.BytesIO(paper.content)).pages[0].extract_text().split())
    assert "Tahun 2026: 3 pertemuan, 4,5 jam, 1 mentee" in written
    assert str(mentor) in written
    none = ("GET", "/recognitions/me/2025/certificate")
    assert (await api.refused("person", *none, person=mentor))[0] == 404
    assert (await api.refused("person", "GET", "/recognitions/me/2026/certificate", person=two.pair.mentee_id))[
        0
    ] == 404


async def test_a_mentee_thanks_and_the_mentor_reads_it(api, over) -> None:
    two = await over(date(2026, 2, 10))
    said = {"words": "Terima kasih", "helped": 5}
    assert (await two.refused("mentor", "PUT", f"{two.path}/thanks", said))[:2] == (422, "not-the-mentee")
    for _ in range(2):
        assert (await two.call("mentee", "PUT", f"{two.path}/thanks", said)).status_code == 200
    [read] = (await api.get("/recognitions/me", "person", person=two.pair.mentor_id))["thanks"]
    assert (read["words"], read["helped"]) == (said["words"], 5)


async def test_the_statements_do_not_grow_with_mentors(over, world, parts) -> None:
    counts: list[int] = []
    for more in (1, 3):
        for _ in range(more):
            await over(date(2026, 2, 10))
        with counted_statements(world.database) as statements:
            await recognise(Namespace(), parts)
        counts.append(len(statements))
    assert counts[0] == counts[1]


async def test_over_the_load_limit_nobody_is_matched_with_a_mentor_any_more(
    api, world, programme, joins, matched, active_pair
) -> None:
    programmes = [await programme(seats=3) for _ in range(3)]
    mentor = await world.person("ahli_madya")
    for each in programmes:
        await joins(each, mentor, "mentor")
    for each in programmes[:2]:
        for _ in range(3):
            await active_pair(programme_id=each, mentor_id=mentor)
    await joins(programmes[2], await world.person(), "mentee")
    run = await matched(programmes[2])
    assert (run["mentors"], run["seats"], run["matched"]) == (1, 0, 0)
    [result] = (await api.get(f"/runs/{run['id']}/results"))["items"]
    assert result["limited_by"] == "seats"
    assert [free(3, load, 6) for load in (0, 4, 6, 9)] == [3, 2, 0, 0]
