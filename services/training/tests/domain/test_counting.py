"""What activities count: every form, every cap, by the rule pack in use."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.refused import Refused
from common.texts import LANGUAGES
from training.domain.counting import Activity, check, count, counting_years, share, shared
from training.domain.rules import load
from training.texts import say

RULES = load().packs[0].tables
DAY = date(2026, 3, 10)


def activity(
    form="KL03", *, number=0, days=1, end=None, jp=None, sessions=1, dates=(), abroad=False, degree=None, verified=True
):
    if dates:
        end, days, sessions = dates[-1], (dates[-1] - dates[0]).days + 1, len(dates)
    last = end or DAY + timedelta(days=days - 1)
    return Activity(
        id=UUID(int=number),
        form=form,
        start=last - timedelta(days=days - 1),
        end=last,
        stated=Decimal(jp) if jp is not None else None,
        sessions=sessions,
        session_dates=tuple(dates),
        international=abroad,
        degree=degree,
        verified=verified,
    )


def counted(*activities, year=2026):
    """JP of the year by number, of activities that share a cap."""
    return {
        identity.int: str(jp)
        for identity, jp in share(year, ((RULES.forms[each.form], each) for each in activities)).items()
    }


def alone(given_activity):
    return count(check(RULES, given_activity), given_activity)


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
    assert alone(given_activity) == (Decimal(expected), why, {2026: Decimal(expected)})


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
    assert alone(abroad)[:2] == (Decimal("9.060"), "international")


def test_a_fifth_more_is_cut_to_the_step_in_which_hours_are_stated():
    abroad = activity("NKL06", jp="16.66", abroad=True)
    assert alone(abroad).jp == Decimal("19.99")  # 19.992


def test_other_forms_abroad_count_as_at_home():
    abroad = activity("KL06", jp="4", abroad=True)
    assert alone(abroad)[:2] == (Decimal(4), "stated")


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
    assert alone(study)[:2] == (Decimal(0), "education")


def test_formal_education_counts_no_hours():
    study = activity("PD01", degree="S2", days=700, jp="400")
    assert alone(study)[:2] == (Decimal(0), "education")


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


def test_days_over_new_year_count_in_both_years():
    new_year = activity("NKL09", number=1, end=date(2026, 1, 2), days=5)
    assert alone(new_year) == (Decimal(10), "days", {2025: Decimal(6), 2026: Decimal(4)})
    assert counted(new_year, activity("NKL10", number=2, end=date(2025, 12, 31)), year=2025) == {1: "4", 2: "2"}


def test_stated_hours_fall_on_the_earliest_days_whatever_others_take_of_them():
    stated = activity("NKL09", number=1, end=date(2026, 1, 2), days=5, jp="7")
    assert alone(stated).by_year == {2025: Decimal(6), 2026: Decimal(1)}
    whole_december = activity("NKL09", number=2, end=date(2025, 12, 31), days=3)
    assert counted(whole_december, stated, year=2025) == {1: "0", 2: "6"}
    assert counted(stated, year=2026) == {1: "1"}


def test_sessions_without_dates_count_in_the_month_they_ended():
    over_the_end = activity("NKL01", number=1, end=date(2026, 4, 1), days=10)
    assert counted(over_the_end, activity("NKL01", number=2, end=date(2026, 3, 31), sessions=2)) == {1: "2", 2: "4"}
    six = activity("NKL01", end=date(2026, 6, 30), days=180, sessions=6)
    assert alone(six)[:2] == (Decimal(4), "sessions-capped")


def test_sessions_with_dates_count_each_in_its_own_month():
    six = activity("NKL01", dates=[date(2026, month, 14) for month in range(1, 7)])
    assert alone(six) == (Decimal(12), "session-dates", {2026: Decimal(12)})
    three = activity("NKL02", dates=[date(2026, 3, day) for day in (2, 2, 30)])
    assert alone(three) == (Decimal(4), "session-dates-capped", {2026: Decimal(4)})


def test_sessions_over_new_year_count_each_in_its_own_year():
    december_and_january = activity(
        "NKL02", number=1, dates=[date(2025, 12, 1), date(2025, 12, 8), date(2025, 12, 15), date(2026, 1, 5)]
    )
    assert alone(december_and_january) == (
        Decimal(6),
        "session-dates-capped",
        {2025: Decimal(4), 2026: Decimal(2)},
    )
    assert counted(december_and_january, activity("NKL01", number=2, end=date(2026, 1, 31), sessions=2)) == {
        1: "2",
        2: "2",
    }


@pytest.mark.parametrize(("form", "other", "most"), [("NKL01", "NKL02", 4), ("NKL09", "NKL10", 2)])
def test_forms_of_one_cap_share_it(form, other, most):
    both = [activity(each, number=n, sessions=2) for n, each in enumerate((form, other))]
    assert sum(map(Decimal, counted(*both).values())) == most
    assert RULES.forms[form].cap is RULES.forms[other].cap
    cap = RULES.forms[form].cap
    assert all(
        "belum dikonfirmasi" in said for said in (cap.status, *(say(cap.text, language) for language in LANGUAGES))
    )


@pytest.mark.parametrize(
    ("form", "changes", "code"),
    [
        ("KL03", {"dates": [date(2026, 3, 2)], "jp": "8"}, "session-dates-unexpected"),
        ("NKL09", {"dates": [date(2026, 3, 2)]}, "session-dates-unexpected"),
        ("NKL01", {"dates": [date(2026, 3, 2)] * 2, "_sessions": 3}, "sessions-differ"),
        ("NKL01", {"dates": [date(2026, 3, 2)] * 2, "_sessions": 1}, "sessions-differ"),
        (
            "NKL01",
            {"dates": [date(2026, 3, 2)], "_start": date(2026, 3, 3), "_end": date(2026, 3, 4)},
            "session-outside",
        ),
        (
            "NKL01",
            {"dates": [date(2026, 3, 2)], "_start": date(2026, 3, 1), "_end": date(2026, 3, 1)},
            "session-outside",
        ),
    ],
)
def test_session_dates_are_checked(form, changes, code):
    own = {name[1:]: value for name, value in changes.items() if name.startswith("_")}
    told = activity(form, **{name: value for name, value in changes.items() if not name.startswith("_")})
    with pytest.raises(Refused) as refused:
        check(RULES, told._replace(**own))
    assert (refused.value.code, refused.value.field) == (code, "session_dates")


DAYS = st.dates(date(2025, 11, 20), date(2026, 2, 10))
SESSIONS = st.builds(
    lambda form, dates, verified, told: activity(form, dates=sorted(dates), verified=verified)._replace(
        **{} if told else {"session_dates": ()}
    ),
    st.sampled_from(["NKL01", "NKL02"]),
    st.lists(DAYS, min_size=1, max_size=4),
    st.booleans(),
    st.booleans(),
)
STUDIES = st.builds(
    lambda form, end, days, jp, verified: activity(
        form, end=end, days=days, jp=None if jp is None else Decimal(jp) / 100, verified=verified
    ),
    st.sampled_from(["NKL09", "NKL10"]),
    DAYS,
    st.integers(1, 60),
    st.none() | st.integers(1, 1500),
    st.booleans(),
)


def shares(activities):
    """JP by year and id."""
    rules = [(RULES.forms[each.form], each) for each in activities]
    years = {year for rule, each in rules for year in counting_years(rule, each)}
    return {
        year: share(year, [(rule, each) for rule, each in rules if year in counting_years(rule, each)])
        for year in years
    }


def totals(activities):
    """JP by year and whether verified, as the ledger has them."""
    verified = {each.id: each.verified for each in activities}
    sums = defaultdict(Decimal)
    for year, found in shares(activities).items():
        for identity, jp in found.items():
            sums[year, verified[identity]] += jp
    return sums


@given(st.one_of(st.lists(SESSIONS, max_size=8), st.lists(STUDIES, max_size=6)), st.randoms(use_true_random=False))
def test_caps_hold_and_the_order_of_arrival_changes_no_total(drawn, chance):
    activities = [each._replace(id=UUID(int=number)) for number, each in enumerate(drawn)]
    found = shares(activities)
    for each in activities:
        rule = RULES.forms[each.form]
        in_years = {year: found[year][each.id] for year in counting_years(rule, each)}
        assert all(jp >= 0 for jp in in_years.values())
        by_itself = count(rule, each)
        assert all(jp <= by_itself.by_year[year] for year, jp in in_years.items())
        whole = shared(rule, each, in_years)
        assert whole.jp == sum(in_years.values()) <= by_itself.jp
    for year, parts in found.items():
        counting = [each for each in activities if each.id in parts]
        if any(RULES.forms[each.form].kind == "session" for each in counting):
            days = [day for each in counting for day in each.session_dates or [each.end] * each.sessions]
            months = Counter(day.month for day in days if day.year == year)
            assert sum(parts.values()) == 2 * sum(min(2, number) for number in months.values())
        else:
            days = {
                each.start + timedelta(days=n) for each in counting for n in range((each.end - each.start).days + 1)
            }
            assert sum(parts.values()) <= 2 * len([day for day in days if day.year == year])
    shuffled = list(activities)
    chance.shuffle(shuffled)
    arrived = [each._replace(id=UUID(int=number)) for number, each in enumerate(shuffled)]
    assert totals(arrived) == totals(activities)
    assert shares(reversed(activities)) == found
