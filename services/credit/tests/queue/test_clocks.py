"""K04: each state of a case has its clock in working days; what is late is told once, and how long things take is published."""

import statistics
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from common.ids import new_id
from contracts.events.registry import DutyDelegated, RestrictionChanged
from jejak_local.harness import AGENCY, OTHER_AGENCY


@pytest.fixture
def moment() -> datetime:
    # A Tuesday; from the next day on there are Nyepi and Idul Fitri until the 24th.
    return datetime(2026, 3, 17, 3, 0, tzinfo=UTC)


async def told(world) -> list[dict]:
    return [body for kind, body in await world.outbox() if body.get("template") == "cases-overdue"]


async def test_a_clock_over_idul_fitri_counts_no_holiday_and_no_joint_leave_and_starts_again_with_each_state(
    api, submitted, clock
):
    [case] = await submitted()
    waits = (await api.get(f"/cases/{case}"))["waits"]
    # Ten working days: 25 to 27 March, 30 March to 2 April, 6 to 8 April (the 3rd is Good Friday).
    assert (waits["since"], waits["due_on"]) == ("2026-03-17T03:00:00Z", "2026-04-08")
    clock.moment = datetime(2026, 3, 27, 2, 0, tzinfo=UTC)
    await api.call("verifier", "POST", f"/cases/{case}/check")
    waits = (await api.get(f"/cases/{case}"))["waits"]
    assert (waits["since"], waits["due_on"]) == ("2026-03-27T02:00:00Z", "2026-04-06")
    await api.call("validator", "POST", f"/cases/{case}/attest")
    assert (await api.get(f"/cases/{case}"))["waits"] is None


async def test_what_is_late_is_told_to_the_pic_once_a_state_and_not_where_the_person_has_it_rest(
    world, api, submitted, clock, run, capsys
):
    first, second, resting = await world.people(*(world.state() for _ in range(3)))
    case, _, _ = await submitted(0, first, second, resting)
    await world.hear(world.received(RestrictionChanged(person_id=resting, parts=["cases"])))
    clock.moment = datetime(2026, 4, 8, 16, 59, tzinfo=UTC)
    assert await run("escalate-cases") == 0
    assert await told(world) == []
    clock.moment += timedelta(minutes=1)  # midnight in Jakarta
    assert len((await api.get("/queue?overdue=true", "verifier"))["items"]) == 2
    for _ in range(3):
        assert await run("escalate-cases") == 0
        clock.moment += timedelta(days=1)
    [mail] = await told(world)
    assert (mail["recipient"], mail["recipient_id"], mail["values"]) == (
        "pic", str(AGENCY), {"cases": 2, "due_on": "2026-04-08"},
    )  # fmt: skip
    assert "2 cases were overdue" in capsys.readouterr().out
    # Its next state has a clock of its own.
    await api.call("verifier", "POST", f"/cases/{case}/check")
    clock.moment += timedelta(days=30)
    await run("escalate-cases")
    assert [mail["values"]["cases"] for mail in await told(world)] == [2, 1]


async def test_published_waiting_times_are_those_of_decisions_to_the_second_and_of_no_small_group(
    world, api, submitted, clock, run
):
    cases, began = await submitted(12), clock.now()
    waited = []
    for number, case in enumerate(cases):
        clock.moment += timedelta(hours=number, seconds=number)
        assert (await api.call("verifier", "POST", f"/cases/{case}/check")).status_code == 200
        waited.append((clock.now() - began).total_seconds())
    # Of nine people nothing is told, nor of a quarter that is not over.
    for case in cases[:9]:
        assert (await api.call("validator", "POST", f"/cases/{case}/attest")).status_code == 200
    await run("order-queue")
    assert (await api.get("/waiting-times"))["items"] == []
    clock.moment = datetime(2026, 3, 31, 17, 0, tzinfo=UTC)
    await run("order-queue")
    for role, claims in (("researcher", {}), ("person", {"person": uuid4()}), ("verifier", {"agency": OTHER_AGENCY})):
        shown = await api.get("/waiting-times", role, **claims)
        [line] = shown["items"]
        assert (line["agency_id"], line["state"], line["cases"]) == (str(AGENCY), "submitted", 12)
        assert line["median_seconds"] == round(statistics.median(waited))
        ninetieth = statistics.quantiles(waited, n=10, method="inclusive")[-1]
        assert line["ninetieth_seconds"] == pytest.approx(ninetieth, abs=1)
        assert shown["promised"] == {"submitted": 10, "checked": 5}


