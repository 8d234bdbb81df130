"""Clients that insist until they are answered, and remember what they sent and what they were told.

Each record and each case has one client only, so what was answered last is what must be stored.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import httpx2

from chaos.arena import ANSWER_SECONDS, BROKEN, EXPIRED, Arena
from chaos.cohorts import Cohort
from chaos.courses import Platform
from jejak_local.books import ask
from jejak_local.processes import waited

REPEATS = 0.1
FOLLOWED = 3
YEAR = 2026
NEW_YEAR = date(YEAR, 1, 1)
SLOWEST_LINES = 500
"""Lines of an upload that a service works off in a second, at the least."""
MENTORS = 2
"""of each agency"""
OFFICERS, OFFICER = 4, "ahli_muda"
"""of each agency, and their jenjang"""
STEADY = 5
"""People of an agency whose hours are never corrected or revoked: what they have only grows."""
MONTHS = [date(year, month, 1) for year in (2024, 2025) for month in range(1, 13)]
PERCENT = {"sangat_baik": 150, "baik": 100, "butuh_perbaikan": 75}
COEFFICIENT, OFFICERS_COEFFICIENT = Decimal("12.5"), Decimal(25)


@dataclass
class Person:
    """Somebody of the registry as it was last answered."""

    line: dict[str, Any]
    id: str = ""

    @property
    def nip(self) -> str:
        return self.line["nip"]


@dataclass
class Agency:
    """An agency made for one trial, and its people."""

    id: str
    people: list[Person]
    mentors: list[Person] = field(default_factory=list[Person])
    """Of a higher jenjang than all others; they mentor and do nothing else."""
    officers: list[Person] = field(default_factory=list[Person])
    """Of a jenjang of their own; their cases go through the queue, and they do nothing else."""

    @property
    def steady(self) -> list[Person]:
        return self.people[:STEADY]

    @property
    def changing(self) -> list[Person]:
        return self.people[STEADY:]


@dataclass(slots=True)
class Told:
    """What was last answered about a training record."""

    id: str
    person: str
    title: str
    jp: Decimal | None
    """As stated; nothing where sessions count."""
    verified: bool
    sessions: Sequence[date] = ()
    trace: str = ""
    """Under which the upload was sent that stored it; empty for others."""
    revoked: bool = False


@dataclass
class Judged:
    """What was last answered about a case."""

    id: str
    person: str
    predikat: str
    state: str = "submitted"
    coefficient: Decimal = COEFFICIENT

    @property
    def twelfths(self) -> Decimal:
        """Twelve times the credit points of its one month: months x percent x coefficient."""
        return PERCENT[self.predikat] * self.coefficient / 100


@dataclass
class Objection:
    """What was last answered about an objection to a returned case."""

    case: str
    answer_by: str
    """The last day to answer."""
    state: str = "filed"


@dataclass
class History:
    """What the clients of one trial were told, by reference; `source` names the trial."""

    source: str
    agencies: list[Agency] = field(default_factory=list[Agency])
    records: dict[str, Told] = field(default_factory=dict[str, Told])
    cases: dict[str, Judged] = field(default_factory=dict[str, Judged])
    looks: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    """How often who was shown whom."""
    cohorts: list[Cohort] = field(default_factory=list[Cohort])
    platforms: list[Platform] = field(default_factory=list[Platform])
    objections: dict[str, Objection] = field(default_factory=dict[str, Objection])
    papers: dict[str, str] = field(default_factory=dict[str, str])
    """The number of each PAK."""
    revoked: set[str] = field(default_factory=set[str])
    """Of these papers."""

    @property
    def people(self) -> list[Person]:
        return [person for agency in self.agencies for person in agency.people]


@dataclass
class Client:
    """Somebody who sends until `over`; what they do next is up to their own `chance`."""

    arena: Arena
    history: History
    chance: Random
    over: asyncio.Event
    number: int = 0

    def reference(self) -> str:
        return f"{next(self.arena.numbers):08}"

    def wrong(self, what: str) -> None:
        self.arena.wrong.append(what)

    async def insist(self, service: str, method: str, path: str, **options: Any) -> httpx2.Response:
        """Sends until an answer comes that is not about the world being broken."""
        while True:
            try:
                answer = await self.arena.call(service, method, path, **options)
                if answer.status_code < 500 and answer.status_code != EXPIRED:
                    return answer
                self.arena.counted[f"answered {answer.status_code} by {service}"] += 1
            except httpx2.HTTPError as error:
                self.arena.counted[f"{type(error).__name__} of {service}"] += 1
            await asyncio.sleep(self.chance.uniform(0.05, 0.5))

    async def upload(
        self, service: str, path: str, lines: Sequence[dict[str, Any]], *, line_bytes: int = 0, **options: Any
    ) -> list[Any]:
        """Sends lines, filled up with blanks to `line_bytes`, until each is answered."""
        options |= {
            "content": "".join(json.dumps(line).ljust(line_bytes) + "\n" for line in lines).encode(),
            "headers": {"content-type": "application/x-ndjson", **options.get("headers", {})},
            "timeout": ANSWER_SECONDS + len(lines) / SLOWEST_LINES,
        }
        while True:
            answer = await self.insist(service, "POST", path, **options)
            if answer.status_code != 200:
                self.wrong(f"an upload to {path} was answered {answer.status_code}: {answer.text[:200]}")
                return []
            answers = [json.loads(line) for line in answer.text.splitlines()]
            if len(answers) == len(lines):
                return answers
            self.wrong(f"an upload of {len(lines)} lines to {path} had {len(answers)} answers")

    def hours(self) -> Decimal:
        """Mostly minutes, so that a year takes many trainings; now and then enough to end a shortfall."""
        return (
            Decimal(self.chance.randint(300, 900) if self.chance.random() < 0.02 else self.chance.randint(1, 10)) / 100
        )

    def training(self, person: Person, **changes: Any) -> dict[str, Any]:
        """A finished training."""
        reference = self.reference()
        return {
            "source_name": self.history.source, "reference": reference, "nip": person.nip, "form": "KL03",
            "title": f"Pelatihan {reference}", "start_date": f"{YEAR}-03-02", "end_date": f"{YEAR}-03-03",
            "jp": str(self.hours()),
        } | changes  # fmt: skip

    def mentoring(self, person: Person, **changes: Any) -> dict[str, Any]:
        """Some sessions around New Year, so that months and years are shared with others of the person."""
        days = sorted(NEW_YEAR + timedelta(days=self.chance.randint(-31, 45)) for _ in range(self.chance.randint(1, 4)))
        told = {"form": self.chance.choice(("NKL01", "NKL02")), "session_dates": [day.isoformat() for day in days]}
        line = self.training(person, **told, start_date=told["session_dates"][0], end_date=told["session_dates"][-1])
        del line["jp"]
        return line | changes

    def remember(self, line: dict[str, Any], person: Person, record_id: str) -> Told:
        """Keeps the first answer; a later one must name the same record."""
        told = self.history.records.setdefault(
            line["reference"],
            Told(
                record_id,
                person.id,
                line["title"],
                Decimal(line["jp"]) if "jp" in line else None,
                verified=line.get("source") != "self",
                sessions=days_of(line),
            ),
        )
        if told.id != record_id:
            self.wrong(f"reference {line['reference']} is record {told.id}, and then {record_id}")
        return told


def days_of(line: dict[str, Any]) -> list[date]:
    """The days of the sessions that a line tells."""
    return [date.fromisoformat(day) for day in line.get("session_dates", ())]


Work = Callable[[Client], Coroutine[Any, Any, None]]


async def make_agency(client: Client, name: str) -> Agency:
    """An agency with a PIC and people whom training and credit know when this returns."""
    arena = client.arena
    email = f"pic.{name.lower()}@instansi.example"
    pic = {"rank": "main", "name": "Petugas", "email": email, "language": "id", "time_zone": "Asia/Jakarta"}
    line = {"code": name, "name": f"Badan {name}", "kind": "L", "region": None, "pics": [pic]}
    # By code: sent again after an answer that was lost, it is the same agency.
    [made] = await client.upload("registry", "/agencies:batch", [line])
    agency = Agency(made["id"], [])
    agency.people += await register(client, agency, arena.scale.people)
    agency.mentors += await register(client, agency, MENTORS, jenjang="ahli_madya", golongan="IV/a")
    agency.officers += await register(client, agency, OFFICERS, jenjang=OFFICER, golongan="III/c")
    known = f"SELECT count(*) FROM people WHERE agency_id = '{agency.id}'"
    for service in ("training", "credit"):
        while await ask_patiently(client, service, known) < arena.scale.people + MENTORS + OFFICERS:
            await asyncio.sleep(0.1)
    client.history.agencies.append(agency)
    return agency


async def have_told(client: Client, agency: Agency, connection: str | None = None) -> None:
    """Has an address told of all that becomes of the trainings of an agency's people, or of what a connection reports."""
    addresses, told = client.arena.addresses, connection or agency.id
    body = {
        "connection_id": connection, "url": f"{addresses.url}/{told}", "purpose": "Uji ketahanan", "reference": client.history.source,
        "events": ["training.completed", "training.corrected", "training.revoked"],
    }  # fmt: skip
    answer = await client.insist("connectors", "POST", "/webhooks", json=body, role="agency_hr", agency=agency.id)
    if answer.status_code != 201:
        client.wrong(f"a webhook was answered {answer.status_code}: {answer.text[:200]}")
        return
    addresses.secrets[told] = answer.json()["secret"]


