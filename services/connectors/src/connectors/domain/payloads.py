"""What webhooks of platforms say of somebody and a course: each platform in words of its own, read into the same few.

Courses and people are named as the same platform names them in xAPI, so that one mapping serves both. What is no news of a
finished course is none of ours, and read as nothing.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar

import msgspec

from common.refused import Refused

Kind = Literal["standard", "canvas", "cornerstone", "moodle"]
News = Literal["finished", "failed", "revoked"]
Again = Literal["day", "year", "never"]
S = TypeVar("S")
FINISHED = "\\core\\event\\course_completed"
OF_CORNERSTONE = frozenset({"training-completion", "training-completed"})
NEWS: Mapping[str, News] = {
    "course.completed": "finished",
    "course.failed": "failed",
    "certificate.revoked": "revoked",
}
"""The types of our own messages (docs/connect/webhooks-in.md)."""
NUMBER = re.compile("[0-9]{18}")
"""A NIP."""
LONGEST = 2000
"""Characters of the name of a person or a course."""
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 12, 31, tzinfo=UTC)


@dataclass(frozen=True)
class Told:
    """Somebody has finished a course, or has not after all; `agent` names them as an Agent of xAPI does.

    `sign` is what the platform calls the news. `again` is when the same course counts anew: each `day` that it is finished, each `year`, or `never`, since a platform that
    teaches it anew calls it otherwise. `also` is what else the same platform may have called them.
    """

    news: News
    agent: Mapping[str, Any]
    course: str
    title: str | None
    at: datetime
    sign: str
    again: Again = "day"
    also: Sequence[Mapping[str, Any]] = ()


def read(kind: Kind, body: bytes, site: str | None) -> list[Told]:
    """What a payload tells. Raises Refused: `payload-unreadable`, with the field that is wrong where one is."""
    return READERS[kind](body, site)


def account(home: str, name: str) -> Mapping[str, Any]:
    """How a platform calls somebody."""
    return {"account": {"homePage": home.rstrip("/"), "name": name}}


class _CanvasCourse(msgspec.Struct):
    id: str | int
    name: str | None = None


class _CanvasProgress(msgspec.Struct):
    completed_at: datetime | None = None


class _CanvasUser(msgspec.Struct):
    id: str | int


class _CanvasBody(msgspec.Struct):
    course: _CanvasCourse
    progress: _CanvasProgress
    user: _CanvasUser


class _CanvasMetadata(msgspec.Struct):
    event_name: str
    hostname: str = ""
    user_id: str | int | None = None
    user_sis_id: str | None = None


class _Canvas(msgspec.Struct):
    metadata: _CanvasMetadata
    body: msgspec.Raw = msgspec.Raw(b"{}")


AGAIN_ON_CANVAS: Again = "year"
"""It tells again whenever a module is done at another time."""
LOCAL = 10**13
"""Canvas' global ids are those of its own plus the number of a shard times this."""


def _canvas(body: bytes, _: str | None) -> list[Told]:
    """Canvas Live Events in its own form: doc/api/data_services of canvas-lms.

    The SIS id stands beside whoever was signed in, which need not be the learner.
    """
    event = _decoded(body, _Canvas)
    if event.metadata.event_name != "course_completed":
        return []
    said = _decoded(bytes(event.body), _CanvasBody)
    if said.progress.completed_at is None:
        return []
    if not event.metadata.hostname:
        raise Refused("payload-unreadable", field="metadata.hostname")
    home = f"https://{event.metadata.hostname}"
    own = event.metadata.user_sis_id if _is_local(event.metadata.user_id, said.user.id) else None
    return [
        _told(
            "finished",
            account(home, own or str(said.user.id)),
            f"{home}/courses/{said.course.id}",
            said.course.name,
            said.progress.completed_at,
            "canvas.course_completed",
            AGAIN_ON_CANVAS,
        )
    ]


def _is_local(seen: str | int | None, learner: str | int) -> bool:
    """Whether a global id is that of a learner."""
    return str(seen).isascii() and str(seen).isdecimal() and str(int(str(seen)) % LOCAL) == str(learner)


