"""K05, K15, K18: many take from one queue and none is given twice; each decides in one go; a deputy has it at once."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from common.ids import new_id
from common.store.database import counted_statements
from contracts.events.registry import DutyDelegated
from jejak_local.harness import OTHER_AGENCY

RETURN = {"act": "return", "reason": "nilai tidak terbaca"}


async def test_two_verifiers_and_a_thousand_items_none_is_given_or_decided_twice(world, api, submitted, take):
    cases = await submitted(1_000)

    async def works(subject: str) -> list[str]:
        decided: list[str] = []
        while taken := await take(50, subject=subject):
            answers = await api.bulk(
                "/cases:decide", [{"id": case, "act": "check"} for case in taken], "verifier", subject=subject
            )
            decided += [answer["id"] for answer in answers if answer["status"] == "updated"]
            assert len(answers) == len(taken)
        return decided

    first, second = await asyncio.gather(works("siti"), works("budi"))
    assert first
    assert second
    # Whoever finds nothing free at a moment stops; what is left is nobody's.
    rest = await works("ani")
    assert len(first + second + rest) == len({*first, *second, *rest}) == 1_000
    assert set(cases) == {*first, *second, *rest}
    assert await world.value("SELECT count(*) FROM case_history WHERE to_state = 'checked'") == 1_000
    assert await take(1, "validator", subject="rudi") == [min(cases)], "all wait for the second decision"


async def test_two_hundred_are_decided_in_one_go_each_by_its_own_act_and_for_its_own_reason(world, api, submitted):
    cases = await submitted(200)
    checked = [{"id": case, "act": "check", "reason": f"sesuai berkas {n}"} for n, case in enumerate(cases[:150])]
    returned = [{"id": case, "act": "return", "reason": f"lembar {n} hilang"} for n, case in enumerate(cases[150:])]
    lines = [line for pair in zip(checked, returned * 3, strict=False) for line in pair]
    lines = [*{line["id"]: line for line in lines}.values()]
    with counted_statements(world.database) as statements:
        answers = await api.bulk("/cases:decide", lines, "verifier")
    assert [answer["status"] for answer in answers] == ["updated"] * 200
    assert len(statements) < 20, "as many for two hundred as for two"
    for line in (lines[0], lines[1], lines[-1]):
        seen = await api.get(f"/cases/{line['id']}")
        assert (seen["state"], seen["history"][-1]["reason"]) == (
            {"check": "checked", "return": "returned"}[line["act"]], line["reason"],
        )  # fmt: skip
        assert seen["return_reason"] == (line["reason"] if line["act"] == "return" else None)


async def test_each_line_of_a_batch_is_answered_for_itself_and_in_its_order(api, submitted):
    case, other, third = await submitted(3)
    lines = [
        {"id": case, "act": "attest"},
        {"id": case, "act": "return"},
        {"id": case, "act": "check"},
        {"id": case} | RETURN,
        {"id": case, "act": "check"},
        {"id": other} | RETURN,
        {"id": third, "act": "check", "version": 7},
        {"id": str(uuid4()), "act": "check"},
        {"id": third, "act": "judge"},
    ]
    answers = await api.bulk("/cases:decide", lines, "verifier")
    assert [(each["status"], each.get("code")) for each in answers] == [
        ("refused", "forbidden"),
        ("refused", "field-missing"),
        ("updated", None),
        ("updated", None),
        ("refused", "illegal-transition"),
        ("updated", None),
        ("refused", "changed-meanwhile"),
        ("refused", "not-found"),
        ("refused", "field-invalid"),
    ]


async def test_a_case_in_somebodys_hands_is_theirs_to_decide_until_the_lease_is_over(
    api, submitted, take, clock, rules
):
    [case] = await submitted()
    assert await take(subject="siti") == [case]
    assert await take(subject="budi") == []
    for name, body in (("check", None), ("return", {"reason": "kurang"})):
        answer = await api.call("verifier", "POST", f"/cases/{case}/{name}", body, subject="budi")
        assert (answer.status_code, answer.json()["code"]) == (409, "in-other-hands")
    [line] = await api.bulk("/cases:check", [{"id": case}], "verifier", subject="budi")
    assert line["code"] == "in-other-hands"
    [mine] = (await api.get("/queue?held=true", "verifier", subject="siti"))["items"]
    lease = rules.leases.at(clock.today()).tables.lease
    assert (mine["case_id"], mine["held_until"]) == (case, (clock.now() + lease).isoformat().replace("+00:00", "Z"))
    clock.moment += lease
    assert (await api.get("/queue?held=true", "verifier", subject="siti"))["items"] == []
    assert await take(subject="budi") == [case]
    assert (await api.call("verifier", "POST", f"/cases/{case}/check", subject="budi")).status_code == 200
    assert await take(role="validator", subject="rudi") == [case], "nobody has it in hand for the second decision"


async def test_nobody_is_given_what_they_may_not_decide(world, api, predicate, take, submitted):
    me, other = await world.people(world.state(), world.state())
    mine, theirs = await submitted(0, me, other)
    sent = predicate((await world.people(world.state()))[0])
    by_me = (await api.call("agency_hr", "POST", "/predicates", sent, subject="siti")).json()["id"]
    assert await take(person=me, subject="siti") == [theirs]
    assert sorted(await take(subject="budi")) == sorted([mine, by_me])
    assert await take(agency=OTHER_AGENCY, subject="ani") == []
    await api.call("verifier", "POST", f"/cases/{theirs}/check", subject="siti")
    assert await take(role="validator", subject="siti") == [], "who has checked it does not attest it"
    assert await take(role="validator", subject="rudi") == [theirs]


async def test_the_queue_is_narrowed_by_kind_jenjang_agency_and_what_is_overdue_page_by_page(
    world, api, submitted, clock
):
    madya, *others = await world.people(world.state(jenjang="ahli_madya"), *(world.state() for _ in range(4)))
    cases = await submitted(0, madya, *others)

    async def shown(query: str = "", **claims) -> list[str]:
        return [item["case_id"] for item in (await api.get(f"/queue?{query}", "verifier", **claims))["items"]]

    assert await shown() == cases
    assert await shown("jenjang=ahli_madya") == cases[:1]
    assert await shown("kind=education") == await shown("overdue=true") == []
    assert await shown(f"agency_id={OTHER_AGENCY}") == await shown(agency=OTHER_AGENCY) == []
    assert (await api.get("/queue", "validator"))["items"] == []
    found, after = [], ""
    while after is not None:
        page = await api.get(f"/queue?limit=2{after and f'&after={after}'}", "verifier")
        found += [item["case_id"] for item in page["items"]]
        after = page["next"]
    assert found == cases
    clock.moment += timedelta(days=40)
    assert await shown("overdue=true") == cases
    # Whoever goes to another agency takes their case along.
    await world.people(world.state(person_id=others[-1], agency=OTHER_AGENCY), sequence=2)
    assert await shown(agency=OTHER_AGENCY) == cases[-1:]


@pytest.fixture
async def deputy(world):
    """A verifier who is away, and their deputy."""
    absent, deputy = await world.people(world.state(), world.state())
    event = DutyDelegated(
        delegation_id=new_id(), person_id=absent, deputy_id=deputy, duty="verifier",
        valid_from=date(2026, 7, 1), valid_to=date(2026, 8, 1), named_by=["hr-siti"],
    )  # fmt: skip
    await world.hear(world.received(event))
    return absent, deputy


async def test_a_deputy_has_at_once_what_is_in_the_hands_of_whoever_is_away(api, submitted, take, deputy):
    absent, stands_in = deputy
    first, second, third = await submitted(3)
    assert await take(2, person=absent, subject="siti") == [first, second]
    acting = {"headers": {"acting-for": str(absent)}, "person": stands_in, "subject": "budi"}
    held = await api.call("person", "GET", "/queue?held=true", **acting)
    assert [item["case_id"] for item in held.json()["items"]] == [first, second]
    assert (await api.call("person", "POST", f"/cases/{first}/check", **acting)).status_code == 200
    assert await take(5, "person", **acting) == [third]
    # Back again, they find what the deputy took for them.
    back = await api.get("/queue?held=true", "verifier", person=absent, subject="siti")
    assert [item["case_id"] for item in back["items"]] == [second, third]
    other = await api.call("verifier", "POST", f"/cases/{second}/check", subject="ani")
    assert other.json()["code"] == "in-other-hands"


async def test_the_case_that_leads_to_a_promotion_comes_first_and_says_what_is_lost(world, api, run, clock):
    """Of two III/a one stands at 45 of 50 AK: a good year makes it 57.5, so waiting costs a period."""
    plain, rises = await world.people(world.state(), world.state())
    year = {"source_name": "e-kinerja", "predikat": "baik"}

    async def send(person: UUID, of: int) -> str:
        body = year | {"person_id": str(person), "reference": f"{person}-{of}"}
        body |= {"period_start": f"{of}-01-01", "period_end": f"{of}-12-31"}
        return (await api.call("agency_hr", "POST", "/predicates", body)).json()["id"]

    for of in (2023, 2024, 2025):
        case = await send(rises, of)
        await api.call("verifier", "POST", f"/cases/{case}/check", subject="dulu")
        await api.call("validator", "POST", f"/cases/{case}/attest", subject="dulu-sah")
    later = await send(plain, 2025)
    clock.moment = datetime(2027, 1, 5, 3, 0, tzinfo=UTC)
    first = await send(rises, 2026)
    await run("order-queue")
    items = (await api.get("/queue", "verifier"))["items"]
    shown = [(item["case_id"], item["wanted_by"], item["period"], item["months_lost"]) for item in items]
    assert shown[0] == (later, "2026-08-30", None, None), "it has waited beyond its patience"
    assert shown[1] == (first, "2027-01-18", "2027-02-01", 1)
    # Its period passes: the next one counts, and it is still not put off beyond its patience.
    clock.moment = datetime(2027, 1, 19, 3, 0, tzinfo=UTC)
    await run("order-queue")
    [_, item] = (await api.get("/queue", "verifier"))["items"]
    assert (item["wanted_by"], item["period"]) == ("2027-02-15", "2027-03-01")