async def register(client: Client, agency: Agency, number: int, **changes: Any) -> list[Person]:
    """New people of an agency, as the registry has answered."""
    people = [Person(_person(next(client.arena.numbers), agency) | changes) for _ in range(number)]
    answers = await client.upload("registry", "/people:batch", [person.line for person in people])
    for person, answer in zip(people, answers, strict=True):
        if answer["status"] == "refused":
            client.wrong(f"a new person was refused: {answer}")
        person.id = answer.get("id", "")
    return people


def _person(number: int, agency: Agency) -> dict[str, Any]:
    day, serial = divmod(number, 999)
    month, day = divmod(day, 28)
    nip = f"{1970 + month // 12}{month % 12 + 1:02}{day + 1:02}2010031{serial + 1:03}"
    return {
        "nip": nip, "name": f"Pegawai {number}", "staff_type": "PNS", "agency_id": agency.id, "jenjang": "ahli_pertama",
        "golongan": "III/a", "position": "Analis", "education": "S1", "joined_on": "2010-03-01",
    }  # fmt: skip


async def singles(client: Client) -> None:
    """Sends trainings one by one; now and then verifies, corrects or revokes one."""
    chance = client.chance
    while not client.over.is_set():
        agency = chance.choice(client.history.agencies)
        person = chance.choice(agency.people)
        line = client.training(person, **({"source": "self"} if chance.random() < 0.1 else {}))
        key = {"idempotency-key": line["reference"]} if chance.random() < 0.2 else {}
        told = await _store(client, person, line, key)
        if told is None or person in agency.steady:
            continue
        if not told.verified and chance.random() < 0.5:
            await _change(client, told, "POST", "verify", None)
            told.verified = True
        if chance.random() < 0.15:
            told.jp, told.title = client.hours(), f"{line['title']} (diperbaiki)"
            content = {name: line[name] for name in ("form", "start_date", "end_date")}
            content |= {"title": told.title, "jp": str(told.jp), "reason": "salah tulis"}
            await _change(client, told, "PUT", "", content)
        if chance.random() < 0.1:
            await _change(client, told, "POST", "revoke", {"reason": "bukti palsu"})
            told.revoked = True


