"""What a kenaikan pangkat (KP, `rank`) and a kenaikan jenjang (KJ, `level`) ask for, and what they do to what one has.

AK run inside a jenjang: the n-th golongan of it is reached at (n - 1) times the KP need. So a KP takes nothing away and its surplus
counts for the next one; a KJ uses its need, and what is more is lost (PermenPANRB 1/2023, as PAN1-KP and BKN-INT23 tell it).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, Literal

import msgspec

from common.rules import Pages, RuleBook, load_rule_book
from credit.domain.amounts import MONTHS, shown_ak
from credit.domain.rules import Jenjang, OpenReading, Rules

PACKS = Path(__file__).parent.parent / "rules" / "promotion"

Act = Literal["rank", "level"]
"""A kenaikan pangkat, or a kenaikan jenjang."""


@dataclass(frozen=True)
class Rank:
    """Beside AK, a KP asks for years in the pangkat, for predikat of the last years, and that no discipline of these levels is in force."""

    years_in_rank: int
    lowest: str
    years: int
    barred_by: tuple[str, ...]
    status: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Level:
    """Beside AK, a KJ asks for a vacancy, a test (uji kompetensi) and predikat of the last years."""

    lowest: str
    years: int
    vacancy: bool
    test: bool
    status: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Surplus:
    """What becomes of AK beyond the need."""

    after_rank: Literal["carried"]
    after_level: Literal["lost"]
    status: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Order:
    """Which of two acts comes first when both needs are met."""

    level_first: bool
    status: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class WithoutVacancy:
    """How many pangkat above those of the jenjang one may rise where no post is vacant."""

    ranks_above: int
    status: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class PromotionRules:
    """The tables of promotion."""

    rank: Rank
    level: Level
    surplus: Surplus
    order: Order
    without_vacancy: WithoutVacancy
    readings: tuple[OpenReading, ...]
    sources: Mapping[str, str]


@dataclass(frozen=True)
class Settled:
    """What an act leaves, in twelfths: what it used and what was lost; `surplus` is what was there beyond the need."""

    used: Decimal
    lost: Decimal
    left: Decimal
    surplus: Decimal


def load(conversion: RuleBook[Rules], folder: Pages = PACKS) -> RuleBook[PromotionRules]:
    """The packs of promotion, each proved by its own cases. Raises RulePackError."""
    return load_rule_book(folder, partial(msgspec.convert, type=PromotionRules), partial(_run_case, conversion))


def rank_at(level: Jenjang, golongan: str) -> Decimal | None:
    """The AK inside the jenjang at which the pangkat after `golongan` is reached; None after the last of all.

    Somebody whose golongan lies before those of the jenjang (KJ before KP) has it with the AK of that KJ: 0.
    """
    if golongan not in level.golongan:
        return Decimal(0) if golongan < level.golongan[0] else None
    place = level.golongan.index(golongan) + 1
    return None if place == len(level.golongan) and level.kj_need is None else place * level.kp_need


def settle(act: Act, need: Decimal | None, had: Decimal) -> Settled:
    """What an act does to what somebody has; `need` in AK, `had` in twelfths. Whoever has less than the need uses what they have."""
    needed = (need or Decimal(0)) * MONTHS
    surplus = max(had - needed, Decimal(0))
    if act == "rank":
        return Settled(Decimal(0), Decimal(0), had, surplus)
    return Settled(had - surplus, surplus, Decimal(0), surplus)


def _run_case(conversion: RuleBook[Rules], rules: PromotionRules, given: Mapping[str, Any]) -> Mapping[str, object]:
    level = conversion.packs[-1].tables.jenjang[given["jenjang"]]
    had = Decimal(given["ak"]) * MONTHS
    at = {"rank": rank_at(level, given["golongan"]), "level": level.kj_need}
    if given["question"] == "act":
        done = settle(given["act"], at[given["act"]], had)
        return {name: shown_ak(getattr(done, name)) for name in ("used", "lost", "left", "surplus")}
    told: dict[str, object] = {"level_first": rules.order.level_first}
    for name, need in at.items():
        told[f"{name}_at"] = "" if need is None else shown_ak(need * MONTHS)
        told[f"{name}_short"] = "" if need is None else shown_ak(max(need * MONTHS - had, Decimal(0)))
    return told
