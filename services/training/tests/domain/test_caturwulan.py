"""The pace of the year: what is due when, and which periods are over."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from common.rules import RulePackError, load_rule_book
from common.texts import LANGUAGES
from jejak_local.harness import FixedClock
from training.domain import caturwulan
from training.domain.caturwulan import BOOK, PACKS, closed_on, pack_of, period_of
from training.domain.duty import pro_rata
from training.soundings.shortfalls import SHORT, THRESHOLD
from training.texts import say

ALL_YEAR, JULY, LEAVE = range(1, 13), range(7, 13), [1, 5, 6, 7, 8, 9, 10, 11, 12]


@pytest.mark.parametrize(
    ("yearly", "months", "due"),
    [
        # even thirds of 20 JP, cut to what can be stated
        (20, ALL_YEAR, ("6.66", "13.33", "20.00")),
        (20, JULY, ("0.00", "3.33", "10.00")),  # two of six months by August, not two thirds of 10
        (20, range(9, 13), ("0.00", "0.00", "6.66")),
        (20, range(2, 13), ("5.00", "11.66", "18.33")),
        (20, range(1, 6), ("6.66", "8.33", "8.33")),  # left after May
        (20, LEAVE, ("1.66", "8.33", "15.00")),  # on leave from February to April
        (24, ALL_YEAR, ("8.00", "16.00", "24.00")),
        (20, [], ("0.00", "0.00", "0.00")),
    ],
)
def test_each_month_of_duty_gone_by_asks_for_a_twelfth(yearly, months, due):
    periods = pack_of(2026).tables.periods
    assert tuple(str(period.threshold(Decimal(yearly), months)) for period in periods) == due
    assert periods[-1].threshold(Decimal(yearly), months) == pro_rata(Decimal(yearly), len(months))


def test_a_pack_without_its_cases_cannot_be_loaded(tmp_path):
    [file] = PACKS.glob("*.toml")
    (tmp_path / file.name).write_text("cases = []\n" + file.read_text().split("[[cases]]")[0])
    with pytest.raises(RulePackError, match="has no cases"):
        load_rule_book(tmp_path, caturwulan._parse, caturwulan._run_case)


async def test_the_database_works_out_the_same(world):
    for period in pack_of(2026).tables.periods:
        rows = await world.rows(
            f"SELECT yearly, duty_months, {THRESHOLD} AS due"
            " FROM (SELECT * FROM unnest(CAST(:yearly AS numeric[])) AS y (yearly), generate_series(0, 4095) AS duty_months)"
            " AS l, (SELECT CAST(:last AS int) AS last_month) w",
            yearly=[Decimal(20), Decimal("7.5")],
            last=period.last_month,
        )
        for row in rows:
            months = [month for month in range(1, 13) if row.duty_months >> (month - 1) & 1]
            assert row.due == period.threshold(row.yearly, months)


async def test_short_is_below_what_is_due(world):
    rows = await world.rows(
        f"SELECT {SHORT} AS short"
        " FROM (VALUES (1, 20.0, 20, 4095, 6.65), (2, 20, 20, 4095, 6.66), (3, 20, 20, 4095, 25), (4, 20, 0, 0, 0),"
        " (5, 20, 10, 4032, 0)) AS l (n, yearly, target, duty_months, verified), (SELECT 4 AS last_month) w ORDER BY n"
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
    assert [period.last_month for period in pack.tables.periods] == [4, 8, 12]
    reading = pack.tables.reading
    assert all(
        "belum dikonfirmasi" in said
        for said in (reading.status, *(say(reading.text, language) for language in LANGUAGES))
    )
