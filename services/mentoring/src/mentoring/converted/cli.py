"""`python -m mentoring offer`."""

import argparse

from common.parts import Parts
from mentoring.converted.offering import offer_all
from mentoring.texts import TEXTS


async def offer(_: argparse.Namespace, parts: Parts) -> int:
    """Offers converted staff a mentor, and says how many were told."""
    print(TEXTS.tell_count("offer.done", await offer_all(parts.database, parts.clock)))
    return 0
