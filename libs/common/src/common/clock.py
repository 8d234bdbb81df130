"""Time, passed in: rules and tests never read the machine's clock themselves."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

JAKARTA = ZoneInfo("Asia/Jakarta")


class Clock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The moment, in UTC."""
        return datetime.now(UTC)

    def today(self) -> date:
        """The date in Asia/Jakarta, by which all periods of the rules count."""
        return self.now().astimezone(JAKARTA).date()


@dataclass
class FixedClock(Clock):
    """A clock that stands still until it is set; for tests and for `--as-of`."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment
