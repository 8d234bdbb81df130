"""A rule pack as it is shown."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, Field

from common.rules import RuleBook, RulePack
from common.texts import Language
from contracts.degrees import LADDER, Degree
from credit.domain.agreement import SecondCheckRules
from credit.domain.appeals import AppealRules
from credit.domain.conflicts import ConflictRules
from credit.domain.entry import EntryRules
from credit.domain.fixing import FixRules
from credit.domain.one_step import OneStepRules
from credit.domain.papers import PaperRules
from credit.domain.professionalism import IndexRules
from credit.domain.promotion import PromotionRules
from credit.domain.promotion_days import DayRules
from credit.domain.results import ResultRules
from credit.domain.returns import ReturnRules
from credit.domain.rules import Education, Jenjang, OpenReading, Predikat, Rules
from credit.domain.waiting import WaitingRules
from credit.domain.working_days import CalendarRules
from credit.texts import in_words


class MatrixCellOut(BaseModel):
    """Which predikat two ratings make."""

    hasil_kerja: str
    perilaku: str
    predikat: str


class ReadingOut(BaseModel):
    """How a question is decided here that none of the sources decides."""

    code: str
    explanation: str
    source: str
    status: str = Field(description="how far the reading is confirmed")


def readings_shown(readings: Iterable[OpenReading], language: Language) -> list[ReadingOut]:
    """Open readings, in the caller's language."""
    return [
        ReadingOut(
            code=reading.code,
            explanation=in_words(reading.text, language),
            source=reading.source,
            status=reading.status,
        )
        for reading in readings
    ]


T = TypeVar("T")


class SubjectPackOut(BaseModel, Generic[T]):
    """The rules of one subject from `valid_from` until the day before `valid_to`.

    Each table names its sources and how far they confirm it (`status`); `readings` are what they leave open.
    """

    id: str
    title: str
    source: str
    valid_from: date
    valid_to: date | None
    tables: T
    readings: list[ReadingOut]


class SubjectsOut(BaseModel):
    """The rules around conversion: entry into a functional post, papers of two old methods, promotion and its days, returns, waiting, and appeals."""

    entry: list[SubjectPackOut[EntryRules]]
    conventional: list[SubjectPackOut[PaperRules]]
    integration: list[SubjectPackOut[PaperRules]]
    promotion: list[SubjectPackOut[PromotionRules]]
    days: list[SubjectPackOut[DayRules]]
    professionalism: list[SubjectPackOut[IndexRules]]
    results: list[SubjectPackOut[ResultRules]]
    returns: list[SubjectPackOut[ReturnRules]]
    waiting: list[SubjectPackOut[WaitingRules]]
    calendar: list[SubjectPackOut[CalendarRules]]
    appeals: list[SubjectPackOut[AppealRules]]
    data_fixes: list[SubjectPackOut[FixRules]]
    conflicts: list[SubjectPackOut[ConflictRules]]
    second_checks: list[SubjectPackOut[SecondCheckRules]]
    one_step: list[SubjectPackOut[OneStepRules]]


def subject_shown(book: RuleBook[Any], language: Language) -> list[Any]:
    """The packs of one subject."""
    return [
        SubjectPackOut[Any](
            id=pack.id,
            title=in_words(pack.title, language),
            source=pack.source,
            valid_from=pack.valid_from,
            valid_to=pack.valid_to,
            tables=replace(pack.tables, readings=()),
            readings=readings_shown(pack.tables.readings, language),
        )
        for pack in book.packs
    ]


class RulePackOut(BaseModel):
    """The regulation as the service applies it from `valid_from` until the day before `valid_to`.

    Every table names its sources and how far they confirm it; `sources` says what each key stands for, `reasons` gives
    the legal source of each reason code, and `readings` are what the sources leave open.
    """

    id: str
    title: str
    source: str
    valid_from: date
    valid_to: date | None
    jenjang: list[Jenjang]
    predikat: list[Predikat]
    predikat_matrix: list[MatrixCellOut]
    education: Education | None
    degrees: list[list[Degree]] = Field(description="formal education from low to high; one level together")
    reasons: Mapping[str, str]
    readings: list[ReadingOut]
    sources: Mapping[str, str]

    @classmethod
    def of(cls, pack: RulePack[Rules], language: Language) -> "RulePackOut":
        rules = pack.tables
        conversion = rules.conversion
        return cls(
            id=pack.id,
            title=in_words(pack.title, language),
            source=pack.source,
            valid_from=pack.valid_from,
            valid_to=pack.valid_to,
            jenjang=list(rules.jenjang.values()),
            predikat=list(conversion.predikat.values()) if conversion else [],
            predikat_matrix=[
                MatrixCellOut(hasil_kerja=result, perilaku=behaviour, predikat=predikat)
                for (result, behaviour), predikat in (conversion.matrix.cells if conversion else {}).items()
            ],
            education=rules.education,
            degrees=[list(level) for level in LADDER],
            reasons=rules.reasons,
            readings=readings_shown(rules.readings, language),
            sources=rules.sources,
        )