async def mentors(client: Client) -> None:
    """Sends records of sessions; now and then verifies one, tells other dates for it, or revokes it."""
    chance = client.chance
    while not client.over.is_set():
        agency = chance.choice(client.history.agencies)
        person = chance.choice(agency.people)
        line = client.mentoring(person, **({"source": "self"} if chance.random() < 0.3 else {}))
        told = await _store(client, person, line, {})
        if told is None or person in agency.steady:
            continue
        if not told.verified and chance.random() < 0.3:
            await _change(client, told, "POST", "verify", None)
            told.verified = True
        if chance.random() < 0.3:
            other = client.mentoring(person)
            content = {name: other[name] for name in ("form", "start_date", "end_date", "session_dates")}
            await _change(client, told, "PUT", "", content | {"title": told.title, "reason": "tanggal sesi keliru"})
            told.sessions = days_of(other)
        if chance.random() < 0.1:
            await _change(client, told, "POST", "revoke", {"reason": "bukti palsu"})
            told.revoked = True
        await asyncio.sleep(chance.uniform(0, 0.3))


async def _store(client: Client, person: Person, line: dict[str, Any], headers: dict[str, str]) -> Told | None:
    async def send() -> Told | None:
        answer = await client.insist("training", "POST", "/trainings", json=line, headers=headers)
        if answer.status_code not in {200, 201}:
            client.wrong(f"a training was answered {answer.status_code}: {answer.text[:200]}")
            return None
        return client.remember(line, person, answer.json()["id"])

    # An impatient one sends it twice at once.
    told = (await asyncio.gather(*(send() for _ in range(2 if client.chance.random() < 0.05 else 1))))[0]
    if client.chance.random() < REPEATS:
        await send()
    return told


