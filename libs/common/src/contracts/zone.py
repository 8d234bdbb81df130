"""The zones of Indonesia, and the one whose days count for everybody: a period and a deadline begin at midnight in Jakarta."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

JAKARTA = ZoneInfo("Asia/Jakarta")

Zone = Literal["WIB", "WITA", "WIT"]

ZONES: Mapping[Zone, ZoneInfo] = {"WIB": JAKARTA, "WITA": ZoneInfo("Asia/Makassar"), "WIT": ZoneInfo("Asia/Jayapura")}
"""Source: Keputusan Presiden 41/1987: from 1 January 1988 Indonesia has these three."""


def day_in(zone: Zone, moment: datetime) -> date:
    """The day a moment falls on in a zone."""
    return moment.astimezone(ZONES[zone]).date()
