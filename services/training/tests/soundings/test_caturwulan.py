"""The pace of the year: what is due when, and which periods are over."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from common.clock import FixedClock
from common.rules import RulePackError, load_rule_book
from training.soundings import caturwulan
from training.soundings.caturwulan import BOOK, Caturwulan, closed_on, pack_of, period_of
from training.soundings.commands import SHORT, THRESHOLD


@pytest.mark.parametrize(
    ("target", "due"),
    [
        # 6.67, 13.33 and 20 JP is the expected pace: domain.md 2.4
        ("20", ("6.667", "13.333", "20.000")),
        ("10", ("3.333", "6.667", "10.000")),
        ("1.667", ("0.556", "1.111", "1.667")),
        ("18.333", ("6.111", "12.222", "18.333")),
        ("0.001", ("0.000", "0.001", "0.001")),
        ("0", ("0.000", "0.000", "0.000")),
    ],
)
def test_the_share_of_the_target_that_is_due(target, due):
    assert tuple(str(period.threshold(Decimal(target))) for period in pack_of(2026).tables) == due


def test_a_pack_without_its_cases_cannot_be_loaded(tmp_path):
    [file] = Path(caturwulan.__file__).with_name("rules").glob("*.toml")
    (tmp_path / file.name).write_text("cases = []\n" + file.read_text().split("[[cases]]")[0])
    with pytest.raises(RulePackError, match="has no cases"):
        load_rule_book(tmp_path, caturwulan._parse, caturwulan._run_case)


def test_half_a_thousandth_is_rounded_up():
    assert str(Caturwulan(1, 6, 1, 2).threshold(Decimal("0.001"))) == "0.001"


async def test_the_database_works_out_the_same(world):
    targets = [Decimal(number) / 1000 for number in [*range(40), *range(1_650, 24_000, 7), 20_000, 24_000]]
    for period in (*pack_of(2026).tables, Caturwulan(1, 6, 1, 2), Caturwulan(1, 5, 5, 12)):
        rows = await world.rows(
            f"SELECT target, {THRESHOLD} AS due FROM unnest(CAST(:targets AS numeric[])) AS l (target),"
            " (SELECT CAST(:n AS int) AS share_numerator, CAST(:d AS int) AS share_denominator) w",
            targets=targets,
            n=period.numerator,
            d=period.denominator,
        )
        assert [row.due for row in rows] == [period.threshold(row.target) for row in rows]


async def test_short_is_below_what_is_due(world):
    rows = await world.rows(
        f"SELECT CAST(target AS text), CAST(verified AS text), {SHORT} AS short"
        " FROM (VALUES (20.000, 6.666), (20.000, 6.667), (20.000, 25.000), (0.000, 0.000), (0.001, 0.000))"
        " AS l (target, verified), (SELECT 1 AS share_numerator, 3 AS share_denominator) w"
    )
    assert [row.short for row in rows] == [True, False, False, False, False]


@pytest.mark.parametrize(
    ("day", "closed"),
    [
        ("2026-01-01", [(2025, 3)]),
        ("2026-04-30", [(2025, 3)]),
        ("2026-05-01", [(2026, 1)]),
        ("2026-08-31", [(2026, 1)]),
        ("2026-09-01", [(2026, 1), (2026, 2)]),
        ("2026-12-31", [(2026, 1), (2026, 2)]),
        ("2027-01-01", [(2026, 3)]),
    ],
)
def test_a_period_is_over_when_its_last_day_is(day, closed):
    assert closed_on(date.fromisoformat(day)) == closed


@pytest.mark.parametrize(
    ("moment", "closed"),
    [
        (datetime(2026, 4, 30, 16, 59, 59, tzinfo=UTC), [(2025, 3)]),  # 23:59:59 in Jakarta
        (datetime(2026, 4, 30, 17, 0, 0, tzinfo=UTC), [(2026, 1)]),  # 1 May there, still April in UTC
        (datetime(2026, 12, 31, 17, 0, 0, tzinfo=UTC), [(2026, 3)]),
    ],
)
def test_days_are_those_of_jakarta(moment, closed):
    assert closed_on(FixedClock(moment).today()) == closed


def test_a_period_or_a_year_there_is_none_of():
    with pytest.raises(LookupError, match="there is no period 4 in 2026"):
        period_of(2026, 4)
    with pytest.raises(LookupError, match="no rule pack covers 2018-01-01"):
        closed_on(date(2019, 4, 30))


def test_the_pack_says_where_it_comes_from():
    [pack] = BOOK.packs
    assert "Sounding Bangkom" in pack.source
    assert [(period.numerator, period.denominator) for period in pack.tables] == [(1, 3), (2, 3), (1, 1)]
