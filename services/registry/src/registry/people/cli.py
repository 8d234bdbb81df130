"""`python -m registry announce-begun` and `tell-again`."""

import argparse
from pathlib import Path

from common.parts import Parts
from common.texts import Texts
from contracts.callers import Caller
from contracts.roles import named
from registry.agencies.commands import announce_all
from registry.people.daily import announce_all_begun, announce_everybody

TEXTS = Texts(Path(__file__).parents[1])


async def announce_begun(_: argparse.Namespace, parts: Parts) -> int:
    """Announces those for whom something recorded beforehand has begun, and says how many they are."""
    print(TEXTS.tell_count("announce-begun.done", await announce_all_begun(parts.database, _itself(parts))))
    return 0


async def tell_again(_: argparse.Namespace, parts: Parts) -> int:
    """Announces every agency and everybody as they are, and says how many people they are."""
    async with parts.database.transaction() as session:
        await announce_all(session, _itself(parts))
    print(TEXTS.tell_count("announce-begun.done", await announce_everybody(parts.database, _itself(parts))))
    return 0


def _itself(parts: Parts) -> Caller[None]:
    return Caller(
        subject="registry",
        named=named("service"),
        clock=parts.clock,
        rules=None,
        nip_key=parts.settings.nip_key.get_secret_value(),
    )
