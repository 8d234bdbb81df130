"""The tokens of the style sheet: every pair of colours that stands on each other can be told apart (WCAG 2.2, D20)."""

import re

import pytest

from portal.assets import FOLDER

SHEET = (FOLDER / "portal.css").read_text(encoding="utf-8")
WORDS = [
    ("text", "ground"), ("text", "raised"), ("muted", "ground"), ("muted", "raised"), ("accent", "ground"), ("accent", "raised"),
    ("on-accent", "accent"), ("good", "ground"), ("good", "raised"), ("bad", "ground"), ("bad", "raised"),
]  # fmt: skip
SHAPES = [("line", "ground"), ("line", "raised"), ("focus", "ground"), ("focus", "raised"), ("accent", "ground")]


def tokens(part: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", part))


LIGHT = tokens(SHEET[SHEET.index(":root") : SHEET.index("@media")])
DARK = LIGHT | tokens(SHEET[SHEET.index("@media (prefers-color-scheme: dark)") : SHEET.index("*, *::before")])
PRINT = LIGHT | tokens(SHEET[SHEET.index("@media print") :])


def light(colour: str) -> float:
    """The relative luminance of a colour."""
    digits = colour.lstrip("#")
    digits = "".join(each * 2 for each in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    brighter, darker = sorted((light(one), light(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK, PRINT], ids=["light", "dark", "print"])
def test_words_and_shapes_stand_out_from_what_they_stand_on(colours) -> None:
    assert {
        pair: contrast(*(colours[name] for name in pair))
        for pair in WORDS
        if contrast(*(colours[name] for name in pair)) < 4.5
    } == {}
    assert {
        pair: contrast(*(colours[name] for name in pair))
        for pair in SHAPES
        if contrast(*(colours[name] for name in pair)) < 3
    } == {}


def test_no_colour_stands_outside_of_the_tokens() -> None:
    rules = SHEET[SHEET.index("*, *::before") : SHEET.index("@media print")]
    assert re.findall(r"#[0-9a-f]{3,6}\b|rgb|hsl", rules) == []
