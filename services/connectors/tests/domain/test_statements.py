"""What is a statement and what is none, for any statement there could be."""

import copy
import re
import string
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.refused import Refused
from connectors.domain import naming, telling
from connectors.domain.editions import FIRST, SECOND
from connectors.domain.sending import fingerprint_of, prepare
from connectors.domain.statements import check, check_several
from connectors.domain.values import DURATION, IRI, LANGUAGE, read_moment

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
LETTERS = st.text(string.ascii_lowercase, min_size=1, max_size=5)
IRIS = LETTERS.map(lambda word: f"https://x.example/{word}")
LANGUAGES = st.sampled_from(["id", "en", "en-GB", "zh-Hant-TW", "x-jejak"])
MAPS = st.dictionaries(LANGUAGES, WORDS, max_size=2)
JSON = st.recursive(st.none() | st.booleans() | st.integers() | WORDS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=2), max_leaves=4)  # fmt: skip
EXTENSIONS = st.dictionaries(IRIS, JSON, max_size=2)
UUIDS = st.uuids().map(str)
MOMENTS = st.sampled_from(["2026-01-31T10:00:00Z", "2026-01-31T10:00:00.123+07:00", "2026-02-28T23:59:59-01:30"])


def some(needed: dict[str, Any], also: dict[str, Any] | None = None) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(needed, optional=also or {})


IDENTIFIERS = [
    some({"mbox": LETTERS.map(lambda word: f"mailto:{word}@x.example")}),
    some({"mbox_sha1sum": st.text("0123456789abcdef", min_size=40, max_size=40)}),
    some({"openid": IRIS}),
    some({"account": some({"homePage": IRIS, "name": WORDS})}),
]
KNOWN = st.one_of(*IDENTIFIERS)
AGENTS = st.builds(lambda who, more: who | more, KNOWN, some({}, {"objectType": st.just("Agent"), "name": WORDS}))
GROUPS = st.builds(
    lambda who, members: {"objectType": "Group", **who, **members},
    st.just({}) | KNOWN,
    some({"member": st.lists(AGENTS, min_size=1, max_size=2)}),
)
ACTORS = AGENTS | GROUPS
CHOICES = st.lists(some({"id": LETTERS}, {"description": MAPS}), unique_by=lambda each: each["id"], max_size=2)
INTERACTIONS = st.one_of(
    some({"interactionType": st.just("choice")}, {"choices": CHOICES}),
    some({"interactionType": st.just("matching")}, {"source": CHOICES, "target": CHOICES}),
    some({"interactionType": st.just("numeric")}, {"correctResponsesPattern": st.lists(WORDS, max_size=2)}),
    st.just({}),
)
DEFINITIONS = st.builds(
    lambda plain, interaction: plain | interaction,
    some({}, {"name": MAPS, "description": MAPS, "type": IRIS, "moreInfo": IRIS, "extensions": EXTENSIONS}),
    INTERACTIONS,
)
ACTIVITIES = some({"id": IRIS}, {"objectType": st.just("Activity"), "definition": DEFINITIONS})
REFERENCES = some({"objectType": st.just("StatementRef"), "id": UUIDS})
PEOPLE = st.builds(lambda agent: {**agent, "objectType": "Agent"}, AGENTS) | GROUPS
VERBS = some({"id": IRIS}, {"display": MAPS})
RESULTS = some(
    {},
    {
        "score": some(
            {}, {"scaled": st.floats(-1, 1), "raw": st.integers(0, 10), "min": st.just(0), "max": st.just(10)}
        ),
        "success": st.booleans(),
        "completion": st.booleans(),
        "response": WORDS,
        "duration": st.sampled_from(["PT1S", "P1Y2M3DT4H5M6.78S", "P4W", "PT0S"]),
        "extensions": EXTENSIONS,
    },
)
RELATED = some({}, dict.fromkeys(("parent", "grouping", "category", "other"), ACTIVITIES | st.lists(ACTIVITIES, max_size=2)))  # fmt: skip
CONTEXT = {
    "registration": UUIDS,
    "instructor": ACTORS,
    "team": GROUPS,
    "contextActivities": RELATED,
    "language": LANGUAGES,
    "statement": REFERENCES,
    "extensions": EXTENSIONS,
}
PLACES = {"revision": WORDS, "platform": WORDS}
ATTACHMENTS = st.lists(
    some(
        {
            "usageType": IRIS,
            "display": MAPS,
            "contentType": st.just("text/plain"),
            "length": st.integers(0, 9),
            "sha2": st.text("0123456789abcdef", min_size=64, max_size=64),
        },
        {"description": MAPS, "fileUrl": IRIS},
    ),
    max_size=1,
)
COMMON = {"result": RESULTS, "timestamp": MOMENTS, "attachments": ATTACHMENTS}
INNER = some(
    {"objectType": st.just("SubStatement"), "actor": ACTORS, "verb": VERBS, "object": ACTIVITIES | PEOPLE | REFERENCES},
    {**COMMON, "context": some({}, CONTEXT)},
)
STATEMENTS = st.one_of(
    some({"actor": ACTORS, "verb": VERBS, "object": ACTIVITIES}, {**COMMON, "id": UUIDS, "context": some({}, CONTEXT | PLACES)}),
    some({"actor": ACTORS, "verb": VERBS, "object": PEOPLE | REFERENCES | INNER}, {**COMMON, "id": UUIDS, "context": some({}, CONTEXT)}),
)  # fmt: skip
QUICK = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
OPEN = {"extensions"}
"""What may hold anything."""


