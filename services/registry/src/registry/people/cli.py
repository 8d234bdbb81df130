"""`python -m registry announce-begun`."""

import argparse
from pathlib import Path

from common.parts import Parts
from common.texts import Texts
from common.web.auth import Principal
from contracts.roles import named
from registry.people.daily import announce_all_begun
from registry.writing import Writing

TEXTS = Texts(Path(__file__).parents[1])


async def announce_begun(_: argparse.Namespace, parts: Parts) -> int:
    """Announces those for whom something recorded beforehand has begun, and says how many they are."""
    itself = Principal("registry", named("service"))
    writing = Writing.at(parts.clock, itself, parts.settings.nip_key.get_secret_value())
    print(TEXTS.tell_count("announce-begun.done", await announce_all_begun(parts.database, writing)))
    return 0
