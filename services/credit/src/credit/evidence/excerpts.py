"""What credit reads of the events of training records, and no more: fifty million a year come this way."""

from typing import ClassVar

import msgspec

from common.events import Event
from common.ids import Id
from contracts.events.excerpts import CountedRecord, Record
from contracts.events.training import TrainingCompleted, TrainingCorrected, TrainingRevoked


class Completed(CountedRecord, frozen=True):
    """A record as it was made."""

    event: ClassVar[type[Event]] = TrainingCompleted

    agency_id: Id
    form: str
    title: str
    degree: str | None
    hands: list[str] = msgspec.field(default_factory=list[str])


class Corrected(Completed, frozen=True):
    """A record as it is now."""

    event: ClassVar[type[Event]] = TrainingCorrected


class Revoked(Record, frozen=True):
    """A record that no longer counts."""

    event: ClassVar[type[Event]] = TrainingRevoked

    agency_id: Id
    reason: str
