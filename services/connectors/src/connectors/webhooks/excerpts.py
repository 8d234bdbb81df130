"""What is told to others of training records: ids, days and hours; no title, which may name somebody, and no reason."""

from datetime import date
from typing import Any, ClassVar, Literal

import msgspec

from common.events import Event
from common.ids import Id
from connectors.webhooks.schemas import Kind
from contracts.events.excerpts import CountedRecord, Record
from contracts.events.training import TrainingCompleted, TrainingCorrected, TrainingRevoked


class Completed(CountedRecord, frozen=True):
    """A record as it was made."""

    event: ClassVar[type[Event]] = TrainingCompleted
    kind: ClassVar[Kind] = "training.completed"

    agency_id: Id
    year: int
    form: str
    course_id: Id | None
    provider_id: Id | None
    start_date: date
    source_kind: Literal["system", "provider", "self"]
    title: str


class Corrected(Completed, frozen=True):
    """A record as it is now."""

    event: ClassVar[type[Event]] = TrainingCorrected
    kind: ClassVar[Kind] = "training.corrected"


class Revoked(Record, frozen=True):
    """A record that no longer counts."""

    event: ClassVar[type[Event]] = TrainingRevoked
    kind: ClassVar[Kind] = "training.revoked"

    agency_id: Id
    year: int


WANTED = (Completed, Corrected, Revoked)


def told(event: Completed | Corrected | Revoked, reference: str, sequence: int) -> dict[str, Any]:
    """What a message says of a record; `version` tells which of two messages is the later one."""
    said = msgspec.structs.asdict(event)
    said.pop("title", None)  # SIASN alone is told it
    return {"reference": reference, "version": sequence, **said}
