"""Calls a service as its OpenAPI document allows, and as it does not, and holds every answer against the document.

Schemathesis makes the calls. A call comes from a caller who may make it, now and then from one who
may not, or from nobody we know. What exists is told as `known`, since no chance finds an id.
"""

import asyncio
import copy
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from random import Random
from types import MappingProxyType
from typing import Any

import httpx2
import schemathesis
from fastapi import FastAPI
from rich.console import Console
from rich.table import Table
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup
from schemathesis.core.transport import Response
from schemathesis.engine import events, from_schema
from schemathesis.generation.case import Case

from common.ids import new_id
from common.web.auth import guards
from common.web.bodies import NDJSON
from contracts.roles import ROLES
from jejak_local.issuer import Issuer
from jejak_local.processes import free_port
from jejak_local.serve import serving

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
)
REFUSALS = [401, 403, 404, 405, 409, 412, 415, 422]
STRANGERS = ("", "Bearer", "Bearer a.b.c", "Bearer \xff", "Basic YTpi", "Bearer " + "x" * 8_000)
NONSENSE: Sequence[tuple[bytes, dict[bytes, bytes]]] = (
    *(
        (body, {})
        for body in (b"", b"\0", b"null", b"[", b"[" * 1_500, b'{"a":' * 5_000, b"9" * 5_000, b"NaN", b"\xff\xfe")
    ),
    *((body, {}) for body in (b'"\\ud800"', b'{"\\ud800": 1}', b'{"\\u0000": 1}', b"\xef\xbb\xbf{}")),
    *((b"{}", {b"content-type": said}) for said in (b"", b"\xff", b"text/plain", b"application/json; charset=\xff")),
    *(
        (b"{}", {name: b"\xff\0" * 500})
        for name in (b"accept-language", b"if-match", b"idempotency-key", b"traceparent")
    ),
    (b"{}", {b"content-encoding": b"gzip"}),
    (b"{}", {b"if-match": b'"' + b"9" * 5_000 + b'"'}),
    (b"{}", {b"host": b"\xff"}),
)
"""Bodies and headers that are made of no schema."""
SHOWN = 30


@dataclass
class Fuzzed:
    """What came of calling a service: answers by operation and status, and each way in which one was wrong."""

    service: str
    operations: Sequence[str]
    answers: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict[str, Counter[int]](Counter))
    faults: Counter[str] = field(default_factory=Counter[str])

    @property
    def calls(self) -> int:
        """How many calls were answered."""
        return sum(sum(statuses.values()) for statuses in self.answers.values())

    @property
    def unreached(self) -> list[str]:
        """Operations that never did what they are for: nobody has looked at the answers that matter."""
        return [name for name in self.operations if not any(200 <= status < 300 for status in self.answers[name])]

    def check(self) -> None:
        """Raises AssertionError that lists what is wrong, the most frequent first."""
        wrong = [f"{times} x {fault}" for fault, times in self.faults.most_common(SHOWN)]
        wrong += [f"never answered with success: {name}" for name in self.unreached]
        assert not wrong, f"{self.service}: {sum(self.faults.values())} faults\n" + "\n".join(wrong)


