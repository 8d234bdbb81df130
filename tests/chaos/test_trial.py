"""Which seeds are suspected when books are broken."""

import pytest

from chaos.trial import Outcome
from jejak_local.books import Finding


@pytest.mark.parametrize(
    ("figures", "suspects"),
    [
        ("1 broken: ('chaos-7', '00000012'): told nothing, stored ['x']", [7]),
        ("2 broken: ('chaos-7', '1'): ...; ('chaos-9', '2'): ...", [7, 9]),
        ("1 broken: a mail arrived twice", [7, 8, 9]),
        ("1 broken: ('chaos-2', '1') of an earlier round", [7, 8, 9]),
    ],
)
def test_the_seeds_that_broken_books_name_are_suspected_and_all_when_they_name_none(
    figures: str, suspects: list[int]
) -> None:
    finding = Finding("something", ok=False, figures=figures)
    outcome = Outcome([7, 8, 9], findings=[finding, Finding("other", ok=True, figures="")])
    assert outcome.suspects == suspects
