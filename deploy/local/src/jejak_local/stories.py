"""Short stories that `make demo` tells of the nation it has loaded, each as one table.

A story is a function of `Scene` that shows something through the public APIs. A new one is a function more, in `STORIES`.
"""

import asyncio
import json
import os
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import httpx2
from rich.table import Table

from common.texts import operator_language
from jejak_local import authority
from jejak_local.books import rest
from jejak_local.processes import LocalError
from jejak_local.stack import Stack, command
from nation.generate import FOUNDED, Nation
from nation.orders import reform
from nation.people import Person
from nation.session import Stack as LoaderStack
from nation.structure import Structure

PAGE = 1000
MOST_ROWS = 8
YEAR = timedelta(days=365)
MINUTE = 60


@dataclass(frozen=True)
class Scene:
    """The stack with the nation in it; `http` has no token of its own, `agencies` gives ids by code."""

    stack: Stack
    http: httpx2.AsyncClient
    nation: Nation
    agencies: dict[str, str]

    async def ask(
        self,
        service: str,
        method: str,
        path: str,
        *,
        role: str = "service",
        agency: str | None = None,
        person: str | None = None,
        **options: Any,
    ) -> httpx2.Response:
        """The answer, whatever it is."""
        token = await self.stack.token(role, agency=agency, person=person)
        headers = {"authorization": f"Bearer {token}", **options.pop("headers", {})}
        return await self.http.request(method, f"{self.stack.url(service)}/v1/{path}", headers=headers, **options)

    async def get(self, service: str, path: str, **options: Any) -> Any:
        """What is told. Raises LocalError when nothing is."""
        answer = await self.ask(service, "GET", path, **options)
        if answer.is_error:
            raise LocalError(f"GET {path} was refused: {answer.text}")
        return answer.json()

    async def until(self, ask: Callable[[], Awaitable[Any]]) -> Any:
        """What `ask` gives once it gives something. Raises TimeoutError after a minute."""
        async with asyncio.timeout(MINUTE):
            while not (found := await ask()):
                await asyncio.sleep(0.2)
        return found

    async def id_of(self, person: Person) -> str:
        """The registry's id of somebody who serves where the nation put them."""
        agency = self.agencies[person.agency.code]
        found = await self.get("registry", f"agencies/{agency}/units?limit={PAGE}")
        unit = next(unit["id"] for unit in found["items"] if unit["code"] == person.unit_code)
        found = await self.get("registry", f"people?agency_id={agency}&unit_id={unit}&limit={PAGE}")
        return next(each["id"] for each in found["items"] if each["nip"] == person.nip)


Story = Callable[[Scene], Awaitable[Table]]


async def superior_then_and_now(scene: Scene) -> Table:
    """One head of a unit that came under another: units, post and superior of today, and of a year ago."""
    person = next(_moved_heads(scene.nation), None)
    if person is None:
        raise LocalError("No unit of this nation has moved; ask for more people.")
    person_id = await scene.id_of(person)
    table = Table("day", "units", "post", "superior", title=f"Whom {person.name} answers to, today and a year ago")
    for day in (scene.nation.today - YEAR, scene.nation.today):
        place = await scene.get("registry", f"people/{person_id}/place?as_of={day.isoformat()}")
        post, superior = place["post"], place["superior"]
        table.add_row(
            day.isoformat(),
            " > ".join(unit["name"] for unit in place["units"]),
            post["name"] if post else "-",
            f"{superior['name']}, {superior['post_name']}" if superior else "-",
        )
    return table


def _moved_heads(nation: Nation) -> Iterator[Person]:
    """Heads of units that stand under another unit since some months ago, where all concerned served a year ago too."""
    year_ago = nation.today - YEAR
    for structure in nation.structures:
        for number in range(structure.size):
            before, now = structure.unit(number).parent, structure.unit_now(number).parent
            if before is None or now is None or before == now or structure.swapped(number) is not None:
                continue
            heads = [_head(nation, structure, unit) for unit in (number, before, now)]
            if heads[0] and all(head and not head.absence and head.joined_on <= year_ago for head in heads):
                yield heads[0]


