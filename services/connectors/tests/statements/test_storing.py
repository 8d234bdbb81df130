"""What is stored of what a platform sends: all or nothing, once, and never changed."""

import asyncio
import json
from datetime import timedelta

import pytest
from sqlalchemy import text

from common.store.database import counted_statements
from services.connectors.tests.platform import COURSE, SARI, new_id, statement, void


@pytest.mark.parametrize("edition", ["1.0.3", "2.0"])
async def test_a_statement_comes_back_as_it_was_sent_with_what_the_store_says(platform, clock, edition) -> None:
    platform.edition = edition
    sent = statement(
        id=new_id(),
        timestamp="2026-06-01T10:00:00Z",
        context={"contextActivities": {"parent": {"id": COURSE}}, "extensions": {"https://x.example/y": None}},
        result={"score": {"raw": 7.50, "max": 10}, "response": "\u0000 ü 🎓"},
    )
    answer = await platform.ask("POST", "/statements", sent)
    assert (answer.status_code, answer.json()) == (200, [sent["id"]])
    [found] = await platform.found()
    stored = clock.now().isoformat(timespec="microseconds").replace("+00:00", "Z")
    said = {
        "stored": stored,
        "version": {"1.0.3": "1.0.0", "2.0": "2.0.0"}[edition],
        "authority": found["authority"],
        "context": sent["context"] | {"contextActivities": {"parent": [{"id": COURSE}]}},
    }
    assert found == sent | said
    assert found["authority"]["account"]["name"] == platform.connection_id
    assert answer.headers["x-experience-api-version"] == {"1.0.3": "1.0.3", "2.0": "2.0.0"}[edition]
    assert answer.headers["x-experience-api-consistent-through"] == stored


async def test_without_an_id_or_a_timestamp_it_gets_both(platform) -> None:
    first, second = await platform.send(statement(), statement())
    found = await platform.found()
    assert [each["id"] for each in found] == [second, first]
    assert all(each["timestamp"] == each["stored"] for each in found)


async def test_the_same_again_is_a_success_and_anything_else_under_its_id_a_conflict(platform, clock) -> None:
    sent = statement(id=new_id())
    assert await platform.send(sent) == await platform.send(sent)
    clock.moment += timedelta(hours=1)
    ordered = dict(sorted(sent.items(), reverse=True))
    assert (await platform.ask("PUT", "/statements", ordered, statementId=sent["id"])).status_code == 204
    other = sent | {"verb": {"id": "https://x.example/other"}}
    assert await platform.refused("POST", "/statements", [statement(), other]) == (409, "statement-conflict", "1.id")
    assert await platform.refused("PUT", "/statements", other, statementId=sent["id"]) == (
        409,
        "statement-conflict",
        "0.id",
    )
    [found] = await platform.found()
    assert (found["verb"], found["stored"][:13]) == (sent["verb"], "2026-06-15T03")


async def test_what_a_platform_tells_again_after_it_has_read_it_is_the_same(platform) -> None:
    await platform.send(statement(timestamp="2026-06-01T10:00:00Z"))
    [found] = await platform.found()
    assert await platform.send(found) == [found["id"]]


async def test_one_bad_statement_keeps_the_whole_batch_out(platform) -> None:
    refused = await platform.refused("POST", "/statements", [statement(), statement(actor={"name": "nobody"})])
    assert refused == (400, "xapi-identifiers", "1.actor")
    twice = statement(id=new_id())
    assert await platform.refused("POST", "/statements", [twice, twice]) == (400, "xapi-repeated", "1.id")
    assert await platform.found() == []


async def test_an_id_in_the_address_is_that_of_the_statement(platform) -> None:
    named = new_id()
    assert (await platform.ask("PUT", "/statements", statement(), statementId=named)).status_code == 204
    assert await platform.ids() == [named]
    assert await platform.refused("PUT", "/statements", statement(id=new_id()), statementId=new_id()) == (
        400,
        "xapi-other-id",
        "id",
    )
    assert await platform.refused("PUT", "/statements", statement()) == (400, "field-missing", "statementId")


async def test_a_platform_sees_what_its_own_connection_has_sent(connect) -> None:
    ours, theirs = await connect(), await connect()
    sent = statement(id=new_id(), object={"id": COURSE, "definition": {"name": {"id": "Etika"}}})
    await ours.send(sent)
    assert await theirs.found() == []
    assert (await theirs.ask("GET", "/statements", statementId=sent["id"])).status_code == 404
    assert (await theirs.ask("GET", "/activities", activityId=COURSE)).json() == {
        "objectType": "Activity",
        "id": COURSE,
    }
    # Nobody stands in the way of an id of somebody else.
    await theirs.send(sent | {"verb": {"id": "https://x.example/other"}})
    assert [each["verb"] for each in await ours.found()] == [sent["verb"]]


async def test_twelve_at_once_under_one_id_store_one(platform) -> None:
    named = new_id()
    sent = [statement(actor={"mbox": f"mailto:p{number}@x.example"}) for number in range(12)]
    answers = await asyncio.gather(*(platform.ask("PUT", "/statements", each, statementId=named) for each in sent))
    assert sorted(each.status_code for each in answers) == [204] + [409] * 11
    [found] = await platform.found()
    [winner] = [each for each, answer in zip(sent, answers, strict=True) if answer.status_code == 204]
    assert found["actor"] == winner["actor"]


