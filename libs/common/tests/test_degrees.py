"""The ladder of degrees."""

from contracts.degrees import DEGREES, LADDER


def test_every_degree_stands_on_one_rung() -> None:
    assert [degree for level in LADDER for degree in level] == list(DEGREES)
    assert [level for level in LADDER if len(level) > 1] == [("D-IV", "S1")]
