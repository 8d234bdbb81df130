"""`python -m registry erase`."""

import argparse
import json
from uuid import UUID

from common.parts import Parts
from contracts.callers import Caller
from contracts.roles import named
from registry.erasing import ERASING
from registry.erasures.commands import ask, due
from registry.erasures.schemas import ErasureIn

PAGE = 500


def add_erase(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument(
        "--ask", metavar="LETTER", help="ask for these erasures, by the number of the letter they rest on"
    )


async def erase(asked: argparse.Namespace, parts: Parts) -> int:
    """Lists whose time is over and what would go with them; with a letter, asks for it, and a person consents to each."""
    itself = Caller[None](
        subject="registry",
        named=named("service"),
        clock=parts.clock,
        rules=None,
        nip_key=parts.settings.nip_key.get_secret_value(),
    )
    after: UUID | None = UUID(int=0)
    while after is not None:
        async with parts.database.transaction() as session:
            over, after = await due(session, itself, after, PAGE)
            rows = await ERASING.preview(session, [person.id for person in over]) if over else {}
            for person in over if asked.ask else ():
                await ask(session, ErasureIn(person_id=person.id, ground="retention", letter=asked.ask), itself)
        if over:
            print(json.dumps({"people": [str(person.id) for person in over], "rows": rows, "asked": bool(asked.ask)}))
    return 0
