"""`python -m mentoring tell-reports`."""

import argparse

from common.parts import Parts
from mentoring.programme_reports.telling import tell_all
from mentoring.texts import TEXTS


async def tell_reports(_: argparse.Namespace, parts: Parts) -> int:
    """Has reports tell what may be told by now, and says of how many people that is."""
    print(TEXTS.tell_count("tell-reports.done", await tell_all(parts.database, parts.clock)))
    return 0
