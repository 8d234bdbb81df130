"""A digest names the months of the periods that training sweeps."""

from notification.domain.caturwulan import first_and_last_month
from training.domain.caturwulan import BOOK


def test_a_period_has_the_same_months_in_training_and_in_a_digest() -> None:
    for pack in BOOK.packs:
        periods = pack.tables.periods
        assert [first_and_last_month(period.number)[1] for period in periods] == [each.last_month for each in periods]
        assert first_and_last_month(periods[0].number)[0] == 1
