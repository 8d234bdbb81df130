"""Reads the charts of a page as a browser gets them, and says what is wrong with them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from babel.numbers import parse_decimal
from lxml import html

from common.texts import LOCALES

ROUNDED = Decimal("0.01")
LETTERS = 32
"""Of a name that are drawn."""


@dataclass(frozen=True)
class Chart:
    """What is drawn, and what stands in the table beside it, both by name."""

    key: str
    title: str
    description: str
    drawn: Sequence[tuple[str, Decimal]]
    widths: Sequence[Decimal]
    textures: Sequence[str]
    rows: Sequence[tuple[str, Decimal]]
    links: Sequence[str]
    total: Decimal | None

    @property
    def faults(self) -> list[str]:
        """What keeps somebody from reading it who does not see it, or sees no colours."""
        names, values = [name for name, _ in self.drawn], [value for _, value in self.drawn]
        whole = sum(values) if self.textures else max(values, default=Decimal(0))
        right = [value / whole * 318 if whole else Decimal(0) for value in values]
        held = {
            "title": bool(self.title),
            "description": all(name in self.description for name, _ in self.rows) and bool(self.description),
            "names": bool(names) and all(names) and len(set(self.textures)) in {0, len(names)},
            "rows": [(_cut(name), value) for name, value in self.rows] == [*self.drawn],
            "sum": self.total in {None, sum(values)},
            "widths": all(abs(one - other) <= ROUNDED for one, other in zip(self.widths, right, strict=True)),
        }
        return [f"{self.key}: {name}" for name, holds in held.items() if not holds]


def charts(page: str) -> list[Chart]:
    """Every chart of a page, in their order."""
    root = html.fromstring(page)
    assert max(Counter(root.xpath("//@id")).values()) == 1, "an id of two elements"
    return [_chart(each, root.get("lang") or "") for each in root.xpath("//figure[@class='chart']")]


def _chart(figure: Any, language: str) -> Chart:
    def number(text: str) -> Decimal:
        # Which languages there are, pyright cannot know of what was read from a page.
        return parse_decimal(text, locale=LOCALES[language], strict=True)  # pyright: ignore[reportArgumentType]

    [drawing] = figure.xpath(".//svg[@role='img']")
    marks = [*drawing.iterfind("g")]
    bars = [mark.find("rect[@class]") for mark in marks]
    patterns = {f"url(#{each.get('id')})": html.tostring(each[0]).decode() for each in drawing.iter("pattern")}
    samples = [mark.findall("rect")[1].get("fill") for mark in marks] if patterns else []
    assert samples == [bar.get("fill") for bar in bars][: len(samples)], "a sample of another texture"
    return Chart(
        key=drawing.get("aria-labelledby"),
        title=drawing.xpath("string(title[@id=../@aria-labelledby])").strip(),
        description=drawing.xpath("string(desc[@id=../@aria-describedby])").strip(),
        drawn=[
            (
                mark.xpath("string(svg/text[@class='name'])"),
                number(mark.xpath("string(text[@class='number'])")),
            )
            for mark in marks
        ],
        widths=[Decimal(bar.get("width")) for bar in bars],
        textures=[patterns[each] for each in samples],
        rows=[
            (row.xpath("string(th)").strip(), number(row.xpath("string(td)").strip()))
            for row in figure.iterfind(".//tbody/tr")
        ],
        links=figure.xpath(".//tbody//a/@href"),
        total=next((number(each.text) for each in figure.iterfind(".//tfoot/tr/td")), None),
    )


def _cut(name: str) -> str:
    return name if len(name) <= LETTERS else f"{name[: LETTERS - 1]}…"
