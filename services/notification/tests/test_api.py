"""Who may see and do what; pages; states."""

import pytest
from sqlalchemy import text

from common.ids import derived_id
from jejak_local.harness import REGION, owning
from jejak_local.issuer import ROLES
from jejak_local.scopes import Things

READERS = {"lan", "analis", "operator", "service", "agency_hr", "agency_head", "pic", "inspector"}


@pytest.fixture
async def two_agencies(notification, make):
    """A round over K-001, whose mail failed, K-002, whose mail was sent, and K-003, which waits for a PIC."""
    for code in ("K-001", "K-002", "K-003"):
        pics = [] if code == "K-003" else [make.pic(email=f"{code}@agency.example")]
        people = [make.person(n + int(code[-1]) * 100) for n in range(int(code[-1]))]
        await notification.take(
            make.agency(code, name=f"Kementerian {code}", pics=pics), *make.pages(people, code=code)
        )
    notification.mail_server.answer("K-001@agency.example", "550 5.1.1 no such mailbox")
    await notification.send()
    await notification.take(make.record(make.resolved(300, code="K-003"), minutes=1))
    return await notification.messages()


RIGHTS = {
    ("GET", "/v1/messages"): READERS,
    ("GET", "/v1/messages/{message_id}"): READERS,
    ("GET", "/v1/messages/unreached"): {"programme_manager"},
    ("POST", "/v1/messages/{message_id}/resend"): {"operator", "lan"},
    ("GET", "/v1/rounds"): READERS,
    ("GET", "/v1/rounds/{round_id}"): READERS,
    ("GET", "/v1/rounds/{round_id}/digests"): READERS,
    ("GET", "/v1/waiting"): READERS,
}


async def test_the_service_is_as_the_house_asks(assert_service, two_agencies) -> None:
    await assert_service(RIGHTS)


async def test_each_role_reaches_its_own_and_nothing_else(reaches_its_own, notification, make) -> None:
    for code, region in (("K-001", REGION), ("K-002", "Papua")):
        agency = make.agency(code, pics=[make.pic(email=f"{code}@agency.example")])
        told = agency.model_copy(update={"region": region})
        await notification.take(told, *make.pages([make.person(int(code[-1]))], code=code))
    mine, theirs = await notification.messages()
    own = Things(
        {"agency": make.agency_id("K-001"), "person": make.person_id(1), "region": REGION},
        {"message_id": mine.id, "round_id": make.sweep, "agency_id": make.agency_id("K-001")},
    )
    # The round is that of both.
    other = Things({}, {"message_id": theirs.id, "agency_id": make.agency_id("K-002")})
    await reaches_its_own(own, other, {})


@pytest.mark.parametrize("role", ROLES)
async def test_every_role_gets_through_or_not(api, make, two_agencies, role) -> None:
    failed, *_ = two_agencies
    paths = [
        "/messages",
        f"/messages/{failed.id}",
        "/rounds",
        f"/rounds/{make.sweep}",
        f"/rounds/{make.sweep}/digests",
        "/waiting",
    ]
    for path in paths:
        answer = await api.call(role, "GET", path, agency=make.agency_id("K-001"))
        assert answer.status_code == (200 if role in READERS else 403), path
    answer = await api.call(role, "POST", f"/messages/{failed.id}/resend", agency=make.agency_id("K-001"))
    assert answer.status_code == (200 if role in {"operator", "lan"} else 403)


@pytest.mark.parametrize("role", ["agency_hr", "inspector"])
async def test_an_agency_sees_its_own_and_nothing_else(api, make, two_agencies, role) -> None:
    first, second = two_agencies
    caller = {"role": role, "agency": make.agency_id("K-001")}
    assert [one["id"] for one in (await api.get("/messages", **caller))["items"]] == [str(first.id)]
    assert (await api.call(method="GET", path=f"/messages/{second.id}", **caller)).status_code == 404
    [shown] = (await api.get("/rounds", **caller))["items"]
    assert (shown["people"], shown["listed"], shown["mails"]) == (1200, 1, {"failed": 1})
    assert shown == await api.get(f"/rounds/{make.sweep}", **caller)
    [digest] = (await api.get(f"/rounds/{make.sweep}/digests", **caller))["items"]
    assert (digest["code"], digest["short"], digest["missing"]) == ("K-001", 1, "4.000")
    assert (await api.get("/waiting", **caller))["items"] == []
    stranger = {"role": role, "agency": make.agency_id("K-777")}
    assert (await api.get("/rounds", **stranger))["items"] == []
    for path in (f"/rounds/{make.sweep}", f"/rounds/{make.sweep}/digests"):
        assert (await api.call(method="GET", path=path, **stranger)).status_code == 404
    assert (await api.call(role, "GET", "/rounds", agency=None)).status_code == 403, (
        "an agency's role without an agency"
    )


async def test_lan_sees_the_whole_round_with_its_counts(api, make, two_agencies) -> None:
    [shown] = (await api.get("/rounds?kind=sweep"))["items"]
    assert shown == {
        "id": str(make.sweep),
        "sweep_id": str(make.sweep),
        "kind": "sweep",
        "year": 2026,
        "period": 1,
        "as_of": "2026-04-30",
        "opened_at": "2026-05-01T01:00:00Z",
        "people": 3600,
        "listed": 6,
        "owed": "24.000",
        "resolved": 1,
        "short": 5,
        "missing": "20.000",
        "agencies": {"ready": 2, "waiting": 1},
        "mails": {"failed": 1, "sent": 1},
    }
    assert (await api.get("/rounds?kind=reopened"))["items"] == []
    waiting = await api.get(f"/rounds/{make.sweep}/digests?state=waiting")
    assert [(one["code"], one["reason"], one["short"]) for one in waiting["items"]] == [("K-003", "no-pic", 2)]


