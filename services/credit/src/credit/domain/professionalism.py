"""Indeks Profesionalitas ASN (Peraturan BKN 8/2019): four dimensions, and what one more training would change.

What is not on record is not known: its dimension has no score, and the index lies between what is known and what could be.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, Literal, get_args

import msgspec

from common.rules import Pages, RuleBook, load_rule_book
from credit.domain.periods import years_later
from credit.domain.rules import OpenReading

PACKS = Path(__file__).parent.parent / "rules" / "professionalism"

Dimension = Literal["qualification", "competence", "performance", "discipline"]
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
Group = Literal["structural", "functional", "staff"]
Part = Literal["leadership", "functional", "technical", "seminar"]
PARTS: tuple[Part, ...] = get_args(Part)


@dataclass(frozen=True)
class Weights:
    """The most that each dimension gives."""

    qualification: Decimal
    competence: Decimal
    performance: Decimal
    discipline: Decimal
    status: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Scores:
    """What each degree, predikat or level of discipline gives."""

    scores: Mapping[str, Decimal]
    status: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Competence:
    """What each kind of training gives, by the kind of post."""

    structural: Mapping[str, Decimal]
    functional: Mapping[str, Decimal]
    staff: Mapping[str, Decimal]
    status: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Windows:
    """How many JP of technical training count as done, and within how many years."""

    technical_jp: Decimal
    technical_years: int
    seminar_years: int
    status: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Forms:
    """Which forms of learning are which kind of training."""

    leadership: tuple[str, ...]
    functional: tuple[str, ...]
    technical: tuple[str, ...]
    seminar: tuple[str, ...]
    status: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class WithoutFunctional:
    """The positions that ask for no functional training, by the word they begin with."""

    positions: tuple[str, ...]
    status: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Band:
    """A band of the index."""

    name: str
    least: Decimal


@dataclass(frozen=True)
class IndexRules:
    """The tables of the index."""

    weights: Weights
    qualification: Scores
    competence: Competence
    windows: Windows
    forms: Forms
    without_functional: WithoutFunctional
    performance: Scores
    discipline: Scores
    bands: tuple[Band, ...]
    readings: tuple[OpenReading, ...]
    sources: Mapping[str, str]


@dataclass(frozen=True)
class Training:
    """A verified record of training."""

    form: str
    jp: Decimal
    ended: date


@dataclass(frozen=True)
class Professional:
    """What is known of somebody; None where nothing is on record. `trainings` are all that are verified."""

    group: Group | None
    position: str | None = None
    degree: str | None = None
    predikat: str | None = None
    discipline: str | None = None
    trainings: Sequence[Training] = ()


@dataclass(frozen=True)
class PartScore:
    """A part of the competence dimension: what it gives when done, whether it is, and the JP counted and asked for, where it is by JP."""

    part: Part
    gives: Decimal
    done: bool
    jp: Decimal | None = None
    asked: Decimal | None = None


@dataclass(frozen=True)
class More:
    """What one more training of a kind would change: `jp` it must have, where that matters."""

    part: Part
    jp: Decimal | None
    gain: Decimal


@dataclass(frozen=True)
class Index:
    """The index on a day: scores by dimension (None: not known), and the least and the most that it can be."""

    scores: Mapping[Dimension, Decimal | None]
    parts: Sequence[PartScore]
    at_least: Decimal
    at_most: Decimal
    band: str | None
    more: Sequence[More] = field(default_factory=tuple)


def load(folder: Pages = PACKS) -> RuleBook[IndexRules]:
    """The packs of the index, each proved by its own cases. Raises RulePackError."""
    return load_rule_book(folder, lambda tables: msgspec.convert(tables, IndexRules), _run_case)


def index_on(rules: IndexRules, of: Professional, day: date) -> Index:
    """The index of somebody on a day; the band is told where the least and the most are in one."""
    parts = competence_parts(rules, of, day)
    scores: dict[Dimension, Decimal | None] = {
        "qualification": rules.qualification.scores.get(of.degree or ""),
        "competence": sum((part.gives for part in parts if part.done), Decimal(0)) if of.group else None,
        "performance": rules.performance.scores.get(of.predikat or ""),
        "discipline": rules.discipline.scores.get(of.discipline or ""),
    }
    known = sum((score for score in scores.values() if score is not None), Decimal(0))
    unknown = sum((getattr(rules.weights, name) for name in DIMENSIONS if scores[name] is None), Decimal(0))
    bands = {band_of(rules, known), band_of(rules, known + unknown)}
    more = [
        More(part.part, None if part.asked is None or part.jp is None else part.asked - part.jp, part.gives)
        for part in parts
        if not part.done
    ]
    return Index(scores, parts, known, known + unknown, bands.pop() if len(bands) == 1 else None, more)


@dataclass(frozen=True)
class Average:
    """The averages of many, to two decimals: of what is not known nothing at least, and all it could be at most."""

    at_least: Decimal
    at_most: Decimal
    competence_at_least: Decimal
    competence_at_most: Decimal


def average(rules: IndexRules, of: Sequence[Index]) -> Average:
    """The averages of these, of whom there is one at least."""
    competence = [each.scores["competence"] for each in of]
    most = rules.weights.competence
    return Average(
        _mean([each.at_least for each in of]),
        _mean([each.at_most for each in of]),
        _mean([Decimal(0) if score is None else score for score in competence]),
        _mean([most if score is None else score for score in competence]),
    )


def _mean(of: Sequence[Decimal]) -> Decimal:
    return (sum(of, Decimal(0)) / len(of)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def competence_parts(rules: IndexRules, of: Professional, day: date) -> list[PartScore]:
    """The parts of the competence dimension that the kind of post asks for; none where it is not known."""
    if of.group is None:
        return []
    gives: Mapping[str, Decimal] = getattr(rules.competence, of.group)
    windows = rules.windows
    found: list[PartScore] = []
    for part in PARTS:
        if part not in gives:
            continue
        forms: tuple[str, ...] = getattr(rules.forms, part)
        done = [each for each in of.trainings if each.form in forms and each.ended <= day]
        if part == "technical":
            jp = sum((each.jp for each in _within(done, windows.technical_years, day)), Decimal(0))
            found.append(PartScore(part, gives[part], jp >= windows.technical_jp, jp, windows.technical_jp))
        elif part == "seminar":
            found.append(PartScore(part, gives[part], any(_within(done, windows.seminar_years, day))))
        else:
            needless = part == "functional" and _asks_for_none(rules, of.position)
            found.append(PartScore(part, gives[part], bool(done) or needless))
    return found


def band_of(rules: IndexRules, index: Decimal) -> str:
    """The band of an index."""
    return next(band.name for band in rules.bands if band.least <= index)


def _within(trainings: Iterable[Training], years: int, day: date) -> list[Training]:
    return [each for each in trainings if day < years_later(each.ended, years)]


def _asks_for_none(rules: IndexRules, position: str | None) -> bool:
    words = (position or "").casefold().split()
    return bool(words) and words[0] in rules.without_functional.positions


def _run_case(rules: IndexRules, given: Mapping[str, Any]) -> Mapping[str, object]:
    day = date(2026, 7, 1)
    trainings = [
        Training(getattr(rules.forms, part)[0], Decimal(given[part]), date(2026, 3, 1))
        for part in PARTS
        if part in given
    ]
    who = Professional(given["group"], None, given["degree"], given["predikat"], given["discipline"], trainings)
    found = index_on(rules, who, day)
    return {"competence": str(found.scores["competence"]), "index": str(found.at_least), "band": found.band}
