"""Amounts of angka kredit (AK), exact to the last digit.

AK = months/12 x predikat% x coefficient a year (Peraturan BKN 3/2023). Not every such amount is a finite decimal: two
months at 12.5 a year are 25/12 = 2.08333... So an amount is kept as its *twelfths*, AK x 12 = months x percent/100 x
coefficient, which needs at most four decimals and is stored as numeric(12,4). Amounts are added as twelfths. Only where
a person reads one is it divided by twelve and rounded, half up, to the three decimals that PAK forms print.
"""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

MONTHS = 12
STEP = Decimal("0.0001")
SHOWN = Decimal("0.001")


def conversion_twelfths(months: int, percent: int, coefficient: Decimal) -> Decimal:
    """Twelfths earned by a predikat over some months (PermenPANRB 1/2023 Pasal 37).

    `percent` is what the predikat gives of the yearly `coefficient`. Raises ValueError when the
    amount has more than four decimals.
    """
    return _exact(months * percent * coefficient / 100)


def education_twelfths(percent: int, kp_need: Decimal) -> Decimal:
    """Twelfths earned once by a higher degree: a share of the need for kenaikan pangkat (PermenPANRB 1/2023)."""
    return _exact(MONTHS * percent * kp_need / 100)


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The sum of twelfths, with four decimals."""
    return sum(amounts, Decimal()).quantize(STEP)


def exact_ak(twelfths: Decimal) -> Fraction:
    """The amount itself."""
    return Fraction(twelfths) / MONTHS


def shown_ak(twelfths: Decimal) -> str:
    """The amount as people read it: three decimals, half up."""
    return str((twelfths / MONTHS).quantize(SHOWN, ROUND_HALF_UP))


def _exact(twelfths: Decimal) -> Decimal:
    kept = twelfths.quantize(STEP)
    if kept != twelfths:
        raise ValueError(f"{twelfths} twelfths do not fit four decimals")
    return kept
