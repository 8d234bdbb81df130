"""What rounds came to, over more than one run."""

from pathlib import Path

import pytest

from chaos import tally
from chaos.tally import Tally
from chaos.trial import Outcome
from jejak_local.books import Finding


def test_the_rounds_of_all_runs_are_summed_but_those_with_a_planted_bug_or_unchecked_books(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tally, "ROUNDS", tmp_path / "chaos" / "rounds.jsonl")
    wrong = Finding("the books", ok=False, figures="1 broken: chaos-3")
    tally.keep(Outcome([1, 2], faults=30, completions=5_000).as_json(), planted="")
    tally.keep(Outcome([3], faults=10, completions=700, findings=[wrong]).as_json(), planted="")
    tally.keep(Outcome([4], faults=99, completions=99, findings=[wrong]).as_json(), planted="fresh-id")
    assert tally.keep(Outcome([5], error="ValueError").as_json(), planted="") == Tally(2, 1, 40, 5_700)
