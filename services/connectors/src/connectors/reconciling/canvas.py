"""Canvas' own list, by its REST API: whoever is in a course, and when each has met the requirements of all of its modules.

Source: "Get bulk user progress" and "List users in course" of Canvas' API; its lists are paged by `Link` headers.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, TypeVar

import msgspec

from connectors.domain.payloads import AGAIN_ON_CANVAS, Told, account
from connectors.reconciling.asking import ListRefused, Site

A_PAGE = 100
"""As many as Canvas gives at once."""
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
S = TypeVar("S")


class _User(msgspec.Struct):
    id: int
    sis_user_id: str | None = None


class _Progress(msgspec.Struct):
    completed_at: Moment | None = None


class _Learner(msgspec.Struct):
    id: int
    progress: _Progress


async def completions(site: Site, courses: Iterable[int]) -> list[Told]:
    """Who has finished these courses, each by the SIS id where they have one, as Live Events name whoever finishes it themselves.

    Raises ListRefused.
    """
    found: list[Told] = []
    for course in courses:
        path = f"/api/v1/courses/{course}"
        users = await _all(site, f"{path}/users?enrollment_type[]=student&per_page={A_PAGE}", _User)
        named = {each.id: each.sis_user_id for each in users if each.sis_user_id}
        for learner in await _all(site, f"{path}/bulk_user_progress?per_page={A_PAGE}", _Learner):
            if learner.progress.completed_at is not None:
                own = account(site.home, str(learner.id))
                told = Told(
                    "finished",
                    account(site.home, named.get(learner.id, str(learner.id))),
                    f"{site.home}/courses/{course}",
                    None,
                    learner.progress.completed_at,
                    "list",
                    AGAIN_ON_CANVAS,
                    (own,),
                )
                found.append(told)
    return found


async def _all(site: Site, path: str, kind: type[S]) -> list[S]:
    rows: list[Any] = [row async for page in site.pages(path) for row in page]
    try:
        return msgspec.convert(rows, list[kind])
    except msgspec.ValidationError as error:
        raise ListRefused("not-as-told") from error
