"""Writes what is generated under docs/: AsyncAPI and a page of the events, OpenAPI of each service.

`python docs/generate.py` writes them; with `--check` it only says what has drifted, and exits 1.
"""

import argparse
import importlib
import json
import re
import sys
from pathlib import Path
from typing import Any, Union

from faststream.kafka import KafkaBroker
from faststream.specification import AsyncAPI
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup, escape

from common.service import create_app
from common.store.database import Database
from contracts import PUBLISHED
from contracts.topics import TOPICS

DOCS = Path(__file__).parent
SERVICES = ("registry", "training", "credit", "notification")
PLACEHOLDERS = {
    "database_url": "postgresql+asyncpg://docs@localhost/docs",
    "kafka": "localhost:9092",
    "issuer": "https://sso.example",
    "jwks_url": "https://sso.example/jwks",
    "nip_key": "docs",
    "smtp_host": "localhost",
    "smtp_port": 25,
    "smtp_sender": "jejak@example.org",
    "portal_url": "https://jejak.example",
}


def asyncapi() -> dict[str, Any]:
    """The AsyncAPI 3 document of every topic, made by FastStream from the event classes."""
    broker = KafkaBroker()
    for topic in TOPICS:
        events = [event for event in PUBLISHED if event.topic is topic]
        broker.publisher(
            topic.name,
            title=topic.name,
            description=f"{'Compacted, full state. ' if topic.compacted else ''}{topic.partitions} partitions, keyed by {events[0].key_field}.",
            schema=Union[tuple(events)],  # noqa: UP007 - made at run time
        )
    document = AsyncAPI(
        broker,
        title="Jejak",
        version="1",
        description="CloudEvents 1.0, binary mode: metadata in ce_* headers, JSON body, W3C traceparent beside them.",
        schema_version="3.0.0",
    ).to_specification()
    return json.loads(document.to_json())


def openapi(name: str) -> dict[str, Any]:
    """The OpenAPI document of a service."""
    module = importlib.import_module(f"{name}.__main__")
    settings = importlib.import_module(f"{name}.settings").Settings(**PLACEHOLDERS)
    return create_app(module.build(settings), Database(settings.database_url)).openapi()


def events_page() -> str:
    """A page of all events for a person: topic, key, meaning, fields."""
    templates = Environment(loader=FileSystemLoader(DOCS / "events"), autoescape=True, keep_trailing_newline=True)
    templates.filters["coded"] = _coded
    groups = [
        (
            topic,
            [(event, event.model_json_schema(mode="serialization")) for event in PUBLISHED if event.topic is topic],
        )
        for topic in TOPICS
    ]
    return templates.get_template("page.html.jinja").render(groups=groups)


def _coded(text: str) -> Markup:
    """A docstring for a page: what stands in backticks is code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped before


def documents() -> dict[Path, str]:
    """Every generated file with its content."""
    made = {
        DOCS / "events/asyncapi.json": _pretty(asyncapi()),
        DOCS / "events/index.html": events_page(),
    }
    return made | {DOCS / f"api/{name}.json": _pretty(openapi(name)) for name in SERVICES}


def _pretty(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description="Generate docs/events and docs/api")
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 when a file has drifted")
    options = parser.parse_args()
    drifted = [
        (path, content)
        for path, content in documents().items()
        if not path.exists() or path.read_text(encoding="utf-8") != content
    ]
    for path, content in drifted:
        print(f"{'drifted' if options.check else 'written'}: {path.relative_to(DOCS.parent)}")
        if not options.check:
            path.write_text(content, encoding="utf-8")
    if options.check and drifted:
        sys.exit("Run `make docs` and commit what it writes.")


if __name__ == "__main__":
    main()
