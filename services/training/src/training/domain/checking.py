"""Checking records that nobody has confirmed yet: how long one is in somebody's hands, and how many at once.

The numbers are data (`rules/checking`).
"""

from datetime import datetime
from pathlib import Path
from typing import Literal, get_args

from common.leases import load_leases
from common.refused import Refused

PACKS = Path(__file__).parent.parent / "rules" / "checking"

Verdict = Literal["confirmed", "refused"]
"""What became of a record that was checked: it counts as verified, or no more at all."""
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


def check_open(verdict: Verdict | None, held_by: str, until: datetime, subject: str, now: datetime) -> None:
    """Raises Refused: `check-decided`, and `lease-over` where the record is in somebody else's hands or in nobody's any more."""
    if verdict is not None:
        raise Refused("check-decided")
    if held_by != subject or until <= now:
        raise Refused("lease-over")


BOOK = load_leases(PACKS)
