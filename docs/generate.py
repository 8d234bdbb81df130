"""Writes what is generated under docs/: AsyncAPI and a page of the events, OpenAPI of each service, who may do what,
settings, commands, where each rule stands, and the list of decisions.

`python docs/generate.py` writes them; with `--check` it only says what has drifted, and exits 1.
"""

import argparse
import ast
import json
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Union
from urllib.parse import unquote

from fastapi import FastAPI
from faststream.kafka import KafkaBroker
from faststream.specification import AsyncAPI
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup, escape
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from common.app import create_app
from common.events import Event, event_of
from common.process import commands_of, consumers
from common.web.auth import EVERYBODY, guards
from contracts import PUBLISHED
from contracts.rights import Detail, rights_of
from contracts.roles import ROLES
from contracts.service import Settings
from contracts.topics import TOPICS
from jejak_local.services import NOWHERE, parts_of, services, written
from portal.visits import Page, pages_of

DOCS = Path(__file__).parent
CHECKOUT = DOCS.parent
SETTINGS = """# Settings

A service reads its settings from the environment, under its name: `TRAINING_DATABASE_URL`, `CREDIT_DATABASE_URL`. One that
is missing or wrong is named when the service starts. Made by `make docs` of `common/settings.py`,
`contracts/service.py` and each service's `settings.py`.

Behind a gateway, `FORWARDED_ALLOW_IPS` (without a prefix, as uvicorn reads it; default `127.0.0.1`) names the addresses
whose `X-Forwarded-For` is believed.

## Of every service
"""
COMMANDS = """# Commands

What an operator or a timer runs, as `python -m <service> <command>`; `--help` of each says what else it takes. A *daily* one is
run once a day and is safe to run at any time. Made by `make docs` of each service's `service.py`.

| command | daily | what it does |
|---|---|---|"""
RULES = """# Where the rules of each service stand

Every module of a `domain` folder decides something in plain Python, and every pack of a `rules` folder is data with a source and
a period. What is decided by several of them together, and why, is told in [architecture/rules.md](architecture/rules.md). Made
by `make docs` of the modules and packs."""
DECISIONS = """# Decisions

One page each: context, decision, what was measured, consequences, and when to look again. When a decision changes, a new
page supersedes it; in the old one only the status is edited. This list is made by `make docs`.

| | decision | status |
|---|---|---|"""


def asyncapi() -> dict[str, Any]:
    """The AsyncAPI 3 document: who sends what, by the event classes, and who reads what, by the workers' subscribers.

    FastStream makes it of both; what it cannot know is then put into it: a message is one type of event, with headers.
    """
    readers = [consumer for service in services() for consumer in consumers(service, parts_of(service))]
    sender = KafkaBroker(NOWHERE["kafka"])
    for topic in TOPICS:
        events = [event for event in PUBLISHED if event.topic is topic]
        sender.publisher(
            topic.name,
            title=topic.name,
            description=f"{'Compacted, full state. ' if topic.compacted else ''}{topic.partitions} partitions, keyed by {events[0].key_field}.",
            schema=Union[tuple(events)],  # noqa: UP007 - made at run time
        )
    made = AsyncAPI(
        sender,
        *(reader.broker for reader in readers),
        title="Jejak",
        version="1",
        description="CloudEvents 1.0, binary mode: metadata in ce_* headers, JSON body, W3C traceparent beside them.",
        schema_version="3.0.0",
    ).to_specification()
    document = json.loads(made.to_json())
    wanted = {event_of(each) for reader in readers for each in reader.inbox.subscription.wanted}
    _tell_types_apart(document, {event.__name__: event for event in {*PUBLISHED, *wanted}})
    return document


def _tell_types_apart(document: dict[str, Any], events: Mapping[str, type[Event]]) -> None:
    """Puts a message for each type of event in the place of the one that FastStream has made of each union."""
    parts = document["components"]
    for name, operation in document["operations"].items():
        channel = document["channels"][name]
        [made] = [parts["messages"].pop(_last(message["$ref"])) for message in channel["messages"].values()]
        payload = _last(made["payload"]["$ref"])
        union = (
            [payload] if payload in events else [_last(each["$ref"]) for each in parts["schemas"].pop(payload)["anyOf"]]
        )
        channel["messages"] = {each: {"$ref": f"#/components/messages/{each}"} for each in union}
        operation["messages"] = [{"$ref": f"#/channels/{name}/messages/{each}"} for each in union]
        if operation["action"] == "send":
            operation["summary"] = f"Sent by {', '.join(sorted({events[each].source.strip('/') for each in union}))}."
        for each in union:
            parts["messages"][each] = _message(events[each])


