"""K04: each state of a case has its clock in working days; what is late is told once, and how long things take is published."""

import statistics
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from contracts.events.registry import RestrictionChanged
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
