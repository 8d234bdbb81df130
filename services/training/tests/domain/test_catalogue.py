"""When accreditations are valid."""

from datetime import date

import pytest

from common.refused import Refused
from training.domain.catalogue import Accredited, check_apart, check_period

JANUARY, MARCH, JUNE = date(2026, 1, 1), date(2026, 3, 1), date(2026, 6, 1)


@pytest.mark.parametrize(("valid_to", "refused"), [(None, False), (MARCH, False), (JANUARY, True)])
def test_a_period_has_a_day(valid_to, refused):
    if not refused:
        check_period(JANUARY, valid_to)
        return
    with pytest.raises(Refused) as found:
        check_period(JANUARY, valid_to)
    assert (found.value.code, found.value.field) == ("dates-reversed", "valid_to")


@pytest.mark.parametrize(
    ("second", "refused"),
    [
        (Accredited("KL07", MARCH, None), False),
        (Accredited("KL07", date(2026, 2, 28), JUNE), True),
        (Accredited("KL08", JANUARY, JUNE), False),
    ],
)
def test_accreditations_for_a_form_follow_each_other(second, refused):
    first = Accredited("KL07", JANUARY, MARCH)
    if not refused:
        check_apart([second, first])
        return
    with pytest.raises(Refused) as found:
        check_apart([second, first])
    assert (found.value.code, found.value.field) == ("periods-overlap", "accreditations")