async def test_an_operator_is_told_how_mails_do_and_of_no_number_of_people(api, issuer, make, two_agencies) -> None:
    """Of two short in K-003 nothing follows, neither from one answer nor from two; what they see by another role they see."""
    paths = ["/rounds", f"/rounds/{make.sweep}", f"/rounds/{make.sweep}/digests", "/waiting"]
    counts = {"people", "listed", "owed", "resolved", "short", "missing"}
    first, _ = two_agencies
    for path in paths:
        answer = await api.get(path, "operator")
        for each in answer.get("items", [answer]):
            assert {each[name] for name in counts & each.keys()} == {None}, path
    assert (await api.get(f"/messages/{first.id}", "operator"))["figures"] is None
    assert (await api.get(f"/messages/{first.id}"))["figures"]["short"] == 1

    both = {"authorization": f"Bearer {issuer.mint('operator', 'agency_hr', agency=make.agency_id('K-001'))}"}
    [whole] = (await api.http.get("/v1/rounds", headers=both)).json()["items"]
    assert {whole[name] for name in counts} == {None}, "a total of all less their own would tell of the others"
    told = (await api.http.get(f"/v1/rounds/{make.sweep}/digests", headers=both)).json()["items"]
    assert [(each["code"], each["short"]) for each in told] == [("K-001", 1), ("K-002", None), ("K-003", None)]


async def test_lists_come_in_pages(api, make, notification, two_agencies) -> None:
    for number in range(4):
        sweep = derived_id("another sweep", number)
        for code in ("K-001", "K-003"):
            event, *_ = make.pages(make.people(number), code=code, sweep=sweep)
            await notification.take(make.record(event, minutes=number % 2))
    for path, many in {
        "/messages": 6,
        "/messages?state=queued": 4,
        "/rounds": 5,
        f"/rounds/{make.sweep}/digests": 3,
        "/waiting": 5,
    }.items():
        whole = await api.get(path)
        assert whole["next"] is None
        found, after = [], ""
        while after is not None:
            page = await api.get(
                path + ("&" if "?" in path else "?") + "limit=2" + (f"&after={after}" if after else "")
            )
            assert len(page["items"]) <= 2
            found += page["items"]
            after = page["next"]
        assert found == whole["items"], path
        assert len(found) == many, path
        wrong = await api.call("lan", "GET", path + ("&" if "?" in path else "?") + "after=WyJhIl0=")
        assert (wrong.status_code, wrong.json()["code"]) == (422, "field-invalid")


async def test_what_is_not_there_is_not_found(api) -> None:
    nowhere = derived_id("nothing")
    for method, path in [
        ("GET", "messages/{}"),
        ("POST", "messages/{}/resend"),
        ("GET", "rounds/{}"),
        ("GET", "rounds/{}/digests"),
    ]:
        answer = await api.call("lan", method, f"/{path.format(nowhere)}", headers={"accept-language": "en"})
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


async def test_two_resends_at_once_are_one(api, notification, two_agencies) -> None:
    import asyncio

    failed, *_ = two_agencies
    answers = await asyncio.gather(*(api.call("lan", "POST", f"/messages/{failed.id}/resend") for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    await notification.send()
    assert len(notification.mail_server.mails()) == 2
    await notification.sound()


BREAKAGES = {
    "collecting": "UPDATE digests SET state = 'collecting', reason = NULL WHERE state = 'waiting'",
    "counts the pages": "UPDATE digests SET pages_in = 2, pages = 2",
    "found short": "UPDATE digests SET short_total = 77",
    "sums of its pages": "DELETE FROM listed_people",
    "has the messages of its notice": "UPDATE digests SET state = 'ready', reason = NULL WHERE state = 'waiting'",
    "tells of a digest that is ready": "UPDATE digests SET state = 'met' WHERE state = 'ready'",
    "notice of its own": "UPDATE digests SET notice_id = gen_random_uuid() WHERE state = 'waiting'",
    "sent once": "DELETE FROM attempts WHERE result = 'sent'",
    "accepted for whom": "UPDATE messages SET accepted = '{}'",
    "what its pages say": "UPDATE messages SET values = jsonb_set(messages.values, '{rounds,0,owed}', '\"99\"')",
    "two messages": "UPDATE messages SET recipient = 'one@agency.example', round_id = sole.round_id,"
    " agency_id = sole.agency_id FROM (SELECT round_id, agency_id FROM messages LIMIT 1) AS sole",
}


@pytest.mark.breaks_invariants
@pytest.mark.parametrize("breakage", BREAKAGES)
async def test_the_check_finds_what_is_broken(run, notification, two_agencies, capsys, breakage) -> None:
    assert await run("check") == 0
    assert "BROKEN" not in capsys.readouterr().out
    async with owning(notification.database) as connection:
        await connection.execute(text(BREAKAGES[breakage]))
    assert await run("check") == 1
    broken = [line for line in capsys.readouterr().out.splitlines() if "BROKEN" in line]
    assert [line for line in broken if breakage in line]