def _head(nation: Nation, structure: Structure, unit: int) -> Person | None:
    index = structure.start + unit
    return nation.person(index) if structure.headed(index) == unit else None


async def merger_and_last_year(scene: Scene) -> Table:
    """Agencies merge and split: the report of last year stays as it was, that of today follows."""
    days = {"31 December of last year": date(scene.nation.year - 1, 12, 31), "today": scene.nation.today}
    ended = [line["agency_code"] for line in scene.nation.reform_lines()]
    concerned = dict.fromkeys(
        code
        for line in scene.nation.reform_lines()
        for code in (line["agency_code"], *(share["agency_code"] for share in line["shares"]))
    )
    names = {agency.code: agency.name for agency in scene.nation.agency_list}

    async def report(code: str, day: date) -> tuple[int, int]:
        path = f"duty-counts?agency_id={scene.agencies[code]}&day={day.isoformat()}"
        total = (await scene.get("training", path))["total"]
        return total["active"], total["short"]

    before = {(code, day): await report(code, day) for code in concerned for day in days.values()}
    summary = await reform(LoaderStack.of(scene.stack.facts), scene.nation)
    if not summary.ok:
        raise LocalError(f"A reform was answered otherwise than foretold: {summary.unexpected} {summary.missing}")
    await rest(scene.stack)
    table = Table("agency", title=f"People in service, and short of hours, before and after {len(ended)} reforms")
    for name in days:
        table.add_column(f"{name}: before", justify="right")
        table.add_column("after", justify="right")
    for code in concerned:
        row = [f"{names[code]}{' (ended)' if code in ended else ''}"]
        for name, day in days.items():
            after = await report(code, day)
            if name != "today" and after != before[code, day]:
                raise LocalError(f"The report of {code} of {day} has changed from {before[code, day]} to {after}.")
            row += [f"{active:,} / {short:,}" for active, short in (before[code, day], after)]
        table.add_row(*row)
    return table


async def refused_loops(scene: Scene) -> Table:
    """A post and a unit that would come to stand above themselves."""
    structure = max(scene.nation.structures, key=lambda each: each.size)
    lowest = structure.size - 1
    code, root, top = structure.agency.code, structure.root(), structure.top(lowest)
    lines = {
        "posts": {
            "agency_code": code, "code": root.code, "type": root.type, "name": root.name, "jenjang": root.level,
            "unit_code": root.unit.code, "superior_code": structure.head_post(lowest).code,
        },
        "units": {
            "agency_code": code, "code": top.code, "name": top.name, "parent_code": structure.unit(lowest).code,
            "valid_from": FOUNDED,
        },
    }  # fmt: skip
    table = Table("sent", "answer", "in words", title="Loops are refused, with their way")
    for kind, line in lines.items():
        answer = await scene.ask(
            "registry",
            "POST",
            f"{kind}:batch",
            content=json.dumps(line) + "\n",
            headers={"content-type": "application/x-ndjson", "accept-language": "en"},
        )
        told = answer.json()
        above = line.get("superior_code") or line.get("parent_code")
        table.add_row(f"{kind[:-1]} {line['code']} under {above}", f"{told['status']}: {told['code']}", told["message"])
    return table


async def intern_sees_totals(scene: Scene) -> Table:
    """What an intern is told: numbers of large groups, and nothing about anybody."""
    totals = await scene.get("training", "duty-totals?by=region", role="intern")
    title = f"What an intern is told: totals of groups of {totals['least']} and more, as of {totals['as_of']}"
    table = Table("asked for", "in service", "met", "short", "exempt", title=title)
    table.columns[1].justify = table.columns[2].justify = table.columns[3].justify = table.columns[4].justify = "right"
    told = [("everybody", totals["total"])] if totals["total"] else []
    told += [(f"{group['kind']}: {group['label'] or 'no region'}", group) for group in totals["groups"][:MOST_ROWS]]
    for label, group in told:
        numbers = [group[part] for part in ("active", "met", "short", "exempt")]
        table.add_row(label, *("hidden" if number is None else f"{number:,}" for number in numbers))
    for service, path in (("registry", "people"), ("training", "duty-counts"), ("training", "shortfalls")):
        answer = await scene.ask(service, "GET", path, role="intern")
        table.add_row(f"{service}: GET /v1/{path}", f"[red]{answer.status_code}[/]", answer.json()["code"], "", "")
    return table


