"""What a case comes to, whichever kind it is."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from common.refused import Refused
from common.rules import RulePack
from credit.domain.books import Regulations
from credit.domain.degrees import GONE, bonus_segment
from credit.domain.entry import Opening, check_said, enter_post, stated_segment
from credit.domain.papers import carried, pack_on
from credit.domain.periods import Converted, Post, Segment, Tenure, convert, months_between
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


def open_balance(book: Regulations, tenure: Tenure, opening: Opening, paper_date: date) -> Converted:
    """What the paper of an opening balance comes to, in the jenjang held on its day.

    Raises Refused: `opening-lacks`, `opening-says-too-much`, `not-in-service`, `no-functional-post`, `no-entry-rule`, `method-closed`,
    `paper-out-of-range`, or as `enter_post`.
    """
    check_said(opening)
    day, post = opening.day, tenure.post_on(opening.day)
    if tenure.away_on(day) in GONE:
        raise Refused("not-in-service", "day")
    if post is None or post.jenjang is None:
        raise Refused("no-functional-post", "day")
    if opening.way == "balance":
        pack, ak = _of_paper(book, opening, post, paper_date)
        if not ak:
            raise Refused("nothing-to-open", "stated")
        return Converted([stated_segment(pack.id, post.jenjang, day, ak)], [])
    try:
        pack = book.entry.at(day)
    except LookupError:
        raise Refused("no-entry-rule", "day") from None
    return Converted(enter_post(pack, book.at(day).tables, opening, post.jenjang, post.golongan), [])


def _of_paper(book: Regulations, opening: Opening, post: Post, paper_date: date) -> tuple[RulePack[Any], Decimal]:
    stated = opening.stated or Decimal(0)
    if opening.method == "conversion":
        pack = book.at(paper_date)
        if pack.tables.conversion is None:
            raise Refused("method-closed", "paper_date")
        return pack, stated
    pack = pack_on(book.conventional if opening.method == "conventional" else book.integration, paper_date)
    return pack, carried(pack.tables, post.jenjang or "", post.golongan, stated)


def counted_months(book: Regulations, tenure: Tenure, opening: Opening) -> tuple[date, date]:
    """The period of an opening's case: of a PAK the months of conversion that its amount holds, so that none is booked again.

    These are all since the jenjang was reached, or since points come from predikat. Any other opening is of its one day.
    """
    if opening.way != "balance":
        return opening.day, opening.day
    first = next(pack.valid_from for pack in book.packs if pack.tables.conversion)
    return min(max(tenure.in_jenjang_since(opening.day), first), opening.day).replace(day=1), opening.day


def reversal(segments: Sequence[Segment]) -> Converted:
    """What a reversal comes to: the segments of the case that it takes back, each with the opposite percentage and amount."""
    return Converted([replace(each, percent=-each.percent, twelfths=-each.twelfths) for each in segments], [])
