"""What may change on a person, and from when."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.history import Span, at
from registry.domain.person import (
    Entry,
    Person,
    Place,
    Post,
    Schooling,
    Standing,
    enlist,
    renumber,
    revise,
    stand,
    transfer,
)
from registry.domain.refused import Refused

TODAY = date(2026, 11, 20)
JOINED = date(2015, 1, 1)
HERE, THERE = Place(UUID(int=1), UUID(int=11)), Place(UUID(int=2), None)
MUDA = Post("ahli_muda", "III/c", "Auditor Ahli Muda")

ENTRY = Entry(
    nip="199001012015011001",
    appointed=date(2015, 1, 1),
    staff_type="PNS",
    name="Siti Rahma",
    education="S1",
    joined_on=JOINED,
    place=HERE,
    post=MUDA,
    status=None,
    valid_from=None,
)


def enlisted(**changes: object) -> Person:
    return enlist(UUID(int=9), replace(ENTRY, **changes), TODAY)


def test_a_new_person_counts_from_joining() -> None:
    person = enlisted()
    assert person.assignments == (Span(HERE, JOINED, None),)
    assert person.posts == (Span(MUDA, JOINED, None),)
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
        ({"post": Post("ahli_muda", "III/a", "Auditor")}, "jenjang-golongan-mismatch", "golongan"),
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
    promoted = Post("ahli_muda", "III/d", "Auditor Ahli Muda")
    now = revise(person, replace(ENTRY, post=promoted), TODAY)
    assert now.posts == (Span(MUDA, JOINED, TODAY), Span(promoted, TODAY, None))
    earlier = revise(person, replace(ENTRY, post=promoted, valid_from=date(2020, 4, 1)), TODAY)
    assert earlier.posts == (Span(MUDA, JOINED, date(2020, 4, 1)), Span(promoted, date(2020, 4, 1), None))
    assert revise(earlier, replace(ENTRY, post=promoted), TODAY) == earlier


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
        higher, replace(ENTRY, education="S2", post=replace(MUDA, golongan="III/d"), valid_from=date(2025, 4, 1)), TODAY
    )
    assert late.educations == spans
    assert revise(late, replace(ENTRY, valid_from=JOINED), TODAY).educations == spans, "what held then is no news"


def test_a_line_about_earlier_days_extends_the_history() -> None:
    person = enlisted(valid_from=date(2026, 1, 1))
    earlier = revise(person, replace(ENTRY, place=THERE, valid_from=date(2016, 1, 1)), TODAY)
    assert earlier.assignments == (Span(THERE, date(2016, 1, 1), date(2026, 1, 1)), Span(HERE, date(2026, 1, 1), None))
    assert earlier.posts == (Span(MUDA, date(2016, 1, 1), None),)
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
    assert stand(died, Standing("active", "SK 4"), date(2026, 10, 1), None, TODAY).left_on is None
    with pytest.raises(Refused) as refused:
        stand(person, Standing("leave", "SK 1"), date(2026, 5, 1), date(2026, 5, 1), TODAY)
    assert (refused.value.code, refused.value.field) == ("dates-reversed", "until")


def test_only_a_pppk_changes_number_and_stays_one() -> None:
    pppk = enlisted(nip="199105052021211001", staff_type="PPPK", post=Post(None, "IX", "Guru"))
    assert renumber(pppk, "199105052026211001", "PPPK").nip == "199105052026211001"
    with pytest.raises(Refused, match="nip-permanent"):
        renumber(pppk, "199105052026011001", "PNS")
    with pytest.raises(Refused, match="nip-permanent"):
        renumber(enlisted(), "199105052026211001", "PPPK")


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
        histories = (person.assignments, person.posts, person.statuses, person.educations)
        assert {history[0].valid_from for history in histories} == {person.begins_on}
        assert person.joined_on <= person.begins_on
        for history in histories:
            assert history[-1].valid_to is None
            for span, following in pairwise(history):
                assert span.valid_from < following.valid_from == span.valid_to
                assert span.value != following.value
