"""`python -m mentoring count-by-sex`."""

import argparse

from common.parts import Parts
from mentoring.by_sex.counting import count_all
from mentoring.texts import TEXTS


async def count_by_sex(_: argparse.Namespace, parts: Parts) -> int:
    """Counts by sex who has a mentor, and says how many people were counted anew."""
    print(TEXTS.tell_count("count-by-sex.done", await count_all(parts.database, parts.clock)))
    return 0