def spots(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The ways to every value inside that a rule looks at."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [path] if path else []
    for name, each in inner:
        found += [(*path, name)] if name in OPEN else spots(each, (*path, name))
    return found


def changed(statement: Any, path: tuple[Any, ...], value: Any) -> Any:
    new = copy.deepcopy(statement)
    at = new
    for name in path[:-1]:
        at = at[name]
    at[path[-1]] = value
    return new


@QUICK
@given(STATEMENTS)
def test_whatever_is_one_is_taken_in_both_editions(statement) -> None:
    for edition in (FIRST, SECOND):
        assert check(copy.deepcopy(statement), edition) == statement


@QUICK
@given(STATEMENTS, st.data())
def test_nothing_is_null_and_nothing_of_another_type(statement, data) -> None:
    path = data.draw(st.sampled_from(spots(statement)))
    for wrong in (None, object()):
        with pytest.raises(Refused) as refused:
            check(changed(statement, path, wrong), FIRST)
        # What is named is the way to the value, or part of it where a language or an IRI leads there; of something whose
        # type is not told any more, also a field that another type has not.
        named, way = refused.value.field or "", ".".join(map(str, path))
        of_its_type = path[-1] == "objectType" and named.startswith(way.removesuffix("objectType"))
        assert of_its_type or way.startswith(named.removesuffix(".objectType"))


@QUICK
@given(STATEMENTS, st.data())
def test_no_field_is_unknown_or_written_otherwise(statement, data) -> None:
    objects = [path for path in [(), *spots(statement)] if isinstance(_at(statement, path), dict) and path[-1:] not in {("name",), ("description",), ("display",), ("extensions",)}]  # fmt: skip
    path = data.draw(st.sampled_from(objects))
    for name in ("nonsense", "Actor", "ID"):
        with pytest.raises(Refused):
            check(_with(statement, path, name), FIRST)


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for name in path:
        value = value[name]
    return value


def _with(statement: Any, path: tuple[Any, ...], name: str) -> Any:
    new = copy.deepcopy(statement)
    _at(new, path)[name] = "x"
    return new


@QUICK
@given(STATEMENTS, st.sampled_from(["actor", "verb", "object"]))
def test_who_did_what_is_said(statement, name) -> None:
    del statement[name]
    with pytest.raises(Refused) as refused:
        check(statement, FIRST)
    assert refused.value.field == name


@QUICK
@given(STATEMENTS, STATEMENTS)
def test_the_same_said_in_another_order_is_the_same(statement, other) -> None:
    assert fingerprint_of(dict(reversed(statement.items()))) == fingerprint_of(statement)
    said = statement | {"stored": "2026-01-01T00:00:00Z", "version": "1.0.3", "authority": {"mbox": "mailto:a@b"}}
    assert fingerprint_of(said) == fingerprint_of(statement)
    if {**other, "id": 1} != {**statement, "id": 1}:
        assert fingerprint_of(other) != fingerprint_of(statement)


@QUICK
@given(STATEMENTS, st.uuids())
def test_what_is_kept_is_found_by_all_that_it_names_and_is_a_statement_again(statement, connection_id) -> None:
    kept = prepare(copy.deepcopy(statement), connection_id, FIRST)
    told = telling_of(kept.told("2026-01-01T00:00:00.000000Z"))
    assert check(copy.deepcopy(told), FIRST) == told
    assert {"stored", "timestamp", "authority", "version", "id"} <= told.keys()
    assert naming.keys(told) == kept.keys
    assert naming.single_keys(told) == kept.single_keys
    assert kept.single_keys[0] == naming.key("v", statement["verb"]["id"])
    identity = naming.identity(statement["actor"])
    assert identity is None or {naming.key("a", identity), naming.key("A", identity)} <= {*kept.keys}
    assert {*naming.keys(telling.by_ids(told))} <= {*kept.keys}


def telling_of(text: str) -> Any:

    return msgspec.json.decode(text)


@given(st.dictionaries(LANGUAGES, WORDS, min_size=1), st.lists(LANGUAGES.map(str.lower), max_size=3))
def test_one_language_is_one_of_those_there_are_and_the_one_asked_for_first(texts, wanted) -> None:
    [(name, said)] = telling.one_language(texts, wanted).items()
    assert texts[name] == said
    if wanted and wanted[0] in {each.lower() for each in texts}:
        assert name.lower() == wanted[0]


BASE = {"actor": {"mbox": "mailto:a@x.example"}, "verb": {"id": "https://x.example/did"}, "object": {"id": "https://x.example/o"}}  # fmt: skip
SHA = "a" * 64


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"actor": {"mbox": "a@x.example"}}, "xapi-mailto", "actor.mbox"),
        ({"actor": {"mbox": "mailto:a@x.example", "openid": "https://a"}}, "xapi-identifiers", "actor"),
        ({"actor": {"objectType": "Group", "member": []}}, "field-missing", "actor.member"),
        ({"actor": {"objectType": "Group", "member": [{"objectType": "Group", "mbox": "mailto:a@b"}]}}, "xapi-one-of", "actor.member.0.objectType"),
        ({"actor": {"objectType": "group", "mbox": "mailto:a@b"}}, "xapi-one-of", "actor.objectType"),
        ({"actor": {"account": {"name": "x"}}}, "field-missing", "actor.account.homePage"),
        ({"actor": {"mbox_sha1sum": "a" * 39}}, "xapi-hash", "actor.mbox_sha1sum"),
        ({"verb": {"id": "did"}}, "xapi-iri", "verb.id"),
        ({"verb": {"id": "https://x/y", "display": {"a12345678": "x"}}}, "xapi-language", "verb.display"),
        ({"object": {"objectType": "SubStatement", **BASE, "id": "x"}}, "field-unknown", "object.id"),
        ({"object": {"objectType": "SubStatement", **BASE, "object": {"objectType": "SubStatement", **BASE}}}, "xapi-one-of", "object.object.objectType"),
        ({"object": {"id": "https://x/y", "definition": {"choices": []}}}, "field-missing", "object.definition.interactionType"),
        ({"object": {"id": "https://x/y", "definition": {"interactionType": "choice", "steps": []}}}, "xapi-component", "object.definition.steps"),
        ({"object": {"id": "https://x/y", "definition": {"interactionType": "choice", "choices": [{"id": "a"}, {"id": "a"}]}}}, "xapi-repeated", "object.definition.choices"),
        ({"result": {"score": {"scaled": 1.1}}}, "xapi-range", "result.score.scaled"),
        ({"result": {"score": {"min": 2, "max": 2}}}, "xapi-range", "result.score.max"),
        ({"result": {"score": {"min": 0, "max": 2, "raw": 3}}}, "xapi-range", "result.score.raw"),
        ({"result": {"score": {"raw": True}}}, "xapi-number", "result.score.raw"),
        ({"result": {"success": "true"}}, "xapi-boolean", "result.success"),
        ({"result": {"duration": "1 hour"}}, "xapi-duration", "result.duration"),
        ({"context": {"registration": "x"}}, "xapi-uuid", "context.registration"),
        ({"context": {"contextActivities": {"parents": []}}}, "field-unknown", "context.contextActivities.parents"),
        ({"context": {"extensions": {"x": 1}}}, "xapi-iri", "context.extensions"),
        ({"context": {"contextAgents": []}}, "field-unknown", "context.contextAgents"),
        ({"object": {"objectType": "Agent", "mbox": "mailto:a@b"}, "context": {"platform": "x"}}, "xapi-of-activity", "context.platform"),
        ({"timestamp": "2026-02-30T00:00:00Z"}, "xapi-moment", "timestamp"),
        ({"timestamp": "2026-01-01T00:00:00-00:00"}, "xapi-moment", "timestamp"),
        ({"version": "2.0.0"}, "xapi-version", "version"),
        ({"authority": {"objectType": "Group", "member": [BASE["actor"]]}}, "xapi-authority", "authority"),
        ({"attachments": [{"usageType": "https://x/y", "display": {}, "contentType": "text/plain", "length": 1.0, "sha2": SHA}]}, "xapi-number", "attachments.0.length"),
        ({"verb": {"id": "http://adlnet.gov/expapi/verbs/voided"}}, "xapi-voids", "object"),
    ],
)  # fmt: skip
def test_each_rule_is_told_with_where(change, code, field) -> None:
    with pytest.raises(Refused) as refused:
        check_several([BASE, copy.deepcopy(BASE | change)], FIRST)
    assert (refused.value.code, refused.value.field) == (code, f"1.{field}")


