"""Charts: whatever is drawn is also said and stands in a table with the same sum, and can be used by keys alone (D11)."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.charts import EDGE, MOST, TEXTURES, WIDTH, Told, barred, folded, lengths, parts, stacked

AMOUNTS = st.integers(-10_000, 10**23).map(lambda thousandths: Decimal(thousandths) / 1000)
UNTIMED = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
ACROSS = Decimal(318)


@UNTIMED
@given(st.lists(AMOUNTS, max_size=15))
def test_parts_fill_the_whole_side_by_side(values) -> None:
    places, end = parts(values, ACROSS), Decimal(0)
    for start, width in places:
        assert (start, width >= 0) == (end, True)
        end += width
    assert end == (ACROSS if any(value > 0 for value in values) else 0)
    wide = [width for _, width in places]
    assert all(width == 0 for value, width in zip(values, wide, strict=True) if value <= 0)


@UNTIMED
@given(st.lists(AMOUNTS, max_size=15))
def test_the_largest_bar_has_all_the_room_and_none_is_longer_than_a_larger_one(values) -> None:
    wide = lengths(values, ACROSS)
    assert max(wide, default=0) == (ACROSS if any(value > 0 for value in values) else 0)
    by_value = [width for _, width in sorted(zip(values, wide, strict=True))]
    assert by_value == sorted(by_value)


@UNTIMED
@given(st.lists(st.tuples(st.just("W" * 200), AMOUNTS), max_size=20))
def test_nothing_stands_outside_of_the_drawing_and_nothing_is_lost(rows: list[Told]) -> None:
    few = folded(rows, lambda groups: f"{groups} more")
    assert len(few) <= MOST + 1
    for drawing in (stacked(rows[:TEXTURES]), barred(few)):
        for mark in drawing.marks:
            assert mark.x >= EDGE
            assert mark.x + mark.width <= WIDTH - EDGE
            assert 0 < mark.y < drawing.height - EDGE
            assert 0 < mark.line < drawing.height - EDGE
    assert barred(few).total == sum((row[1] for row in rows), Decimal(0)), "what is folded is in the sum"


def test_more_parts_than_can_be_told_apart_are_no_chart() -> None:
    with pytest.raises(ValueError, match="textures"):
        stacked([(f"{part}", part) for part in range(TEXTURES + 1)])
