"""`python -m registry announce-begun`."""

import argparse
from pathlib import Path

from common.parts import Parts
from common.texts import Texts
from contracts.callers import Caller
from contracts.roles import named
from registry.people.daily import announce_all_begun

TEXTS = Texts(Path(__file__).parents[1])


async def announce_begun(_: argparse.Namespace, parts: Parts) -> int:
    """Announces those for whom something recorded beforehand has begun, and says how many they are."""
    itself = Caller(
        subject="registry",
        named=named("service"),
        clock=parts.clock,
        rules=None,
        nip_key=parts.settings.nip_key.get_secret_value(),
    )
    print(TEXTS.tell_count("announce-begun.done", await announce_all_begun(parts.database, itself)))
    return 0
