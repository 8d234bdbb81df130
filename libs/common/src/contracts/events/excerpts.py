"""What every reader of training records reads of their events; each adds what else it needs."""

from datetime import date
from decimal import Decimal

from common.events import Excerpt
from common.fields import FIRST_DAY, LAST_DAY
from common.ids import Id


class Record(Excerpt, frozen=True):
    """Which record, and whose."""

    record_id: Id
    person_id: Id


class CountedRecord(Record, frozen=True):
    """A record that counts: until when it went on, its hours (JP), and whether somebody has verified it."""

    end_date: date
    jp_counted: Decimal
    verified: bool

    def __post_init__(self) -> None:
        if not FIRST_DAY <= self.end_date <= LAST_DAY:
            raise ValueError("out of range: `end_date`")
        if not self.jp_counted.is_finite():
            raise ValueError("no number: `jp_counted`")
