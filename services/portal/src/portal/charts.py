"""Where each bar of a chart stands, in units of its drawing; how it is drawn and told is `templates/charts.html` (ADR 0036)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

WIDTH = 320
"""Of every drawing: the pixels that the smallest phone has for it, so that words stay as large as they are written."""
EDGE = 1
"""What is left free on every side for outlines."""
LINE, BAR, GAP = 20, 16, 8
"""How high a line of words and a bar are, and what stands between one row and the next."""
SWATCH, NAMES = 14, 220
"""How wide the sample of a texture is, and the most that a name has beside its number."""
TEXTURES = 5
"""In how many ways the parts of a whole are told apart; more parts than these are no chart."""
MOST = 12
"""Rows that are drawn one by one; what comes behind them is one row more (`folded`)."""
LETTERS = 32
"""Of a name beside its number; the table has it whole."""
HUNDREDTH = Decimal("0.01")


Told = tuple[str, Decimal | int | str] | tuple[str, Decimal | int | str, str]
"""A bar as a page tells of it: what it is called, how much it is, and the address of what is behind the number, if any."""


class Bar(NamedTuple):
    """A bar with its number."""

    name: str
    value: Decimal
    address: str = ""


class Mark(NamedTuple):
    """A bar with its name and number; `line` is where their words stand, from the top."""

    bar: Bar
    x: Decimal
    y: int
    width: Decimal
    line: int

    @property
    def called(self) -> str:
        """Its name as far as there is room."""
        name = self.bar.name
        return name if len(name) <= LETTERS else f"{name[: LETTERS - 1]}…"


@dataclass(frozen=True)
class Drawing:
    """A chart without its words. `largest` is the one to speak of first, None where there is nothing to show."""

    marks: Sequence[Mark]
    height: int
    total: Decimal
    largest: Bar | None
    whole: bool
    """Whether its bars are parts of one."""


def parts(values: Sequence[Decimal], width: Decimal) -> list[tuple[Decimal, Decimal]]:
    """Where each part of a whole begins and how wide it is: they stand side by side and fill the width to its end.

    What is below nothing is as wide as nothing; where all are, no part has a width.
    """
    whole, before, places = sum(map(_drawn, values), Decimal(0)), Decimal(0), list[tuple[Decimal, Decimal]]()
    start = Decimal(0)
    for value in map(_drawn, values):
        before += value
        end = (before / whole * width).quantize(HUNDREDTH) if whole else Decimal(0)
        places.append((start, end - start))
        start = end
    return places


def lengths(values: Sequence[Decimal], width: Decimal) -> list[Decimal]:
    """How long each bar is: the largest value has the whole width, and what is not above nothing has none."""
    largest = max(map(_drawn, values), default=Decimal(0))
    return [(_drawn(value) / largest * width).quantize(HUNDREDTH) if largest else Decimal(0) for value in values]


def _drawn(value: Decimal) -> Decimal:
    return max(value, Decimal(0))


def stacked(rows: Sequence[Told]) -> Drawing:
    """One bar of the parts of a whole, and a line for each below it. Raises ValueError for more than five parts."""
    if len(rows) > TEXTURES:
        raise ValueError("more parts than textures")
    bars, words = [_bar(row) for row in rows], EDGE + BAR + GAP
    places = parts([bar.value for bar in bars], Decimal(WIDTH - 2 * EDGE))
    marks = [
        Mark(bar, EDGE + x, EDGE, width, words + number * LINE)
        for number, (bar, (x, width)) in enumerate(zip(bars, places, strict=True))
    ]
    return _drawing(marks, words + len(bars) * LINE + EDGE, whole=True)


def barred(rows: Sequence[Told]) -> Drawing:
    """A bar for each row, below its words."""
    bars, high = [_bar(row) for row in rows], LINE + BAR + GAP
    wide = lengths([bar.value for bar in bars], Decimal(WIDTH - 2 * EDGE))
    marks = [
        Mark(bar, Decimal(EDGE), EDGE + number * high + LINE, width, EDGE + number * high)
        for number, (bar, width) in enumerate(zip(bars, wide, strict=True))
    ]
    return _drawing(marks, EDGE + len(bars) * high + EDGE, whole=False)


def folded(rows: Sequence[Told], rest: str) -> list[Told]:
    """The first rows, and those behind them as one that is called `rest`: what all add up to stays."""
    if len(rows) <= MOST:
        return [*rows]
    return [*rows[:MOST], (rest, sum((_bar(row).value for row in rows[MOST:]), Decimal(0)))]


def towards(have: str, need: str, called: str, missing: str) -> list[Told]:
    """What there is of what is needed, and what is missing until then; nothing is, once there is as much."""
    return [(called, have), (missing, max(Decimal(need) - Decimal(have), Decimal(0)))]


def _bar(told: Told) -> Bar:
    return Bar(told[0], Decimal(told[1]), told[2] if len(told) == 3 else "")


def _drawing(marks: Sequence[Mark], height: int, *, whole: bool) -> Drawing:
    bars = [mark.bar for mark in marks]
    total, most = sum((bar.value for bar in bars), Decimal(0)), max(bars, key=lambda bar: bar.value, default=None)
    return Drawing(marks, height, total, most if most and most.value > 0 else None, whole)
