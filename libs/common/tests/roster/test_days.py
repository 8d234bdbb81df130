"""The rules of days, and that SQL says the same."""

import random
from datetime import date, timedelta

from common.ids import new_id
from roster.days import (
    Assignment,
    agency_on,
    agency_on_sql,
    away_sql,
    covers,
    covers_sql,
    in_service,
    in_service_sql,
    serves,
    serves_sql,
)

FIRST = date(2025, 1, 1)


def test_a_period_ends_on_the_day_before_its_end():
    period = (date(2026, 3, 1), date(2026, 4, 1))
    assert [covers(period, date(2026, month, 1)) for month in (2, 3, 4)] == [False, True, False]
    assert covers((date(2026, 3, 1), None), date(2200, 1, 1))


def test_a_day_before_the_history_is_of_the_first_agency_known_and_without_history_of_the_present_one():
    first, second, now = new_id(), new_id(), new_id()
    moved = [Assignment(date(2020, 1, 1), date(2024, 1, 1), first), Assignment(date(2024, 1, 1), None, second)]
    assert [agency_on(date(year, 1, 1), moved, now) for year in (2010, 2023, 2024)] == [first, first, second]
    assert agency_on(FIRST, [], now) == now
    assert agency_on(date(2024, 1, 1), moved[:1], now) == now


async def test_sql_says_of_every_day_what_the_rule_says(service):
    dice = random.Random(11)

    def day() -> date:
        return FIRST + timedelta(days=dice.randrange(300))

    states = []
    for _ in range(60):
        joined_on, days = day(), sorted({day() for _ in range(dice.randrange(4))})
        left_on = dice.choice([None, joined_on, joined_on + timedelta(days=dice.randrange(200))])
        ends = [*days[1:], dice.choice([None, FIRST + timedelta(days=400)])]
        assignments = [(new_id(), start, after) for start, after in zip(days, ends, strict=True)] if days else []
        states.append(service.person(agency_id=new_id(), joined_on=joined_on, left_on=left_on, assignments=assignments))
    await service.told(*states)
    by_id = {state.person_id: state for state in states}
    rows = await service.rows(
        f"""
        SELECT person_id, d.day, until, {in_service_sql("p", "d.day")}, {agency_on_sql("p", "d.day")},
            {serves_sql("p", before="until", after="d.day")}, ({away_sql("p", before="until", after="d.day")}) IS TRUE,
            ARRAY(SELECT a.agency_id FROM assignments a WHERE a.person_id = p.person_id AND {covers_sql("a", "d.day")})
        FROM people p, (
            SELECT CAST(:first AS date) + n AS day, CAST(:first AS date) + n + n % 40 - 20 AS until
            FROM generate_series(-5, 320, 3) n
        ) d
        """,
        first=FIRST,
    )
    assert len(rows) > 6_000
    for person_id, on, until, serving, agency, serves_by, away, held in rows:
        state = by_id[person_id]
        assignments = [Assignment(part.valid_from, part.valid_to, part.agency_id) for part in state.assignments]
        assert serving == in_service(on, state.joined_on, state.left_on)
        assert agency == agency_on(on, assignments, state.agency_id)
        assert serves_by == serves(state.joined_on, state.left_on, before=until, after=on)
        assert away is not serves_by
        assert held == [each.agency_id for each in assignments if covers((each.valid_from, each.valid_to), on)]