class _Moodle(msgspec.Struct):
    eventname: str
    timecreated: int | str
    courseid: int | str | None = None
    relateduserid: int | str | None = None
    host: str = ""


def _moodle(body: bytes, site: str | None) -> list[Told]:
    """An event of Moodle as `local_webhooks` sends it. Of a finished course the learner is `relateduserid`: a timer is the actor."""
    event = _decoded(body, _Moodle)
    if event.eventname != FINISHED:
        return []
    home = (site or f"https://{event.host}").rstrip("/")
    for name in ("courseid", "relateduserid", "timecreated"):
        if not str(getattr(event, name)).isdecimal() or len(str(getattr(event, name))) > 12:
            raise Refused("payload-unreadable", field=name)
    return [
        _told(
            "finished",
            account(home, str(event.relateduserid)),
            f"{home}/course/view.php?id={event.courseid}",
            None,
            datetime.fromtimestamp(int(event.timecreated), UTC),
            "moodle.course_completed",
        )
    ]


class _CornerstoneData(msgspec.Struct, rename="camel"):
    user_id: str | int
    training_id: str | int
    completion_date: datetime
    training_title: str | None = None


class _Cornerstone(msgspec.Struct, rename="camel"):
    event_name: str
    data: msgspec.Raw = msgspec.Raw(b"{}")


def _cornerstone(body: bytes, site: str | None) -> list[Told]:
    """An event of Cornerstone: of its envelope the names are told, of its data they are our reading (belum dikonfirmasi)."""
    event = _decoded(body, _Cornerstone)
    if event.event_name.strip().lower().replace(" ", "-") not in OF_CORNERSTONE:
        return []
    said = _decoded(bytes(event.data), _CornerstoneData)
    home = (site or "https://csod.com").rstrip("/")
    course = f"{home}/training/{said.training_id}"
    return [
        _told(
            "finished",
            account(home, str(said.user_id)),
            course,
            said.training_title,
            said.completion_date,
            "cornerstone.training",
        )
    ]


class _Person(msgspec.Struct):
    account: str | None = None
    nip: str | None = None
    email: str | None = None


class _Course(msgspec.Struct):
    id: str
    title: str | None = None


class _Completion(msgspec.Struct):
    person: _Person
    course: _Course
    completed_at: datetime


class _Standard(msgspec.Struct):
    type: str
    data: msgspec.Raw = msgspec.Raw(b"{}")


def _standard(body: bytes, site: str | None) -> list[Told]:
    """A message of ours. An account whose name is a NIP names its owner."""
    message = _decoded(body, _Standard)
    news = NEWS.get(message.type)
    if news is None:
        return []
    said = _decoded(bytes(message.data), _Completion)
    person = said.person
    if sum(each is not None for each in (person.account, person.nip, person.email)) != 1:
        raise Refused("payload-unreadable", field="data.person")
    if person.email is not None:
        agent: Mapping[str, Any] = {"mbox": f"mailto:{person.email}"}
    else:
        agent = account(site or "urn:jejak", person.account or person.nip or "")
    return [_told(news, agent, said.course.id, said.course.title, said.completed_at, message.type)]


READERS: Mapping[Kind, Callable[[bytes, str | None], list[Told]]] = {
    "standard": _standard,
    "canvas": _canvas,
    "cornerstone": _cornerstone,
    "moodle": _moodle,
}


def _told(
    news: News,
    agent: Mapping[str, Any],
    course: str,
    title: str | None,
    at: datetime,
    sign: str,
    again: Again = "day",
) -> Told:
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    if not EARLIEST <= at <= LATEST:
        raise Refused("payload-unreadable", field="completed_at")
    for name in (course, agent.get("mbox", ""), agent.get("account", {}).get("name", "")):
        if len(name) > LONGEST or "\x00" in name:
            raise Refused("payload-unreadable")
    return Told(news, agent, course, title[:LONGEST].replace("\x00", "") if title else None, at, sign, again)


def _decoded(body: bytes, kind: type[S]) -> S:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        # "Expected `str`, got `int` - at `$.metadata.event_name`": the path names no value.
        _, found, path = str(error).rpartition("`$.")
        raise Refused("payload-unreadable", field=path.rstrip("`") if found else None) from error
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Refused("invalid-json") from error
