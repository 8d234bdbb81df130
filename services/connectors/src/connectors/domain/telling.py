"""How statements and activities are told: as they came, by ids alone, or in one language (xAPI 1.0.3, part 3, 2.1.3)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from connectors.domain.naming import identity
from connectors.domain.statements import IDENTIFIERS, Statement

Format = Literal["exact", "ids", "canonical"]
MAPS = ("name", "description")
Thing = dict[str, Any]
Telling = Callable[[Thing], Thing]


def merged(known: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """What is known of an activity, and what another statement says of it: texts in more languages, the rest anew."""
    new = {**known, **told}
    for name in MAPS:
        if name in known and name in told:
            new[name] = {**known[name], **told[name]}
    return new


def by_ids(statement: Statement) -> Statement:
    """A statement with as little of each thing as identifies it."""
    return _each(statement, _least_agent, lambda activity: {"id": activity["id"]}, lambda verb: {"id": verb["id"]})


def canonical(statement: Statement, known: Mapping[str, Mapping[str, Any]], languages: Sequence[str]) -> Statement:
    """A statement with what is known of each activity, each text in one language."""

    def activity(told: Thing) -> Thing:
        found = known.get(told["id"], told.get("definition", {}))
        return {**told, "definition": _in_one(found, languages)} if found else told

    def verb(told: Thing) -> Thing:
        return {**told, "display": one_language(told["display"], languages)} if "display" in told else told

    return _each(statement, lambda agent: agent, activity, verb)


def one_language(texts: Mapping[str, str], languages: Sequence[str]) -> dict[str, str]:
    """The text in the language liked best: that very one, one of a region, or the one without; else the first text."""
    names = {name.lower(): name for name in texts}
    for wanted in languages:
        wider = [name for name in names if name.startswith(f"{wanted}-") or wanted.startswith(f"{name}-")]
        for name in (wanted, *wider, *(names if wanted == "*" else ())):
            if name in names:
                return {names[name]: texts[names[name]]}
    return dict(list(texts.items())[:1])


def languages_of(accept_language: str | None) -> list[str]:
    """The languages that a header names, the one liked best first."""
    liked: list[tuple[float, str]] = []
    for part in (accept_language or "").split(","):
        name, _, weight = part.partition(";")
        try:
            value = float(weight.strip().removeprefix("q=")) if weight else 1.0
        except ValueError:
            continue
        if name.strip() and value > 0:
            liked.append((-value, name.strip().lower()))
    return [name for _, name in sorted(liked, key=lambda each: each[0])]


def person_of(agent: Mapping[str, Any]) -> dict[str, Any]:
    """The Person object of an agent: what is known of it, each as a list."""
    return {"objectType": "Person"} | {name: [agent[name]] for name in ("name", *IDENTIFIERS) if name in agent}


def _in_one(definition: Mapping[str, Any], languages: Sequence[str]) -> dict[str, Any]:
    told = dict(definition)
    for name in MAPS:
        if name in told:
            told[name] = one_language(told[name], languages)
    for name in ("choices", "scale", "source", "target", "steps"):
        if name in told:
            told[name] = [
                {**each, "description": one_language(each["description"], languages)} if "description" in each else each
                for each in told[name]
            ]
    return told


def _least_agent(agent: Thing) -> Thing:
    kept = {"objectType", *IDENTIFIERS} if identity(agent) else {"objectType", "member"}
    least = {name: value for name, value in agent.items() if name in kept}
    if "member" in least:
        least["member"] = [_least_agent(each) for each in least["member"]]
    return least


def _each(statement: Statement, agent: Telling, activity: Telling, verb: Telling) -> Statement:
    """A statement in which agents, activities and verbs are told in another way."""

    def told(value: Thing) -> Thing:
        match value.get("objectType", "Activity"):
            case "Activity":
                return activity(value)
            case "Agent" | "Group":
                return agent(value)
            case "SubStatement":
                return _each(value, agent, activity, verb)
            case _:
                return value

    new = {
        **statement,
        "actor": agent(statement["actor"]),
        "verb": verb(statement["verb"]),
        "object": told(statement["object"]),
    }
    if "context" in statement:
        context = dict(statement["context"])
        context |= {name: agent(context[name]) for name in ("instructor", "team") if name in context}
        if "contextActivities" in context:
            context["contextActivities"] = {
                name: [activity(each) for each in activities]
                for name, activities in context["contextActivities"].items()
            }
        for name, inner in (("contextAgents", "agent"), ("contextGroups", "group")):
            if name in context:
                context[name] = [{**each, inner: agent(each[inner])} for each in context[name]]
        new["context"] = context
    return new
