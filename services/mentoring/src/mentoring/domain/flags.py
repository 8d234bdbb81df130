"""What points at sessions that were not held as they were told: for a person to judge, and never a reason to refuse one.

What is looked at, and from which number on, is data (`rules/flags`); the numbers are counted in `mentoring.flags.finding`.
"""

from pathlib import Path
from typing import Literal, get_args

from common.signs import load_signs

PACKS = Path(__file__).parent.parent / "rules" / "flags"

Sign = Literal["overlap", "rhythm", "long-day", "mutual", "at-once", "same-log"]
"""A mentor in two sessions at one time; too many sessions in a week; more than a working day of them; each the other's
mentor; sessions of months told of in one sitting; the same log for several."""
SIGNS: tuple[Sign, ...] = get_args(Sign)

BOOK = load_signs(PACKS, SIGNS)
