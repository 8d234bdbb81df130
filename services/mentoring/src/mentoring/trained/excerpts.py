"""What mentoring reads of the events of training records, and no more."""

from typing import ClassVar

from common.events import Event
from contracts.events.excerpts import CountedRecord, Record
from contracts.events.training import TrainingCompleted, TrainingCorrected, TrainingRevoked


class Completed(CountedRecord, frozen=True):
    """A training, and the competencies it is about."""

    event: ClassVar[type[Event]] = TrainingCompleted

    competencies: list[str]


class Corrected(Completed, frozen=True):
    """The same, as it is now."""

    event: ClassVar[type[Event]] = TrainingCorrected


class Revoked(Record, frozen=True):
    """One that counts no more."""

    event: ClassVar[type[Event]] = TrainingRevoked
