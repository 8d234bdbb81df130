"""What a kenaikan pangkat (KP, `rank`) and a kenaikan jenjang (KJ, `level`) ask of somebody on a day, and what of it is met.

Five things decide: AK for the pangkat, AK for the jenjang, an open post, a passed test (uji kompetensi), and predikat of at least
Baik (PermenPANRB 1/2023). A KP asks beside that for years in the pangkat and that no discipline bars it. What nobody has recorded is
not known: it is neither met nor not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any, Literal

from common.rules import RulePack
from credit.domain.amounts import MONTHS, shown_ak
from credit.domain.books import Regulations
from credit.domain.periods import years_later
from credit.domain.promotion import Act, PromotionRules, rank_at
from credit.domain.rules import Jenjang, Rules
from roster.days import covers

State = Literal["met", "not-met", "unknown"]
Code = Literal[
    "credit-for-rank", "years-in-rank", "predicate", "discipline", "credit-for-level", "open-post", "test-passed"
]
CODES: Mapping[Act, tuple[Code, ...]] = {
    "rank": ("credit-for-rank", "years-in-rank", "predicate", "discipline"),
    "level": ("credit-for-level", "open-post", "test-passed", "predicate"),
}
"""What each act asks for."""
once = lru_cache(maxsize=10_000)
"""Keeps the answers to a question: of an agency of thousands, many stand alike before a condition."""


@dataclass(frozen=True)
class Seats:
    """Of the posts of a position and jenjang in an agency: those that nobody holds as their own, and how many people who serve in such a
    post stand in none of them, so that it is not known which they hold.
    """

    free: int
    unplaced: int


@dataclass(frozen=True)
class Penalty:
    """A discipline by decree, from a day until the day before another (None: no end was set)."""

    level: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class Known:
    """What is known of somebody: `had` in twelfths inside the jenjang; `ratings` the lowest predikat attested of each year.

    `in_rank_since` is None where no first day of the golongan is known. `passed_on` is when the test for the next jenjang was passed.
    `seats` is None where the agency has told of no posts at all. `disciplined` says whether discipline was ever stated, be it that there
    was none.
    """

    jenjang: str | None
    golongan: str | None
    had: Decimal
    in_rank_since: date | None = None
    ratings: Mapping[int, str] = field(default_factory=dict[int, str])
    passed_on: date | None = None
    seats: Seats | None = None
    disciplined: bool = False
    penalties: Sequence[Penalty] = ()


@dataclass(frozen=True)
class Basis:
    """The row of a rule pack that a condition rests on."""

    rule_pack: str
    source: str
    status: str
    sources: tuple[str, ...]

    @property
    def shown(self) -> dict[str, Any]:
        """Its fields, by name."""
        return {
            "rule_pack": self.rule_pack,
            "source": self.source,
            "status": self.status,
            "sources": list(self.sources),
        }


@dataclass(frozen=True)
class Condition:
    """A condition on a day; `values` are the figures of its sentence."""

    code: Code
    state: State
    values: Mapping[str, object] = field(default_factory=dict[str, object])


@dataclass(frozen=True)
class Judgement:
    """An act on a day: what it would lead `to` (None: there is nothing above), and its conditions."""

    act: Act
    to: str | None
    conditions: Sequence[Condition]

    @property
    def state(self) -> State:
        """Met when all conditions are, not met when one is not. Where nothing is above, nothing is met."""
        states = {condition.state for condition in self.conditions}
        if self.to is None or "not-met" in states:
            return "not-met"
        return "unknown" if "unknown" in states else "met"


@dataclass(frozen=True, eq=False)
class Ladder:
    """The rules that somebody's next act is judged by: those of a day, for the jenjang held. There is one for each."""

    conversion: RulePack[Rules]
    promotion: RulePack[PromotionRules]
    level: Jenjang

    @classmethod
    @once
    def of(cls, book: Regulations, jenjang: str | None, day: date) -> "Ladder | None":
        """None for who holds no functional post."""
        pack = book.at(day)
        level = pack.tables.jenjang.get(jenjang or "")
        return level and cls(pack, book.promotion.at(day), level)

    @cached_property
    def above(self) -> Jenjang | None:
        """The jenjang that a KJ leads to; the last of its kategori has none."""
        rows = [row for row in self.conversion.tables.jenjang.values() if row.kategori == self.level.kategori]
        place = rows.index(self.level) + 1
        return rows[place] if self.level.kj_need is not None and place < len(rows) else None

    @cached_property
    def ranks(self) -> Mapping[str, str]:
        """The golongan that a KP leads to from each: at most so many above those of the jenjang as may be reached without a vacancy."""
        rows = self.conversion.tables.jenjang.values()
        steps = [step for row in rows if row.kategori == self.level.kategori for step in row.golongan]
        last = steps.index(self.level.golongan[-1]) + self.promotion.tables.without_vacancy.ranks_above
        return dict(pairwise(steps[: last + 1]))

    def leads_to(self, act: Act, golongan: str | None) -> str | None:
        """The golongan or the jenjang above."""
        if act == "rank":
            return self.ranks.get(golongan or "")
        return self.above and self.above.code

    def need(self, act: Act, golongan: str | None) -> Decimal | None:
        """The AK that an act asks for inside the jenjang; None where nothing is above."""
        if self.leads_to(act, golongan) is None:
            return None
        return rank_at(self.level, golongan or "") if act == "rank" else self.level.kj_need

    def basis(self, act: Act, code: Code) -> Basis:
        """What a condition of an act rests on."""
        if code in {"credit-for-rank", "credit-for-level"}:
            pack, row = self.conversion, self.level
        else:
            pack, row = self.promotion, getattr(self.promotion.tables, act)
        return Basis(pack.id, pack.source, row.status, tuple(pack.tables.sources[key] for key in row.sources))

    def is_good(self, act: Act, predikat: str) -> bool:
        """Whether a predikat is at least the lowest that an act allows."""
        conversion = self.conversion.tables.conversion
        percents = {row.code: row.percent for row in conversion.predikat.values()} if conversion else {}
        return percents.get(predikat, 0) >= percents.get(getattr(self.promotion.tables, act).lowest, 0)


