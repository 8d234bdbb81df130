"""Predikat kinerja that connectors takes from e-Kinerja, and what credit makes of them."""

from typing import ClassVar
from uuid import UUID

from common.events import Event, Topic
from common.fields import Day
from contracts import topics
from contracts.events import PREFIX
from contracts.events.connectors import Behalf

PREDIKAT = (
    "period_start",
    "period_end",
    "predikat",
    "hasil_kerja",
    "perilaku",
    "performance_result",
    "performance_outcome",
)
"""The names of what a predikat says."""


class PredicateReported(Event):
    """The verdict on somebody's work over whole months of one year, as e-Kinerja has exported it; whole, also when it is told anew.

    The sequence is the version of the report: of several the newest counts, in whatever order they come. `behalf` is in
    whose name it is told, who may do what they may through the API, and no more. `performance_result` and `performance_outcome`
    are the ids, in its source, of the result it rests on and of the outcome which that is for; the first reports named none.
    """

    topic: ClassVar[Topic] = topics.PREDICATES
    type: ClassVar[str] = f"{PREFIX}.connectors.PredicateReported.v1"
    source: ClassVar[str] = "/connectors"
    key_field: ClassVar[str] = "person_id"
    subject_field: ClassVar[str] = "report_id"

    report_id: UUID
    person_id: UUID
    behalf: Behalf
    source_name: str
    reference: str
    period_start: Day
    period_end: Day
    predikat: str
    hasil_kerja: str | None
    perilaku: str | None
    performance_result: str | None = None
    performance_outcome: str | None = None


class _PredicateAnswer(Event):
    """What credit made of a report. Its sequence is the version of the report that it answers."""

    topic: ClassVar[Topic] = topics.PREDICATE_ANSWERS
    source: ClassVar[str] = "/credit"
    key_field: ClassVar[str] = "person_id"
    subject_field: ClassVar[str] = "report_id"

    report_id: UUID
    person_id: UUID


class PredicateTaken(_PredicateAnswer):
    """What was told has become the case named, or was one already."""

    type: ClassVar[str] = f"{PREFIX}.credit.PredicateTaken.v1"

    case_id: UUID


class PredicateRefused(_PredicateAnswer):
    """What was told is refused: by the code of a problem, the field at fault, and the words for it by language, as the API would answer it."""

    type: ClassVar[str] = f"{PREFIX}.credit.PredicateRefused.v1"

    code: str
    field: str | None
    words: dict[str, str]
