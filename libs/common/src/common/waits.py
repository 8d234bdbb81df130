"""How long something waits before it is tried again."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from common.ids import derived_id

JITTER = 0.2


def wait(whose: UUID, tries: int, waits: Sequence[float]) -> timedelta:
    """The wait after a try, up to a fifth longer, so that what failed together does not all come back together.

    `waits` are seconds, of which that number `tries` (from 0) counts.
    """
    spread = derived_id(whose, tries).int % 1000 / 1000
    return timedelta(seconds=waits[tries] * (1 + JITTER * spread))
