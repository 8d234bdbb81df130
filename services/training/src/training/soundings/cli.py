"""`python -m training sweep`: sweeps the closed caturwulan periods that were not swept yet."""

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from pydantic import TypeAdapter, ValidationError

from common.fields import Day
from common.parts import Parts
from common.texts import number, operator_language
from training.soundings.daily import CannotSweep, sweep
from training.soundings.queries import Outcome
from training.texts import TEXTS

WIDTHS = (8, 10, 11, 11, 8, 7, 8)
DAY = TypeAdapter(Day)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument(
        "--as-of",
        type=_day,
        metavar="YYYY-MM-DD",
        help="take the periods closed on this date, and people where they served on it (default: today)",
    )
    parser.add_argument(
        "--again", type=int, nargs=2, metavar=("YEAR", "PERIOD"), help="sweep a period that was swept before once more"
    )


def _day(written: str) -> date:
    try:
        return DAY.validate_python(written)
    except ValidationError:
        raise argparse.ArgumentTypeError(f"not YYYY-MM-DD: {written}") from None


async def run(options: argparse.Namespace, parts: Parts) -> int:
    """The command."""
    try:
        outcomes = await sweep(parts.database, parts.clock, parts.rules, as_of=options.as_of, again=options.again)
    except (CannotSweep, LookupError) as error:
        why = error if isinstance(error, CannotSweep) else TEXTS.tell("sweep.no-such-period")
        sys.stderr.write(TEXTS.tell("sweep.nothing", why=why) + "\n")
        return 2
    sys.stdout.write(_table(outcomes) if outcomes else TEXTS.tell("sweep.all-done") + "\n")
    return 0


def _table(outcomes: Sequence[Outcome]) -> str:
    head = (
        TEXTS.tell("sweep.period"),
        TEXTS.tell("sweep.as-of"),
        TEXTS.tell("sweep.people"),
        TEXTS.tell("sweep.short"),
        TEXTS.tell("sweep.agencies"),
        TEXTS.tell("sweep.pages"),
        TEXTS.tell("sweep.seconds"),
    )
    language = operator_language()
    rows = [
        (
            f"{row.year}/{row.period}",
            row.as_of.isoformat(),
            *(number(count, language) for count in (row.people, row.short, row.agencies, row.pages)),
            number(round(Decimal(row.seconds), 1), language),
        )
        for row in outcomes
    ]
    return "".join(_line(cells) for cells in (head, *rows))


def _line(cells: Sequence[str]) -> str:
    return "  ".join(f"{cell:>{width}}" for cell, width in zip(cells, WIDTHS, strict=True)) + "\n"