async def test_batches_at_once_that_share_activities_in_any_order_are_all_stored(connect, database) -> None:
    platforms = [await connect(), await connect()]
    courses = [f"{COURSE}{number}" for number in range(20)]

    def batch(turn: int):
        order = courses if turn % 2 else courses[::-1]
        return [
            statement(object={"id": each, "definition": {"name": {f"x-{turn}": "Etika"}}}, id=new_id())
            for each in order
        ]

    await asyncio.gather(*(platforms[turn // 2 % 2].send(*batch(turn)) for turn in range(16)))
    for platform in platforms:
        activity = (await platform.ask("GET", "/activities", activityId=courses[3])).json()
        assert len(activity["definition"]["name"]) == 8
    async with database.reading() as session:
        assert await session.scalar(text("SELECT count(*) FROM statements")) == 16 * 20


async def test_statements_of_sql_do_not_grow_with_those_that_are_sent(platform, database) -> None:
    def batch(many: int):
        return [statement(object={"id": f"{COURSE}{n}", "definition": {"name": {"id": "x"}}}) for n in range(many)]

    costs = []
    for many in (2, 50):
        await platform.send(*batch(many))
        with counted_statements(database) as statements:
            await platform.send(*batch(many))
        costs.append(len(statements))
    assert costs[0] == costs[1] <= 6


@pytest.mark.parametrize("void_first", [True, False])
async def test_a_voided_statement_is_told_only_as_such(platform, void_first) -> None:
    sent = statement(id=new_id())
    voiding = void(sent["id"], id=new_id())
    for each in (voiding, sent) if void_first else (sent, voiding):
        await platform.send(each)
    assert await platform.ids() == [voiding["id"]]
    assert (await platform.ask("GET", "/statements", statementId=sent["id"])).status_code == 404
    assert (await platform.ask("GET", "/statements", voidedStatementId=sent["id"])).json()["id"] == sent["id"]
    assert (await platform.ask("GET", "/statements", voidedStatementId=voiding["id"])).status_code == 404


async def test_what_voids_is_not_voided_and_what_refers_to_the_voided_is_still_found(platform) -> None:
    sent = statement(id=new_id())
    voiding = void(sent["id"], id=new_id())
    again = void(voiding["id"], id=new_id())
    about = statement(id=new_id(), verb={"id": "https://x.example/saw"}, actor={"mbox": "mailto:b@x.example"})
    about["object"] = {"objectType": "StatementRef", "id": sent["id"]}
    await platform.send(sent, voiding, about)
    await platform.send(again)
    assert {voiding["id"], about["id"]} <= {*await platform.ids()}
    assert {about["id"], voiding["id"]} <= {*await platform.ids(activity=COURSE)}
    assert sent["id"] not in await platform.ids(agent=SARI)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "invalid-json"),
        (b'{"actor": NaN}', "invalid-json"),
        (b'{"actor": "\\ud800"}', "invalid-json"),
        (b"[" * 100_000 + b"]" * 100_000, "invalid-json"),
        (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, "invalid-json"),
        (b"\xff\xfe", "invalid-json"),
        (b"7", "xapi-object"),
        (b"[[]]", "xapi-object"),
        (b"null", "xapi-object"),
    ],
)
async def test_what_is_no_statement_at_all_is_told_so(platform, content, code) -> None:
    answer = await platform.ask("POST", "/statements", content=content)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


async def test_odd_but_good_values_are_kept_whole(platform) -> None:
    sent = statement(
        id=new_id(),
        actor={"name": "\u202eس\u0000", "account": {"homePage": "https://lms.example", "name": "a\u0000b"}},
        object={"id": f"https://lms.example/{'x' * 10_000}", "definition": {"name": {"id": "\u0000\u202e"}}},
    )
    await platform.send(sent)
    [found] = await platform.found(agent=sent["actor"])
    assert (found["actor"], found["object"]) == (sent["actor"], sent["object"])
    answer = await platform.ask("GET", "/activities", activityId=sent["object"]["id"])
    assert answer.json()["definition"] == sent["object"]["definition"]


async def test_a_body_that_is_too_large_is_refused(platform) -> None:
    answer = await platform.ask("POST", "/statements", content=b" " * (16 * 1024 * 1024 + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")


async def test_no_refusal_says_again_what_was_sent(platform) -> None:
    nip = "199001012015011001"
    bad = [
        statement(actor={"mbox": nip}),
        statement(actor={nip: nip}),
        statement(**{nip: 1}),
        statement(object={"id": nip}),
        statement(id=nip),
    ]
    for each in bad:
        answer = await platform.ask("POST", "/statements", each)
        assert answer.status_code == 400
        assert nip not in answer.text
    for asked in ({nip: "1"}, {"agent": nip}, {"agent": {"mbox": nip}}, {"statementId": nip}, {"since": nip}):
        answer = await platform.ask("GET", "/statements", **asked)
        assert answer.status_code == 400
        assert nip not in answer.text


@pytest.mark.parametrize("version", [None, "", "0.9", "2.0.0", "1.1", "1.0.3x"])
async def test_a_request_names_a_version_of_its_edition(platform, version) -> None:
    asked = {"x-experience-api-version": version}
    answer = await platform.ask("POST", "/statements", statement(), headers=asked)
    assert (answer.status_code, answer.json()["code"]) == (400, "xapi-version")
    about = await platform.ask("GET", "/about", headers=asked)
    assert (about.status_code, about.json()) == (200, {"version": ["1.0.3", "2.0.0"]})


async def test_only_json_is_read(platform) -> None:
    answer = await platform.ask(
        "POST", "/statements", content=json.dumps(statement()).encode(), headers={"content-type": "text/plain"}
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "media-type-unsupported")
