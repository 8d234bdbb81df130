"""001.16: staff whose post was turned into a functional one are offered a mentor once, and what came of it shows."""

from argparse import Namespace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from common.store.database import counted_statements
from contracts.events.registry import Tag
from jejak_local.harness import OTHER_AGENCY
from mentoring.converted.cli import offer
from mentoring.converted.offering import offer_all
from services.mentoring.tests.sessions.test_letters import asked


@pytest.fixture
def converted(world):
    """Somebody who holds a post that theirs was turned into, as long as is said."""

    async def made(until: date | None = None, **changes: Any) -> UUID:
        tags = [Tag(tag="hasil-penyetaraan", valid_from=date(2021, 12, 31), valid_to=until)]
        state = world.state(**{"jenjang": "ahli_muda"} | changes)
        [person_id] = await world.people(state.model_copy(update={"tags": tags}))
        return person_id

    return made


async def told(world, parts, capsys) -> list[str]:
    """Whom a mentor was offered by now."""
    assert await offer(Namespace(), parts) == 0
    capsys.readouterr()
    return [each["recipient_id"] for each in await asked(world, "mentor-offer")]


async def test_whoever_holds_a_converted_post_is_offered_a_mentor_once(
    world, programme, converted, joins, parts, capsys, clock
) -> None:
    first = await converted()
    assert await told(world, parts, capsys) == [], "no programme takes people"
    programme_id = await programme()
    in_it, leads = await converted(), await converted(jenjang="ahli_madya")
    await joins(programme_id, in_it, "mentee")
    await joins(programme_id, leads, "mentor")
    await world.person()
    await converted(until=clock.today())
    await converted(jenjang="ahli_pertama")
    await converted(agency=OTHER_AGENCY)
    await converted(left_on=clock.today())
    assert await told(world, parts, capsys) == [str(first)]
    assert await told(world, parts, capsys) == [str(first)], "once"
    later = await converted()
    assert await told(world, parts, capsys) == [str(first), str(later)], "who is tagged while it is open"
    [letter, _] = await asked(world, "mentor-offer")
    assert letter["values"] == {"title": "Mentoring lintas jenjang", "closes_on": clock.today().isoformat()}
    clock.moment += timedelta(days=1)
    await converted()
    assert len(await told(world, parts, capsys)) == 2, "it takes nobody any more"


async def test_a_programme_is_offered_when_it_opens(api, world, converted, parts, capsys, clock) -> None:
    await converted()
    opens, closes = clock.today() + timedelta(days=3), clock.today() + timedelta(days=9)
    body = {"title": "Nanti", "opens_on": opens.isoformat(), "closes_on": closes.isoformat()}
    assert (await api.call("programme_manager", "POST", "/programmes", body)).status_code == 201
    assert await told(world, parts, capsys) == []
    clock.moment += timedelta(days=3)
    assert len(await told(world, parts, capsys)) == 1


async def test_uptake_shows_in_the_report_without_small_groups(
    api, world, programme, converted, joins, active_pair, parts
) -> None:
    programme_id = await programme()
    people = [await converted() for _ in range(30)]
    path = f"/programmes/{programme_id}/report"

    async def uptake() -> tuple[int | None, ...]:
        shown = (await api.get(path, "programme_manager"))["converted"]
        return shown["offered"], shown["applied"], shown["matched"]

    assert await uptake() == (0, 0, 0)
    assert await offer_all(parts.database, parts.clock) == 30
    for each in people[:9]:
        await joins(programme_id, each, "mentee")
    assert await uptake() == (30, None, None), "nine have applied"
    for each in people[9:20]:
        await joins(programme_id, each, "mentee")
    assert (await uptake())[:2] == (30, 20)
    await joins(programme_id, await world.person(), "mentee")
    assert await uptake() == (30, None, None), "taken from all mentees it would tell of one"
    for _ in range(19):
        await joins(programme_id, await world.person(), "mentee")
    assert (await uptake())[:2] == (30, 20)
    assert await world.value("SELECT count(*) FROM mentor_offers") == 30


async def test_the_statements_of_offering_do_not_grow_with_people(programme, converted, parts) -> None:
    await programme()
    counts: list[int] = []
    for size in (1, 4):
        for _ in range(size):
            await converted()
        with counted_statements(parts.database) as statements:
            assert await offer_all(parts.database, parts.clock) == size
        counts.append(len(statements))
    assert counts[0] == counts[1]
