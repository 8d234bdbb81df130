"""What `make demo` shows of the doors of connectors: platforms that send as they really do, a spreadsheet, and what becomes of it.

Moodle sends batches without ids, modules and quizzes among them, and a batch again when it did not hear the answer. Open edX
sends each statement under an id of its own, and everything again after a day. LinkedIn Learning signs in with a token. An address of the agency
is told of what its people have finished.
"""

import csv
import hmac
import io
import json
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import httpx2
from fastapi import FastAPI, Request, Response
from rich.console import Group
from rich.table import Table

from common.ids import derived_id
from jejak_local.books import ask, rest
from jejak_local.processes import LocalError, free_port
from jejak_local.serve import serving
from jejak_local.stories import Scene

PEOPLE = 40
BATCH = 30
MOODLE, EDX = "https://lms.demo.example", "https://mooc.demo.example"
COURSES = ("INTEGRITAS", "DATA")
EXCEL, WATCHED = "EXCEL", "urn:li:lyndaCourse:77"
NOBODY, SPOILT = "199912312025121999", "1,99E+17"
"""Numbers of two rows of the spreadsheet: one that nobody has yet, and one that has lost its digits."""
INSIDE = {"CONNECTORS_WEBHOOK_INSIDE": "true"}
"""The address that is told is on this machine."""
OUTGOING = "SELECT count(*) FROM deliveries WHERE state = 'waiting'"
HEADERS = {"x-experience-api-version": "1.0.3"}
Statement = dict[str, Any]


@dataclass(frozen=True)
class Site:
    """A platform, how it signs in to its connection, and what its courses are in the catalogue."""

    name: str
    connection: str
    signed: Mapping[str, str]
    courses: Mapping[str, str]


@dataclass
class Address:
    """An address of the agency that is told: how often of what, and whether each message is signed as it should be."""

    url: str
    secret: str = ""
    told: Counter[str] = field(default_factory=Counter[str])
    people: set[str] = field(default_factory=set[str])
    unsigned: int = 0

    async def take(self, request: Request) -> Response:
        body, told = await request.body(), request.headers
        signed = f"{told['webhook-id']}.{told['webhook-timestamp']}.".encode() + body
        digest = hmac.digest(b64decode(self.secret.removeprefix("whsec_")), signed, "sha256")
        self.unsigned += told["webhook-signature"] != f"v1,{b64encode(digest).decode()}"
        message = json.loads(body)
        self.told[message["type"]] += 1
        self.people.add(message["data"]["person_id"])
        return Response(status_code=204)


