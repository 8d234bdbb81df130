"""What points at sessions that were not held as they were told: for a person to judge, and never a reason to refuse one.

A verdict changes nothing by itself, not even `implausible`: hours are taken back by one of the two (a session is cancelled, `training`
corrects its record), or by `training` where somebody revokes the record. Whoever judged may ask them to; the verdict and its
reason stand for an inspection. No rule seen lets a programme take hours away on its own word.

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
