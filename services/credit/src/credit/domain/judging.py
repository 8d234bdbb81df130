"""What a case comes to, whichever kind it is."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from common.refused import Refused
from credit.domain.degrees import GONE, bonus_segment
from credit.domain.periods import Converted, Tenure, convert, months_between
from credit.domain.rules import Book


def judge(
    book: Book, tenure: Tenure, booked: Mapping[date, UUID], start: date, end: date, predikat: str | None
) -> Converted:
    """What a predikat for the months from `start` to `end` comes to; without a predikat, a degree dated `end`.

    `booked` names the months that other cases have. Raises Refused as `convert`.
    """
    if predikat is not None:
        return convert(book, tenure, booked, months_between(start, end), predikat)
    pack, jenjang = book.at(end), tenure.jenjang_on(end)
    if tenure.away_on(end) in GONE:
        raise Refused("not-in-service", "period_end")
    if jenjang is None or jenjang not in pack.tables.jenjang:
        raise Refused("no-functional-post", "period_end")
    return Converted([bonus_segment(pack, jenjang, end)], [])
