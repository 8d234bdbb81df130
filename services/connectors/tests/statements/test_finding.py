"""Finding statements again: every filter, pages, formats, headers."""

from datetime import timedelta

import pytest

from services.connectors.tests.platform import COURSE, FINISHED, SARI, new_id, statement

BUDI = {"mbox": "mailto:budi@x.example"}
GROUP = {"objectType": "Group", "account": {"homePage": "https://lms.example", "name": "angkatan-1"}, "member": [BUDI]}
OTHER = "https://lms.example/other"
REGISTRATION = "0199a000-0000-7000-8000-0000000000EE"


async def test_each_filter_finds_what_it_says(platform) -> None:
    direct = statement(id=new_id())
    group = statement(id=new_id(), actor=GROUP, verb={"id": "https://x.example/joined"}, object={"id": OTHER})
    teacher = statement(
        id=new_id(),
        actor={"mbox": "mailto:c@x.example"},
        object={"id": OTHER},
        context={
            "instructor": SARI,
            "registration": REGISTRATION,
            "contextActivities": {"grouping": [{"id": COURSE}]},
        },
    )
    inner = {"objectType": "SubStatement", "actor": BUDI, "verb": {"id": FINISHED}, "object": {"id": COURSE}}
    planned = statement(id=new_id(), actor={"mbox": "mailto:d@x.example"}, object=inner)
    about = statement(id=new_id(), actor={"mbox": "mailto:e@x.example"}, object={"objectType": "Agent", **BUDI})
    names = {
        each["id"]: name
        for name, each in {
            "direct": direct,
            "group": group,
            "teacher": teacher,
            "planned": planned,
            "about": about,
        }.items()
    }
    await platform.send(direct, group, teacher, planned, about)

    async def found(**asked):
        return {names[each] for each in await platform.ids(**asked)}

    assert await found() == {*names.values()}
    assert await found(agent=SARI) == {"direct"}
    assert await found(agent=SARI, related_agents="true") == {"direct", "teacher"}
    assert await found(agent=BUDI) == {"group", "about"}
    assert await found(agent=BUDI, related_agents="true") == {"group", "about", "planned"}
    assert await found(agent={"objectType": "Group", "account": GROUP["account"]}) == {"group"}
    assert await found(verb="https://x.example/joined") == {"group"}
    assert await found(activity=COURSE) == {"direct"}
    assert await found(activity=COURSE, related_activities="true") == {"direct", "teacher", "planned"}
    assert await found(registration=REGISTRATION.lower()) == {"teacher"}
    assert await found(activity=OTHER, verb=FINISHED) == {"teacher"}
    assert await found(activity=OTHER, verb=FINISHED, registration=new_id()) == set()


async def test_what_refers_to_what_is_found_is_found_through_any_number_of_references(platform) -> None:
    first = statement(id=new_id())
    chain = [first]
    for number in range(3):
        seen = statement(
            id=new_id(), actor={"mbox": f"mailto:{number}@x.example"}, verb={"id": "https://x.example/saw"}
        )
        chain.append(seen | {"object": {"objectType": "StatementRef", "id": chain[-1]["id"]}})
    circle = statement(id=new_id(), actor=BUDI, verb={"id": "https://x.example/saw"})
    circle["object"] = {"objectType": "StatementRef", "id": circle["id"]}
    await platform.send(*chain[::-1], circle)
    assert {*await platform.ids(activity=COURSE)} == {each["id"] for each in chain}
    assert await platform.ids(agent=BUDI) == [circle["id"]]


async def test_from_a_moment_until_another(platform, clock) -> None:
    sent, moments = [], []
    for _ in range(3):
        clock.moment += timedelta(minutes=1)
        sent += await platform.send(statement())
        moments.append(clock.now().isoformat())
    assert await platform.ids(since=moments[0]) == sent[:0:-1]
    assert await platform.ids(until=moments[1]) == sent[1::-1]
    assert await platform.ids(since=moments[0], until=moments[1], ascending="true") == sent[1:2]


@pytest.mark.parametrize("ascending", [True, False])
@pytest.mark.parametrize("filtered", [True, False])
async def test_pages_lead_to_every_statement_once_also_while_more_come(platform, ascending, filtered) -> None:
    sent = await platform.send(*(statement() for _ in range(7)))
    asked = {"limit": 2, "ascending": ascending} | ({"agent": SARI} if filtered else {})
    answer = (await platform.ask("GET", "/statements", **asked)).json()
    found = [each["id"] for each in answer["statements"]]
    late = await platform.send(statement())
    while answer["more"]:
        assert answer["more"].startswith("/xapi/1.0.3/statements?")
        answer = (await platform.http.get(answer["more"], headers=platform.headers())).json()
        assert len(answer["statements"]) <= 2
        found += [each["id"] for each in answer["statements"]]
    assert found == (sent + late if ascending else sent[::-1])