def _message(event: type[Event]) -> dict[str, Any]:
    constants = {
        "ce_specversion": "1.0",
        "ce_type": event.type,
        "ce_source": event.source,
        "content-type": "application/json",
    }
    texts = {"ce_id": "uuid", "ce_subject": "uuid", "ce_time": "date-time"}
    properties = {
        **{name: {"type": "string", "const": value} for name, value in constants.items()},
        **{name: {"type": "string", "format": form} for name, form in texts.items()},
        "ce_sequence": {"type": "string", "pattern": "^[0-9]+$"},
    }
    return {
        "name": event.type,
        "title": event.__name__,
        "contentType": "application/json",
        "headers": {
            "type": "object",
            "properties": {**properties, "traceparent": {"type": "string"}},
            "required": sorted(properties),
        },
        "payload": {"$ref": f"#/components/schemas/{event.__name__}"},
    }


def _last(reference: str) -> str:
    return unquote(reference).rsplit("/", 1)[-1]


def rights_page(applications: Mapping[str, FastAPI]) -> str:
    """Who may call each route of each service, and whose things they reach, from the services' `rights.py`."""
    lines = [
        "# Who may do what",
        "",
        "Made by `make docs` of each service's `rights.py`. A role counts only with the claims it needs",
        "(`contracts/roles.py`); whose things it reaches is part of the query, never a filter after it. Whoever decides about somebody",
        "does so *as a known person*: their token says which (`person`), else 403 `claim-missing`. What is said of their agency",
        "goes for those too that a reform has closed and whose heir it is (ADR [0023](decisions/0023-each-service-moves-its-own-in-a-reform.md)).",
    ]
    for name, app in applications.items():
        lines += ["", f"## {name}", ""]
        if pages := pages_of(app):
            lines += [*PAGES, *_pages(pages)]
            continue
        lines += ["| route | what for | who | whose |", "|---|---|---|---|"]
        said = {
            route: (
                ", ".join(role for role in ROLES if role in right.roles) + ", as a known person" * right.decides,
                right.reach,
            )
            for route, right in rights_of(app).items()
        }
        paths = app.openapi()["paths"]
        open_to_all = {route for route, roles in guards(app).items() if roles == EVERYBODY and route[1] in paths}
        for method, path in sorted(said.keys() | open_to_all, key=lambda route: (route[1], route[0])):
            summary = paths.get(path, {}).get(method.lower(), {}).get("summary", "")
            who, reach = said.get(
                (method, path), ("everybody", "what is nobody's in particular; no token is asked for")
            )
            lines.append(f"| `{method} {path}` | {summary} | {who} | {reach} |")
        for detail, shown in sorted(vars(import_module(f"{name}.rights")).items()):
            if isinstance(shown, Detail):
                lines += ["", f"`{detail}` is shown to {', '.join(shown.roles)}: {shown.reach}. It is null for others."]
    return "\n".join([*lines, ""])


PAGES = (
    "A page is for hats: whoever has several roles wears one at a time. To another hat it answers 403 before any service is asked, and its",
    "menu does not name it; who is not logged in logs in first. What it shows is what the services above answer to the token of whoever looks.",
    "",
    "| page | who |",
    "|---|---|",
)


def _pages(pages: Mapping[tuple[str, str], Page]) -> list[str]:
    """A row for each page; what is asked and sent at one address stands together where it is for the same."""
    methods: dict[tuple[str, Page], set[str]] = {}
    for (method, path), page in pages.items():
        methods.setdefault((path, page), set()).add(method)
    rows = [(path, sorted(asked - {"HEAD"}), page) for (path, page), asked in methods.items()]
    return [
        f"| {', '.join(f'`{method} {path}`' for method in asked)} | {_whom(page)} |"
        for path, asked, page in sorted(rows, key=lambda row: row[:2])
    ]


def _whom(page: Page) -> str:
    hats = ", ".join(role for role in ROLES if role in page.roles)
    return hats or ("whoever is logged in" if page.signed_in else "everybody")


def events_page(document: dict[str, Any]) -> str:
    """A page of all events for a person: topic, key, meaning, fields, who sends and who reads them."""
    templates = Environment(loader=FileSystemLoader(DOCS / "events"), autoescape=True, keep_trailing_newline=True)
    templates.filters["coded"] = _coded
    groups = [
        (
            topic,
            [(event, event.model_json_schema(mode="serialization")) for event in PUBLISHED if event.topic is topic],
        )
        for topic in TOPICS
    ]
    return templates.get_template("page.html.jinja").render(groups=groups, readers=readers_of(document))


