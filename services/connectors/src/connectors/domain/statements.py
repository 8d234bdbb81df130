"""What a statement is: xAPI 1.0.3, part 2 (Data), and what IEEE 9274.1.1 (2.0) changes of it."""

from collections.abc import Mapping
from typing import Any, cast

from common.refused import Refused
from connectors.domain.editions import FIRST, SECOND, Edition
from connectors.domain.values import (
    Check,
    boolean,
    duration,
    extensions,
    iri,
    language,
    language_map,
    length,
    list_of,
    mailto,
    media_type,
    moment,
    number,
    one_of,
    sha1,
    sha2,
    shaped,
    some_of,
    text,
    under,
    uuid,
)

VOIDED = "http://adlnet.gov/expapi/verbs/voided"
IDENTIFIERS = ("mbox", "mbox_sha1sum", "openid", "account")
"""Any one of them says who an agent or a group is."""
Statement = dict[str, Any]

# --- who

ACCOUNT: Mapping[str, Check] = {"homePage": iri, "name": text}
AGENT: Mapping[str, Check] = {
    "objectType": one_of("Agent"),
    "name": text,
    "mbox": mailto,
    "mbox_sha1sum": sha1,
    "openid": iri,
    "account": lambda value: shaped(value, ACCOUNT, ("homePage", "name")),
}


def agent(value: Any) -> None:
    """One person or program, by exactly one identifier."""
    shaped(value, AGENT)
    if sum(name in value for name in IDENTIFIERS) != 1:
        raise Refused("xapi-identifiers")


GROUP: Mapping[str, Check] = {**AGENT, "objectType": one_of("Group"), "member": list_of(agent)}


def group(value: Any) -> None:
    """A group: by one identifier, or else by its members."""
    shaped(value, GROUP, ("objectType",))
    identifiers = sum(name in value for name in IDENTIFIERS)
    if identifiers > 1:
        raise Refused("xapi-identifiers")
    if not identifiers and not value.get("member"):
        raise Refused("field-missing", "member")


def actor(value: Any) -> None:
    """An agent, or a group that says so."""
    (group if _kind(value) == "Group" else agent)(value)


def authority(value: Any) -> None:
    """An agent, or the application and the user of OAuth as a group of two."""
    actor(value)
    if value.get("objectType") == "Group" and (any(name in value for name in IDENTIFIERS) or len(value["member"]) != 2):
        raise Refused("xapi-authority")


def _kind(value: Any) -> Any:
    return cast("Statement", value).get("objectType") if type(value) is dict else None


# --- what

COMPONENT: Mapping[str, Check] = {"id": text, "description": language_map}


def components(value: Any) -> None:
    """What one may choose from; no two are called the same."""
    list_of(lambda each: shaped(each, COMPONENT, ("id",)))(value)
    if len({each["id"] for each in value}) != len(value):
        raise Refused("xapi-repeated")


INTERACTIONS: Mapping[str, tuple[str, ...]] = {
    "true-false": (),
    "choice": ("choices",),
    "fill-in": (),
    "long-fill-in": (),
    "matching": ("source", "target"),
    "performance": ("steps",),
    "sequencing": ("choices",),
    "likert": ("scale",),
    "numeric": (),
    "other": (),
}
"""The components that belong to each type of interaction."""
COMPONENTS = ("choices", "scale", "source", "target", "steps")
DEFINITION: Mapping[str, Check] = {
    "name": language_map,
    "description": language_map,
    "type": iri,
    "moreInfo": iri,
    "extensions": extensions,
    "interactionType": one_of(*INTERACTIONS),
    "correctResponsesPattern": list_of(text),
    **dict.fromkeys(COMPONENTS, components),
}


def definition(value: Any) -> None:
    """What an activity is."""
    shaped(value, DEFINITION)
    given = [name for name in (*COMPONENTS, "correctResponsesPattern") if name in value]
    if given and "interactionType" not in value:
        raise Refused("field-missing", "interactionType")
    for name in given:
        if name in COMPONENTS and name not in INTERACTIONS[value["interactionType"]]:
            raise Refused("xapi-component", name)


ACTIVITY: Mapping[str, Check] = {"objectType": one_of("Activity"), "id": iri, "definition": definition}
REFERENCE: Mapping[str, Check] = {"objectType": one_of("StatementRef"), "id": uuid}
VERB: Mapping[str, Check] = {"id": iri, "display": language_map}


def activity(value: Any) -> None:
    """An activity."""
    shaped(value, ACTIVITY, ("id",))


def reference(value: Any) -> None:
    """The name of another statement."""
    shaped(value, REFERENCE, ("objectType", "id"))


def verb(value: Any) -> None:
    """What was done."""
    shaped(value, VERB, ("id",))


# --- how it went, and where

SCORE: Mapping[str, Check] = dict.fromkeys(("scaled", "raw", "min", "max"), number)


