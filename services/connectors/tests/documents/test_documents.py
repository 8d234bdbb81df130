"""Documents: kept under what they belong to, changed only by who has seen them, and never half."""

import asyncio
import json
from datetime import timedelta
from hashlib import sha1

import pytest

from services.connectors.tests.platform import COURSE, SARI, new_id

STATE = ("/activities/state", {"activityId": COURSE, "agent": SARI}, "stateId")
RESOURCES = [
    STATE,
    ("/activities/profile", {"activityId": COURSE}, "profileId"),
    ("/agents/profile", {"agent": SARI}, "profileId"),
]
ANY = {"if-none-match": "*"}


@pytest.fixture(params=RESOURCES, ids=lambda each: each[0])
def resource(request):
    return request.param


async def test_a_document_comes_back_byte_by_byte_with_its_type_and_tag(platform, resource) -> None:
    path, of, name = resource
    content, kind = b"\x00\xff anything", {"content-type": "image/png", **ANY}
    told = of | {name: "a/ü"}
    assert (await platform.ask("PUT", path, content=content, headers=kind, **told)).status_code == 204
    got = await platform.ask("GET", path, **told)
    assert (got.content, got.headers["content-type"]) == (content, "image/png")
    assert got.headers["etag"] == f'"{sha1(content, usedforsecurity=False).hexdigest()}"'
    assert got.headers["last-modified"] == "Mon, 15 Jun 2026 03:00:00 GMT"
    head = await platform.ask("HEAD", path, **told)
    assert (head.status_code, head.headers["etag"]) == (200, got.headers["etag"])
    assert (await platform.ask("DELETE", path, **told)).status_code == 204
    assert (await platform.ask("GET", path, **told)).status_code == 404
    assert (await platform.ask("DELETE", path, **told)).status_code == 204


async def test_a_document_is_laid_over_the_one_that_is_there(platform, resource) -> None:
    path, of, name = resource
    told = of | {name: "m"}
    for each in ({"a": 1, "b": {"c": 1}}, {"b": {"d": 2}, "e": None}):
        assert (await platform.ask("POST", path, each, **told)).status_code == 204
    assert (await platform.ask("GET", path, **told)).json() == {"a": 1, "b": {"d": 2}, "e": None}
    for content, kind in ((b"[1]", "application/json"), (b"{}", "text/plain"), (b"{", "application/json")):
        answer = await platform.ask("POST", path, content=content, headers={"content-type": kind}, **told)
        assert (answer.status_code, answer.json()["code"]) == (400, "xapi-no-merge")
    assert (await platform.ask("GET", path, **told)).json() == {"a": 1, "b": {"d": 2}, "e": None}


async def test_forty_merges_at_once_keep_all_forty_members(platform, resource) -> None:
    path, of, name = resource
    told = of | {name: "m"}
    answers = await asyncio.gather(*(platform.ask("POST", path, {f"k{n}": n}, **told) for n in range(40)))
    assert {each.status_code for each in answers} == {204}
    assert (await platform.ask("GET", path, **told)).json() == {f"k{n}": n for n in range(40)}


async def test_of_twelve_who_write_over_what_they_have_seen_one_does(platform, resource) -> None:
    path, of, name = resource
    told = of | {name: "m"}
    await platform.ask("PUT", path, {}, ANY, **told)
    seen = {"if-match": (await platform.ask("GET", path, **told)).headers["etag"]}
    answers = await asyncio.gather(*(platform.ask("PUT", path, {"n": n}, seen, **told) for n in range(12)))
    assert sorted(each.status_code for each in answers) == [204] + [412] * 11
    [winner] = [n for n, each in enumerate(answers) if each.status_code == 204]
    assert (await platform.ask("GET", path, **told)).json() == {"n": winner}


@pytest.mark.parametrize("edition", ["1.0.3", "2.0"])
async def test_nobody_writes_over_what_they_have_not_seen(platform, resource, edition) -> None:
    platform.edition = edition
    path, of, name = resource
    told = of | {name: "m"}
    is_state = name == "stateId"
    first = await platform.ask("PUT", path, {"n": 1}, **told)
    assert first.status_code == (204 if is_state else 400)
    await platform.ask("PUT", path, {"n": 1}, ANY, **told)
    assert (await platform.ask("PUT", path, {"n": 2}, ANY, **told)).status_code == 412
    for method in ("PUT", "POST", "DELETE"):
        body = None if method == "DELETE" else {"n": 2}
        assert (await platform.ask(method, path, body, {"if-match": '"0"'}, **told)).status_code == 412
    unseen = await platform.ask("PUT", path, {"n": 2}, **told)
    assert unseen.status_code == (204 if is_state and edition == "1.0.3" else 409)
    kept = (await platform.ask("GET", path, **told)).json()
    assert kept == ({"n": 2} if unseen.status_code == 204 else {"n": 1})