async def test_no_limit_is_as_many_as_a_page_has(platform) -> None:
    sent = await platform.send(*(statement() for _ in range(101)))
    assert len(await platform.ids(limit=0)) == 100
    assert await platform.ids(limit=500) == sent[::-1]


async def test_a_page_is_no_longer_than_a_request(platform) -> None:
    sent = []
    for _ in range(3):
        sent += await platform.send(statement(result={"response": "x" * 6_000_000}))
    answer = (await platform.ask("GET", "/statements", ascending="true")).json()
    assert [each["id"] for each in answer["statements"]] == sent[:2]
    rest = (await platform.http.get(answer["more"], headers=platform.headers())).json()
    assert ([each["id"] for each in rest["statements"]], rest["more"]) == (sent[2:], "")


async def test_formats_tell_as_it_came_by_ids_or_in_one_language(platform) -> None:
    named = {"id": "Etika", "en-GB": "Ethics"}
    first = statement(object={"id": COURSE, "definition": {"name": named, "type": "https://x.example/course"}})
    second = statement(
        id=new_id(),
        actor={**SARI, "name": "Sari"},
        verb={"id": FINISHED, "display": {"id": "selesai", "en": "completed"}},
        object={"id": COURSE, "definition": {"name": {"en-US": "Ethics (US)"}}},
    )
    await platform.send(first, second)

    async def told(wanted: str, language: str):
        answer = await platform.ask(
            "GET", "/statements", statementId=second["id"], format=wanted, headers={"accept-language": language}
        )
        return answer.json()

    exact = await told("exact", "en")
    assert (exact["object"], exact["verb"]) == (second["object"], second["verb"])
    ids = await told("ids", "en")
    assert (ids["actor"], ids["verb"], ids["object"]) == (SARI, {"id": FINISHED}, {"id": COURSE})
    for language, name, display in (
        ("en-GB;q=0.5, id", "Etika", "selesai"),
        ("en-GB", "Ethics", "completed"),
        ("en-US, id", "Ethics (US)", "completed"),
        ("fr", "Etika", "selesai"),
    ):
        canonical = await told("canonical", language)
        assert [*canonical["object"]["definition"]["name"].values()] == [name]
        assert [*canonical["verb"]["display"].values()] == [display]
        assert canonical["object"]["definition"]["type"] == "https://x.example/course"


async def test_headers_say_when_something_was_stored_and_that_all_until_now_is_told(platform, clock) -> None:
    [sent] = await platform.send(statement())
    clock.moment += timedelta(days=1)
    for asked in ({}, {"statementId": sent}):
        answer = await platform.ask("GET", "/statements", **asked)
        assert answer.headers["last-modified"] == "Mon, 15 Jun 2026 03:00:00 GMT"
        assert answer.headers["x-experience-api-consistent-through"] == "2026-06-16T03:00:00.000000Z"
    gone = await platform.ask("GET", "/statements", statementId=new_id())
    assert (gone.status_code, gone.headers["x-experience-api-version"]) == (404, "1.0.3")
    assert gone.headers["x-experience-api-consistent-through"] == "2026-06-16T03:00:00.000000Z"


async def test_a_head_has_the_headers_of_a_get(platform) -> None:
    await platform.send(statement())
    got, head = [await platform.ask(method, "/statements") for method in ("GET", "HEAD")]
    assert head.status_code == got.status_code == 200
    assert head.headers == got.headers


@pytest.mark.parametrize(
    ("asked", "code", "field"),
    [
        ({"StatementId": "x"}, "field-unknown", "StatementId"),
        ({"statementId": "x"}, "xapi-uuid", "statementId"),
        ({"statementId": new_id(), "voidedStatementId": new_id()}, "field-unknown", "voidedStatementId"),
        ({"statementId": new_id(), "verb": FINISHED}, "field-unknown", "verb"),
        ({"agent": {"name": "x"}}, "xapi-identifiers", "agent"),
        ({"agent": "{"}, "invalid-json", "agent"),
        ({"verb": "completed"}, "xapi-iri", "verb"),
        ({"activity": "7"}, "xapi-iri", "activity"),
        ({"registration": "7"}, "xapi-uuid", "registration"),
        ({"related_agents": "yes"}, "xapi-one-of", "related_agents"),
        ({"since": "yesterday"}, "xapi-moment", "since"),
        ({"limit": "-1"}, "xapi-number", "limit"),
        ({"format": "short"}, "xapi-one-of", "format"),
        ({"after": "x"}, "xapi-moment", "after"),
        ({"verb": "https://x\x00"}, "field-invalid", "verb"),
    ],
)
async def test_each_wrong_parameter_is_named(platform, asked, code, field) -> None:
    assert await platform.refused("GET", "/statements", **asked) == (400, code, field)
