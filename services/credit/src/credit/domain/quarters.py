"""Figures that many read are of whole quarters, each of its own decisions: of no two of them the difference is a few people's."""

from datetime import date, timedelta


def last_quarter(day: date) -> tuple[date, date]:
    """The first and the last day of the quarter of the year that was the last to be over on a day."""
    until = date(day.year, (day.month - 1) // 3 * 3 + 1, 1) - timedelta(days=1)
    return date(until.year, until.month - 2, 1), until
