"""Histories against the plainest model there is: a table of days."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from registry.domain.history import History, Span, at, at_or_first, begun, put, put_until_next, starting

FIRST = date(2024, 2, 26)
DAYS = [FIRST + timedelta(days=number) for number in range(14)]
LAST = DAYS[-1]

values = st.sampled_from("abc")
days = st.sampled_from(DAYS)
operations = st.lists(
    st.tuples(values, days, st.none() | days).filter(lambda change: change[2] is None or change[1] < change[2]),
    max_size=8,
)


def check_shape(history: History[str]) -> None:
    """No gap, no overlap, the last open, neighbours different."""
    assert history[-1].valid_to is None
    for span, following in pairwise(history):
        assert span.valid_from < following.valid_from == span.valid_to
        assert span.value != following.value


@given(values, operations)
def test_put_changes_the_days_it_names_and_no_other(value: str, changes: list[tuple[str, date, date | None]]) -> None:
    history = begun(value, FIRST)
    table = dict.fromkeys(DAYS, value)
    for new, start, end in changes:
        history = put(history, new, start, end)
        table |= {day: new for day in DAYS if start <= day and (end is None or day < end)}
        check_shape(history)
        assert {day: at(history, day) for day in DAYS} == table


@given(values, st.lists(st.tuples(values, days), max_size=8))
def test_put_until_next_stops_at_the_next_change_and_repeats_change_nothing(
    value: str, facts: list[tuple[str, date]]
) -> None:
    history = begun(value, FIRST)
    for new, start in facts:
        changes = [span.valid_from for span in history if span.valid_from > start]
        before = {day: at(history, day) for day in DAYS}
        history = put_until_next(history, new, start)
        check_shape(history)
        touched = {day for day in DAYS if start <= day and not (changes and day >= changes[0])}
        assert {day: at(history, day) for day in DAYS} == before | dict.fromkeys(touched, new)
        assert put_until_next(history, new, start) == history


@given(values, st.dictionaries(days, values, max_size=6))
def test_facts_in_the_order_of_their_dates_can_be_sent_again(value: str, facts: dict[date, str]) -> None:
    ordered = sorted(facts.items())
    history = begun(value, FIRST)
    for start, new in ordered:
        history = put_until_next(history, new, start)
    again = history
    for start, new in ordered:
        again = put_until_next(again, new, start)
    assert again == history


@given(values, operations, days, days)
def test_starting_cuts_or_carries_back_and_keeps_the_rest(
    value: str, changes: list[tuple[str, date, date | None]], beginning: date, day: date
) -> None:
    history = begun(value, DAYS[5])
    for new, start, end in changes:
        if start >= DAYS[5]:
            history = put(history, new, start, end)
    moved = starting(history, beginning)
    check_shape(moved)
    assert moved[0].valid_from == beginning
    assert at(moved, day) == (at_or_first(history, day) if day >= beginning else None)


def test_nothing_is_known_before_the_beginning() -> None:
    history = (Span("a", DAYS[3], None),)
    assert at(history, DAYS[2]) is None
    assert at_or_first(history, DAYS[2]) == "a"
    earlier = put_until_next(history, "b", DAYS[1])
    assert earlier == (Span("b", DAYS[1], DAYS[3]), Span("a", DAYS[3], None))
    assert put_until_next(history, "a", DAYS[1]) == (Span("a", DAYS[1], None),)
