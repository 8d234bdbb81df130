"""What is owed in a year, and where somebody stands."""

from datetime import date
from decimal import Decimal

import pytest

from training.domain.duty import duty_months, pro_rata, standing
from training.domain.rules import load

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
def test_standing(case, staff_type, verified, left, over, fulfilled):
    duty = DUTIES[staff_type]
    reached = standing(duty.target, duty.ceiling, Decimal(verified))
    assert (reached.left, reached.over, reached.fulfilled) == (Decimal(left), Decimal(over), fulfilled)


def test_floor_and_ceiling_are_those_of_the_law():
    assert (DUTIES["PNS"].floor, DUTIES["PNS"].ceiling) == (20, None)
    assert (DUTIES["PPPK"].floor, DUTIES["PPPK"].ceiling) == (None, 24)


@pytest.mark.parametrize(
    ("joined_on", "left_on", "absences", "months", "target"),
    [
        (date(2010, 3, 1), None, [], 12, "20.000"),
        (date(2026, 1, 1), None, [], 12, "20.000"),
        (date(2026, 1, 2), None, [], 11, "18.333"),
        (date(2026, 7, 1), None, [], 6, "10.000"),
        (date(2026, 7, 2), None, [], 5, "8.333"),
        (date(2026, 12, 2), None, [], 0, "0.000"),
        (date(2010, 3, 1), date(2026, 1, 1), [], 0, "0.000"),
        (date(2010, 3, 1), date(2026, 1, 2), [], 1, "1.667"),
        (date(2010, 3, 1), date(2026, 6, 1), [], 5, "8.333"),
        (date(2010, 3, 1), date(2026, 6, 2), [], 6, "10.000"),
        (date(2010, 3, 1), None, [(date(2026, 3, 15), date(2026, 5, 15))], 10, "16.667"),
        (date(2010, 3, 1), None, [(date(2026, 3, 1), date(2026, 3, 2))], 11, "18.333"),
        (date(2010, 3, 1), None, [(date(2026, 3, 2), date(2026, 4, 1))], 12, "20.000"),
        (date(2010, 3, 1), None, [(date(2025, 9, 1), None)], 0, "0.000"),
        (date(2026, 2, 1), date(2026, 11, 1), [(date(2026, 5, 1), date(2026, 7, 1))], 7, "11.667"),
    ],
)
def test_the_duty_is_for_months_that_begin_in_service_and_at_work(joined_on, left_on, absences, months, target):
    counted = duty_months(2026, joined_on, left_on, absences)
    assert len(counted) == months
    assert str(pro_rata(Decimal(20), len(counted))) == target
