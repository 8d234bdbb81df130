"""What credit reads of the events of training records, and no more: fifty million a year come this way."""

from datetime import date
from decimal import Decimal
from typing import ClassVar

import msgspec

from common.events import Event, Excerpt
from common.fields import FIRST_DAY, LAST_DAY
from common.ids import Id
from contracts.events.training import TrainingCompleted, TrainingCorrected, TrainingRevoked


class _Record(Excerpt, frozen=True):
    record_id: Id
    person_id: Id
    agency_id: Id


class Completed(_Record, frozen=True):
    """A record as it was made."""

    event: ClassVar[type[Event]] = TrainingCompleted

    form: str
    title: str
    end_date: date
    jp_counted: Decimal
    verified: bool
    degree: str | None
    hands: list[str] = msgspec.field(default_factory=list[str])

    def __post_init__(self) -> None:
        if not FIRST_DAY <= self.end_date <= LAST_DAY:
            raise ValueError("out of range: `end_date`")
        if not self.jp_counted.is_finite():
            raise ValueError("no number: `jp_counted`")


class Corrected(Completed, frozen=True):
    """A record as it is now."""

    event: ClassVar[type[Event]] = TrainingCorrected


class Revoked(_Record, frozen=True):
    """A record that no longer counts."""

    event: ClassVar[type[Event]] = TrainingRevoked

    reason: str
