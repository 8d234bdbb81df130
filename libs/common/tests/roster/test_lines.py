"""Which units somebody is in and who stands above them: the copies answer, and Python and SQL agree."""

from collections import defaultdict
from datetime import date, timedelta
from random import Random
from uuid import UUID

from sqlalchemy import text

from common.fields import FIRST_DAY
from common.ids import new_id
from contracts.events import registry as events
from contracts.events.registry import PostChanged, PostState, UnitChanged, UnitState
from jejak_local.harness import AGENCY
from roster.lines import Holding, below_sql, path_on, paths_sql, superior_on, superiors_sql, team_sql

FIRST = date(2024, 1, 1)
DAYS = [FIRST + timedelta(days) for days in (0, 3, 5, 8, 11)]
SUPERIORS = text(superiors_sql("CAST(:ids AS uuid[])", "CAST(:day AS date)"))
TEAM = text(team_sql(":me", "CAST(:day AS date)"))
BELOW = text(below_sql(":unit", "CAST(:day AS date)"))
PATHS = text(paths_sql("CAST(:ids AS uuid[])", "CAST(:day AS date)"))


async def test_python_and_sql_agree_on_the_superior_of_every_day(service):
    """Lines of posts that change, are vacant, acted in and held by two, in 20 nations made by chance."""
    chance, seen = Random(11), set[str]()
    for _ in range(20):
        posts = [new_id() for _ in range(5)]
        superiors = {
            each: [
                (FIRST, DAYS[2], chance.choice(posts[:number]) if number else None),
                (DAYS[2], None, chance.choice([None, *posts[:number]])),
            ]
            for number, each in enumerate(posts)
        }
        people = sorted(new_id() for _ in range(5))
        holdings = [
            Holding(person_id, post_id, chance.choice(["definitive", "plt", "plh"]), start, end)
            for person_id in people
            for post_id in chance.sample(posts, 2)
            for start, end in [(chance.choice(DAYS[:3]), chance.choice([None, DAYS[3], DAYS[4]]))]
        ]
        holders: defaultdict[UUID, list[Holding]] = defaultdict(list)
        for holding in holdings:
            holders[holding.post_id].append(holding)
        await service.told(*(_post(each, spans) for each, spans in superiors.items()))
        await service.told(*(_person(service, each, holdings) for each in people))
        for day in DAYS:
            async with service.database.reading() as session:
                rows = await session.execute(SUPERIORS, {"ids": people, "day": day})
                teams = {each: set(await session.scalars(TEAM, {"me": each, "day": day})) for each in people}
            found = {row.person_id: (row.above_id, row.above_post_id, row.above_kind) for row in rows}
            up = {person_id: above for person_id, (above, _, _) in found.items() if above}
            assert teams == {each: {below for below in people if each in _line(below, up)} for each in people}
            for person_id in people:
                own = [each for each in holdings if each.person_id == person_id]
                above = superior_on(day, person_id, own, superiors, holders.__getitem__)
                told = (above.person_id, above.post_id, above.kind) if above else (None, None, None)
                assert found.get(person_id, (None, None, None)) == told
                seen.add(above.kind if above else "nobody")
    assert seen == {"definitive", "plt", "plh", "nobody"}


async def test_python_and_sql_agree_on_the_units_from_the_top_down(service):
    units = [new_id() for _ in range(4)]
    parents = {
        units[0]: [(FIRST_DAY, None, None)],
        units[1]: [(FIRST_DAY, None, units[0])],
        units[2]: [(FIRST_DAY, DAYS[2], units[1]), (DAYS[2], None, units[0])],
        units[3]: [(FIRST_DAY, None, units[2])],
    }
    await service.told(*(_unit(each, spans) for each, spans in parents.items()))
    for day, path in ((DAYS[1], units), (DAYS[2], [units[0], *units[2:]])):
        async with service.database.reading() as session:
            rows = (await session.execute(PATHS, {"ids": units[2:], "day": day})).all()
        assert [row.unit_id for row in rows if row.down_to == units[3]] == path == path_on(day, units[3], parents)
        assert [row.unit_id for row in rows if row.down_to == units[2]] == path[:-1]
        for unit in units:
            async with service.database.reading() as session:
                below = set(await session.scalars(BELOW, {"unit": unit, "day": day}))
            assert below == {each for each in units if unit in path_on(day, each, parents)}


async def test_a_loop_that_a_copy_holds_for_a_moment_ends(service):
    """What was above is heard of as below, before the other way round is heard to have ended; all these posts are vacant."""
    one, other, third = (new_id() for _ in range(3))
    above = {one: [(FIRST, None, other)], other: [(FIRST, None, third)], third: [(FIRST, None, other)]}
    await service.told(*(_post(each, spans) for each, spans in above.items()))
    await service.told(*(_unit(each, spans) for each, spans in above.items()))
    own = Holding(new_id(), one, "definitive", FIRST, None)
    await service.told(_person(service, own.person_id, [own]))
    async with service.database.reading() as session:
        rows = (await session.execute(SUPERIORS, {"ids": [own.person_id], "day": FIRST})).all()
        down = (await session.execute(PATHS, {"ids": [one], "day": FIRST})).all()
        assert set(await session.scalars(BELOW, {"unit": other, "day": FIRST})) == {one, other, third}
    assert [row.above_id for row in rows] == [None] == [superior_on(FIRST, own.person_id, [own], above, lambda _: [])]
    assert [row.unit_id for row in down] == [third, other, one] == path_on(FIRST, one, above)


def _line(person_id: UUID, up: dict[UUID, UUID]) -> set[UUID]:
    """Everybody above somebody but themselves, by who stands right above each."""
    line: set[UUID] = set()
    above = up.get(person_id)
    while above is not None and above not in {*line, person_id}:
        line.add(above)
        above = up.get(above)
    return line


def _post(post_id: UUID, spans: list) -> PostChanged:
    same = {"type": "JA", "name": "Kepala", "jenjang": "administrator", "unit_id": post_id, "seats": 9}
    states = [PostState(**same, superior_id=up, valid_from=start, valid_to=end) for start, end, up in spans]
    return PostChanged(post_id=post_id, agency_id=AGENCY, code="P", states=states)


def _unit(unit_id: UUID, spans: list) -> UnitChanged:
    states = [UnitState(name="Unit", parent_id=up, valid_from=start, valid_to=end) for start, end, up in spans]
    return UnitChanged(unit_id=unit_id, agency_id=AGENCY, code="U", states=states, successors=[])


def _person(service, person_id: UUID, holdings: list[Holding]) -> events.PersonChanged:
    own = [
        events.Holding(post_id=each.post_id, kind=each.kind, valid_from=each.valid_from, valid_to=each.valid_to)
        for each in holdings
        if each.person_id == person_id
    ]
    return service.person(person_id=person_id, holdings=own)
