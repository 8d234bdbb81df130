"""What points at records that were not earned as they were told: for a person to judge, and never a reason to refuse one.

What is looked at, and from which number on, is data (`rules/plausibility`); the numbers are counted in `training.plausibility.finding`.
"""

from pathlib import Path
from typing import Literal, get_args

from common.signs import load_signs

PACKS = Path(__file__).parent.parent / "rules" / "plausibility"

Sign = Literal["overlap", "long-day", "leave", "too-fast", "shared-file"]
"""Two trainings that fill the same day; more hours than a day has; on leave or exempt; done far sooner than its hours take; one
file for two people."""
SIGNS: tuple[Sign, ...] = get_args(Sign)

BOOK = load_signs(PACKS, SIGNS)