async def fuzz(
    service: str,
    app: FastAPI,
    issuer: Issuer,
    *,
    scope: Mapping[str, Any],
    known: Mapping[str, Sequence[Any]],
    bodies: Mapping[str, Any],
    examples: int,
    seed: int,
    persons: Mapping[str, Any] = MappingProxyType({}),
) -> Fuzzed:
    """Calls every operation of `app`.

    Each operation gets so many random calls (`examples`). `scope` are the claims of the callers, `known` values by
    name of a parameter, `bodies` good bodies by operation (`POST /v1/people`), lists of lines for an upload,
    `persons` who speaks in a role whose token need not say it.
    """
    port = free_port()
    document = _with_bodies(app.openapi(), bodies)
    names = {name: f"known-{name}" for name in known}
    config = SchemathesisConfig.from_dict(
        {
            "seed": seed,
            "base-url": f"http://127.0.0.1:{port}",
            "continue-on-failure": True,
            "cache": {"enabled": False},
            "dictionaries": {
                names[name]: {"values": [each if isinstance(each, int) else str(each) for each in values]}
                for name, values in known.items()
            },
            "parameters": {
                f"{location}.{name}": {"dictionary": dictionary, "probability": 0.7}
                for name, dictionary in names.items()
                for location in ("path", "query")
            },
            "generation": {
                "max-examples": examples,
                "deterministic": True,
                "no-shrink": True,
                "database": "none",
                "allow-extra-parameters": False,
            },
            "checks": {
                "enabled": False,
                **{check: {"enabled": True} for check in CHECKS},
                "negative_data_rejection": {"enabled": True, "expected-statuses": REFUSALS},
            },
            "operations": [
                # An upload refuses line by line, and is itself a success.
                {"include-path-regex": ":", "checks": {"negative_data_rejection": {"enabled": False}}},
                # Another method than its own is that of /people/{person_id}, and refused for the id.
                {"include-path-regex": "/me$", "checks": {"unsupported_method": {"enabled": False}}},
            ],
            "phases": {"stateful": {"enabled": False}},
        }
    )
    schema = schemathesis.openapi.from_dict(document, config=config)
    tokens: dict[str, str] = {}
    for name, role in ROLES.items():
        claims = {claim: scope[claim] for claim in role.needs if claim in scope}
        if name in persons:
            claims["person"] = persons[name]
        tokens[name] = f"Bearer {issuer.token(name, **claims)}"
    found = Fuzzed(service, sorted(_operations(document)))
    found.faults.update(f"takes any text: {where}" for where in _takes_any_text(document))
    async with serving(app, port):
        await asyncio.to_thread(_call_well, schema, guards(app), tokens, known, bodies, found)
        schema.auth(refresh_interval=None)(_callers(guards(app), tokens, Random(seed)))
        await asyncio.to_thread(_run, schema, found)
    await _talk_nonsense(app, tokens, known, found)
    return found


def _operations(document: Mapping[str, Any]) -> Iterator[str]:
    return (f"{method.upper()} {path}" for path, item in document["paths"].items() for method in item)


def _takes_any_text(document: Mapping[str, Any]) -> Iterator[str]:
    """Where a request holds text of no form: the database would be the first to see that it cannot hold it."""

    def look(schema: Mapping[str, Any], where: str) -> Iterator[str]:
        if "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        if schema.get("type") == "string" and not {"pattern", "format", "enum", "const"} & schema.keys():
            yield where
        for part in schema.get("anyOf", ()):
            yield from look(part, where)
        for name, part in schema.get("properties", {}).items():
            yield from look(part, f"{where}.{name}")
        if "items" in schema:
            yield from look(schema["items"], f"{where}[]")

    for path, item in document["paths"].items():
        for method, operation in item.items():
            name = f"{method.upper()} {path}"
            for parameter in operation.get("parameters", ()):
                yield from look(parameter["schema"], f"{name}?{parameter['name']}")
            for content in operation.get("requestBody", {}).get("content", {}).values():
                yield from look(content["schema"], name)


def _with_bodies(document: Mapping[str, Any], bodies: Mapping[str, Any]) -> dict[str, Any]:
    told = copy.deepcopy(dict(document))
    for operation, body in bodies.items():
        method, _, path = operation.partition(" ")
        for content in told["paths"][path][method.lower()]["requestBody"]["content"].values():
            content["examples"] = {"good": {"value": body}}
    return told


def _callers(rights: Mapping[tuple[str, str], frozenset[str]], tokens: Mapping[str, str], chance: Random) -> type[Any]:
    """Who calls: mostly a role that the route names, else any, else somebody whose token is none."""

    class Callers:
        def get(self, case: Case, _: Any) -> str:
            named = sorted(rights.get((case.operation.method.upper(), case.operation.path), frozenset()) & ROLES.keys())
            draw = chance.random()
            if draw < 0.05:
                return chance.choice(STRANGERS)
            return tokens[chance.choice(named if named and draw < 0.9 else sorted(ROLES))]

        def set(self, case: Case, authorization: str, _: Any) -> None:
            case.headers["authorization"] = authorization
            # A random version is hardly ever the present one; of a request meant to be wrong it may be what is wrong.
            if (
                chance.random() < 0.7
                and case.meta is not None
                and case.meta.generation.mode is schemathesis.GenerationMode.POSITIVE
            ):
                case.headers.pop("if-match", None)

    return Callers


