"""Whom and what a statement names, as keys by which it is found again."""

from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from connectors.domain.statements import IDENTIFIERS, Statement

REMEMBERED = 20_000
"""Keys that are not worked out again: verbs, courses and people soon come again."""
BYTES = 8
"""Of a key: of a thousand million names, two have the same one by a chance of one in thirty-seven."""


def identity(agent: dict[str, Any]) -> str | None:
    """What is equal of an agent or a group that is the same; None for a group without an identifier."""
    for name in IDENTIFIERS:
        if (value := agent.get(name)) is not None:
            return f"account {value['homePage']} {value['name']}" if name == "account" else f"{name} {value}"
    return None


@lru_cache(REMEMBERED)
def key(kind: str, name: str) -> int:
    """The key of a name: of an agent (`a`; `A` in any role), an activity (`o`; `O`), a verb (`v`) or a registration (`r`)."""
    digest = blake2b(f"{kind} {name}".encode(errors="surrogatepass"), digest_size=BYTES).digest()
    return int.from_bytes(digest, "big", signed=True)


def single_keys(statement: Statement) -> tuple[int, int | None, int | None]:
    """The keys of its verb, of the activity that is its object, and of its registration."""
    registration: str | None = statement.get("context", {}).get("registration")
    told = statement["object"]
    return (
        key("v", statement["verb"]["id"]),
        key("o", told["id"]) if told.get("objectType", "Activity") == "Activity" else None,
        key("r", registration.lower()) if registration else None,
    )


def keys(statement: Statement) -> list[int]:
    """The keys of agents and of related activities, of which a statement may have many."""
    told = statement["object"]
    direct = [statement["actor"]]
    kind = told.get("objectType", "Activity")
    if kind in {"Agent", "Group"}:
        direct.append(told)
    found = {("a", name) for agent in direct for name in _names(agent)}
    if kind == "SubStatement":
        found |= _wider(told)
    found |= _wider(statement)
    if "authority" in statement:
        found |= {("A", name) for name in _names(statement["authority"])}
    return sorted(key(kind, name) for kind, name in found)


def _names(agent: dict[str, Any]) -> Iterator[str]:
    """The agent or group itself, and its members."""
    for each in (agent, *agent.get("member", ())):
        if (name := identity(each)) is not None:
            yield name


def _wide(told: dict[str, Any]) -> set[tuple[str, str]]:
    match told.get("objectType", "Activity"):
        case "Activity":
            return {("O", told["id"])}
        case "Agent" | "Group":
            return {("A", name) for name in _names(told)}
        case _:
            return set()


def _wider(statement: Statement) -> set[tuple[str, str]]:
    """Whoever and whatever has any part in it."""
    context = statement.get("context", {})
    agents = [statement["actor"], *(context[name] for name in ("instructor", "team") if name in context)]
    agents += [each["agent"] for each in context.get("contextAgents", ())]
    agents += [each["group"] for each in context.get("contextGroups", ())]
    found = {("A", name) for agent in agents for name in _names(agent)}
    found |= {("O", each["id"]) for each in related_activities(statement)}
    return found | _wide(statement["object"])


def related_activities(statement: Statement) -> Iterator[dict[str, Any]]:
    """The activities of its context."""
    for related in statement.get("context", {}).get("contextActivities", {}).values():
        yield from related if isinstance(related, list) else [related]


def activities(statement: Statement) -> Iterator[dict[str, Any]]:
    """Every activity in a statement, with what it says of each."""
    told = statement["object"]
    kind = told.get("objectType", "Activity")
    if kind == "Activity":
        yield told
    elif kind == "SubStatement":
        yield from activities(told)
    yield from related_activities(statement)
