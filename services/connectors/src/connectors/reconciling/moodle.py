"""Moodle's own list, by its web services: whoever is enrolled in a course, and when each has finished it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import httpx2

from connectors.domain.payloads import Told, account

USERS = "core_enrol_get_enrolled_users"
STATUS = "core_completion_get_course_completion_status"
SECONDS = 30


class MoodleRefuses(Exception):  # noqa: N818 - the name says what has happened
    """Moodle answered with an error; the text is its code."""


async def completions(site: str, token: str, courses: Iterable[int]) -> list[Told]:
    """Who has finished these courses. A day of completion is that of the last criterion that was met.

    Raises MoodleRefuses, and httpx2.HTTPError where it is away.
    """
    found: list[Told] = []
    home = site.rstrip("/")
    async with httpx2.AsyncClient(timeout=SECONDS) as client:
        for course in courses:
            for user in await _ask(client, home, token, USERS, courseid=course):
                status = await _ask(client, home, token, STATUS, courseid=course, userid=user["id"])
                said = status["completionstatus"]
                times = [each["timecompleted"] for each in said["completions"] if each["timecompleted"]]
                if said["completed"] and times:
                    at = datetime.fromtimestamp(max(times), UTC)
                    named = account(home, str(user["id"]))
                    found.append(Told("finished", named, f"{home}/course/view.php?id={course}", None, at, "list"))
    return found


async def _ask(client: httpx2.AsyncClient, home: str, token: str, function: str, **asked: int) -> Any:
    form = {"wstoken": token, "wsfunction": function, "moodlewsrestformat": "json", **asked}
    answer = await client.post(f"{home}/webservice/rest/server.php", data=form)
    answer.raise_for_status()
    said: Any = answer.json()
    if isinstance(said, dict) and "errorcode" in said:
        raise MoodleRefuses(str(said["errorcode"]))
    return said
