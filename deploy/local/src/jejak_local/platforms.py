"""What `make demo` shows of learning platforms: a Moodle and an Open edX site that send as they really do, and what becomes of it.

Moodle sends batches without ids, modules and quizzes among them, and a batch again when it did not hear the answer. Open edX
sends each statement under an id of its own, and everything again after a day.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import httpx2
from rich.table import Table

from common.ids import derived_id
from jejak_local.books import rest
from jejak_local.processes import LocalError
from jejak_local.stories import Scene

PEOPLE = 40
BATCH = 30
MOODLE, EDX = "https://lms.demo.example", "https://mooc.demo.example"
COURSES = ("INTEGRITAS", "DATA")
HEADERS = {"x-experience-api-version": "1.0.3"}
Statement = dict[str, Any]


@dataclass(frozen=True)
class Site:
    """A platform with the key of its connection, and the courses it has."""

    name: str
    connection: str
    auth: tuple[str, str]
    courses: Sequence[str]


async def platforms(scene: Scene) -> Table:
    """Connects both sites, lets them send, and maps their courses: the counts of each before and after."""
    agency = next(iter(scene.agencies.values()))
    found = await scene.get("registry", f"people?agency_id={agency}&limit={PEOPLE}")
    people: list[dict[str, Any]] = found["items"]
    await _catalogue(scene)
    day = scene.nation.today - timedelta(days=40)
    moodle = await _connect(scene, agency, "Moodle", [f"{MOODLE}/course/view.php?id={number}" for number in (7, 8)])
    edx = await _connect(scene, agency, "Open edX", [f"{EDX}/course/v1:LAN+{code}+2026" for code in COURSES])
    lines = [{"mbox": _mailto(each), "person_id": each["id"]} for each in people]
    await _named(scene, agency, edx, lines)
    sent = {
        moodle.name: await _send_moodle(scene, moodle, people, day),
        edx.name: await _send_edx(scene, edx, people[: PEOPLE // 2], day),
    }
    await rest(scene.stack)
    table = Table(
        "door", "sent", "accepted", "duplicate", "waiting", "refused", "unmapped courses", title="Two platforms"
    )
    for moment in ("before", "after"):
        for site in (moodle, edx):
            if moment == "after":
                await _map(scene, agency, site)
        await rest(scene.stack)
        for site in (moodle, edx):
            path = f"connections/{site.connection}"
            counts = (await scene.get("connectors", path, role="agency_hr", agency=agency))["counts"]
            queue = await scene.get("connectors", f"{path}/unmapped-courses", role="agency_hr", agency=agency)
            unmapped = ", ".join(f"{each['course'].split('/')[-1]} ({each['count']})" for each in queue["items"]) or "-"
            figures = [str(counts[name]) for name in ("accepted", "duplicate", "waiting", "refused")]
            table.add_row(f"{site.name}, {moment} the mapping", str(sent[site.name]), *figures, unmapped)
    return table


def _mailto(person: dict[str, Any]) -> str:
    return f"mailto:{person['id']}@demo.example"


async def _catalogue(scene: Scene) -> None:
    provider = {
        "code": "DEMO-LMS", "name": "Penyelenggara demo",
        "accreditations": [{"form": "KL03", "valid_from": "2015-01-01"}],
    }  # fmt: skip
    _done(await scene.ask("training", "POST", "providers", role="lan", json=provider))
    for code in COURSES:
        course = {
            "code": code, "provider_code": "DEMO-LMS", "title": f"Pelatihan {code.lower()}", "form": "KL03", "jp": "4",
            "valid_from": "2015-01-01",
        }  # fmt: skip
        _done(await scene.ask("training", "POST", "courses", role="lan", json=course))


async def _connect(scene: Scene, agency: str, name: str, courses: Sequence[str]) -> Site:
    hr = {"role": "agency_hr", "agency": agency}
    body = {"name": name, "platform": name.lower().replace(" ", "")}
    made = _done(await scene.ask("connectors", "POST", "connections", json=body, **hr))
    key = _done(await scene.ask("connectors", "POST", f"connections/{made['id']}/credentials", **hr))
    return Site(name, made["id"], (key["id"], key["secret"]), courses)


async def _named(scene: Scene, agency: str, site: Site, lines: Sequence[dict[str, Any]]) -> None:
    content = "".join(json.dumps(line) + "\n" for line in lines)
    path = f"connections/{site.connection}/users:batch"
    said = {"content-type": "application/x-ndjson"}
    answer = await scene.ask("connectors", "POST", path, role="agency_hr", agency=agency, content=content, headers=said)
    if answer.is_error:
        raise LocalError(f"POST {path} was refused: {answer.text}")


async def _map(scene: Scene, agency: str, site: Site) -> None:
    for course, code in zip(site.courses, COURSES, strict=True):
        path = f"connections/{site.connection}/course-mappings"
        body = {"course": course, "course_code": code}
        _done(await scene.ask("connectors", "POST", path, role="agency_hr", agency=agency, json=body))


async def _send_moodle(scene: Scene, site: Site, people: Sequence[dict[str, Any]], day: date) -> int:
    """By NIP; each course after a quiz of it. The second batch is sent again: its answer was lost on the way."""
    statements: list[Statement] = []
    for number, person in enumerate(people):
        actor = {"account": {"homePage": MOODLE, "name": person["nip"]}}
        course = site.courses[number % 2]
        at = _at(day, number)
        statements += [
            _statement(actor, "completed", f"{MOODLE}/mod/quiz/view.php?id={number}", "assessment", at),
            {
                **_statement(actor, "completed", course, "course", at),
                "object": {
                    "id": course,
                    "definition": {"type": "https://w3id.org/xapi/cmi5/activitytype/course", "name": {"id": "Kursus"}},
                },
            },
        ]
    batches = [statements[start : start + BATCH] for start in range(0, len(statements), BATCH)]
    return sum([await _post(scene, site, batch) for batch in [*batches, batches[1]]])


async def _send_edx(scene: Scene, site: Site, people: Sequence[dict[str, Any]], day: date) -> int:
    """By address; whoever has finished the first course on Moodle too is a possible double. All of it comes twice."""
    statements: list[Statement] = []
    for number, person in enumerate(people):
        actor = {"objectType": "Agent", "mbox": _mailto(person)}
        course = site.courses[number // 2 % 2]
        made: Statement = _statement(actor, "passed", course, "course", _at(day + timedelta(days=3), number))
        statements.append({"id": str(derived_id("demo", site.connection, number)), **made})
    return sum([await _post(scene, site, statements) for _ in range(2)])


def _at(day: date, number: int) -> str:
    return (datetime.combine(day, time(2), UTC) + timedelta(minutes=number)).isoformat()


def _statement(actor: dict[str, Any], verb: str, activity: str, kind: str, at: str) -> Statement:
    return {
        "actor": actor,
        "verb": {"id": f"http://adlnet.gov/expapi/verbs/{verb}", "display": {"en": verb}},
        "object": {
            "id": activity,
            "definition": {"type": f"http://adlnet.gov/expapi/activities/{kind}", "name": {"id": "Kegiatan"}},
        },
        "timestamp": at,
    }


async def _post(scene: Scene, site: Site, statements: Sequence[Statement]) -> int:
    url = f"{scene.stack.url('connectors')}/xapi/1.0.3/statements"
    answer = await scene.http.post(url, json=list(statements), headers=HEADERS, auth=site.auth)
    ids: list[str] = _done(answer)
    return len(ids)


def _done(answer: httpx2.Response) -> Any:
    """What is answered. Raises LocalError when it was refused."""
    if answer.is_error:
        raise LocalError(f"{answer.request.method} {answer.request.url.path} was refused: {answer.text}")
    return answer.json()