async def follow(client: Client) -> None:
    """Sends a few trainings under traces of their own, and returns when credit has spans that lead back to each.

    Only when all is whole: a process that is killed takes its last spans with it. Raises TimeoutError.
    """
    chance, sent = client.chance, set[str]()
    for person in chance.sample(client.history.people, k=FOLLOWED):
        trace = f"{chance.getrandbits(128):032x}"
        line = client.training(person)
        headers = {"traceparent": f"00-{trace}-{chance.getrandbits(64):016x}-01"}
        await _store(client, person, line, headers)
        sent.add(trace)
    while not all("credit" in services_of(client.arena.stack.spans(), trace) for trace in sent):
        await asyncio.sleep(0.5)


def services_of(spans: Sequence[dict[str, Any]], trace: str) -> set[str]:
    """The services with spans of a trace, or of traces that link to it, however far."""
    known = {trace}
    while True:
        linked = {span["trace"] for span in spans if any(link["trace"] in known for link in span["links"])}
        if linked <= known:
            return {span["service"] for span in spans if span["trace"] in known}
        known |= linked


async def _change(client: Client, told: Told, method: str, act: str, body: dict[str, Any] | None) -> None:
    for _ in range(2 if client.chance.random() < REPEATS else 1):
        answer = await client.insist("training", method, f"/trainings/{told.id}/{act}".rstrip("/"), json=body)
        if answer.status_code != 200:
            client.wrong(f"{act or 'correct'} of a record was answered {answer.status_code}: {answer.text[:200]}")


async def uploads(client: Client) -> None:
    """Sends trainings many at a time, in any order of people; some lines stand twice in a file."""
    chance = client.chance
    while not client.over.is_set():
        people = chance.choices(client.history.people, k=chance.randint(*client.arena.scale.lines))
        lines = [(person, client.training(person)) for person in people]
        lines += chance.sample(lines, k=chance.randint(0, 3))
        chance.shuffle(lines)
        trace = f"{chance.getrandbits(128):032x}"
        for _ in range(2 if chance.random() < REPEATS else 1):
            headers = {"traceparent": f"00-{trace}-{chance.getrandbits(64):016x}-00"}
            answers = await client.upload("training", "/trainings:batch", [line for _, line in lines], headers=headers)
            for (person, line), answer in zip(lines, answers, strict=False):
                if answer["status"] not in {"stored", "duplicate"}:
                    client.wrong(f"a line was answered {answer}")
                else:
                    client.remember(line, person, answer["id"]).trace = trace
        await asyncio.sleep(chance.uniform(0, 1))  # leaves the two cores to those who start again


