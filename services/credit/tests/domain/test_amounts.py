from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit.domain.amounts import conversion_twelfths, education_twelfths, exact_ak, shown_ak, total

COEFFICIENTS = [Decimal(value) for value in ("3.75", "5", "12.5", "25", "37.5", "50")]
PERCENTS = [25, 50, 75, 100, 150]


@given(st.integers(1, 12), st.sampled_from(PERCENTS), st.sampled_from(COEFFICIENTS))
def test_twelfths_are_the_formula_exactly(months: int, percent: int, coefficient: Decimal) -> None:
    wanted = Fraction(months, 12) * Fraction(percent, 100) * Fraction(coefficient)
    assert exact_ak(conversion_twelfths(months, percent, coefficient)) == wanted


@given(st.lists(st.integers(1, 12), min_size=1), st.sampled_from(PERCENTS), st.sampled_from(COEFFICIENTS))
def test_parts_of_a_year_add_up_to_the_year(parts: list[int], percent: int, coefficient: Decimal) -> None:
    piecewise = total(conversion_twelfths(months, percent, coefficient) for months in parts)
    assert exact_ak(piecewise) == Fraction(sum(parts), 12) * Fraction(percent, 100) * Fraction(coefficient)


def test_twenty_four_periods_of_two_months_make_the_need_for_pangkat_exactly() -> None:
    """24 x 25/12 = 50, the KP need of Ahli Pertama; rounded first it would be 49.992 and fall short."""
    periods = [conversion_twelfths(2, 100, Decimal("12.5"))] * 24
    assert shown_ak(periods[0]) == "2.083"
    assert total(periods) == 600
    assert exact_ak(total(periods)) == 50
    assert shown_ak(total(periods)) == "50.000"


def test_the_official_examples_add_up_before_they_are_rounded() -> None:
    """K01: 18.75 + 25/12 = 20.83 (BKN-SOS23)."""
    both = total([conversion_twelfths(12, 150, Decimal("12.5")), conversion_twelfths(2, 100, Decimal("12.5"))])
    assert exact_ak(both) == Fraction(75, 4) + Fraction(25, 12)
    assert shown_ak(both) == "20.833"


@pytest.mark.parametrize(
    ("twelfths", "shown"),
    [("3.75", "0.313"), ("3.7494", "0.312"), ("25", "2.083"), ("-3.75", "-0.313"), ("0", "0.000"), ("300", "25.000")],
)
def test_three_decimals_half_up(twelfths: str, shown: str) -> None:
    assert shown_ak(Decimal(twelfths)) == shown


@given(st.integers(0, 10_000_000))
def test_what_is_shown_is_the_nearest_thousandth(ten_thousandths: int) -> None:
    twelfths = Decimal(ten_thousandths) / 10_000
    thousandths = Fraction(ten_thousandths, 120_000) * 1000
    assert Decimal(shown_ak(twelfths)) * 1000 == int(thousandths + Fraction(1, 2))


def test_an_education_bonus_is_a_quarter_of_the_kp_need() -> None:
    assert exact_ak(education_twelfths(25, Decimal(100))) == 25
    assert shown_ak(education_twelfths(25, Decimal(15))) == "3.750"


def test_an_amount_that_four_decimals_cannot_hold_is_refused_not_rounded() -> None:
    with pytest.raises(ValueError, match="four decimals"):
        conversion_twelfths(1, 25, Decimal("3.7531"))
