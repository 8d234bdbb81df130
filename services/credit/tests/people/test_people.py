from datetime import date
from itertools import permutations

import pytest

from common.store.database import counted_statements
from contracts.events import Absence

UNTIL_2024 = [("ahli_pertama", date(2020, 1, 1), date(2024, 1, 1)), ("ahli_muda", date(2024, 1, 1), None)]


async def test_a_person_is_kept_with_the_posts_held(world) -> None:
    person = world.person(jenjang="ahli_muda", posts=UNTIL_2024)
    await world.people(person)
    [row] = await world.rows("SELECT * FROM people")
    assert (row.person_id, row.jenjang, row.sequence) == (person.person_id, "ahli_muda", 1)
    posts = await world.rows("SELECT jenjang, valid_from, valid_to FROM posts ORDER BY number")
    assert [tuple(post) for post in posts] == UNTIL_2024


async def test_a_person_is_kept_with_the_degrees_held(world) -> None:
    person = world.person(education="S1", learned=[("S2", date(2025, 8, 1))])
    await world.people(person)
    found = "SELECT degree, valid_from FROM educations ORDER BY number"
    assert [tuple(row) for row in await world.rows(found)] == [("S1", date(2010, 1, 1)), ("S2", date(2025, 8, 1))]
    await world.people(person.model_copy(update={"educations": []}), sequence=2)
    told = [tuple(row) for row in await world.rows(found)]
    assert told == [("S2", date(2010, 1, 1))], "an event from before degrees had dates"


async def test_a_person_is_kept_with_the_times_out_of_service(world) -> None:
    away = [("leave", date(2021, 1, 1), date(2021, 7, 1)), ("retired", date(2025, 3, 1), None)]
    person = world.person(away=away, joined_on=date(2011, 5, 2))
    kept = [("on-leave", *away[0][1:]), ("retired", *away[1][1:])]
    await world.people(person)
    assert await world.value("SELECT joined_on FROM people") == date(2011, 5, 2)
    found = "SELECT why, valid_from, valid_to FROM absences ORDER BY number"
    assert [tuple(row) for row in await world.rows(found)] == kept
    before = {"statuses": [], "absences": [Absence(status="leave", valid_from=away[0][1], valid_to=away[0][2])]}
    old = person.model_copy(update={**before, "status": "retired", "left_on": date(2025, 3, 1)})
    await world.people(old, sequence=2)
    assert [tuple(row) for row in await world.rows(found)] == kept, "an event from before statuses were told"


@pytest.mark.parametrize("order", [*permutations((1, 2, 3))])
@pytest.mark.parametrize("together", [True, False])
async def test_the_highest_version_wins_in_any_order(world, order: tuple[int, ...], together: bool) -> None:
    first = world.person()
    versions = {
        1: first,
        2: world.person(person_id=first.person_id, posts=UNTIL_2024),
        3: world.person(person_id=first.person_id, jenjang="ahli_muda", posts=[("ahli_muda", date(2020, 1, 1), None)]),
    }
    received = [world.received(versions[number], number) for number in order]
    for batch in [received] if together else [[item] for item in received]:
        await world.hear(*batch)
    assert [tuple(row) for row in await world.rows("SELECT jenjang, sequence FROM people")] == [("ahli_muda", 3)]
    posts = await world.rows("SELECT jenjang, valid_from, valid_to FROM posts")
    assert [tuple(post) for post in posts] == [("ahli_muda", date(2020, 1, 1), None)]


async def test_posts_of_the_same_day_do_not_break_the_copy(world) -> None:
    day = date(2024, 1, 1)
    await world.people(world.person(posts=[("ahli_pertama", day, day), ("ahli_muda", day, None)]))
    assert await world.value("SELECT count(*) FROM posts") == 2


async def test_a_batch_takes_the_same_statements_whatever_its_size(world) -> None:
    counts = []
    for size in (1, 300):
        received = [world.received(world.person()) for _ in range(size)]
        with counted_statements(world.database) as statements:
            await world.hear(*received)
        counts.append(len(statements))
    # known, room, people, posts out and in, absences out, degrees out and in, former numbers out, release
    assert counts == [10, 10]
    again = [
        world.received(world.person(person_id=row.person_id), 2)
        for row in await world.rows("SELECT person_id FROM people")
    ]
    with counted_statements(world.database) as statements:
        await world.hear(*again)
    assert len(statements) == 10, (
        "nobody new: whose degrees are settled and whose cases judged, nothing to make room for"
    )