def score(value: Any) -> None:
    """A score within its bounds."""
    shaped(value, SCORE)
    low, high, raw = (value.get(name) for name in ("min", "max", "raw"))
    if not -1 <= value.get("scaled", 0) <= 1:
        raise Refused("xapi-range", "scaled")
    if low is not None and high is not None and low >= high:
        raise Refused("xapi-range", "max")
    if raw is not None and ((low is not None and raw < low) or (high is not None and raw > high)):
        raise Refused("xapi-range", "raw")


RESULT: Mapping[str, Check] = {
    "score": score,
    "success": boolean,
    "completion": boolean,
    "response": text,
    "duration": duration,
    "extensions": extensions,
}


def related(value: Any) -> None:
    """One activity, or several."""
    (list_of(activity) if type(value) is list else activity)(value)


RELATIONS: Mapping[str, Check] = dict.fromkeys(("parent", "grouping", "category", "other"), related)
CONTEXT: Mapping[str, Check] = {
    "registration": uuid,
    "instructor": actor,
    "team": group,
    "contextActivities": lambda value: shaped(value, RELATIONS),
    "revision": text,
    "platform": text,
    "language": language,
    "statement": reference,
    "extensions": extensions,
}
IN_CONTEXT: Mapping[str, Check] = {"objectType": one_of("contextAgent"), "agent": agent, "relevantTypes": some_of(iri)}
IN_CONTEXT_GROUP: Mapping[str, Check] = {
    "objectType": one_of("contextGroup"),
    "group": group,
    "relevantTypes": some_of(iri),
}
CONTEXTS: Mapping[Edition, Mapping[str, Check]] = {
    FIRST: CONTEXT,
    SECOND: {
        **CONTEXT,
        "contextAgents": list_of(lambda each: shaped(each, IN_CONTEXT, ("objectType", "agent"))),
        "contextGroups": list_of(lambda each: shaped(each, IN_CONTEXT_GROUP, ("objectType", "group"))),
    },
}
ATTACHMENT: Mapping[str, Check] = {
    "usageType": iri,
    "display": language_map,
    "description": language_map,
    "contentType": media_type,
    "length": length,
    "sha2": sha2,
    "fileUrl": iri,
}
ATTACHED = ("usageType", "display", "contentType", "length", "sha2")

# --- the whole


def _object(value: Any) -> None:
    match _kind(value):
        case "Agent":
            agent(value)
        case "Group":
            group(value)
        case "StatementRef":
            reference(value)
        case _:
            activity(value)


def _shapes(edition: Edition) -> tuple[Mapping[str, Check], Mapping[str, Check]]:
    """The fields of a statement, and those of a statement within one."""
    inner: Mapping[str, Check] = {
        "objectType": one_of("SubStatement"),
        "actor": actor,
        "verb": verb,
        "object": _object,
        "result": lambda value: shaped(value, RESULT),
        "context": lambda value: shaped(value, CONTEXTS[edition]),
        "timestamp": moment,
        "attachments": list_of(lambda each: shaped(each, ATTACHMENT, ATTACHED)),
    }

    def version(value: Any) -> None:
        if type(value) is not str or edition.stated.fullmatch(value) is None:
            raise Refused("xapi-version")

    def whole_object(value: Any) -> None:
        if _kind(value) == "SubStatement":
            _check(value, inner)
        else:
            _object(value)

    outer = {name: check for name, check in inner.items() if name != "objectType"}
    outer |= {"id": uuid, "stored": moment, "authority": authority, "version": version, "object": whole_object}
    return outer, inner


SHAPES = {edition: _shapes(edition)[0] for edition in (FIRST, SECOND)}


def _check(value: Any, fields: Mapping[str, Check]) -> None:
    shaped(value, fields, ("actor", "verb", "object"))
    context = value.get("context", {})
    if value["object"].get("objectType", "Activity") != "Activity":
        for name in ("revision", "platform"):
            if name in context:
                raise Refused("xapi-of-activity", f"context.{name}")


def check(value: Any, edition: Edition) -> Statement:
    """The statement, which is one of the edition. Raises Refused that names the field and the rule."""
    _check(value, SHAPES[edition])
    if value["verb"]["id"] == VOIDED and value["object"].get("objectType") != "StatementRef":
        raise Refused("xapi-voids", "object")
    return value


def check_several(values: Any, edition: Edition) -> list[Statement]:
    """One statement or a list of them. Raises Refused; of two with one id too."""
    if type(values) is not list:
        return [check(values, edition)]
    several = cast("list[Statement]", values)
    seen: set[str] = set()
    for index, value in enumerate(several):
        try:
            check(value, edition)
        except Refused as refused:
            raise under(str(index), refused) from None
        if (named := value.get("id", "").lower()) in seen and named:
            raise Refused("xapi-repeated", f"{index}.id")
        seen.add(named)
    return several
