"""Answers held against planted faults."""

import pytest

from nation.faults import Fault
from nation.summary import EXAMPLES, Answer, CaseSummary, Judge, LoadSummary, StreamSummary


@pytest.fixture
def summary() -> StreamSummary:
    return StreamSummary("trainings", sent=4, seconds=2.0)


@pytest.fixture
def judge(summary: StreamSummary) -> Judge:
    judge = Judge("t", summary)
    judge.foretell(Fault("t", 2, "jp-zero", "refused", "jp-out-of-range"))
    judge.foretell(Fault("t", 4, "same-again", "duplicate", repeats=1))
    return judge


def _hear(judge: Judge, *answers: Answer) -> None:
    for answer in answers:
        judge.hear(answer)


def test_all_as_foretold(judge: Judge, summary: StreamSummary):
    _hear(
        judge,
        Answer(1, "stored", "a"),
        Answer(2, "refused", code="jp-out-of-range", field="jp"),
        Answer(3, "updated", "b"),
        Answer(4, "duplicate", "a"),
    )
    assert summary.ok
    assert (summary.stored, summary.updated, summary.duplicate, summary.repeated) == (1, 1, 1, 0)
    assert summary.refused == {"jp-out-of-range": 1}
    assert (summary.planted, summary.rate) == (2, 2.0)


@pytest.mark.parametrize(
    ("line", "answer", "kind"),
    [
        (2, Answer(2, "stored", "x"), "jp-zero"),
        (2, Answer(2, "refused", code="field-invalid"), "jp-zero"),
        (4, Answer(4, "duplicate", "another record"), "same-again"),
        (4, Answer(4, "duplicate"), "same-again"),
        (4, Answer(4, "stored", "a"), "same-again"),
    ],
)
def test_a_fault_answered_otherwise_is_missing(
    judge: Judge, summary: StreamSummary, line: int, answer: Answer, kind: str
):
    right = {
        1: Answer(1, "stored", "a"),
        2: Answer(2, "refused", code="jp-out-of-range"),
        3: Answer(3, "stored", "b"),
        4: Answer(4, "duplicate", "a"),
    }
    _hear(judge, *(right | {line: answer}).values())
    assert not summary.ok
    assert [(s.stream, s.line, s.kind) for s in summary.missing.examples] == [("t", line, kind)]
    assert summary.unexpected.total == 0


def test_a_good_line_refused_is_unexpected(judge: Judge, summary: StreamSummary):
    _hear(judge, Answer(1, "refused", code="internal-error"))
    assert not summary.ok
    surprise = summary.unexpected.examples[0]
    assert (surprise.line, surprise.kind, surprise.expected, surprise.got) == (
        1,
        None,
        "taken",
        "refused internal-error",
    )


def test_a_load_sent_again_is_all_duplicates(judge: Judge, summary: StreamSummary):
    _hear(
        judge,
        Answer(1, "duplicate", "a"),
        Answer(2, "refused", code="jp-out-of-range"),
        Answer(3, "duplicate", "b"),
        Answer(4, "duplicate", "a"),
    )
    assert summary.ok
    assert (summary.duplicate, summary.repeated) == (3, 2)


def test_surprises_are_all_counted_but_not_all_kept(summary: StreamSummary):
    judge = Judge("t", summary)
    _hear(judge, *(Answer(line, "refused", code="person-unknown") for line in range(1, EXAMPLES + 51)))
    assert summary.unexpected.total == EXAMPLES + 50
    assert len(summary.unexpected.examples) == EXAMPLES


def test_totals():
    assert CaseSummary(found=10, checked=8, attested=7, returned=1).left == 2
    assert StreamSummary("empty").rate == 0.0
    load = LoadSummary({"a": StreamSummary("a")})
    assert load.ok
    Judge("a", load.streams["a"]).hear(Answer(1, "refused", code="x"))
    assert not load.ok