async def test_what_is_published_of_waiting_times_never_differs_by_a_few_people(world, api, submitted, clock, run):
    """The planted attack: whoever compares the figures of two days finds nobody's wait, neither of who comes nor of who goes."""
    people = [world.state() for _ in range(13)]
    cases = await submitted(0, *await world.people(*people))
    for case in cases[:11]:
        assert (await api.call("verifier", "POST", f"/cases/{case}/check")).status_code == 200

    async def told() -> list[dict]:
        await run("order-queue")
        return (await api.get("/waiting-times"))["items"]

    clock.moment = datetime(2026, 3, 31, 17, 0, tzinfo=UTC)
    [first] = before = await told()
    assert (first["cases"], first["since"], first["until"]) == (11, "2025-12-31T17:00:00Z", "2026-03-31T17:00:00Z")
    # Somebody who was counted goes to another agency, and the twelfth case is decided.
    await world.people(people[0].model_copy(update={"agency_id": OTHER_AGENCY}), sequence=2)
    clock.moment += timedelta(days=1)
    assert (await api.call("verifier", "POST", f"/cases/{cases[11]}/check")).status_code == 200
    for _ in range(3):
        clock.moment += timedelta(days=20)
        assert await told() == before
    # The next quarter is of its own decisions alone, and these are of one.
    clock.moment = datetime(2026, 6, 30, 17, 0, tzinfo=UTC)
    assert await told() == []


def point(seconds: list[float], share: float) -> float:
    """A percentile, between the two nearest of them."""
    ordered, at = sorted(seconds), (len(seconds) - 1) * share
    low = ordered[int(at)]
    return low + (ordered[min(int(at) + 1, len(ordered) - 1)] - low) * (at - int(at))


async def test_how_old_what_waits_is_and_how_much_of_it_is_overdue_is_told_by_agency(
    world, api, submitted, predicate, clock
):
    came: list[datetime] = []
    for _ in range(3):
        came += [clock.now()] * len(await submitted(2))
        clock.moment += timedelta(days=14, minutes=7)
    [elsewhere] = await world.people(world.state(agency=OTHER_AGENCY))
    await api.call("service", "POST", "/predicates", predicate(elsewhere))
    [line] = (await api.get("/queue-ages", "agency_head"))["items"]
    ages = [(clock.now() - each).total_seconds() for each in came]
    assert (line["agency_id"], line["awaits"], line["waiting"], line["overdue"]) == (str(AGENCY), "check", 6, 4)
    assert line["oldest"] == came[0].isoformat().replace("+00:00", "Z")
    assert line["median_seconds"] == pytest.approx(point(ages, 0.5), abs=1)
    assert line["ninetieth_seconds"] == pytest.approx(point(ages, 0.9), abs=1)


async def test_a_slow_assessor_is_named_to_their_superior_alone(world, api, submitted, clock):
    """Median and 90th percentile of each are those of the raw waits; a deputy's decision is of the one they stand in for."""
    head = await world.post()
    slow_post, quick_post = [await world.post(head) for _ in range(2)]
    below = await world.post(slow_post)
    boss, slow, quick, aide = [await world.holder(each) for each in (head, slow_post, quick_post, below)]
    await world.hear(world.received(DutyDelegated(
        delegation_id=new_id(), person_id=slow, deputy_id=aide, duty="verifier",
        valid_from=date(2026, 1, 1), valid_to=date(2026, 12, 1), named_by=["hr"],
    )))  # fmt: skip
    cases, began = await submitted(12), clock.now()
    waits: dict[Any, list[float]] = {slow: [], quick: []}
    for number, case in enumerate(cases):
        who = slow if number % 3 == 2 else quick
        clock.moment = began + (timedelta(days=30, hours=number) if who == slow else timedelta(minutes=7 * number))
        if case == cases[-1]:
            as_deputy = {"Acting-For": str(slow)}
            done = await api.call("verifier", "POST", f"/cases/{case}/check", headers=as_deputy, person=aide)
        else:
            done = await api.call("verifier", "POST", f"/cases/{case}/check", person=who, subject=f"{number % 3}")
        assert done.status_code == 200, done.text
        waits[who].append((clock.now() - began).total_seconds())

    clock.moment += timedelta(minutes=1)

    async def shown(who: Any) -> dict[str, dict[str, Any]]:
        answer = await api.get("/assessors", "person", person=who)
        assert answer["since"] == "2026-01-01"
        return {each["person_id"]: each for each in answer["items"]}

    told = await shown(boss)
    assert told.keys() == {str(slow), str(quick)}
    for who, seconds in waits.items():
        line = told[str(who)]
        assert (line["state"], line["decisions"]) == ("submitted", len(seconds))
        assert line["median_seconds"] == pytest.approx(point(seconds, 0.5), abs=1)
        assert line["ninetieth_seconds"] == pytest.approx(point(seconds, 0.9), abs=1)
    assert [told[str(who)]["late"] for who in (slow, quick)] == [4, 0]
    for stranger in (slow, quick, aide, uuid4()):
        assert await shown(stranger) == {}, "neither to a colleague, nor to who is below, nor to themselves"
    for role in ("verifier", "validator", "agency_hr", "agency_head", "inspector", "lan"):
        assert (await api.call(role, "GET", "/assessors")).status_code == 403
    [one] = await submitted(1)
    assert (await api.call("verifier", "POST", f"/cases/{one}/check", person=aide, subject="aide")).status_code == 200
    clock.moment += timedelta(minutes=1)
    assert (await shown(slow)).keys() == {str(aide)}
    assert (await shown(boss)).keys() == {str(slow), str(quick)}, "who is below another is that one's to ask"