async def test_the_names_of_what_there_is_since_a_moment(platform, resource, clock) -> None:
    path, of, name = resource
    for each in ("a", "b"):
        await platform.ask("PUT", path, {}, ANY, **of | {name: each})
        clock.moment += timedelta(hours=1)
    assert (await platform.ask("GET", path, **of)).json() == ["a", "b"]
    assert (await platform.ask("GET", path, **of, since="2026-06-15T03:30:00Z")).json() == ["b"]
    another = {key: {"mbox": "mailto:b@x.example"} if key == "agent" else f"{COURSE}&b" for key in of}
    assert (await platform.ask("GET", path, **another)).json() == []


async def test_states_of_registrations_are_apart_and_go_together(platform) -> None:
    path, of, name = STATE
    registrations = [{}, {"registration": new_id()}, {"registration": new_id()}]
    for number, each in enumerate(registrations):
        await platform.ask("PUT", path, {"n": number}, **of, **each, **{name: "s"})
    for number, each in enumerate(registrations):
        assert (await platform.ask("GET", path, **of, **each, **{name: "s"})).json() == {"n": number}
    assert (await platform.ask("GET", path, **of, **registrations[1])).json() == ["s"]
    assert (await platform.ask("DELETE", path, **of, **registrations[1])).status_code == 204
    assert (await platform.ask("GET", path, **of)).json() == ["s", "s"]
    assert (await platform.ask("DELETE", path, **of)).status_code == 204
    assert (await platform.ask("GET", path, **of)).json() == []


async def test_a_platform_sees_its_own_documents(connect, resource) -> None:
    path, of, name = resource
    ours, theirs = await connect(), await connect()
    await ours.ask("PUT", path, {"n": 1}, ANY, **of | {name: "m"})
    assert (await theirs.ask("GET", path, **of | {name: "m"})).status_code == 404
    assert (await theirs.ask("GET", path, **of)).json() == []


@pytest.mark.parametrize(
    ("method", "change", "code", "field"),
    [
        ("GET", {"activityId": "x"}, "xapi-iri", "activityId"),
        ("GET", {"activityId": None}, "field-missing", "activityId"),
        ("GET", {"agent": None}, "field-missing", "agent"),
        ("GET", {"agent": {"name": "x"}}, "xapi-identifiers", "agent"),
        ("GET", {"registration": "x"}, "xapi-uuid", "registration"),
        ("GET", {"since": "x"}, "xapi-moment", "since"),
        ("GET", {"StateId": "x"}, "field-unknown", "StateId"),
        ("POST", {}, "field-missing", "stateId"),
        ("PUT", {"stateId": "a\x00b"}, "field-invalid", "stateId"),
        ("DELETE", {"since": "2026-01-01T00:00:00Z"}, "field-unknown", "since"),
    ],
)
async def test_each_wrong_parameter_is_named(platform, method, change, code, field) -> None:
    path, of, _ = STATE
    asked = {name: value for name, value in (of | change).items() if value is not None}
    assert await platform.refused(method, path, **asked) == (400, code, field)


async def test_who_an_agent_stands_for(platform) -> None:
    answer = await platform.ask("GET", "/agents", agent=SARI | {"name": "Sari"})
    assert answer.json() == {"objectType": "Person", "name": ["Sari"], "account": [SARI["account"]]}
    assert await platform.refused("GET", "/agents") == (400, "field-missing", "agent")


async def test_1_0_3_can_be_asked_by_a_form_and_2_0_can_not(platform) -> None:
    path, of, name = STATE
    told = {"activityId": COURSE, "agent": json.dumps(SARI), name: "m"}
    form = {"content": json.dumps({"n": 1}), "Content-Type": "application/json", **told, **platform.headers()}

    async def ask(method: str, fields: dict[str, str], **further: str):
        return await platform.http.post(
            f"/xapi/{platform.edition}{path}", params={"method": method, **further}, data=fields
        )

    assert (await ask("PUT", form)).status_code == 204
    got = await ask("GET", told | platform.headers())
    assert (got.status_code, got.json()) == (200, {"n": 1})
    assert got.headers["x-experience-api-version"] == "1.0.3"
    assert (await platform.ask("GET", path, **of | {name: "m"})).json() == {"n": 1}
    assert (await ask("GET", told)).status_code == 401
    assert (await ask("GET", told | platform.headers(), stateId="m")).status_code == 400
    platform.edition = "2.0"
    assert (await ask("GET", told | platform.headers())).json()["code"] == "xapi-alternate"
