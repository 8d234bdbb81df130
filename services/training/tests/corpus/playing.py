"""Plays the script against the service and keeps what came of it, in a form that is the same in each run.

Ids made on the way are replaced by numbers in the order in which they are first seen; moments are left out.
"""

import argparse
import contextlib
import io
import json
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

import httpx2

from common.store.outbox import unpack
from jejak_local.issuer import Issuer
from services.training.tests.corpus.cast import CALLERS, PEOPLE, SEEDED, STRANGERS
from services.training.tests.corpus.script import Call, Command, Reference, Step, Tell, Wait
from training.service import SERVICE

UNKNOWN = "00000000-0000-7000-8000-000000000000"
MOMENTS = {"recorded_at", "changed_at", "started_at", "finished_at"}
ID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
INHERITED = {"content-type": "application/json"}

RECORD = (
    *("id", "person_id", "agency_id", "year", "form", "title", "provider_id", "course_id", "start_date", "end_date"),
    *("jp_stated", "jp_counted", "jp_by_year", "sessions", "session_dates", "international", "degree"),
    *("competencies", "evidence", "source_name", "reference", "source_kind", "verified", "state", "version"),
    *("rule_pack", "why", "accredited", "seconds"),
)
TABLES = {
    "records": (
        (
            *(name if name != "jp_by_year" else "CAST(jp_by_year AS text) AS jp_by_year" for name in RECORD),
            *("sender_kind", "sender_id", "fingerprint", "submitted_by", "hands"),
        ),
        "FROM records ORDER BY sender_kind, sender_id, source_name, reference",
        ("sender_kind", "sender_id", "source_name", "reference"),
    ),
    "record_versions": (
        (
            "sender_kind",
            "sender_id",
            "r.source_name",
            "r.reference",
            "v.version",
            "CAST(v.state AS text) AS json",
            "reason",
            "changed_by",
        ),
        "FROM record_versions v JOIN records r ON r.id = record_id ORDER BY sender_kind, sender_id, r.source_name, r.reference, v.version",
        ("sender_kind", "sender_id", "source_name", "reference", "version"),
    ),
    "jp_ledger": (
        *(
            (
                "person_id",
                "year",
                "pack",
                "floor",
                "ceiling",
                "yearly",
                "target",
                "duty_months",
                "verified",
                "unverified",
            ),
        ),
        "FROM jp_ledger ORDER BY person_id, year",
        ("person_id", "year"),
    ),
    "sweeps": (
        (
            "year",
            "period",
            "id",
            "as_of",
            "rule_pack",
            "over_from",
            "last_month",
            "state",
            "replaces",
            "people",
            "short",
        ),
        "FROM sweeps ORDER BY year, period, started_at, replaces NULLS FIRST",
        ("year", "period", "id"),
    ),
    "sweep_agencies": (
        ("w.year", "w.period", "sweep_id", "agency_id", "a.people", "a.short"),
        "FROM sweep_agencies a JOIN sweeps w ON w.id = a.sweep_id ORDER BY w.year, w.period, w.started_at, agency_id",
        ("sweep_id", "agency_id"),
    ),
    "shortfalls": (
        *(
            (
                *("w.year", "w.period", "sweep_id", "person_id", "agency_id", "unit_id", "unit_name", "page"),
                *("told_agency_id", "target", "threshold", "verified", "missing", "s.state", "version"),
            ),
        ),
        "FROM shortfalls s JOIN sweeps w ON w.id = s.sweep_id ORDER BY w.year, w.period, w.started_at, person_id",
        ("sweep_id", "person_id"),
    ),
    "idempotency": (
        ("subject", "key", "fingerprint", "status", "answer"),
        "FROM idempotency ORDER BY subject, key",
        ("subject", "key"),
    ),
}
"""What training writes: columns, whence and in which order, and the columns that name a row."""

JSON = {"jp_by_year", "answer", "json"}
"""Columns of them that are read as JSON."""


@dataclass(frozen=True)
class Seen:
    """Something seen of the service: where, after what was sent, and what it was (JSON)."""

    where: str
    sent: str
    what: str


