"""What is owed in a year, and where somebody stands."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.texts import LANGUAGES
from training.domain.duty import (
    MONTHS,
    STEP,
    as_bits,
    cut,
    duty_months,
    fulfilled_sql,
    months_until_sql,
    over_sql,
    pro_rata,
    pro_rata_sql,
    progress,
)
from training.domain.rules import load
from training.texts import say

DUTIES = load().packs[0].tables.duties


# reference.json JP-01 (PP 11/2017 Pasal 203 ayat (4)) and JP-02 (PP 49/2018 Pasal 40), and their edges.
@pytest.mark.parametrize(
    ("case", "staff_type", "verified", "left", "over", "fulfilled"),
    [
        ("JP-01", "PNS", "18", "2", "0", False),
        ("a hundredth short", "PNS", "19.99", "0.01", "0", False),
        ("just met", "PNS", "20.00", "0", "0", True),
        ("a PNS has no ceiling", "PNS", "300", "0", "0", True),
        ("JP-02", "PPPK", "30", "0", "6", True),
        ("at the ceiling", "PPPK", "24", "0", "0", True),
        ("a hundredth over", "PPPK", "24.01", "0", "0.01", True),
        ("target of a PPPK", "PPPK", "19.99", "0.01", "0", False),
    ],
)
def test_progress(case, staff_type, verified, left, over, fulfilled):
    duty = DUTIES[staff_type]
    reached = progress(duty.target, duty.ceiling, Decimal(verified))
    assert (reached.left, reached.over, reached.fulfilled) == (Decimal(left), Decimal(over), fulfilled)


def test_floor_and_ceiling_are_those_of_the_law():
    assert (DUTIES["PNS"].floor, DUTIES["PNS"].ceiling) == (20, None)
    assert (DUTIES["PPPK"].floor, DUTIES["PPPK"].ceiling) == (None, 24)


@pytest.mark.parametrize(
    ("joined_on", "left_on", "absences", "months", "target"),
    [
        (date(2010, 3, 1), None, [], 12, "20.00"),
        (date(2026, 1, 1), None, [], 12, "20.00"),
        (date(2026, 1, 2), None, [], 11, "18.33"),
        (date(2026, 7, 1), None, [], 6, "10.00"),
        (date(2026, 7, 2), None, [], 5, "8.33"),
        (date(2026, 12, 2), None, [], 0, "0.00"),
        (date(2010, 3, 1), date(2026, 1, 1), [], 0, "0.00"),
        (date(2010, 3, 1), date(2026, 1, 2), [], 1, "1.66"),
        (date(2010, 3, 1), date(2026, 6, 1), [], 5, "8.33"),
        (date(2010, 3, 1), date(2026, 6, 2), [], 6, "10.00"),
        (date(2010, 3, 1), None, [(date(2026, 3, 15), date(2026, 5, 15))], 10, "16.66"),
        (date(2010, 3, 1), None, [(date(2026, 3, 1), date(2026, 3, 2))], 11, "18.33"),
        (date(2010, 3, 1), None, [(date(2026, 3, 2), date(2026, 4, 1))], 12, "20.00"),
        (date(2010, 3, 1), None, [(date(2025, 9, 1), None)], 0, "0.00"),
        (date(2026, 2, 1), date(2026, 11, 1), [(date(2026, 5, 1), date(2026, 7, 1))], 7, "11.66"),
    ],
)
def test_the_duty_is_for_months_that_begin_in_service_and_at_work(joined_on, left_on, absences, months, target):
    counted = duty_months(2026, joined_on, left_on, absences)
    assert len(counted) == months
    assert str(pro_rata(Decimal(20), len(counted))) == target


@pytest.mark.parametrize(
    ("target", "verified", "met"),
    [
        ("13.33", "13.33", True),  # of 13.333
        ("13.33", "13.32", False),
        ("20.00", "19.99", False),
        ("20.00", "20.00", True),
    ],
)
def test_nobody_is_short_by_less_than_can_be_stated(target, verified, met):
    assert cut(pro_rata(Decimal(20), 8)) == Decimal("13.33")
    reached = progress(Decimal(target), None, Decimal(verified))
    assert (reached.fulfilled, reached.left == 0) == (met, met)


@given(st.integers(0, 12), st.sampled_from([20, 24, Decimal("7.5"), Decimal("20.01")]), st.integers(0, 2500))
def test_what_is_missing_is_a_whole_number_of_steps(months, yearly, hundredths):
    owed, verified = pro_rata(Decimal(yearly), months), Decimal(hundredths) / 100
    left = progress(owed, None, verified).left
    assert left % STEP == 0
    assert owed <= Decimal(yearly) * months / 12 < owed + STEP
    assert (left == 0) == progress(owed, None, verified).fulfilled


def test_the_step_is_the_one_in_which_hours_are_stated():
    assert {pack.tables.jp_step for pack in load().packs} == {STEP}


async def test_the_database_cuts_and_counts_months_as_python_does(world):
    rows = await world.rows(
        f"SELECT yearly, bits, last, {pro_rata_sql('yearly', months_until_sql('bits', 'last'))} AS due"
        " FROM unnest(CAST(:yearly AS numeric[])) AS y (yearly), generate_series(0, 4095) AS bits,"
        " generate_series(1, 12) AS last",
        yearly=[Decimal(20), Decimal(24), Decimal("7.5")],
    )
    assert len(rows) == 3 * 4096 * 12
    for row in rows:
        months = [month for month in MONTHS if row.bits >> (month - 1) & 1 and month <= row.last]
        assert row.due == pro_rata(row.yearly, len(months))
    assert as_bits([1, 3, 12]) == 0b1000_0000_0101


async def test_the_database_says_the_same_of_who_has_met_the_target_and_who_is_over_the_ceiling(world):
    rows = await world.rows(
        f"SELECT l.target, l.ceiling, l.verified, {fulfilled_sql('l')} AS fulfilled, {over_sql('l')} AS over"
        " FROM unnest(CAST(:amounts AS numeric[])) AS t (target), unnest(CAST(:amounts AS numeric[])) AS v (verified),"
        " unnest(CAST(:ceilings AS numeric[])) AS c (ceiling) CROSS JOIN LATERAL (SELECT target, verified, ceiling) AS l",
        amounts=[Decimal(0), Decimal("19.99"), Decimal(20), Decimal("24.01")],
        ceilings=[None, Decimal(24)],
    )
    assert len(rows) == 4 * 4 * 2
    for row in rows:
        reached = progress(row.target, row.ceiling, row.verified)
        assert (row.fulfilled, bool(row.over)) == (reached.fulfilled, reached.over > 0)


def test_part_of_a_year_has_no_source_and_says_so():
    reading = load().packs[0].tables.pro_rata
    assert all(
        "belum dikonfirmasi" in said
        for said in (reading.status, *(say(reading.text, language) for language in LANGUAGES))
    )