async def who_looked(scene: Scene) -> Table:
    """HR looks at somebody's record and says why; within a minute that person reads it."""
    agency, person = await _somebody(scene)
    asked, mine = time.monotonic(), {"role": "person", "person": person}
    why = "usul kenaikan pangkat"
    said = {"access-reason": why}
    await scene.get("registry", f"people/{person}/history", role="agency_hr", agency=agency, headers=said)

    async def looks() -> list[dict[str, Any]]:
        looks = (await scene.get("registry", "people/me/looks", headers={"accept-language": "en"}, **mine))["items"]
        return looks if any(look["reason"] == why for look in looks) else []

    told = await scene.until(looks)
    title = f"Who looked at my record, read {time.monotonic() - asked:.1f} s after"
    table = Table("when", "in words", title=title)
    for look in told[:MOST_ROWS]:
        table.add_row(look["seen_at"][:19], look["told"])
    return table


async def a_persons_file(scene: Scene) -> Table:
    """Everything that all services hold of somebody, as they get it themselves."""
    _, person = await _somebody(scene)
    asked, mine = time.monotonic(), {"role": "person", "person": person}
    ordered = await scene.ask("registry", "POST", "data-files", json={"language": "en"}, **mine)
    path = f"data-files/{ordered.json()['id']}"

    async def made() -> dict[str, Any] | None:
        file = await scene.get("registry", path, **mine)
        return file if file["state"] == "ready" else None

    file = await scene.until(made)
    data = await scene.get("registry", f"{path}/json", **mine)
    title = f"A person's data as one file, after {time.monotonic() - asked:.1f} s: PDF {file['pdf_size']:,} bytes"
    table = Table("service", "what it holds", title=title)
    for service in data["services"]:
        held = [f"{each['title']} {len(each['rows'])}" for each in service["sections"] if each["rows"]]
        table.add_row(service["service"], ", ".join(held) or "-")
    return table


