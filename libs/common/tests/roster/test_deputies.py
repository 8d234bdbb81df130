"""Who acts for whom on a day."""

from datetime import date

import pytest

from common.ids import new_id
from contracts.duties import DUTIES, duties_of
from contracts.events.registry import DutyDelegated
from jejak_local.harness import AGENCY, OTHER_AGENCY
from roster.deputies import acts_for

FROM, TO = date(2026, 7, 1), date(2026, 8, 1)


async def told(service, person, deputy, valid_to: date = TO, sequence: int = 1, **changes) -> DutyDelegated:
    event = DutyDelegated(
        **{"delegation_id": new_id(), "person_id": person, "deputy_id": deputy, "duty": "verifier"} | changes,
        valid_from=FROM,
        valid_to=valid_to,
        named_by=["hr"],
    )
    await service.told(event, sequence=sequence)
    return event


@pytest.fixture
def acting(service):
    async def ask(deputy, day: date = FROM, *duties: str):
        async with service.database.reading() as session:
            found = await acts_for(session, deputy, duties or ("verifier",), day)
            return [(row.person_id, row.duty, row.agency_id, row.named_by) for row in found]

    return ask


async def test_a_deputy_acts_from_the_first_day_until_the_day_before_the_last(service, acting) -> None:
    people = [service.person() for _ in range(3)]
    await service.told(*people)
    a, b, c = (each.person_id for each in people)
    await told(service, a, b)
    await told(service, b, c)
    assert await acting(b) == [(a, "verifier", AGENCY, ["hr"])]
    assert await acting(c) == [(b, "verifier", AGENCY, ["hr"])], "a deputy of the deputy acts for them alone"
    for day in (date(2026, 6, 30), TO):
        assert await acting(b, day) == []
    assert await acting(b, FROM, "validator", "digest") == []
    assert await acting(a) == []


async def test_the_newest_state_counts(service, acting) -> None:
    people = [service.person(), service.person()]
    await service.told(*people)
    a, b = (each.person_id for each in people)
    first = await told(service, a, b)
    await told(service, a, b, valid_to=date(2026, 7, 3), sequence=2, delegation_id=first.delegation_id)
    await told(service, a, b, delegation_id=first.delegation_id)
    assert len(await acting(b, date(2026, 7, 2))) == 1
    assert await acting(b, date(2026, 7, 3)) == []


async def test_whoever_has_left_or_moved_away_is_stood_in_for_no_more(service, acting) -> None:
    left = {"left_on": date(2026, 7, 10), "status": "retired"}
    people = [service.person(), service.person(**left), service.person(agency_id=OTHER_AGENCY), service.person()]
    await service.told(*people)
    stays, leaves, away, deputy = (each.person_id for each in people)
    for person in (stays, leaves, away):
        await told(service, person, deputy)
    assert {person for person, *_ in await acting(deputy, date(2026, 7, 9))} == {stays, leaves}
    assert {person for person, *_ in await acting(deputy, date(2026, 7, 10))} == {stays}
    await told(service, stays, leaves)
    assert await acting(leaves, date(2026, 7, 10)) == []


def test_a_right_is_delegable_by_the_duties_of_its_roles() -> None:
    assert duties_of({"verifier", "validator", "lan"}) == {"verifier": "verifier", "validator": "validator"}
    assert duties_of({"agency_head", "person"}) == {}
    assert [code for code, duty in DUTIES.items() if not duty.delegable] == ["head"]
