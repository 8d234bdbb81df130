"""Reading the parameters of a request. Each raises Refused that names the parameter."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from common.refused import Refused
from connectors.domain import statements, values
from connectors.xapi.routes import read_json

T = TypeVar("T")
Parameters = Mapping[str, str]


def needed(parameters: Parameters, name: str) -> str:
    """A parameter that has to be there."""
    if name not in parameters:
        raise Refused("field-missing", name)
    return parameters[name]


def read(parameters: Parameters, name: str, reader: Callable[[str], T]) -> T | None:
    """What a parameter says; None for one that is not there."""
    if name not in parameters:
        return None
    try:
        return reader(parameters[name])
    except Refused as refused:
        raise values.under(name, refused) from None


def agent_of(parameters: Parameters, name: str) -> dict[str, Any]:
    """An agent, or a group, written as JSON in a parameter that has to be there."""
    needed(parameters, name)
    found = read(parameters, name, _agent)
    assert found is not None, "it is there"  # noqa: S101 - tells the type checker
    return found


def _agent(text: str) -> dict[str, Any]:
    agent = read_json(text.encode(errors="replace"))
    statements.actor(agent)
    return agent


def iri(text: str) -> str:
    """An IRI."""
    values.iri(text)
    return text


def uuid(text: str) -> UUID:
    """A UUID as the standard writes it."""
    values.uuid(text)
    return UUID(text)


def boolean(text: str) -> bool:
    """True or false."""
    values.one_of("true", "false")(text)
    return text == "true"


def moment(text: str) -> datetime:
    """A timestamp."""
    return values.read_moment(text)


def whole(text: str) -> int:
    """A number from 0 up."""
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Refused("xapi-number")
    return int(text)