async def a_class_and_its_certificate(scene: Scene) -> Table:
    """A provider gives a webinar of two sessions; whoever was in it gets hours, and a certificate that anybody can check."""
    agency, _ = await _somebody(scene)
    found = await scene.get("registry", f"people?agency_id={agency}&limit=50")
    today = scene.nation.today
    people = [each["id"] for each in found["items"] if each["status"] == "active"][:5]

    async def send(path: str, role: str, body: Any, provider: str = "") -> Any:
        headers = {"authorization": f"Bearer {await scene.stack.token(role, provider=provider)}"}
        lines = isinstance(body, list)
        content = "".join(json.dumps(line) + "\n" for line in body) if lines else json.dumps(body)
        headers["content-type"] = "application/x-ndjson" if lines else "application/json"
        answer = await scene.http.post(f"{scene.stack.url('training')}/v1/{path}", content=content, headers=headers)
        if answer.is_error:
            raise LocalError(f"POST {path} was refused: {answer.text}")
        return [json.loads(line) for line in answer.text.splitlines()] if lines else answer.json()

    since = f"{today.year}-01-01"
    school = {"code": "DEMO-KELAS", "name": "Balai Contoh", "accreditations": [{"form": "KL06", "valid_from": since}]}
    provider = (await send("providers", "lan", school))["id"]
    course = {
        "code": "DEMO-WEBINAR", "provider_id": provider, "title": "Webinar layanan publik", "form": "KL06", "jp": "4",
        "valid_from": since,
    }  # fmt: skip
    hours = [(f"{today}T00:00:{start:02}+07:00", f"{today}T00:00:{start + 1:02}+07:00") for start in (0, 1)]
    given = {
        "course_id": (await send("courses", "lan", course))["id"],
        "begins_on": str(today), "ends_on": str(today), "seats": 100,
        "sessions": [{"starts_at": start, "ends_at": end, "jp": "2"} for start, end in hours],
    }  # fmt: skip
    path = f"classes/{(await send('classes', 'provider', given, provider))['id']}"
    await send(f"{path}/enrolments:batch", "provider", [{"person_id": each} for each in people], provider)
    there = [
        {"person_id": each, "session": number, "present": True}
        for place, each in enumerate(people)
        for number in ((1, 2) if place else (1,))
    ]
    await send(f"{path}/attendance:batch", "provider", there, provider)
    results = [{"person_id": each, "name": "Sari Contoh"} for each in people]
    answers = await send(f"{path}/results:batch", "provider", results, provider)
    issued = await send(f"{path}/certificates", "provider", {}, provider)
    [first, *_] = (await scene.get("training", f"certificates?class_id={path.removeprefix('classes/')}"))["items"]
    paper = await scene.ask("training", "GET", f"certificates/{first['id']}")
    seal = await asyncio.to_thread(authority.signer().verify, paper.content)
    if not (seal.whole and seal.trusted):
        raise LocalError("The certificate is not as it was signed.")
    checked = (await scene.http.get(first["check_url"])).json()
    stored = Counter(each["status"] for each in answers)["stored"]
    table = Table("what", "told", title="A class, and its certificate checked at the address in its code")
    table.add_row(
        "results", f"{stored} of {len(people)} are records: {checked['jp']} JP for who left half-way, 4 for the others"
    )
    table.add_row("certificates", f"{issued['issued']}, from {issued['first']} to {issued['last']}")
    table.add_row("signed", f"by {seal.signer}, {len(paper.content):,} bytes, whole")
    table.add_row(
        "checked, by anybody", f"{checked['state']}: {checked['initials']}, {checked['title']}, {checked['number']}"
    )
    return table


async def a_stolen_client(scene: Scene) -> Table:
    """A stolen client has read a list: whom that concerned, and what they were shown of them."""
    read = await scene.get("registry", "people?limit=100", role="lan")
    await rest(scene.stack)
    folder = scene.stack.root / "breach"
    span = ("--since", f"{scene.nation.today}T00:00", "--until", f"{scene.nation.today + timedelta(days=1)}T00:00")
    began = time.monotonic()
    told = await run_command(scene.stack, "registry", "breach", "--client", "lan", *span, "--folder", str(folder))
    took = time.monotonic() - began
    people = [json.loads(line) for line in (folder / "people.ndjson").read_text().splitlines()]
    if not {each["id"] for each in read["items"]} <= {each["person_id"] for each in people}:
        raise LocalError("Not everybody whom the client was shown is told.")
    table = Table("people", "shown of them", title=f"A stolen client, after {took:.1f} s: {told}")
    for parts, count in Counter(", ".join(each["parts"]) for each in people).most_common(MOST_ROWS):
        table.add_row(f"{count:,}", parts)
    notice = (folder / f"authority.{operator_language()}.txt").read_text()
    table.add_row("draft", notice.strip().splitlines()[0])
    return table


async def _somebody(scene: Scene) -> tuple[str, str]:
    """An agency, and somebody who serves there."""
    agency = scene.agencies[scene.nation.person(0).agency.code]
    found = await scene.get("registry", f"people?agency_id={agency}&limit=1")
    return agency, found["items"][0]["id"]


async def run_command(stack: Stack, service: str, *arguments: str) -> str:
    """What a command of a service says."""
    child = await asyncio.create_subprocess_exec(
        *command(service, *arguments),
        env={**os.environ, **stack.process(service).environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await child.communicate()
    if child.returncode:
        raise LocalError(f"{service} {arguments[0]} failed:\n{errors.decode()}")
    return output.decode().rstrip()


STORIES: tuple[Story, ...] = (
    superior_then_and_now,
    refused_loops,
    intern_sees_totals,
    who_looked,
    a_persons_file,
    a_class_and_its_certificate,
    a_stolen_client,
    merger_and_last_year,
)
"""In the order in which they are told; the merger is the last, since the agencies are others after it."""
