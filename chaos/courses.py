"""What a learning platform has sent and was answered: what must be stored of it."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

HOURS = Decimal("0.02")
"""Of each course: so few that they end no shortfall by themselves."""


@dataclass
class Platform:
    """A platform as it was answered: its connection, what it has sent, and what was finished by that."""

    connection: str
    key: tuple[str, str]
    site: str
    statements: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    """Those that were answered, by id."""
    finished: set[tuple[str, str, date]] = field(default_factory=set[tuple[str, str, date]])
    """Person, title of the course, and day."""
