"""What an agency was told is held against the events of its people: each, in the order of each person."""

from chaos.address_books import out_of_order
from chaos.addresses import Version

MADE, MENDED, OTHER = Version("a", 1), Version("a", 2), Version("b", 1)
EVENTS = {MADE: "siti", OTHER: "budi", MENDED: "siti"}


def test_only_what_is_of_one_person_has_an_order() -> None:
    assert out_of_order(EVENTS, dict.fromkeys((OTHER, MADE, MENDED))) == []
    assert out_of_order(EVENTS, dict.fromkeys((MADE, MENDED, OTHER))) == []
    [late] = out_of_order(EVENTS, dict.fromkeys((MENDED, OTHER, MADE)))
    assert "siti" in late


def test_what_has_not_come_is_late_for_nothing() -> None:
    assert out_of_order(EVENTS, dict.fromkeys((OTHER, MENDED))) == []