def readers_of(document: dict[str, Any]) -> dict[str, list[str]]:
    """By type of event, the subscriptions that read it."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, operation in sorted(document["operations"].items()):
        if operation["action"] == "receive":
            for message in operation["messages"]:
                found[document["components"]["messages"][_last(message["$ref"])]["name"]].append(name)
    return found


def settings_page() -> str:
    """Every setting of every service, from the fields of their settings. Raises ValueError for one without a meaning."""
    shared = Settings.model_fields
    own = {
        f"{service.prefix}{name}".upper(): field
        for service in services()
        for name, field in service.settings.model_fields.items()
        if name not in shared
    }
    lines = [SETTINGS, *_settings({name.upper(): field for name, field in shared.items()})]
    return "\n".join([*lines, "", "## Of one service", "", *_settings(own), ""])


def _settings(fields: Mapping[str, FieldInfo]) -> Iterator[str]:
    yield from ("| setting | default | meaning |", "|---|---|---|")
    for name, field in fields.items():
        if not field.description:
            raise ValueError(f"{name} has no description")
        default = "needed" if field.is_required() else _default(field.default)
        yield f"| `{name}` | {default} | {field.description} |"


def _default(value: object) -> str:
    if value in (None, "", PydanticUndefined):
        return "-"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"`[{', '.join(f'{each:g}' for each in value)}]`"
    return f"{value:g}" if isinstance(value, float) else str(value)


def commands_page() -> str:
    """Every command of every service, by what its declaration says."""
    rows = [
        f"| `python -m {service.name} {name}` | {'daily' if command.daily else ''} | {command.description} |"
        for service in services()
        for name, command in sorted(commands_of(service).items())
    ]
    return "\n".join([COMMANDS, *rows, ""])


def rules_page() -> str:
    """Every module and every pack that holds rules, with its first sentence or its source.

    Raises ValueError for a module that does not say what it decides.
    """
    lines = [RULES]
    for service in services():
        source = CHECKOUT / "services" / service.name / "src" / service.name
        modules = sorted(path for path in source.glob("domain/**/*.py") if path.name != "__init__.py")
        packs = sorted(source.glob("rules/*/*.toml"))
        if modules or packs:
            lines += ["", f"## {service.name}", "", "| stands in | what it says |", "|---|---|"]
            lines += [f"| {_linked(path, source)} | {_first_sentence(path)} |" for path in modules]
            lines += [f"| {_linked(path, source)} | {_pack(path)} |" for path in packs]
    return "\n".join([*lines, ""])


def _linked(path: Path, source: Path) -> str:
    return f"[{path.relative_to(source)}](../{path.relative_to(CHECKOUT)})"


def _first_sentence(path: Path) -> str:
    said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    if not said:
        raise ValueError(f"{path.relative_to(CHECKOUT)} does not say what it decides")
    return re.split(r"(?<=\.)\s", " ".join(said.split("\n\n")[0].split()), maxsplit=1)[0].replace("|", "\\|")


def _pack(path: Path) -> str:
    pack = tomllib.loads(path.read_text(encoding="utf-8"))
    until = f" to {pack['valid_to']}" if "valid_to" in pack else ""
    return f"from {pack['valid_from']}{until}; source: {pack['source']}"


def decisions_page() -> str:
    """All decisions with their status, as the line `**Status.**` of each says it. Raises ValueError for one without."""
    rows: list[str] = []
    for page in sorted((DOCS / "decisions").glob("[0-9]*.md")):
        said = re.match(r"# (\d{4}) (.+)\n\n\*\*Status\.\*\* (.+)\n", page.read_text(encoding="utf-8"))
        if said is None:
            raise ValueError(f"{page.name} does not begin with its number, title and status")
        rows.append(f"| [{said[1]}]({page.name}) | {said[2]} | {said[3]} |")
    return "\n".join([DECISIONS, *rows, ""])


def _coded(text: str) -> Markup:
    """A docstring for a page: what stands in backticks is code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped before


def documents() -> dict[Path, str]:
    """Every generated file with its content."""
    events = asyncapi()
    applications = {service.name: create_app(service, parts_of(service)) for service in services()}
    return {
        **written(),
        DOCS / "events/asyncapi.json": _pretty(events),
        DOCS / "events/index.html": events_page(events),
        DOCS / "rights.md": rights_page(applications),
        DOCS / "settings.md": settings_page(),
        DOCS / "commands.md": commands_page(),
        DOCS / "rules.md": rules_page(),
        DOCS / "decisions/README.md": decisions_page(),
        **{DOCS / f"api/{name}.json": _pretty(app.openapi()) for name, app in applications.items()},
    }


def _pretty(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def drifted(wanted: Mapping[Path, str], pages: Path) -> dict[Path, str | None]:
    """What is not as it must be: files with their content, and None for a page in `pages` of a service that is no more."""
    changed = {
        path: content
        for path, content in wanted.items()
        if not path.exists() or path.read_text(encoding="utf-8") != content
    }
    return changed | dict.fromkeys({*pages.glob("*.json")} - {*wanted})


def main() -> None:
    parser = argparse.ArgumentParser(description="Generate docs/ and the lists of the services")
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 when a file has drifted")
    options = parser.parse_args()
    found = drifted(documents(), DOCS / "api")
    for path, content in found.items():
        print(
            f"{'drifted' if options.check else 'removed' if content is None else 'written'}: {path.relative_to(DOCS.parent)}"
        )
        if options.check:
            continue
        if content is None:
            path.unlink()
        else:
            path.write_text(content, encoding="utf-8")
    if options.check and found:
        sys.exit("Run `make docs` and commit what it changes.")


if __name__ == "__main__":
    main()
