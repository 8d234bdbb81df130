"""When an agreement holds, when a session counts, and what is told of a year."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.refused import Refused
from mentoring.domain.agreements import Goal, Version, check_goals, held_first, standing
from mentoring.domain.completion import is_due, why_completed, why_corrected
from mentoring.domain.programmes import Side
from mentoring.domain.sessions import Said, Span, check_planned, confirmed, moved

NOON = datetime(2026, 6, 15, 5, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
WAIT = timedelta(days=14)
SPAN = Span(NOON, NOON + HOUR)
AFTER = NOON + 2 * HOUR


def test_an_agreement_holds_once_both_have_signed_and_a_change_by_one_changes_nothing() -> None:
    first, second = Version(1, NOON, None), Version(2, None, AFTER)
    assert standing([]) == (None, None)
    assert (standing([first]), held_first([first])) == ((None, first), None)
    signed = Version(1, NOON, AFTER)
    assert (standing([signed, second]), held_first([second, signed])) == ((signed, second), AFTER)
    both = Version(2, AFTER + HOUR, AFTER)
    assert (standing([signed, both]), held_first([signed, both])) == ((both, None), AFTER)


@pytest.mark.parametrize(
    ("goals", "code", "field"),
    [
        ([Goal("menulis", 3, 3)], "goal-not-higher", "goals.0.wanted"),
        ([Goal("menulis", 1, 2), Goal("menulis", 2, 3)], "goal-twice", "goals.1.competency"),
    ],
)
def test_a_goal_is_higher_than_where_it_starts_and_there_once(goals, code, field) -> None:
    with pytest.raises(Refused) as refused:
        check_goals(goals)
    assert (refused.value.code, refused.value.field) == (code, field)


@pytest.mark.parametrize(
    ("agreed_at", "others", "code"),
    [
        (None, [], "agreement-unsigned"),
        (NOON + HOUR, [], "before-agreement"),
        (NOON, [Span(NOON - HOUR, NOON + HOUR / 60)], "session-overlaps"),
    ],
)
def test_no_session_before_both_have_signed_or_over_another(agreed_at, others, code) -> None:
    with pytest.raises(Refused) as refused:
        check_planned(SPAN, agreed_at, others)
    assert refused.value.code == code


def test_one_session_may_begin_when_another_ends() -> None:
    check_planned(SPAN, NOON, [Span(NOON - HOUR, NOON), Span(NOON + HOUR, NOON + 2 * HOUR)])


def test_a_session_counts_when_both_have_said_that_it_was_held() -> None:
    with pytest.raises(Refused, match="session-not-over"):
        confirmed(Said("planned"), "mentee", SPAN, NOON, WAIT)
    claimed = confirmed(Said("planned"), "mentor", SPAN, AFTER, WAIT)
    assert (claimed.state, claimed.expires_at) == ("pending", AFTER + WAIT)
    assert confirmed(claimed, "mentor", SPAN, AFTER + HOUR, WAIT) == claimed
    both = confirmed(claimed, "mentee", SPAN, AFTER + HOUR, WAIT)
    assert both == Said("confirmed", AFTER + HOUR, AFTER)
    assert confirmed(both, "mentee", SPAN, AFTER + 2 * HOUR, WAIT) == both


def test_what_one_alone_has_said_expires() -> None:
    claimed = confirmed(Said("planned"), "mentor", SPAN, AFTER, WAIT)
    assert claimed.shown(AFTER + WAIT - HOUR) == "pending"
    assert claimed.shown(AFTER + WAIT) == "expired"
    with pytest.raises(Refused, match="claim-expired"):
        confirmed(claimed, "mentee", SPAN, AFTER + WAIT, WAIT)


def test_what_is_cancelled_is_not_confirmed() -> None:
    with pytest.raises(Refused, match="session-cancelled"):
        confirmed(Said("cancelled"), "mentee", SPAN, AFTER, WAIT)


def test_another_time_takes_back_what_was_said_of_the_first() -> None:
    assert moved("mentee", Span(AFTER, AFTER + HOUR), AFTER, WAIT) == Said("planned")
    assert moved("mentee", SPAN, AFTER, WAIT) == Said("pending", AFTER, None, AFTER + WAIT)


@given(st.lists(st.tuples(st.sampled_from(["mentee", "mentor"]), st.integers(0, 40)), max_size=12))
def test_whatever_is_said_in_whatever_order_only_both_in_time_confirm(spoken: list[tuple[Side, int]]) -> None:
    said, first = Said("planned"), {}
    for side, days in sorted(spoken, key=lambda each: each[1]):
        now = AFTER + timedelta(days=days)
        try:
            said = confirmed(said, side, SPAN, now, WAIT)
        except Refused as refused:
            assert refused.code == "claim-expired"
        first.setdefault(side, now)
    in_time = len(first) == 2 and abs(first["mentee"] - first["mentor"]) < WAIT
    assert (said.state == "confirmed") is in_time


def test_a_year_is_told_on_its_last_day_or_when_the_pair_is_over() -> None:
    assert not is_due(2026, date(2026, 12, 30), "active")
    assert is_due(2026, date(2026, 12, 31), "active")
    assert is_due(2026, date(2026, 3, 1), "ended")


def test_why_a_year_is_told_follows_from_its_days_and_the_pair() -> None:
    first, second = date(2026, 3, 1), date(2026, 4, 1)
    assert [why_completed(pair) for pair in ("active", "ended", "completed")] == ["year-end", "left", "ended"]
    assert why_corrected([first], [first, first]) == "late-confirmation"
    assert why_corrected([first, second], [second]) == "cancellation"
    assert why_corrected([first], [second]) == "correction"