@dataclass
class Names:
    """Numbers for ids that are others in each run."""

    known: dict[str, str] = field(default_factory=dict)

    def of(self, value: Any) -> str:
        """JSON in which such ids are numbers, and moments nothing."""
        said = json.dumps(_timeless(value), ensure_ascii=False, sort_keys=True, default=str)
        return ID.sub(self.name, said)

    def name(self, found: re.Match[str]) -> str:
        identity = found[0]
        return identity if identity in SEEDED else self.known.setdefault(identity, f"#{len(self.known) + 1}")


def _timeless(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _timeless(part) for name, part in value.items() if name not in MOMENTS}
    return [_timeless(part) for part in value] if isinstance(value, list) else value


def _read(body: str) -> Any:
    """Numbers stay as they are written."""
    return json.loads(body, parse_float=lambda written: f"{written} (number)") if body else None


@dataclass
class Player:
    """The service, and what was seen of it so far."""

    http: httpx2.AsyncClient
    issuer: Issuer
    world: Any
    names: Names = field(default_factory=Names)
    stored: dict[Reference, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    outbox: int = 0

    async def play(self, steps: Sequence[Step]) -> list[Seen]:
        """All that is seen from the first step to the last, and the rows after it."""
        seen: list[Seen] = []
        for number, step in enumerate(steps):
            match step:
                case Call():
                    seen += await self.call(f"step {number:03}", step)
                case Tell():
                    await self.tell(step)
                case Wait():
                    self.world.clock.moment = step.moment
                case Command():
                    await self.run(*step.arguments)
            seen += await self.events(f"step {number:03}", _short(step))
        return seen + await self.rows()

    async def tell(self, step: Tell) -> None:
        people = {number: {"nip": PEOPLE[number].nip, **values} for number, values in step.people.items()}
        states = [self.world.state(person_id=PEOPLE[number].id, **values) for number, values in people.items()]
        await self.world.people(*states, sequence=step.sequence)

    async def run(self, name: str, *arguments: str) -> None:
        command = SERVICE.commands[name]
        parser = argparse.ArgumentParser()
        command.arguments(parser)
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            assert await command.run(parser.parse_args(arguments), self.world.parts) == 0

    async def call(self, where: str, call: Call) -> list[Seen]:
        """The answer; of an upload the answer to each line."""
        path = call.path.replace("{id}", self.stored.get(call.target, UNKNOWN) if call.target else "")
        answer = await self.send(replace(call, path=path))
        where = f"{where}, {call.caller}, {call.method} {call.path}"
        if answer.status_code == 200 and call.is_upload:
            return [self._line(where, call, each) for each in answer.text.splitlines()]
        body = _read(answer.text)
        if call.path == "/v1/trainings" and answer.status_code in {200, 201}:
            self._keep(call, call.body, body["id"])
        told = {"status": answer.status_code, "body": body} | {
            name: answer.headers[name]
            for name in ("content-type", "content-language", "etag", "allow", "www-authenticate", "accept")
            if name in answer.headers and answer.headers[name] != INHERITED.get(name)
        }
        return [Seen(where, _short(call), self.names.of(told))]

    async def send(self, call: Call) -> httpx2.Response:
        headers = dict(call.headers)
        if call.caller is not None:
            headers["authorization"] = f"Bearer {self._token(call.caller)}"
        content = _parts(call.body, call.part) if call.part else call.body
        return await self.http.request(call.method, call.path, content=content, headers=headers)

    def _token(self, name: str) -> str:
        if name not in self.tokens:
            caller = (CALLERS | STRANGERS)[name]
            said = self.issuer.claims(*caller.roles, subject=name, **caller.claims)
            if caller.person is None:
                said.pop("person", None)  # whom the issuer gives to whoever may decide: here they only send
            self.tokens[name] = self.issuer.sign(said)
        return self.tokens[name]

    def _line(self, where: str, call: Call, answer: str) -> Seen:
        told = _read(answer)
        sent = call.lines[told["line"] - 1]
        if "id" in told and "trainings" in call.path:
            self._keep(call, sent, told["id"])
        return Seen(f"{where}, line {told['line']}", _printed(sent), self.names.of(told))

    def _keep(self, call: Call, sent: bytes, identity: str) -> None:
        line = json.loads(sent.decode("utf-8-sig"))
        self.stored[str(call.caller), line["source_name"].strip(), line["reference"].strip()] = identity

    async def events(self, where: str, sent: str) -> list[Seen]:
        """What was emitted since the last look, by topic and key.

        Events of a key come in their order, but for those of one type in a row: in which order the database names
        several records, or several shortfalls, that change by the same statement is its own affair.
        """
        rows = await self.world.rows(
            "SELECT id, topic, events FROM outbox WHERE id > :last ORDER BY id", last=self.outbox
        )
        told: dict[str, list[dict[str, Any]]] = {}
        for row in rows:
            self.outbox = row.id
            for record in unpack(row.events)[1]:
                headers = {name: value.decode() for name, value in record.headers}
                event = {name: headers[name] for name in ("ce_type", "ce_source", "ce_subject", "ce_sequence")}
                told.setdefault(f"{row.topic} {record.key.decode()}", []).append(
                    event | {"says": _read(record.value.decode())}
                )
        seen: list[Seen] = []
        for key in sorted(told):
            order: list[str] = []
            for event in self._ordered(told[key]):
                said = self.names.of(event)
                kind, sequence = event["ce_type"].split(".")[-2], event["ce_sequence"]
                name = ID.sub(self.names.name, f"{kind} {sequence} of {event['ce_subject']} for {_who(event)}")
                again = sum(each.startswith(name) for each in order)
                order.append(f"{name}, again {again}" if again else name)
                seen.append(Seen(f"{where}, {key}, event {order[-1]}", sent, said))
            if len(order) > 1:
                seen.append(Seen(f"{where}, {key}, order of events", sent, json.dumps(order)))
        return seen

    def _ordered(self, events: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for kind, run in groupby(events, key=lambda event: event["ce_type"]):
            several = list(run)
            if ".TrainingCompleted." not in kind:
                several.sort(
                    key=lambda event: [self._order(event["ce_subject"]), int(event["ce_sequence"]), _who(event)]
                )
            yield from several

    def _order(self, subject: str) -> int:
        return int(self.names.known.get(subject, f"#{10**9}")[1:])

    async def rows(self) -> list[Seen]:
        """The rows of all tables that the intake writes."""
        lines = {reference[1:]: reference for reference in self.stored}
        seen: list[Seen] = []
        for table, (columns, whence, key) in TABLES.items():
            for row in await self.world.rows(f"SELECT {', '.join(columns)} {whence}"):
                values = dict(row._mapping)
                for name in JSON & values.keys():
                    values[name] = values[name] and _read(values[name])
                if table == "record_versions":
                    values["json"] = {name: values["json"].get(name) for name in RECORD}
                said = self.names.of(values)
                named = ID.sub(self.names.name, " ".join(str(values[name]) for name in key))
                sender = lines.get((values.get("source_name"), values.get("reference")), "")
                seen.append(Seen(f"row of {table}: {named}", str(sender), said))
        return seen


def _who(event: dict[str, Any]) -> str:
    return str(event["says"].get("person_id"))


async def _parts(body: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]


def _printed(sent: bytes) -> str:
    return repr(sent if len(sent) < 1500 else sent[:700] + b" ... " + sent[-200:])


def _short(step: Step) -> str:
    if isinstance(step, Call):
        return f"{step.method} {step.path} {step.headers} {step.target or ''} {_printed(step.body)}"
    return repr(step)[:1500]


def parts(was: Any, now: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """The values that differ, each by its name."""
    if isinstance(was, dict) and isinstance(now, dict):
        for name in sorted(was.keys() | now.keys()):
            yield from parts(was.get(name, "nothing"), now.get(name, "nothing"), f"{path}.{name}".strip("."))
    elif isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        for number, (old, new) in enumerate(zip(was, now, strict=True)):
            yield from parts(old, new, f"{path}[{number}]")
    elif was != now:
        yield path, f"{was!r} -> {now!r}"
