"""The zone whose days count: a year, a period and a deadline begin at midnight in Jakarta, wherever somebody serves."""

from zoneinfo import ZoneInfo

JAKARTA = ZoneInfo("Asia/Jakarta")