async def platforms(scene: Scene) -> Group:
    """Connects the sites, lets them send, and maps their courses: the counts of each door before and after, and what an address of the agency is told."""
    agency = next(iter(scene.agencies.values()))
    found = await scene.get("registry", f"people?agency_id={agency}&limit={PEOPLE}")
    people: list[dict[str, Any]] = found["items"]
    await _catalogue(scene)
    day = scene.nation.today - timedelta(days=40)
    moodle = await _connect(
        scene, agency, "Moodle", {f"{MOODLE}/course/view.php?id={7 + n}": code for n, code in enumerate(COURSES)}
    )
    edx = await _connect(scene, agency, "Open edX", {f"{EDX}/course/v1:LAN+{code}+2026": code for code in COURSES})
    linkedin = await _connect(scene, agency, "LinkedIn", {WATCHED: EXCEL}, by_token=True)
    lines = [{"mbox": _mailto(each), "person_id": each["id"]} for each in people]
    for site in (edx, linkedin):
        await _named(scene, agency, site, lines)
    async with _address(scene, agency) as address:
        sent = {
            moodle.connection: await _send_moodle(scene, moodle, people, day),
            edx.connection: await _send_edx(scene, edx, people[: PEOPLE // 2], day),
            linkedin.connection: await _send_linkedin(scene, linkedin, people[PEOPLE // 2 :], day),
        }
        sheet, sent_rows = await _load_sheet(scene, agency, people[: PEOPLE // 2], day)
        sent[sheet.connection] = sent_rows
        await rest(scene.stack)
        table = Table(
            "door", "sent", "accepted", "duplicate", "waiting", "refused", "unmapped courses", title="Four doors"
        )
        for moment in ("before", "after"):
            for site in (moodle, edx, linkedin):
                if moment == "after":
                    await _map(scene, agency, site)
            await rest(scene.stack)
            for site in (moodle, edx, linkedin, sheet):
                path = f"connections/{site.connection}"
                counts = (await scene.get("connectors", path, role="agency_hr", agency=agency))["counts"]
                # A row that cannot be read becomes no report.
                counts["refused"] += site is sheet
                queue = await scene.get("connectors", f"{path}/unmapped-courses", role="agency_hr", agency=agency)
                unmapped = ", ".join(f"{each['course'].split('/')[-1]} ({each['count']})" for each in queue["items"])
                figures = [str(counts[name]) for name in ("accepted", "duplicate", "waiting", "refused")]
                name = f"{site.name}, {moment} the mapping"
                table.add_row(name, str(sent[site.connection]), *figures, unmapped or "-")

        async def delivered() -> bool:
            return not await ask(scene.stack, "connectors", OUTGOING)

        await scene.until(delivered)
    return Group(table, _told(address))


def _told(address: Address) -> Table:
    table = Table("event", "messages", "people", "signed wrongly", title="What an address of the agency was told")
    for event, count in sorted(address.told.items()):
        table.add_row(event, str(count), str(len(address.people)), str(address.unsigned))
    return table


@asynccontextmanager
async def _address(scene: Scene, agency: str) -> AsyncIterator[Address]:
    """Listens on this machine while the block runs."""
    port = free_port()
    address = Address(f"http://127.0.0.1:{port}/jejak")
    app = FastAPI(telemetry={"tracing": False, "metrics": False, "logs": False})
    app.add_api_route("/jejak", address.take, methods=["POST"])
    body = {
        "url": address.url, "events": ["training.completed", "training.corrected", "training.revoked"],
        "purpose": "Aplikasi kepegawaian instansi", "reference": "demo",
    }  # fmt: skip
    made = await scene.ask("connectors", "POST", "webhooks", role="agency_hr", agency=agency, json=body)
    address.secret = _done(made)["secret"]
    async with serving(app, port):
        yield address


def _mailto(person: dict[str, Any]) -> str:
    return f"mailto:{person['id']}@demo.example"


async def _catalogue(scene: Scene) -> None:
    provider = {
        "code": "DEMO-LMS", "name": "Penyelenggara demo",
        "accreditations": [{"form": "KL03", "valid_from": "2015-01-01"}],
    }  # fmt: skip
    _done(await scene.ask("training", "POST", "providers", role="lan", json=provider))
    for code in (*COURSES, EXCEL):
        course = {
            "code": code, "provider_code": "DEMO-LMS", "title": f"Pelatihan {code.lower()}", "form": "KL03", "jp": "4",
            "valid_from": "2015-01-01",
        }  # fmt: skip
        _done(await scene.ask("training", "POST", "courses", role="lan", json=course))


async def _connect(scene: Scene, agency: str, name: str, courses: Mapping[str, str], *, by_token: bool = False) -> Site:
    hr = {"role": "agency_hr", "agency": agency}
    body = {"name": name, "platform": name.lower().replace(" ", "")}
    made = _done(await scene.ask("connectors", "POST", "connections", json=body, **hr))
    key = _done(await scene.ask("connectors", "POST", f"connections/{made['id']}/credentials", **hr))
    signed = f"Basic {b64encode(':'.join((key['id'], key['secret'])).encode()).decode()}"
    if by_token:
        form = {"grant_type": "client_credentials", "client_id": key["id"], "client_secret": key["secret"]}
        answer = await scene.http.post(f"{scene.stack.url('connectors')}/oauth/token", data=form)
        signed = f"Bearer {_done(answer)['access_token']}"
    return Site(name, made["id"], {"authorization": signed}, courses)


async def _named(scene: Scene, agency: str, site: Site, lines: Sequence[dict[str, Any]]) -> None:
    content = "".join(json.dumps(line) + "\n" for line in lines)
    path = f"connections/{site.connection}/users:batch"
    said = {"content-type": "application/x-ndjson"}
    answer = await scene.ask("connectors", "POST", path, role="agency_hr", agency=agency, content=content, headers=said)
    if answer.is_error:
        raise LocalError(f"POST {path} was refused: {answer.text}")


async def _map(scene: Scene, agency: str, site: Site) -> None:
    for course, code in site.courses.items():
        path = f"connections/{site.connection}/course-mappings"
        body = {"course": course, "course_code": code}
        _done(await scene.ask("connectors", "POST", path, role="agency_hr", agency=agency, json=body))


async def _send_moodle(scene: Scene, site: Site, people: Sequence[dict[str, Any]], day: date) -> int:
    """By NIP; each course after a quiz of it. The second batch is sent again: its answer was lost on the way."""
    statements: list[Statement] = []
    for number, person in enumerate(people):
        actor = {"account": {"homePage": MOODLE, "name": person["nip"]}}
        course = list(site.courses)[number % 2]
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
        course = list(site.courses)[number // 2 % 2]
        made: Statement = _statement(actor, "passed", course, "course", _at(day + timedelta(days=3), number))
        statements.append({"id": str(derived_id("demo", site.connection, number)), **made})
    return sum([await _post(scene, site, statements) for _ in range(2)])


async def _send_linkedin(scene: Scene, site: Site, people: Sequence[dict[str, Any]], day: date) -> int:
    """By address, with the time that was watched, of which no hours are made."""
    statements: list[Statement] = []
    for number, person in enumerate(people):
        actor = {"objectType": "Agent", "mbox": _mailto(person)}
        made = _statement(actor, "completed", WATCHED, "course", _at(day, number))
        statements.append(made | {"result": {"completion": True, "duration": "PT4M30S"}})
    return await _post(scene, site, statements)


async def _load_sheet(scene: Scene, agency: str, people: Sequence[dict[str, Any]], day: date) -> tuple[Site, int]:
    """A spreadsheet of the agency, once all is answered but the row of whom nobody knows: its connection, and how many rows it had."""
    written = io.StringIO()
    rows = csv.writer(written, delimiter=";")
    rows.writerow(("Nomor Rujukan", "NIP", "Bentuk", "Nama Pelatihan", "Tanggal Mulai", "Tanggal Selesai", "JP"))
    numbers = [*(each["nip"] for each in people), NOBODY, SPOILT]
    for place, nip in enumerate(numbers):
        rows.writerow((f"DEMO-{place}", nip, "KL03", "Bimbingan penulisan", day.isoformat(), day.isoformat(), "4"))
    hr = {"role": "agency_hr", "agency": agency}
    sent = await scene.ask("connectors", "POST", "imports:trainings", content=written.getvalue().encode(), **hr)
    path = f"imports/{_done(sent)['id']}"

    async def answered() -> bool:
        found = await scene.get("connectors", path, **hr)
        return found["state"] == "waiting" and found["counts"]["waiting"] == 1

    await scene.until(answered)
    found = await scene.get("connectors", "connections", **hr)
    [own] = [each["id"] for each in found["items"] if each["platform"] == "spreadsheet"]
    return Site("Spreadsheet", own, {}, {}), len(numbers)


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
    answer = await scene.http.post(url, json=list(statements), headers={**HEADERS, **site.signed})
    ids: list[str] = _done(answer)
    return len(ids)


def _done(answer: httpx2.Response) -> Any:
    """What is answered. Raises LocalError when it was refused."""
    if answer.is_error:
        raise LocalError(f"{answer.request.method} {answer.request.url.path} was refused: {answer.text}")
    return answer.json()
