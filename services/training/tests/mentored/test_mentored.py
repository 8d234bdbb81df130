"""Sessions that mentoring tells of become one record a mentee and year, and each change of them one correction."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from common.ids import new_id
from common.parts import Law
from common.store.database import counted_statements
from contracts.events.mentoring import MentoringCompleted, MentoringCorrected
from jejak_local.harness import AGENCY, OTHER_AGENCY
from training.soundings.daily import sweep

SIX = [date(2026, month, 10) for month in range(1, 7)]
MARCH = [date(2026, 3, day) for day in (3, 10, 17)]


@pytest.fixture(autouse=True)
def late(clock) -> None:
    """After the year the sessions are of."""
    clock.moment = datetime(2027, 2, 1, tzinfo=UTC)


@pytest.fixture
def told() -> Callable[..., Any]:
    """An event of a completion."""

    def made(mentee: UUID, days: Sequence[date], completion: UUID | None = None, **said: Any) -> MentoringCompleted:
        usual: dict[str, Any] = {
            "completion_id": completion or new_id(),
            "kind": "mentoring",
            "pair_id": new_id(),
            "programme_id": new_id(),
            "mentee_id": mentee,
            "mentor_id": new_id(),
            "mentee_agency_id": AGENCY,
            "mentee_unit_id": None,
            "mentor_agency_id": OTHER_AGENCY,
            "mentor_unit_id": None,
            "title": "Mentoring lintas jenjang",
            "year": 2026,
            "session_dates": list(days),
            "minutes": 60 * len(days),
            "reason": "ended",
        }
        return MentoringCompleted(**usual | said)

    return made


def anew(told: MentoringCompleted, days: Sequence[date], reason: str = "correction") -> MentoringCorrected:
    return MentoringCorrected(**told.model_dump() | {"session_dates": list(days), "reason": reason})


async def answers(world) -> list[tuple[int, bool, str | None]]:
    """Version, whether a record stands, and why what was told does not."""
    return [
        (sequence, body["record_id"] is not None, body["refused"])
        for name, sequence, body in await world.emitted()
        if name == "MentoringAnswered"
    ]


async def records(world) -> list[Any]:
    return await world.rows("SELECT * FROM records ORDER BY id")


@pytest.mark.parametrize(("days", "jp"), [(SIX, "12.000"), (MARCH, "4.000")])
async def test_sessions_count_each_in_its_month_and_at_most_two_a_month(world, told, days, jp) -> None:
    """M13: six sessions in six months give 12 JP, three in one month 4."""
    mentee = await world.person()
    await world.hear(world.received(told(mentee, days)))
    [record] = await records(world)
    assert (record.form, record.verified, record.source_kind, record.session_dates) == ("NKL02", True, "system", days)
    assert (await world.ledger(mentee), await answers(world)) == ((jp, "0.000"), [(1, True, None)])


async def test_a_circle_shares_the_month_with_sessions_of_a_pair(world, told) -> None:
    """M14: a circle is mentoring; two sessions a month count, whatever they were of."""
    mentee, day = await world.person(), date(2026, 3, 24)
    await world.hear(world.received(told(mentee, [day], kind="circle", pair_id=None)))
    assert await world.ledger(mentee) == ("2.000", "0.000")
    await world.hear(world.received(told(mentee, MARCH)))
    assert (await world.ledger(mentee), len(await records(world))) == (("4.000", "0.000"), 2)


async def test_the_month_is_shared_with_other_records_of_it(world, told, line) -> None:
    mentee = await world.person()
    coached = line(
        mentee, form="NKL01", session_dates=["2026-03-05"], jp=None, start_date="2026-03-05", end_date="2026-03-05"
    )
    await world.store(coached)
    await world.hear(world.received(told(mentee, MARCH)))
    assert await world.ledger(mentee) == ("4.000", "0.000")


async def test_a_pair_over_new_year_has_a_record_for_each_year(world, told) -> None:
    mentee, pair = await world.person(), new_id()
    before = told(mentee, [date(2026, 12, 29)], pair_id=pair)
    after = told(mentee, [date(2027, 1, 5), date(2027, 1, 12)], pair_id=pair, year=2027)
    await world.hear(world.received(before), world.received(after))
    assert [await world.ledger(mentee, year) for year in (2026, 2027)] == [("2.000", "0.000"), ("4.000", "0.000")]


async def test_told_again_it_gives_nothing_whether_by_the_same_event_or_another(world, told) -> None:
    mentee = await world.person()
    completed = told(mentee, SIX)
    for _ in range(3):
        await world.hear(world.received(completed), world.received(completed))
    assert (len(await records(world)), await world.ledger(mentee)) == (1, ("12.000", "0.000"))
    assert await answers(world) == [(1, True, None)]


async def test_late_confirmation_correction_and_cancellation_correct_the_one_record(world, told) -> None:
    mentee = await world.person()
    completed = told(mentee, SIX[:2])
    await world.hear(world.received(completed))
    await world.hear(world.received(anew(completed, SIX), 2))
    assert await world.ledger(mentee) == ("12.000", "0.000")
    await world.hear(world.received(anew(completed, SIX[1:]), 3))
    await world.hear(world.received(anew(completed, SIX), 2))  # an older version after a newer
    [record] = await records(world)
    assert (record.session_dates, record.version, await world.ledger(mentee)) == (SIX[1:], 3, ("10.000", "0.000"))
    await world.hear(world.received(anew(completed, []), 4))
    [record] = await records(world)
    assert (record.state, await world.ledger(mentee)) == ("revoked", ("0.000", "0.000"))
    await world.hear(world.received(anew(completed, SIX[:1]), 5))
    assert ([each.state for each in await records(world)], await world.ledger(mentee)) == (
        ["revoked", "valid"],
        ("2.000", "0.000"),
    )
    assert await answers(world) == [
        (1, True, None),
        (2, True, None),
        (3, True, None),
        (4, False, None),
        (5, True, None),
    ]


async def test_sessions_told_late_count_in_a_period_that_was_swept_and_take_back_its_shortfall(world, told) -> None:
    """No period is closed to late hours: what was announced of it is corrected."""
    mentee = await world.person()
    late, day = world.clock.moment, date(2026, 5, 1)
    world.clock.moment = datetime(2026, 5, 1, 1, tzinfo=UTC)
    await sweep(world.database, world.clock, world.book, as_of=day)

    async def soundings() -> list[str]:
        return [name for name, _, _ in await world.emitted() if name.startswith("JPShortfall")]

    assert await soundings() == ["JPShortfallDetected"]
    world.clock.moment = late
    await world.hear(world.received(told(mentee, SIX)))
    assert await world.ledger(mentee) == ("12.000", "0.000")
    assert await soundings() == ["JPShortfallDetected", "JPShortfallResolved"]
    assert await answers(world) == [(1, True, None)]


async def test_who_had_retired_is_answered_and_the_sessions_before_count_once_they_are_told_alone(world, told) -> None:
    mentee = await world.person(left_on=date(2026, 4, 1))
    completed = told(mentee, SIX)
    await world.hear(world.received(completed))
    assert (await records(world), await answers(world)) == ([], [(1, False, "not-in-service")])
    await world.hear(world.received(anew(completed, SIX[:3]), 2))
    assert (await world.ledger(mentee), (await answers(world))[1:]) == (("6.000", "0.000"), [(2, True, None)])


async def test_what_no_source_calls_a_form_of_learning_gives_nothing_and_is_answered(world, told) -> None:
    mentee = await world.person()
    await world.hear(world.received(told(mentee, SIX, kind="guidance")))
    assert (await records(world), await answers(world)) == ([], [(1, False, "kind-unconfirmed")])


async def test_a_record_that_was_revoked_is_not_brought_back_by_what_is_told_later(api, world, told) -> None:
    mentee = await world.person()
    completed = told(mentee, SIX)
    await world.hear(world.received(completed))
    [record] = await records(world)
    revoked = await api.call("agency_hr", "POST", f"/trainings/{record.id}/revoke", {"reason": "Tidak hadir"})
    assert revoked.status_code == 200, revoked.text
    for version, days in ((2, SIX[:1]), (3, []), (4, SIX)):
        await world.hear(world.received(anew(completed, days), version))
    assert ([each.state for each in await records(world)], await world.ledger(mentee)) == (
        ["revoked"],
        ("0.000", "0.000"),
    )
    assert (await answers(world))[1:] == [(version, True, "record-revoked") for version in (2, 3, 4)]


async def test_sessions_are_judged_by_the_rules_of_the_day_of_the_last_one(world, told, changed_rules) -> None:
    """Rules that change inside a cohort: from 16 March 2026 three sessions of a month count instead of two."""
    world.parts = replace(world.parts, law=Law(changed_rules))
    early, late = await world.person(), await world.person()
    world.__dict__.pop("_heard", None)
    await world.hear(world.received(told(early, [date(2026, 3, 3), date(2026, 3, 10), date(2026, 3, 12)])))
    await world.hear(world.received(told(late, MARCH)))
    assert [await world.ledger(each) for each in (early, late)] == [("4.000", "0.000"), ("6.000", "0.000")]
    assert [each.rule_pack for each in await records(world)] == ["jp-2018", "jp-2026"]


async def test_what_is_told_of_somebody_not_known_yet_waits_for_them(world, told) -> None:
    mentee = new_id()
    await world.hear(world.received(told(mentee, SIX)))
    assert await records(world) == []
    await world.people(world.state(person_id=mentee))
    assert await world.ledger(mentee) == ("12.000", "0.000")


async def test_many_are_stored_by_as_many_statements_as_a_few(world, told) -> None:
    async def counted(many: int) -> int:
        people = [await world.person() for _ in range(many)]
        with counted_statements(world.database) as statements:
            await world.hear(*[world.received(told(each, SIX)) for each in people])
        return len(statements)

    assert await counted(3) == await counted(30)
