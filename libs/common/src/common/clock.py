"""Time, passed in: rules and tests never read the machine's clock themselves."""

from datetime import UTC, date, datetime, tzinfo


class Clock:
    """The machine's clock, whose days begin at midnight in `zone`."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone

    def now(self) -> datetime:
        """The moment, in UTC."""
        return datetime.now(UTC)

    def today(self) -> date:
        """The day it is in the zone."""
        return self.now().astimezone(self._zone).date()
