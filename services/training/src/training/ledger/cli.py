"""`python -m training open-year`: lays the yearly duty."""

import argparse

from common.parts import Parts
from training.ledger.commands import open_year
from training.texts import TEXTS


def add_year(parser: argparse.ArgumentParser) -> None:
    """The argument of the command."""
    parser.add_argument("year", type=int, metavar="YEAR")


async def open_for_all(options: argparse.Namespace, parts: Parts) -> int:
    """The command."""
    try:
        async with parts.database.transaction() as session:
            laid = await open_year(session, options.year, parts.rules)
    except LookupError:
        print(TEXTS.tell("open-year.no-rules", year=options.year))
        return 2
    print(TEXTS.tell_count("open-year.done", laid, year=options.year))
    return 0
