"""The caturwulan, by which a digest speaks: three periods a year, of four months each.

Source: LAN's Sounding Bangkom looks at every agency each caturwulan. What is due at the end of one is a rule of the
training service (its rule pack `caturwulan-2019`), which a test holds against the months named here.
"""

MONTHS = 4


def first_and_last_month(period: int) -> tuple[int, int]:
    """The months with which a period begins and ends: September and December for the third."""
    return (period - 1) * MONTHS + 1, period * MONTHS