def test_agents_and_groups_in_a_context_are_of_2_0_alone() -> None:
    agent = {"objectType": "contextAgent", "agent": BASE["actor"], "relevantTypes": ["https://x.example/t"]}
    group = {"objectType": "contextGroup", "group": {"objectType": "Group", "member": [BASE["actor"]]}}
    good = BASE | {"context": {"contextAgents": [agent], "contextGroups": [group]}}
    assert check(good, SECOND) == good
    for bad in (agent | {"relevantTypes": []}, agent | {"objectType": "Agent"}, {"objectType": "contextAgent"}):
        with pytest.raises(Refused):
            check(BASE | {"context": {"contextAgents": [bad]}}, SECOND)


@given(st.datetimes(), st.sampled_from(["Z", "+07:00", "-0330", "+09"]))
def test_a_moment_is_read_to_the_microsecond(moment, zone) -> None:
    read = read_moment(f"{moment.isoformat(timespec='microseconds')}{zone}") if 1 < moment.year < 9999 else None
    assert read is None or abs(read.replace(tzinfo=None) - moment).total_seconds() in {
        0,
        7 * 3600,
        3.5 * 3600,
        9 * 3600,
    }


@pytest.mark.parametrize("pattern", [IRI, LANGUAGE, DURATION], ids=lambda each: each.pattern[:12])
def test_long_texts_that_nearly_fit_take_no_time(pattern: re.Pattern[str]) -> None:
    """A pattern that tried again and again would not end here."""
    for text in ("a-" * 50_000, "P" + "1" * 100_000, "https:" + "a" * 100_000 + " ", "P1Y" + "0" * 100_000 + "T"):
        assert pattern.fullmatch(text) is None
