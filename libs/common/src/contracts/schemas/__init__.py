"""The frozen JSON Schemas of the events, one file a type, and what must hold between versions."""

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from common.events import Event

FOLDER = Path(__file__).parent


def frozen_path(event: type[Event]) -> Path:
    """Where the schema of a type is kept: the type without its reverse-domain prefix."""
    return FOLDER / f"{event.type.removeprefix('id.go.asn.')}.json"


def schema(event: type[Event]) -> str:
    """The JSON Schema of what a writer sends: closed, since writers add no field of their own."""
    return json.dumps(
        TypeAdapter(event).json_schema(mode="serialization"), indent=2, ensure_ascii=False, sort_keys=True
    )


def broken_promises(event: type[Event], frozen: str) -> list[str]:
    """What the class of today breaks of the frozen schema; empty when both directions hold.

    A reader of today must take an event of then; a reader of then, which ignores what it does not
    know, must take an event of today.
    """
    from jsoncompat import check_compat

    now = schema(event)
    broken: list[str] = []
    if not check_compat(frozen, now, "deserializer"):
        broken.append("a reader of today would refuse an event of then")
    if not check_compat(_opened(frozen), now, "serializer"):
        broken.append("a reader of then would refuse an event of today")
    return broken


def _opened(text: str) -> str:
    """The schema as a reader applies it: unknown fields are allowed everywhere."""

    def opened(node: dict[str, Any]) -> dict[str, Any]:
        node.pop("additionalProperties", None)
        return node

    return json.dumps(json.loads(text, object_hook=opened))
