from datetime import date

from common.store.database import counted_statements
from credit.domain.degrees import Schooling
from credit.domain.periods import Absence, Post, Tenure
from credit.people import degrees, tenures

UNTIL_2024 = [("ahli_pertama", date(2020, 1, 1), date(2024, 1, 1)), ("ahli_muda", date(2024, 1, 1), None)]


async def test_people_are_judged_by_the_posts_degrees_and_times_out_of_service_that_are_told(world) -> None:
    away = [("leave", date(2021, 1, 1), date(2021, 7, 1)), ("study", date(2022, 1, 1), date(2022, 7, 1))]
    gone = [("retired", date(2025, 3, 1), None)]
    person = world.state(
        posts=UNTIL_2024, learned=[("S2", date(2025, 8, 1))], away=[*away, *gone], joined_on=date(2011, 5, 2)
    )
    [person_id] = await world.people(person)
    async with world.database.reading() as session:
        tenure = (await tenures(session, [person_id]))[person_id]
        known = (await degrees(session, [person_id]))[person_id]
    absences = [
        Absence("on-leave", *away[0][1:]),
        Absence("on-study", *away[1][1:]),
        Absence("retired", *gone[0][1:]),
    ]
    assert tenure == Tenure(date(2011, 5, 2), [Post(*post, "III/a") for post in UNTIL_2024], absences)
    assert known == [Schooling("S1", date(2011, 5, 2)), Schooling("S2", date(2025, 8, 1))]


async def test_somebody_without_posts_or_degrees_has_joined_at_least(world) -> None:
    [person_id] = await world.people(world.state(posts=[], education=None))
    async with world.database.reading() as session:
        assert await tenures(session, [person_id]) == {person_id: Tenure(date(2010, 1, 1), [], [])}
        assert (await degrees(session, [person_id]))[person_id] == []


async def test_a_batch_takes_the_same_statements_whatever_its_size(world) -> None:
    counts = []
    for size in (1, 300):
        received = [world.received(world.state()) for _ in range(size)]
        with counted_statements(world.database) as statements:
            await world.hear(*received)
        counts.append(len(statements))
    # known, room, people, former numbers out, units out and in, posts out and in, statuses out, degrees out and in, posts held out, promotions
    # out, agencies of the queue, data that were to be mended, who has risen in level, and a release for each of the two that
    # wait: training records and reported predikat
    assert counts == [18, 18]
    again = [
        world.received(world.state(person_id=row.person_id), 2)
        for row in await world.rows("SELECT person_id FROM people")
    ]
    with counted_statements(world.database) as statements:
        await world.hear(*again)
    assert len(statements) == 17, (
        "nobody new: whose degrees are settled and whose cases judged, nothing to make room for"
    )