async def cases(client: Client) -> None:
    """Sends predicates of an agency, has them checked by one and attested by another; returns a few and repairs some of these."""
    chance, agency = client.chance, client.history.agencies[client.number % len(client.history.agencies)]
    free = [(person, month) for person in agency.people for month in MONTHS]
    chance.shuffle(free)
    while not client.over.is_set() and free:
        taken = [free.pop() for _ in range(min(len(free), chance.randint(2, 60)))]
        judged: list[Judged] = []
        lines = [predicate(client, person, month) for person, month in taken]
        for _ in range(2 if chance.random() < REPEATS else 1):
            answers = await client.upload("credit", "/predicates:batch", lines)
            for (person, _), line, answer in zip(taken, lines, answers, strict=False):
                if answer["status"] not in {"stored", "duplicate"}:
                    client.wrong(f"a predicate was answered {answer}")
                    continue
                case = client.history.cases.setdefault(
                    line["reference"], Judged(answer["id"], person.id, line["predikat"])
                )
                if case.id != answer["id"]:
                    client.wrong(f"predicate {line['reference']} is case {case.id}, and then {answer['id']}")
                if case not in judged:
                    judged.append(case)
        await _move(client, agency, judged, "check", "verifier")
        if chance.random() < 0.3:
            case = judged.pop()
            await _return(client, agency, case)
            if chance.random() < 0.5:
                await _repair(
                    client, next(line for line in lines if client.history.cases.get(line["reference"]) is case), case
                )
        if chance.random() < 0.9:
            await _move(client, agency, judged, "attest", "validator")


def predicate(client: Client, person: Person, month: date) -> dict[str, Any]:
    """The predikat of somebody's month."""
    last = {2: 29 if month.year % 4 == 0 else 28, 4: 30, 6: 30, 9: 30, 11: 30}.get(month.month, 31)
    return {
        "source_name": client.history.source, "reference": client.reference(), "nip": person.nip,
        "period_start": month.isoformat(), "period_end": month.replace(day=last).isoformat(),
        "predikat": client.chance.choice(list(PERCENT)),
    }  # fmt: skip


async def _move(client: Client, agency: Agency, judged: Sequence[Judged], act: str, role: str) -> None:
    lines = [{"id": case.id} for case in judged]
    for _ in range(2 if client.chance.random() < REPEATS else 1):
        answers = await client.upload("credit", f"/cases:{act}", lines, role=role, agency=agency.id)
        for case, answer in zip(judged, answers, strict=False):
            if answer["status"] not in {"updated", "unchanged"}:
                client.wrong(f"{act} of a case was answered {answer}")
            case.state = f"{act}ed"


async def _return(client: Client, agency: Agency, case: Judged) -> None:
    for _ in range(2 if client.chance.random() < REPEATS else 1):
        answer = await client.insist(
            "credit", "POST", f"/cases/{case.id}/return", json={"reason": "kurang bukti"}, role="verifier", agency=agency.id
        )  # fmt: skip
        if answer.status_code != 200:
            client.wrong(f"return of a case was answered {answer.status_code}: {answer.text[:200]}")
    case.state = "returned"


async def _repair(client: Client, line: dict[str, Any], case: Judged) -> None:
    """Sends another predikat under the reference of a returned case, which submits it again."""
    case.predikat = client.chance.choice([predikat for predikat in PERCENT if predikat != case.predikat])
    for _ in range(2 if client.chance.random() < REPEATS else 1):
        answer = await client.insist("credit", "POST", "/predicates", json=line | {"predikat": case.predikat})
        if answer.status_code != 200:
            client.wrong(f"repair of a case was answered {answer.status_code}: {answer.text[:200]}")
    case.state = "submitted"


