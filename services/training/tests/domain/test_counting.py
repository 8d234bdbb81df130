"""What activities count: every form, every cap, by the rule pack in use."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.domain.counting import Activity, Refused, check, count, share
from training.domain.rules import load

RULES = load().packs[0].tables
DAY = date(2026, 3, 10)


def activity(form="KL03", *, number=0, days=1, end=None, jp=None, sessions=1, abroad=False, degree=None, verified=True):
    last = end or DAY + timedelta(days=days - 1)
    return Activity(
        id=UUID(int=number),
        form=form,
        start=last - timedelta(days=days - 1),
        end=last,
        stated=Decimal(jp) if jp is not None else None,
        sessions=sessions,
        international=abroad,
        degree=degree,
        verified=verified,
    )


def counted(*activities):
    """JP by number, of activities that share a cap."""
    return {
        identity.int: str(result.jp)
        for identity, result in share((RULES.forms[each.form], each) for each in activities).items()
    }


# Form, stated JP, JP counted, by reference.json `jp.forms` (Peraturan LAN 10/2018; SQL-JP, BAPPEDA-JP, COP-LAN).
@pytest.mark.parametrize(
    ("form", "stated", "expected", "why"),
    [
        ("KL01", "60", "60", "stated"),
        ("KL02", "12", "12", "stated"),
        ("KL03", "8.25", "8.25", "stated"),
        ("KL04", "40", "40", "stated"),
        ("KL05", "9", "9", "stated"),
        ("KL06", None, "4", "default"),
        ("KL06", "6", "6", "stated"),
        ("KL07", None, "5", "default"),
        ("KL07", "8", "8", "stated"),
        ("KL08", None, "4", "default"),
        ("KL09", None, "4", "default"),
        ("KL10", None, "4", "default"),
        ("KL10", "10", "10", "stated"),
        ("KL11", None, "4", "default"),
        ("KL12", "3", "3", "stated"),
        ("NKL01", None, "2", "sessions"),
        ("NKL01", "9", "2", "sessions"),
        ("NKL02", None, "2", "sessions"),
        ("NKL03", None, "3", "default"),
        ("NKL03", "7.5", "7.5", "stated"),
        ("NKL04", None, "4", "default"),
        ("NKL05", None, "20", "fixed"),
        ("NKL05", "100", "20", "fixed"),
        ("NKL06", "8", "8", "stated"),
        ("NKL07", None, "10", "fixed"),
        ("NKL08", None, "20", "fixed"),
        ("NKL09", None, "2", "days"),
        ("NKL09", "1.5", "1.5", "days"),
        ("NKL09", "8", "2", "days-capped"),
        ("NKL10", None, "2", "days"),
        ("NKL11", "3", "3", "stated"),
        ("NKL12", None, "20", "fixed"),
        ("NKL13", "2.5", "2.5", "stated"),
    ],
)
def test_every_form_counts_by_its_rule(form, stated, expected, why):
    given_activity = activity(form, jp=stated)
    result = count(check(RULES, given_activity), given_activity)
    assert (result.jp, result.why) == (Decimal(expected), why)


@pytest.mark.parametrize("form", ["KL01", "KL02", "KL03", "KL04", "KL05", "KL12", "NKL06", "NKL11", "NKL13"])
def test_a_programme_must_state_its_hours(form):
    with pytest.raises(Refused) as refused:
        check(RULES, activity(form))
    assert (refused.value.code, refused.value.field) == ("jp-missing", "jp")


@pytest.mark.parametrize(
    ("jp", "code"),
    [
        ("0", "jp-out-of-range"),
        ("-4", "jp-out-of-range"),
        ("2000.01", "jp-out-of-range"),
        ("10000", "jp-out-of-range"),
        ("1E+500", "jp-out-of-range"),
        ("8.125", "jp-decimals"),
        ("1E-500", "jp-decimals"),
    ],
)
@pytest.mark.parametrize("form", ["KL03", "KL06", "NKL01", "NKL12"])
def test_stated_hours_are_checked_for_every_form(form, jp, code):
    with pytest.raises(Refused) as refused:
        check(RULES, activity(form, jp=jp))
    assert refused.value.code == code


@pytest.mark.parametrize("jp", ["0.01", "2000", "8.500", "8.5"])
def test_stated_hours_at_the_edges_are_taken(jp):
    assert check(RULES, activity("KL03", jp=jp)).code == "KL03"


def test_outbond_abroad_counts_a_fifth_more():
    abroad = activity("NKL06", jp="7.55", abroad=True)
    assert count(check(RULES, abroad), abroad) == (Decimal("9.060"), "international")


def test_other_forms_abroad_count_as_at_home():
    abroad = activity("KL06", jp="4", abroad=True)
    assert count(check(RULES, abroad), abroad) == (Decimal(4), "stated")


@pytest.mark.parametrize(
    ("form", "degree", "code"),
    [
        ("PD01", None, "degree-missing"),
        ("PD01", "Dr", "degree-unknown"),
        ("KL06", "S2", "degree-unexpected"),
        ("XX99", None, "form-unknown"),
    ],
)
def test_degrees_belong_to_formal_education(form, degree, code):
    with pytest.raises(Refused) as refused:
        check(RULES, activity(form, degree=degree))
    assert refused.value.code == code


@pytest.mark.parametrize("degree", ["SD", "SLTP", "SLTA", "D-I", "D-II", "D-III", "D-IV", "S1", "S2", "S3"])
def test_formal_education_may_reach_any_degree(degree):
    study = activity("PD01", degree=degree)
    assert count(check(RULES, study), study) == (Decimal(0), "education")


def test_formal_education_counts_no_hours():
    study = activity("PD01", degree="S2", days=700, jp="400")
    assert count(check(RULES, study), study) == (Decimal(0), "education")


def test_coaching_counts_two_sessions_a_month_and_each_month_anew():
    march = [activity("NKL01", number=n, end=date(2026, 3, 10 + n)) for n in range(3)]
    april = activity("NKL01", number=9, end=date(2026, 4, 1), sessions=3)
    assert counted(*march, april) == {0: "2", 1: "2", 2: "0", 9: "4"}


def test_verified_sessions_take_the_cap_first_then_earlier_ones_then_those_recorded_first():
    declared = activity("NKL02", number=1, end=date(2026, 3, 1), verified=False)
    late = activity("NKL02", number=2, end=date(2026, 3, 20))
    early = activity("NKL02", number=3, end=date(2026, 3, 10))
    same_day = activity("NKL02", number=4, end=date(2026, 3, 10))
    assert counted(declared, late, early, same_day) == {1: "0", 2: "0", 3: "2", 4: "2"}


def test_a_month_split_between_records():
    assert counted(activity("NKL01", number=1), activity("NKL01", number=2, sessions=2)) == {1: "2", 2: "2"}


def test_days_share_two_hours_a_day():
    whole = activity("NKL09", number=1, end=date(2026, 3, 12), days=3)
    again = activity("NKL09", number=2, end=date(2026, 3, 13), days=3)
    assert counted(whole, again) == {1: "6", 2: "2"}


def test_hours_stated_for_a_day_leave_the_rest_of_it():
    first = activity("NKL10", number=1, jp="0.5")
    second = activity("NKL10", number=2, jp="1")
    third = activity("NKL10", number=3)
    assert counted(first, second, third) == {1: "0.5", 2: "1", 3: "0.5"}


def test_days_of_another_year_do_not_count_here():
    new_year = activity("NKL09", number=1, end=date(2026, 1, 2), days=5)
    assert counted(new_year) == {1: "4"}


def test_sessions_count_in_the_month_they_ended():
    over_the_end = activity("NKL01", number=1, end=date(2026, 4, 1), days=10)
    assert counted(over_the_end, activity("NKL01", number=2, end=date(2026, 3, 31), sessions=2)) == {1: "2", 2: "4"}


@given(
    st.lists(
        st.tuples(
            st.integers(0, 40), st.integers(1, 5), st.none() | st.integers(1, 1500), st.booleans(), st.integers(1, 4)
        ),
        max_size=12,
    )
)
def test_caps_hold_whatever_comes_and_in_whatever_order(drawn):
    for form in ("NKL01", "NKL09"):
        rule = RULES.forms[form]
        activities = [
            activity(
                form,
                number=n,
                end=date(2026, 1, 10) + timedelta(days=offset),
                days=days,
                jp=None if jp is None else Decimal(jp) / 100,
                verified=verified,
                sessions=sessions,
            )
            for n, (offset, days, jp, verified, sessions) in enumerate(drawn)
        ]
        result = share((rule, each) for each in activities)
        assert result == share((rule, each) for each in reversed(activities))
        assert all(each.jp >= 0 for each in result.values())
        if form == "NKL01":
            for month in range(1, 13):
                assert sum(result[each.id].jp for each in activities if each.end.month == month) <= 4
        else:
            days = {
                each.start + timedelta(days=n) for each in activities for n in range((each.end - each.start).days + 1)
            }
            assert sum(each.jp for each in result.values()) <= 2 * len(days)