def judge_act(ladder: Ladder, known: Known, act: Act, day: date) -> Judgement:
    """The conditions of an act on a day."""
    to = ladder.leads_to(act, known.golongan)
    if to is None:
        return Judgement(act, None, [])
    return Judgement(act, to, [_condition(ladder, known, act, code, day) for code in CODES[act]])


def _condition(ladder: Ladder, known: Known, act: Act, code: Code, day: date) -> Condition:
    match code:
        case "credit-for-rank" | "credit-for-level":
            return _credit(ladder, act, code, known.golongan, known.had)
        case "years-in-rank":
            return _years_in_rank(ladder, known.in_rank_since, day)
        case "predicate":
            return _predicate(ladder, act, tuple(known.ratings.items()), day)
        case "discipline":
            return _discipline(ladder, tuple(known.penalties), day, stated=known.disciplined)
        case "open-post":
            return _open_post(ladder, known.seats)
        case "test-passed":
            return _test(known.passed_on, day)


@once
def _credit(ladder: Ladder, act: Act, code: Code, golongan: str | None, had: Decimal) -> Condition:
    need = (ladder.need(act, golongan) or Decimal(0)) * MONTHS
    figures = {"need": need, "had": had, "short": max(need - had, Decimal(0))}
    values: dict[str, object] = {name: Decimal(shown_ak(twelfths)) for name, twelfths in figures.items()}
    return Condition(code, "met" if had >= need else "not-met", values)


@once
def _years_in_rank(ladder: Ladder, since: date | None, day: date) -> Condition:
    years = ladder.promotion.tables.rank.years_in_rank
    if since is None:
        return Condition("years-in-rank", "unknown", {"years": years})
    full = years_later(since, years)
    return Condition("years-in-rank", "met" if full <= day else "not-met", {"years": years, "day": full})


@once
def _predicate(ladder: Ladder, act: Act, rated: tuple[tuple[int, str], ...], day: date) -> Condition:
    """Of the calendar years before that of the day, each with a predikat; one of the year itself counts where it is too low."""
    asked = getattr(ladder.promotion.tables, act).years
    before = range(day.year - asked, day.year)
    ratings = dict(rated)
    low = [year for year in (*before, day.year) if year in ratings and not ladder.is_good(act, ratings[year])]
    missing = [year for year in before if year not in ratings]
    named = low or missing
    state: State = "not-met" if low else "unknown" if missing else "met"
    return Condition("predicate", state, {"years": asked, "of": ", ".join(map(str, named))})


@once
def _discipline(ladder: Ladder, penalties: tuple[Penalty, ...], day: date, *, stated: bool) -> Condition:
    barring = ladder.promotion.tables.rank.barred_by
    if any(each.level in barring and covers((each.valid_from, each.valid_to), day) for each in penalties):
        return Condition("discipline", "not-met")
    return Condition("discipline", "met" if stated else "unknown")


@once
def _open_post(ladder: Ladder, seats: Seats | None) -> Condition:
    above = ladder.above
    said: dict[str, object] = {"to": above.name if above else ""}
    if seats is None:
        return Condition("open-post", "unknown", said)
    free, unplaced = max(seats.free, 0), seats.unplaced
    state: State = "not-met" if not free else "met" if free > unplaced else "unknown"
    return Condition("open-post", state, said | {"free": free, "unplaced": unplaced})


@once
def _test(passed_on: date | None, day: date) -> Condition:
    if passed_on is not None and passed_on <= day:
        return Condition("test-passed", "met", {"day": passed_on})
    return Condition("test-passed", "not-met")
