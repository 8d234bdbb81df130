"""Moodle's own list, by its web services: whoever is enrolled in a course, and when each has finished it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from connectors.domain.payloads import Told, account
from connectors.reconciling.asking import ListRefused, Site

USERS = "core_enrol_get_enrolled_users"
STATUS = "core_completion_get_course_completion_status"


async def completions(site: Site, courses: Iterable[int]) -> list[Told]:
    """Who has finished these courses. A day of completion is that of the last criterion that was met.

    Raises ListRefused.
    """
    found: list[Told] = []
    for course in courses:
        for user in await _ask(site, USERS, courseid=course):
            status = await _ask(site, STATUS, courseid=course, userid=user["id"])
            said = status["completionstatus"]
            times = [each["timecompleted"] for each in said["completions"] if each["timecompleted"]]
            if said["completed"] and times:
                at = datetime.fromtimestamp(max(times), UTC)
                named = account(site.home, str(user["id"]))
                found.append(Told("finished", named, f"{site.home}/course/view.php?id={course}", None, at, "list"))
    return found


async def _ask(site: Site, function: str, **asked: int) -> Any:
    form = {"wstoken": site.token, "wsfunction": function, "moodlewsrestformat": "json", **asked}
    said: Any = await site.post("/webservice/rest/server.php", form)
    if isinstance(said, dict) and "errorcode" in said:
        raise ListRefused(str(said["errorcode"]))
    return said