async def registrar(client: Client) -> None:
    """Changes people's posts, and registers new ones for whom a training is sent as soon as it is taken."""
    chance = client.chance
    while not client.over.is_set():
        changed = chance.sample(client.history.people, k=chance.randint(1, 20))
        for person in changed:
            person.line = person.line | {"position": f"Analis {client.reference()}"}
        for answer in await client.upload("registry", "/people:batch", [person.line for person in changed]):
            if answer["status"] not in {"updated", "unchanged"}:
                client.wrong(f"a change of a person was answered {answer}")
        agency = chance.choice(client.history.agencies)
        for person in await register(client, agency, chance.randint(1, 3)):
            line = client.training(person)
            while True:
                answer = await client.insist("training", "POST", "/trainings", json=line)
                if answer.status_code in {200, 201}:
                    client.remember(line, person, answer.json()["id"])
                    agency.people.append(person)
                    break
                if answer.json().get("code") != "person-unknown":
                    client.wrong(f"a newcomer's training was answered {answer.status_code}: {answer.text[:200]}")
                    break
                await asyncio.sleep(0.02)


async def sweeper(client: Client) -> None:
    """Has the closed periods swept at some moment, now and then twice at once or with one run killed half-way."""
    chance, training = client.chance, client.arena.stack.process("training", "api")
    await asyncio.sleep(chance.uniform(1, 8))
    swept = await ask_patiently(client, "training", "SELECT count(*) FROM sweeps WHERE state = 'done'")
    arguments = ("sweep", "--again", str(YEAR), str(chance.randint(1, 2))) if swept >= 2 else ("sweep",)
    if chance.random() < 0.5:
        doomed = training.run(*arguments)
        await asyncio.sleep(chance.uniform(1, 4))
        doomed.kill()
        client.arena.tell("a sweep killed")
    if chance.random() < 0.5:
        client.arena.tell("two sweeps at once")
        await asyncio.gather(*(insist_command(client, "training", *arguments) for _ in range(2)))
    else:
        await insist_command(client, "training", *arguments)


async def insist_command(client: Client, service: str, *arguments: str) -> None:
    """Runs a command of a service until it succeeds."""
    process = client.arena.stack.process(service, "api")
    while True:
        child = process.run(*arguments)
        try:
            if await waited(lambda child=child: child.exit_code is not None, 120) and child.exit_code == 0:
                return
            client.arena.counted[f"{arguments[0]} ended with {child.exit_code}"] += 1
        finally:
            child.kill()
        await asyncio.sleep(client.chance.uniform(0.2, 1))


async def ask_patiently(client: Client, service: str, query: str) -> int:
    """A number from a service's database, as soon as there is one."""
    while True:
        try:
            return await ask(client.arena.stack, service, query)
        except BROKEN:
            await asyncio.sleep(0.2)


async def watcher(client: Client) -> None:
    """Reads what people have, as they would: it never falls, and no credit is seen before its record."""
    chance = client.chance
    seen: dict[tuple[str, str], Decimal] = {}

    def grows(person: Person, what: str, value: Decimal) -> None:
        if value < seen.get((person.id, what), Decimal(0)):
            client.wrong(f"{what} of {person.id} fell from {seen[person.id, what]} to {value}")
        seen[person.id, what] = value

    while not client.over.is_set():
        person = chance.choice(chance.choice(client.history.agencies).steady)
        evidence = await client.insist("credit", "GET", f"/people/{person.id}/evidence?limit=1000")
        records = await client.insist("training", "GET", f"/trainings?person_id={person.id}&limit=1000")
        hours = await client.insist("training", "GET", f"/people/{person.id}/jp?year={YEAR}")
        points = await client.insist("credit", "GET", f"/people/{person.id}/credit")
        if {evidence.status_code, records.status_code, hours.status_code, points.status_code} != {200}:
            client.wrong("a person's page was not shown")
            continue
        if records.json()["next"] is None:
            known = {record["id"] for record in records.json()["items"]}
            for item in evidence.json()["items"]:
                if item["record_id"] not in known:
                    client.wrong(f"record {item['record_id']} was assessed before it was stored")
        grows(person, "verified hours", Decimal(hours.json()["verified"]))
        grows(person, "credit points", Decimal(points.json()["balance"]))
        await asyncio.sleep(0.1)
