"""What may change on a person, and from when."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.refused import Refused
from registry.domain.history import Span, at
from registry.domain.person import (
    KEPT_FOR_ORDINARY,
    MOST_FORMER_NIPS,
    MOST_SPANS,
    Entry,
    Grade,
    Person,
    Place,
    Schooling,
    Standing,
    enlist,
    renumber,
    revise,
    stand,
    transfer,
)

TODAY = date(2026, 11, 20)
JOINED = date(2015, 1, 1)
HERE, THERE = Place(UUID(int=1), UUID(int=11)), Place(UUID(int=2), None)
MUDA = Grade("ahli_muda", "III/c", "Auditor Ahli Muda")

ENTRY = Entry(
    nip="199001012015011001",
    joins=(date(2005, 1, 1), date(2060, 12, 31)),
    appointed=date(2015, 1, 1),
    staff_type="PNS",
    name="Siti Rahma",
    education="S1",
    joined_on=JOINED,
    place=HERE,
    grade=MUDA,
    status=None,
    valid_from=None,
)


def enlisted(**changes: object) -> Person:
    return enlist(UUID(int=9), replace(ENTRY, **changes), TODAY)


def test_a_new_person_counts_from_joining() -> None:
    person = enlisted()
    assert person.assignments == (Span(HERE, JOINED, None),)
    assert person.grades == (Span(MUDA, JOINED, None),)
    assert person.statuses == (Span(Standing("active"), JOINED, None),)
    assert person.educations == (Span(Schooling("S1"), JOINED, None),)
    assert person.left_on is None


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"appointed": date(2026, 12, 1)}, "nip-in-future", "nip"),
        ({"valid_from": date(2014, 12, 31)}, "before-joining", "valid_from"),
        ({"valid_from": date(2027, 11, 21)}, "too-far-ahead", "valid_from"),
        ({"joined_on": date(2027, 11, 21)}, "too-far-ahead", "joined_on"),
        ({"status": "retired"}, "status-needs-date", "valid_from"),
        ({"grade": Grade("ahli_muda", "III/a", "Auditor")}, "jenjang-golongan-mismatch", "golongan"),
    ],
)
def test_who_cannot_be_enlisted(changes: dict[str, object], code: str, field: str) -> None:
    with pytest.raises(Refused) as refused:
        enlisted(**changes)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_a_year_ahead_is_near_enough_even_from_a_leap_day() -> None:
    assert enlisted(valid_from=date(2027, 11, 20)).begins_on == date(2027, 11, 20)
    leap = date(2024, 2, 29)
    entry = replace(ENTRY, valid_from=date(2025, 3, 1))
    assert enlist(UUID(int=9), entry, leap).begins_on == date(2025, 3, 1)
    with pytest.raises(Refused, match="too-far-ahead"):
        enlist(UUID(int=9), replace(entry, valid_from=date(2025, 3, 2)), leap)


def test_a_change_counts_from_today_unless_said_otherwise() -> None:
    person = enlisted()
    promoted = Grade("ahli_muda", "III/d", "Auditor Ahli Muda")
    now = revise(person, replace(ENTRY, grade=promoted), TODAY)
    assert now.grades == (Span(MUDA, JOINED, TODAY), Span(promoted, TODAY, None))
    earlier = revise(person, replace(ENTRY, grade=promoted, valid_from=date(2020, 4, 1)), TODAY)
    assert earlier.grades == (Span(MUDA, JOINED, date(2020, 4, 1)), Span(promoted, date(2020, 4, 1), None))
    assert revise(earlier, replace(ENTRY, grade=promoted), TODAY) == earlier


def test_what_is_said_again_changes_nothing_and_a_missing_status_is_kept() -> None:
    person = enlisted()
    assert revise(person, ENTRY, TODAY) == person
    away = stand(person, Standing("study", "SK 1"), date(2026, 9, 1), None, TODAY)
    assert revise(away, ENTRY, TODAY) == away
    assert revise(away, replace(ENTRY, status="study"), TODAY) == away
    back = revise(away, replace(ENTRY, status="active"), TODAY)
    assert at(back.statuses, TODAY) == Standing("active")
    assert at(back.statuses, TODAY - timedelta(days=1)) == Standing("study", "SK 1")


def test_a_degree_holds_from_its_entry_on_and_is_not_carried_back_by_a_later_one() -> None:
    since = date(2026, 3, 2)
    higher = revise(enlisted(), replace(ENTRY, education="S2", valid_from=since), TODAY)
    spans = (Span(Schooling("S1"), JOINED, since), Span(Schooling("S2"), since, None))
    assert higher.educations == spans
    late = revise(
        higher,
        replace(ENTRY, education="S2", grade=replace(MUDA, golongan="III/d"), valid_from=date(2025, 4, 1)),
        TODAY,
    )
    assert late.educations == spans
    assert revise(late, replace(ENTRY, valid_from=JOINED), TODAY).educations == spans, "what held then is no news"


def test_a_line_about_earlier_days_extends_the_history() -> None:
    person = enlisted(valid_from=date(2026, 1, 1))
    earlier = revise(person, replace(ENTRY, place=THERE, valid_from=date(2016, 1, 1)), TODAY)
    assert earlier.assignments == (Span(THERE, date(2016, 1, 1), date(2026, 1, 1)), Span(HERE, date(2026, 1, 1), None))
    assert earlier.grades == (Span(MUDA, date(2016, 1, 1), None),)
    assert earlier.statuses == (Span(Standing("active"), date(2016, 1, 1), None),)


def test_a_corrected_joining_moves_the_beginning_that_began_with_it() -> None:
    person = enlisted()
    for joined in (date(2014, 3, 1), date(2016, 3, 1)):
        moved = revise(person, replace(ENTRY, joined_on=joined), TODAY)
        assert (moved.joined_on, moved.begins_on) == (joined, joined)
    registered_late = enlisted(valid_from=date(2020, 1, 1))
    moved = revise(registered_late, replace(ENTRY, joined_on=date(2016, 3, 1)), TODAY)
    assert (moved.joined_on, moved.begins_on) == (date(2016, 3, 1), date(2020, 1, 1))
    cut = revise(registered_late, replace(ENTRY, joined_on=date(2021, 1, 1)), TODAY)
    assert (cut.joined_on, cut.begins_on) == (date(2021, 1, 1), date(2021, 1, 1))


def test_somebody_who_joins_next_month_changes_from_then() -> None:
    person = enlisted(joined_on=date(2026, 12, 1), appointed=date(2026, 11, 1))
    entry = replace(ENTRY, joined_on=date(2026, 12, 1), place=THERE)
    assert revise(person, entry, TODAY).assignments == (Span(THERE, date(2026, 12, 1), None),)


def test_a_transfer_holds_until_the_next_move_on_record() -> None:
    person = enlisted()
    later = transfer(person, THERE, date(2026, 12, 1), TODAY)
    assert later.place_on(date(2026, 11, 30)) == HERE
    assert later.place_on(date(2026, 12, 1)) == THERE
    third = Place(UUID(int=3), None)
    between = transfer(later, third, date(2026, 6, 1), TODAY)
    assert [span.value for span in between.assignments] == [HERE, third, THERE]
    assert transfer(later, HERE, date(2026, 12, 1), TODAY) == person  # taken back
    with pytest.raises(Refused, match="before-joining"):
        transfer(person, THERE, date(2014, 12, 31), TODAY)
    with pytest.raises(Refused, match="too-far-ahead"):
        transfer(person, THERE, date(2027, 11, 21), TODAY)


def test_leave_ends_where_it_says_and_retirement_never() -> None:
    person = enlisted()
    leave = stand(person, Standing("leave", "SK 1"), date(2026, 3, 1), date(2026, 5, 1), TODAY)
    assert [span.value.status for span in leave.statuses] == ["active", "leave", "active"]
    retired = stand(leave, Standing("retired", "SK 2"), date(2026, 4, 1), None, TODAY)
    assert [span.value.status for span in retired.statuses] == ["active", "leave", "retired"]
    assert retired.left_on == date(2026, 4, 1)
    died = stand(retired, Standing("deceased", "SK 3"), date(2026, 9, 1), None, TODAY)
    assert died.left_on == date(2026, 4, 1)
    assert stand(retired, Standing("active", "SK 4"), date(2026, 10, 1), None, TODAY).left_on is None
    # What was told of them by mistake is taken back from its own day on.
    assert stand(died, Standing("active", "SK 5"), date(2026, 4, 1), None, TODAY).left_on is None
    with pytest.raises(Refused) as refused:
        stand(person, Standing("leave", "SK 1"), date(2026, 5, 1), date(2026, 5, 1), TODAY)
    assert (refused.value.code, refused.value.field) == ("dates-reversed", "until")


def test_only_a_pppk_changes_number_and_stays_one() -> None:
    pppk = enlisted(nip="199105052021211001", staff_type="PPPK", grade=Grade(None, "IX", "Guru"))
    contract = replace(ENTRY, nip="199105052026211001", staff_type="PPPK", appointed=date(2026, 1, 1))
    renewed = renumber(pppk, contract, TODAY)
    assert (renewed.nip, renewed.former_nips) == ("199105052026211001", (pppk.nip,))
    many = replace(pppk, former_nips=tuple(str(number) for number in range(MOST_FORMER_NIPS)))
    with pytest.raises(Refused, match="too-many-numbers"):
        renumber(many, contract, TODAY)
    with pytest.raises(Refused, match="nip-permanent"):
        renumber(pppk, replace(contract, nip="199105052026011001", staff_type="PNS"), TODAY)
    with pytest.raises(Refused, match="nip-permanent"):
        renumber(enlisted(), contract, TODAY)
    with pytest.raises(Refused, match="nip-in-future"):
        renumber(pppk, replace(contract, appointed=date(2027, 1, 1)), TODAY)
    retired = stand(pppk, Standing("retired", "SK 1"), TODAY, None, TODAY)
    with pytest.raises(Refused, match="not-in-service"):
        renumber(retired, contract, TODAY)


@pytest.mark.parametrize(("gone", "since"), [("retired", date(2026, 4, 1)), ("deceased", date(2027, 2, 1))])
def test_who_is_gone_is_nowhere_and_nothing_new(gone: str, since: date) -> None:
    """Whether the day lies behind or ahead: up to it everything may change, from it on nothing does."""
    person = stand(enlisted(), Standing(gone, "SK 1"), since, None, TODAY)
    eve = since - timedelta(days=1)
    promoted = replace(ENTRY, grade=Grade("ahli_muda", "III/d", "Auditor Ahli Muda"))
    for day in (since, since + timedelta(days=90)):
        with pytest.raises(Refused) as refused:
            transfer(person, THERE, day, TODAY)
        assert (refused.value.code, refused.value.field) == ("not-in-service", "on")
        for entry in (promoted, replace(ENTRY, place=THERE)):
            with pytest.raises(Refused) as refused:
                revise(person, replace(entry, valid_from=day), TODAY)
            assert (refused.value.code, refused.value.field) == ("not-in-service", "valid_from")
        for absence in ("leave", "study"):
            if day > since:
                with pytest.raises(Refused) as refused:
                    stand(person, Standing(absence, "SK 2"), day, day + timedelta(days=9), TODAY)
                assert (refused.value.code, refused.value.field) == ("not-in-service", "from")
                with pytest.raises(Refused, match="not-in-service"):
                    revise(person, replace(ENTRY, status=absence, valid_from=day), TODAY)
        # What is told again, or mends who they are, is no such change.
        assert revise(person, replace(ENTRY, valid_from=day), TODAY) == person
        assert revise(person, replace(ENTRY, name="Siti R", education="S2", valid_from=day), TODAY).name == "Siti R"
    assert transfer(person, THERE, eve, TODAY).place_on(since) == THERE
    assert revise(person, replace(promoted, valid_from=eve), TODAY).grades[-1].value == promoted.grade


def test_nothing_follows_death_and_nobody_leaves_with_an_end() -> None:
    died = stand(enlisted(), Standing("deceased", "SK 1"), date(2026, 4, 1), None, TODAY)
    for status in ("active", "retired", "leave", "study"):
        with pytest.raises(Refused, match="not-in-service"):
            stand(died, Standing(status, "SK 2"), date(2026, 5, 1), None, TODAY)
        with pytest.raises(Refused, match="not-in-service"):
            revise(died, replace(ENTRY, status=status, valid_from=date(2026, 5, 1)), TODAY)
    for gone in ("retired", "deceased"):
        with pytest.raises(Refused) as refused:
            stand(enlisted(), Standing(gone, "SK 1"), date(2026, 4, 1), date(2026, 5, 1), TODAY)
        assert (refused.value.code, refused.value.field) == ("no-way-back", "until")


def test_what_was_planned_for_later_ends_with_the_service() -> None:
    planned = transfer(enlisted(), THERE, date(2027, 1, 1), TODAY)
    planned = revise(
        planned, replace(ENTRY, grade=Grade("ahli_muda", "III/d", "A"), valid_from=date(2027, 1, 1)), TODAY
    )
    planned = stand(planned, Standing("leave", "SK 1"), date(2026, 11, 1), date(2027, 3, 1), TODAY)
    by_decree = stand(planned, Standing("deceased", "SK 2"), date(2026, 12, 1), None, TODAY)
    by_line = revise(planned, replace(ENTRY, status="deceased", valid_from=date(2026, 12, 1)), TODAY)
    for died in (by_decree, by_line):
        assert died.left_on == date(2026, 12, 1)
        assert [span.value.status for span in died.statuses] == ["active", "leave", "deceased"]
        assert [span.value for span in died.assignments] == [HERE]
        assert [span.value for span in died.grades] == [MUDA]


def test_an_absence_ends_with_the_service_and_a_retirement_told_late_leaves_the_death_alone() -> None:
    retired = stand(enlisted(), Standing("retired", "SK 1"), date(2026, 12, 1), None, TODAY)
    for until in (None, date(2027, 6, 1)):
        away = stand(retired, Standing("study", "SK 2"), date(2026, 9, 1), until, TODAY)
        assert [(span.value.status, span.valid_from) for span in away.statuses][1:] == [
            ("study", date(2026, 9, 1)),
            ("retired", date(2026, 12, 1)),
        ]
    died = stand(enlisted(), Standing("deceased", "SK 1"), date(2026, 9, 1), None, TODAY)
    by_decree = stand(died, Standing("retired", "SK 2"), date(2026, 4, 1), None, TODAY)
    by_line = revise(died, replace(ENTRY, status="retired", valid_from=date(2026, 4, 1)), TODAY)
    for person in (by_decree, by_line):
        assert [span.value.status for span in person.statuses] == ["active", "retired", "deceased"]
        assert person.left_on == date(2026, 4, 1)


def test_what_an_entry_leaves_out_stays_as_it_was_on_its_day() -> None:
    person = transfer(enlisted(), replace(HERE, unit_id=UUID(int=12)), date(2026, 6, 1), TODAY)
    silent = replace(
        ENTRY,
        place=replace(HERE, unit_id=None),
        grade=Grade(None, "III/d", "Auditor"),
        keeps_unit=True,
        keeps_jenjang=True,
        valid_from=date(2026, 4, 1),
    )
    revised = revise(person, silent, TODAY)
    assert revised.assignments == person.assignments
    assert [span.value for span in revised.grades] == [MUDA, Grade("ahli_muda", "III/d", "Auditor")]
    cleared = revise(person, replace(silent, keeps_unit=False, keeps_jenjang=False), TODAY)
    assert cleared.place_on(date(2026, 4, 1)) == Place(HERE.agency_id, None)
    assert at(cleared.grades, TODAY).jenjang is None
    elsewhere = revise(person, replace(silent, place=THERE), TODAY)
    assert elsewhere.place_on(date(2026, 4, 1)) == THERE, "the unit of another agency does not stay"


@pytest.mark.parametrize(
    "joined", [date(1900, 1, 1), date(1989, 12, 31), date(1990, 1, 1), date(2004, 12, 31), date(2061, 1, 1)]
)
def test_nobody_joins_before_birth_or_as_a_child_or_after_seventy(joined: date) -> None:
    long_ago = replace(ENTRY, joined_on=joined, valid_from=date(2061, 1, 1) if joined > TODAY else JOINED)
    for act in (
        lambda: enlist(UUID(int=9), long_ago, date(2061, 1, 1)),
        lambda: revise(enlisted(), long_ago, date(2061, 1, 1)),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert (refused.value.code, refused.value.field) == ("joining-age", "joined_on")
        assert refused.value.values == {"first": 2005, "last": 2060}
    assert enlisted(joined_on=date(2005, 1, 1)).joined_on == date(2005, 1, 1)


def test_an_absence_of_more_than_ten_years_is_a_mistyped_one() -> None:
    start = date(2024, 2, 29)
    assert stand(enlisted(), Standing("study", "SK 1"), start, date(2034, 3, 1), TODAY)
    with pytest.raises(Refused) as refused:
        stand(enlisted(), Standing("study", "SK 1"), start, date(2034, 3, 2), TODAY)
    assert (refused.value.code, refused.value.field) == ("absence-too-long", "until")


def test_a_history_has_an_end_and_keeps_room_for_ordinary_changes() -> None:
    person = enlisted(joined_on=date(2005, 1, 1))
    day = date(2006, 1, 1)
    with pytest.raises(Refused) as refused:
        while True:
            place = THERE if person.place_on(day) == HERE else HERE
            person, day = transfer(person, place, day, TODAY), day + timedelta(days=1)
    assert (refused.value.code, refused.value.field) == ("history-too-long", "on")
    assert refused.value.values == {"most": MOST_SPANS - KEPT_FOR_ORDINARY}
    assert len(person.assignments) == MOST_SPANS - KEPT_FOR_ORDINARY
    promoted = replace(ENTRY, grade=Grade("ahli_muda", "III/d", "Auditor"), joined_on=person.joined_on, place=THERE)
    assert revise(person, promoted, TODAY).grades[-1].valid_from == TODAY
    here = transfer(person, HERE, TODAY, TODAY)
    for today in (TODAY + timedelta(days=number) for number in range(1, KEPT_FOR_ORDINARY - 1)):
        here = transfer(here, THERE if here.place_on(today) == HERE else HERE, today, today)
    assert len(here.assignments) <= MOST_SPANS
    merged = transfer(person, person.place_on(day - timedelta(days=2)), day - timedelta(days=1), TODAY)
    assert len(merged.assignments) < len(person.assignments)


dates = st.dates(date(2013, 1, 1), date(2027, 11, 20))
steps = st.lists(
    st.one_of(
        st.tuples(st.just("revise"), dates, st.sampled_from([HERE, THERE]), st.sampled_from([None, "active", "study"])),
        st.tuples(st.just("transfer"), dates, st.sampled_from([HERE, THERE]), st.none()),
        st.tuples(st.just("stand"), dates, st.none() | dates, st.sampled_from(["active", "leave", "retired"])),
        st.tuples(st.just("learn"), dates, st.sampled_from(["S1", "S2", "S3"]), st.none()),
        st.tuples(st.just("joined"), dates, st.none(), st.none()),
    ),
    max_size=10,
)


@given(st.none() | dates, steps)
def test_whatever_happens_the_four_histories_stay_whole(start: date | None, taken: list[tuple]) -> None:
    try:
        person = enlisted(valid_from=start)
    except Refused:
        return
    for step, day, what, status in taken:
        try:
            if step == "revise":
                joined = person.joined_on
                entry = replace(ENTRY, joined_on=joined, place=what, valid_from=day, status=status)
                person = revise(person, entry, TODAY)
                assert person.place_on(day) == what
                assert revise(person, entry, TODAY) == person
            elif step == "learn":
                entry = replace(ENTRY, joined_on=person.joined_on, place=HERE, valid_from=day, education=what)
                person = revise(person, entry, TODAY)
                assert what in {at(person.educations, day).degree, person.educations[-1].value.degree}
                assert revise(person, entry, TODAY) == person
            elif step == "transfer":
                person = transfer(person, what, day, TODAY)
                assert person.place_on(day) == what
            elif step == "stand":
                person = stand(person, Standing(status, "SK"), day, what, TODAY)
            else:
                person = revise(person, replace(ENTRY, joined_on=day, place=person.place_on(TODAY)), TODAY)
        except Refused:
            continue
        histories = (person.assignments, person.grades, person.statuses, person.educations)
        assert {history[0].valid_from for history in histories} == {person.begins_on}
        assert person.joined_on <= person.begins_on
        for history in histories:
            assert history[-1].valid_to is None
            for span, following in pairwise(history):
                assert span.valid_from < following.valid_from == span.valid_to
                assert span.value != following.value
