"""A school that gives classes: of a course, with sessions, people in them, and the days after."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import count
from typing import Any
from uuid import UUID

from jejak_local.harness import PROVIDER

CODES = count(1)
BEFORE = datetime(2026, 6, 12, 3, 0, tzinfo=UTC)
AFTER = datetime(2026, 6, 15, 3, 0, tzinfo=UTC)
"""The moment at which other tests begin."""
"""The moment at which other tests begin."""
FOUR_OF_TWO = [
    {
        "starts_at": f"2026-06-{day}T{hour:02}:00:00+07:00",
        "ends_at": f"2026-06-{day}T{hour + 2:02}:00:00+07:00",
        "jp": "2",
    }
    for day, hour in ((13, 8), (13, 13), (14, 8), (14, 13))
]

MARKS = {"content": 5, "teaching": 4, "organisation": 3}
LEARNED = {"words": "Membaca data sendiri\nsebelum rapat", "served": ["skill", "knowledge"]}


async def course(world: Any, api: Any, form: str = "KL03", jp: str | None = "8", school: UUID = PROVIDER) -> str:
    """A course of a school that is accredited for its form."""
    code = f"P-{str(school)[-2:]}"
    if not await world.value("SELECT count(*) FROM providers WHERE id = :id", id=school):
        await world.provider([(each, date(2020, 1, 1), None) for each in ("KL03", "KL06", "KL07", "NKL01")], school)
    asked = {
        "code": f"K-{next(CODES)}", "provider_code": code, "title": "Analisis data", "form": form, "jp": jp,
        "valid_from": "2025-01-01",
    }  # fmt: skip
    answer = await api.call("lan", "POST", "/courses", asked)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def said(course_id: str, /, **changes: Any) -> dict[str, Any]:
    """A class of four sessions of two hours, on 13 and 14 June."""
    usual = {"begins_on": "2026-06-13", "ends_on": "2026-06-14", "sessions": FOUR_OF_TWO, "seats": 30}
    return {"course_id": course_id, **usual, **changes}


async def published(api: Any, course_id: str, school: UUID = PROVIDER, **changes: Any) -> str:
    """The id of a class."""
    answer = await api.call("provider", "POST", "/classes", said(course_id, **changes), provider=school)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def enrolled(api: Any, class_id: str, people: Sequence[UUID], school: UUID = PROVIDER) -> None:
    """Gives people seats."""
    lines = [{"person_id": person} for person in people]
    answers = await api.bulk(f"/classes/{class_id}/enrolments:batch", lines, "provider", provider=school)
    assert {answer["status"] for answer in answers} <= {"stored"}, answers


async def attended(
    api: Any, class_id: str, people: Sequence[UUID], sessions: Sequence[int] = (1, 2, 3, 4), school: UUID = PROVIDER
) -> None:
    """They were there in these sessions."""
    lines = [{"person_id": person, "session": number, "present": True} for person in people for number in sessions]
    answers = await api.bulk(f"/classes/{class_id}/attendance:batch", lines, "provider", provider=school)
    assert {answer["status"] for answer in answers} <= {"stored"}, answers


async def results(
    api: Any, class_id: str, people: Sequence[UUID], school: UUID = PROVIDER, **changes: Any
) -> list[dict[str, Any]]:
    """The answers to the results of these people, who passed unless something else is said."""
    lines = [{"person_id": person, "name": "Sari Contoh", **changes} for person in people]
    return await api.bulk(f"/classes/{class_id}/results:batch", lines, "provider", provider=school)


async def over(
    world: Any, api: Any, people: Sequence[UUID], form: str = "KL03", school: UUID = PROVIDER, **changes: Any
) -> str:
    """A class that is over, in which these people were from its beginning to its end."""
    world.clock.moment = BEFORE
    class_id = await published(api, await course(world, api, form, school=school), school, **changes)
    await enrolled(api, class_id, people, school)
    world.clock.moment = AFTER
    await attended(api, class_id, people, school=school)
    return class_id