def _call_well(
    schema: Any,
    rights: Mapping[tuple[str, str], frozenset[str]],
    tokens: Mapping[str, str],
    known: Mapping[str, Sequence[Any]],
    bodies: Mapping[str, Any],
    found: Fuzzed,
) -> None:
    """Calls each operation as it is meant, until it does what it is for: chance may first undo what it needs.

    What names its version comes before what moves something on.
    """
    for name in sorted(found.operations, key=lambda name: (not name.startswith("PUT"), name)):
        method, _, path = name.partition(" ")
        operation = schema[path][method]
        places = ("path", "query")
        asked = [each for each in operation.iter_parameters() if each.is_required and each.location in places]
        media_types = [body.media_type for body in operation.body]
        if any(parameter.name not in known for parameter in asked) or (media_types and name not in bodies):
            continue
        attempts = max((len(known[parameter.name]) for parameter in asked), default=1)
        for role, nth in product(sorted(rights[method, path] & ROLES.keys()), range(attempts)):
            values: dict[str, dict[str, str]] = {place: {} for place in places}
            for parameter in asked:
                some = known[parameter.name]
                values[parameter.location][parameter.name] = str(some[min(nth, len(some) - 1)])
            sent = {"body": bodies[name], "media_type": media_types[0]} if media_types else {}
            case = operation.Case(path_parameters=values["path"], query=values["query"], **sent)
            answer = case.call(headers={"authorization": tokens[role]})
            found.answers[name][answer.status_code] += 1
            try:
                case.validate_response(answer)
            except FailureGroup as group:
                found.faults.update(f"{name}: {failure.title}: {failure.message[:400]}" for failure in group.exceptions)
            if answer.status_code < 300:
                break


def _run(schema: Any, found: Fuzzed) -> None:
    for event in from_schema(schema).execute():
        if isinstance(event, events.NonFatalError):
            found.faults[f"{event.label}: {type(event.value).__name__}: {event.value}"] += 1
        elif isinstance(event, events.ScenarioFinished):
            for interaction in event.recorder.interactions.values():
                if interaction.response is not None and event.label is not None:
                    found.answers[event.label][interaction.response.status_code] += 1
            for checks in event.recorder.checks.values():
                for check in checks:
                    if check.failure_info is not None:
                        found.faults[f"{event.label}: {_told(check)}"] += 1
            Console(stderr=True).print(f"{found.service}: {found.calls:,} calls, {event.phase.value} of {event.label}")


async def _talk_nonsense(
    app: FastAPI, tokens: Mapping[str, str], known: Mapping[str, Sequence[Any]], found: Fuzzed
) -> None:
    rights, paths = guards(app), app.openapi()["paths"]
    # In this process: a server in between would refuse the worst of it.
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://service") as client:
        for name in found.operations:
            method, _, path = name.partition(" ")
            told = {int(status) for status in paths[path][method.lower()]["responses"]}
            role = next(iter(sorted(rights[method, path] & ROLES.keys())), None)
            caller = {b"authorization": tokens[role].encode()} if role else {}
            address = path.format_map(defaultdict(new_id, {each: values[0] for each, values in known.items()}))
            for body, headers in NONSENSE:
                sent = {b"content-type": b"application/json"} | caller | headers
                answer = await client.request(method, address, content=body, headers=sent)
                found.answers[name][answer.status_code] += 1
                wrong = "Server error" if answer.status_code >= 500 else "Undocumented status code"
                if answer.status_code >= 500 or answer.status_code not in told:
                    found.faults[f"{name}: {wrong}: {answer.status_code} to {body[:20]!r} with {headers}"] += 1


def _told(check: Any) -> str:
    failure = check.failure_info.failure
    return f"{failure.title}: {' '.join(failure.message.split())[:400]} [{check.failure_info.code_sample[:400]}]"


@schemathesis.serializer(NDJSON)
def _to_lines(_: Any, body: Any) -> bytes:
    lines = body if isinstance(body, list) else [body]
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


@schemathesis.deserializer(NDJSON)
def _from_lines(_: Any, response: Response) -> list[Any]:
    return [json.loads(line) for line in response.content.splitlines()]


def table(all_found: Iterable[Fuzzed]) -> Table:
    """A row for each operation: how often it was called, what it answered, and what was wrong."""
    shown = Table(title="What was called, and what it answered", title_justify="left")
    for heading in ("service", "operation", "calls", "answers", "faults"):
        shown.add_column(heading, justify="right" if heading in {"calls", "faults"} else "left")
    for found in all_found:
        for name in found.operations:
            statuses = found.answers[name]
            faults = sum(times for fault, times in found.faults.items() if fault.startswith(f"{name}: "))
            answers = " ".join(f"{status}:{times}" for status, times in sorted(statuses.items()))
            shown.add_row(found.service, name, f"{sum(statuses.values()):,}", answers, str(faults))
    return shown
