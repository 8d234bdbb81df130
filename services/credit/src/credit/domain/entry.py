"""What somebody starts with in a functional post, by the way they came to it (Peraturan BKN 3/2023).

The predikat of the months before are converted with the coefficient of the jenjang they come to, and AK Dasar, an amount of
the old post or an amount by a table is added. It is an opening balance: what the paper says, checked and attested by two.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any, Literal, get_args

import msgspec

from common.refused import Refused
from common.rules import Pages, RuleBook, RulePack, load_rule_book
from credit.domain.amounts import MONTHS, conversion_twelfths, education_twelfths, shown_ak, total
from credit.domain.periods import Segment, last_day
from credit.domain.rules import Jenjang, OpenReading, Rules

PACKS = Path(__file__).parent.parent / "rules" / "entry"

Way = Literal["balance", "first", "transfer", "between", "inpassing", "equalised", "reappointment"]
"""How somebody came to have what they start with; `balance` is a PAK from before Jejak."""
WAYS: tuple[Way, ...] = get_args(Way)
Method = Literal["conventional", "integrated", "conversion"]
"""How the amount of a PAK came about: before 2019, 2019 to 2022, from 2023 on."""
WHOLE = 100
"""Per cent of an amount that is taken as it is."""


@dataclass(frozen=True)
class Base:
    """AK Dasar of a golongan inside a jenjang."""

    jenjang: str
    golongan: str
    ak: Decimal
    status: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Transfer:
    """From another post; at the top pangkat of an administrative post the last `top_years` are converted."""

    top_years: int
    status: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Fixed:
    """What somebody gets whose pangkat does not fit the jenjang; they stay in it for `years` at least."""

    jenjang: str
    golongan: str
    degree: str
    ak: Decimal
    years: int
    status: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class First:
    """The jenjang to which somebody can be appointed first."""

    jenjang: tuple[str, ...]
    status: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Reappointment:
    """Back in a functional post: the predikat of at most so many `years` are converted."""

    years: int
    status: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Inpassing:
    """Per cent of the KP need by whole years in the pangkat; the last is for all that is longer."""

    percents: tuple[int, ...]
    status: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Equalised:
    """Which jenjang a structural post becomes (penyetaraan)."""

    jenjang: Mapping[str, str]
    status: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class EntryRules:
    """The tables of entry into a functional post."""

    base: tuple[Base, ...]
    transfer: Transfer
    fixed: tuple[Fixed, ...]
    first: First
    reappointment: Reappointment
    inpassing: Inpassing
    equalised: Equalised
    readings: tuple[OpenReading, ...]
    sources: Mapping[str, str]

    def base_of(self, jenjang: str, golongan: str) -> Decimal:
        """AK Dasar; nothing outside the table."""
        rows = (row.ak for row in self.base if (row.jenjang, row.golongan) == (jenjang, golongan))
        return next(rows, Decimal(0))


@dataclass(frozen=True)
class Rating:
    """The predikat of whole months of one year, in the post before."""

    predikat: str
    period_start: date
    period_end: date


@dataclass(frozen=True)
class Opening:
    """What the paper of an opening balance says.

    `day` is the first day in the post, or the day after the last one that a PAK (`balance`) counts. `stated` is an amount in
    AK, `years` whole years in the pangkat, `post` the structural one, `top` whether it was held at its top pangkat.
    """

    way: Way
    day: date
    method: Method | None = None
    stated: Decimal | None = None
    ratings: tuple[Rating, ...] = ()
    years: int | None = None
    post: str | None = None
    degree: str | None = None
    top: bool = False


SAYS: Mapping[Way, tuple[frozenset[str], frozenset[str]]] = {
    "balance": (frozenset({"method", "stated"}), frozenset()),
    "first": (frozenset({"ratings"}), frozenset()),
    "transfer": (frozenset({"ratings"}), frozenset({"degree", "top"})),
    "between": (frozenset({"stated"}), frozenset()),
    "inpassing": (frozenset({"years"}), frozenset()),
    "equalised": (frozenset({"post"}), frozenset({"stated"})),
    "reappointment": (frozenset({"stated"}), frozenset({"ratings"})),
}
"""What the paper of each way must say, and what it may say beside that."""
OPEN_FIELDS = ("method", "stated", "ratings", "years", "post", "degree", "top")


def check_said(opening: Opening) -> None:
    """Refuses an opening that says too little, or what its way does not know (`opening-lacks`, `opening-says-too-much`)."""
    must, may = SAYS[opening.way]
    for name in OPEN_FIELDS:
        said = getattr(opening, name) not in {None, (), False}
        if name in must and not said:
            raise Refused("opening-lacks", name)
        if said and name not in must | may:
            raise Refused("opening-says-too-much", name)


def load(conversion: RuleBook[Rules], folder: Pages = PACKS) -> RuleBook[EntryRules]:
    """The packs of entry, each proved by its own cases with the coefficients of its first day. Raises RulePackError."""
    return load_rule_book(folder, partial(msgspec.convert, type=EntryRules), partial(_run_case, conversion))


def enter_post(
    pack: RulePack[EntryRules], conversion: Rules, opening: Opening, jenjang: str, golongan: str | None
) -> list[Segment]:
    """What somebody starts with in a jenjang, in any way but that of a PAK.

    Raises Refused: `jenjang-not-first`, `post-of-another-jenjang`, `predikat-unknown`, or `nothing-to-open` where it comes to 0.
    """
    rules, level = pack.tables, conversion.jenjang[jenjang]
    if opening.way == "first" and jenjang not in rules.first.jenjang:
        raise Refused("jenjang-not-first", "person_id")
    if opening.way == "equalised" and rules.equalised.jenjang.get(opening.post or "") != jenjang:
        raise Refused("post-of-another-jenjang", "post")
    fixed = _fixed(rules, jenjang, golongan, opening.degree)
    months = sorted((month, rating.predikat) for rating in opening.ratings for month in _months(rating))
    most = _most_months(rules, opening)
    counted = [] if fixed else months if most is None else months[-most:]
    made = [_segment(pack.id, conversion, level, run) for run in _runs(counted)]
    stated = fixed.ak if fixed else _amount(rules, level, opening, rules.base_of(jenjang, golongan or ""))
    if stated:
        made.append(stated_segment(pack.id, jenjang, opening.day, stated))
    if not made:
        raise Refused("nothing-to-open", "way")
    return made


def _most_months(rules: EntryRules, opening: Opening) -> int | None:
    """How many of the last months are converted; None: all."""
    if opening.way == "reappointment":
        return rules.reappointment.years * MONTHS
    return rules.transfer.top_years * MONTHS if opening.top else None


def _amount(rules: EntryRules, level: Jenjang, opening: Opening, base: Decimal) -> Decimal:
    """What is given beside converted months, in AK."""
    if opening.stated is not None:
        return opening.stated
    if opening.way == "inpassing":
        percents = rules.inpassing.percents
        percent = percents[min(opening.years or 0, len(percents) - 1)]
        return base + education_twelfths(percent, level.kp_need) / MONTHS
    return base if opening.way in {"transfer", "equalised"} else Decimal(0)


def stated_segment(pack_id: str, jenjang: str, day: date, ak: Decimal) -> Segment:
    """An amount as it is: no months, all of it."""
    return Segment(jenjang, day, day, 0, WHOLE, ak, education_twelfths(WHOLE, ak), pack_id)


def _fixed(rules: EntryRules, jenjang: str, golongan: str | None, degree: str | None) -> Fixed | None:
    """The row of a transfer whose pangkat does not fit; only such a paper names a degree."""
    asked = (jenjang, golongan, degree)
    return next((row for row in rules.fixed if (row.jenjang, row.golongan, row.degree) == asked), None)


def _months(rating: Rating) -> list[date]:
    return [
        rating.period_start.replace(month=month)
        for month in range(rating.period_start.month, rating.period_end.month + 1)
    ]


def _runs(months: Sequence[tuple[date, str]]) -> list[list[tuple[date, str]]]:
    """Months in a row of one year and predikat."""

    def place(numbered: tuple[int, tuple[date, str]]) -> tuple[str, int, int]:
        position, (month, predikat) = numbered
        return predikat, month.year, month.month - position

    return [[item for _, item in run] for _, run in groupby(enumerate(months), place)]


def _segment(pack_id: str, conversion: Rules, level: Jenjang, run: Sequence[tuple[date, str]]) -> Segment:
    first, predikat = run[0]
    if conversion.conversion is None or predikat not in conversion.conversion.predikat:
        raise Refused("no-conversion-rule", "ratings")
    percent = conversion.conversion.predikat[predikat].percent
    twelfths = conversion_twelfths(len(run), percent, level.coefficient)
    end = last_day(run[-1][0])
    return Segment(level.code, first, end, len(run), percent, level.coefficient, twelfths, pack_id)


def _run_case(conversion: RuleBook[Rules], rules: EntryRules, given: Mapping[str, Any]) -> Mapping[str, object]:
    """Somebody who enters on 1 January 2023, rated alike for so many months before."""
    day = date(2023, 1, 1)
    months = given.get("months", 0)
    years = [
        Rating(
            given["predikat"],
            date(2022 - ago, 1 + MONTHS - min(months - ago * MONTHS, MONTHS), 1),
            date(2022 - ago, 12, 31),
        )
        for ago in range(-(-months // MONTHS))
    ]
    opening = Opening(
        way=given["way"],
        day=day,
        stated=Decimal(given["stated"]) if "stated" in given else None,
        ratings=tuple(reversed(years)),
        years=given.get("years"),
        post=given.get("post"),
        degree=given.get("degree"),
        top=given.get("top", False),
    )
    pack = RulePack("", "", "", day, None, rules)
    try:
        check_said(opening)
        made = enter_post(pack, conversion.at(day).tables, opening, given["jenjang"], given["golongan"])
    except Refused as refused:
        return {"refused": refused.code}
    return {
        "ak": shown_ak(total(segment.twelfths for segment in made)),
        "months": sum(segment.months for segment in made),
    }
