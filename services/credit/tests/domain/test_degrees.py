from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit.domain.degrees import (
    BONUS,
    Bonus,
    DegreeClaim,
    Schooling,
    Verdict,
    bonus_segment,
    degree_before,
    judge_degree,
    settle,
)
from credit.domain.packs import load

RULES = load()
ANI, BUDI = UUID(int=1), UUID(int=2)


def record(
    number: int, degree: str | None = "S2", *, person: UUID = ANI, revoked: bool = False, **changes
) -> DegreeClaim:
    verdict = BONUS if degree else Verdict("no-points", "activity-not-counted")
    return DegreeClaim(**{
        "record_id": UUID(int=100 + number), "person_id": person, "degree": degree,
        "end_date": date(2025, 1, number), "revoked": revoked, "verdict": verdict,
    } | changes)  # fmt: skip


def bonus(
    number: int,
    state: str,
    degree: str = "S2",
    *,
    person: UUID = ANI,
    end_date: date | None = None,
    by_hand: bool = True,
) -> Bonus:
    day = end_date or date(2025, 1, number)
    returned_by_hand = by_hand and state == "returned"
    return Bonus(UUID(int=200 + number), UUID(int=100 + number), person, degree, day, state, returned_by_hand)


@pytest.mark.parametrize(
    ("degree", "education", "jenjang", "day", "reason"),
    [
        ("S2", "S1", "ahli_muda", date(2025, 1, 1), "higher-degree"),
        ("S3", "SLTA", "terampil", date(2023, 1, 1), "higher-degree"),
        ("S1", "S1", "ahli_muda", date(2025, 1, 1), "degree-not-higher"),
        ("D-III", "S1", "ahli_muda", date(2025, 1, 1), "degree-not-higher"),
        ("Kursus", "S1", "ahli_muda", date(2025, 1, 1), "degree-unknown"),
        ("S2", None, "ahli_muda", date(2025, 1, 1), "education-unknown"),
        ("S2", "S1", None, date(2025, 1, 1), "no-functional-post"),
        ("S2", "S1", "ahli_muda", date(2022, 12, 31), "old-method-closed"),
    ],
)
def test_a_degree_is_judged_by_education_post_and_date(
    degree: str, education: str | None, jenjang: str | None, day: date, reason: str
) -> None:
    verdict = judge_degree(RULES.at(day).tables, degree, [education] if education else [], jenjang)
    assert verdict.reason == reason
    assert (verdict.outcome == "education-case") == (reason == "higher-degree")
    if verdict.outcome == "no-points":
        assert "/202" in RULES.at(day).tables.reasons[verdict.reason], "a zero names its legal source"


# Perpres 8/2012 Pasal 5; D-IV and S1 are one level.
LEVELS = {"SD": 1, "SLTP": 2, "SLTA": 3, "D-I": 4, "D-II": 5, "D-III": 6, "D-IV": 7, "S1": 7, "S2": 8, "S3": 9}


@pytest.mark.parametrize("degree", LEVELS)
@pytest.mark.parametrize("held", LEVELS)
def test_whoever_holds_a_degree_gets_the_bonus_for_each_higher_one_and_for_no_other(held: str, degree: str) -> None:
    verdict = judge_degree(RULES.at(date(2025, 1, 1)).tables, degree, [held], "mahir")
    higher = LEVELS[degree] > LEVELS[held]
    assert verdict == (BONUS if higher else Verdict("no-points", "degree-not-higher"))


@pytest.mark.parametrize(
    ("away", "reason"),
    [
        ("retired", "retired"),
        ("deceased", "deceased"),
        ("not-joined", "not-joined"),
        ("on-study", "higher-degree"),  # where degrees come from
        ("on-leave", "higher-degree"),
    ],
)
def test_a_degree_of_somebody_who_does_not_serve(away: str, reason: str) -> None:
    verdict = judge_degree(RULES.at(date(2025, 1, 1)).tables, "S2", ["S1"], "ahli_muda", away=away)
    assert verdict.reason == reason


def test_a_degree_is_compared_with_all_that_were_held_before() -> None:
    rules = RULES.at(date(2025, 1, 1)).tables
    assert judge_degree(rules, "S1", ["D-III", "D-IV"], "mahir").reason == "degree-not-higher"
    assert judge_degree(rules, "S1", ["D-III", "lain"], "mahir") == BONUS
    assert judge_degree(rules, "S1", ["lain"], "mahir").reason == "education-unknown"


@pytest.mark.parametrize(
    ("day", "held"),
    [(date(2009, 1, 1), "SLTA"), (date(2020, 1, 1), "SLTA"), (date(2020, 1, 2), "S1"), (date(2026, 5, 1), "S1"), (date(2026, 5, 2), "S2")],
)  # fmt: skip
def test_what_was_held_on_the_eve_of_a_day(day: date, held: str) -> None:
    known = [Schooling("SLTA", date(2010, 1, 1)), Schooling("S1", date(2020, 1, 1)), Schooling("S2", date(2026, 5, 1))]
    assert degree_before(known, day) == held
    assert degree_before([], day) is None


def test_the_bonus_is_of_the_jenjang_held() -> None:
    segment = bonus_segment(RULES.at(date(2025, 1, 1)), "ahli_muda", date(2025, 1, 1))
    assert (segment.months, segment.percent, segment.base, segment.twelfths) == (0, 25, 100, 300)
    with pytest.raises(ValueError, match="no education bonus"):
        bonus_segment(RULES.at(date(2022, 1, 1)), "ahli_muda", date(2022, 1, 1))


def test_the_earliest_of_two_records_of_one_degree_opens_the_case() -> None:
    settled = settle([record(2), record(1)], [])
    assert settled.opened == [record(1)]
    assert settled.records[record(2).record_id].verdict.reason == "degree-already-claimed"


def test_another_person_and_another_degree_are_another_matter() -> None:
    settled = settle([record(1), record(2, "S3"), record(3, person=BUDI)], [])
    assert settled.opened == [record(1), record(2, "S3"), record(3, person=BUDI)]


@pytest.mark.parametrize("reason", ["degree-not-higher", "degree-unverified", "no-functional-post", "retired"])
def test_a_case_whose_record_gives_nothing_any_more_is_returned_or_overdue(reason: str) -> None:
    verdict = Verdict("no-points", reason)
    for state in ("submitted", "checked"):
        settled = settle([record(1, verdict=verdict)], [bonus(1, state)])
        assert (settled.opened, settled.returned) == ([], {bonus(1, state).case_id: reason})
        assert settled.records[record(1).record_id].verdict == verdict
    settled = settle([record(1, verdict=verdict)], [bonus(1, "attested")])
    assert (settled.returned, settled.records[record(1).record_id].overdue) == ({}, True)


def test_a_case_returned_by_the_system_is_resumed_when_its_ground_is_back() -> None:
    settled = settle([record(1)], [bonus(1, "returned", by_hand=False)])
    assert (settled.opened, settled.returned, settled.resumed) == ([], {}, {bonus(1, "returned").case_id})
    assert settled.records[record(1).record_id].verdict == BONUS


@pytest.mark.parametrize("state", ["submitted", "checked", "returned"])
def test_a_case_goes_on_for_the_corrected_date_of_its_record(state: str) -> None:
    found = bonus(1, state, end_date=date(2024, 12, 1))
    settled = settle([record(1)], [found])
    assert settled.resumed == {found.case_id}
    assert settled.returned == ({} if state == "returned" else {found.case_id: "record-corrected"})
    assert (settled.opened, settled.records[record(1).record_id].case_id) == ([], found.case_id)


def test_an_earlier_record_takes_the_degree_over_until_somebody_has_acted_on_the_case() -> None:
    settled = settle([record(1), record(2)], [bonus(2, "submitted")])
    assert settled.returned == {bonus(2, "submitted").case_id: "degree-already-claimed"}
    assert settled.opened == [record(1)]
    for state in ("checked", "attested", "returned"):
        settled = settle([record(1), record(2)], [bonus(2, state)])
        assert (settled.opened, settled.returned) == ([], {})
        assert settled.records[record(1).record_id].verdict.reason == "degree-already-claimed"


@pytest.mark.parametrize("state", ["submitted", "checked"])
def test_an_open_case_of_a_revoked_record_is_returned_and_the_next_record_takes_over(state: str) -> None:
    settled = settle([record(1, revoked=True), record(2)], [bonus(1, state)])
    assert settled.returned == {bonus(1, state).case_id: "record-revoked"}
    assert settled.records[record(1).record_id].case_id == bonus(1, state).case_id
    assert settled.opened == [record(2)]


def test_an_attested_case_of_a_revoked_record_is_overdue_and_keeps_its_degree() -> None:
    settled = settle([record(1, revoked=True), record(2)], [bonus(1, "attested")])
    assert (settled.returned, settled.opened) == ({}, [])
    assert settled.records[record(1).record_id].overdue
    assert settled.records[record(2).record_id].verdict.reason == "degree-already-claimed"


def test_a_record_corrected_to_another_degree_changes_its_case() -> None:
    settled = settle([record(1, "S3")], [bonus(1, "submitted", "S2")])
    assert settled.returned == {bonus(1, "submitted").case_id: "record-corrected"}
    assert settled.opened == [record(1, "S3")]


def test_a_record_corrected_to_no_degree_gives_up_its_case() -> None:
    settled = settle([record(1, None)], [bonus(1, "checked")])
    assert settled.returned == {bonus(1, "checked").case_id: "record-corrected"}
    assert settled.opened == []
    assert settled.records[record(1).record_id].verdict.reason == "activity-not-counted"


def test_a_case_returned_by_hand_waits_and_is_not_opened_anew() -> None:
    settled = settle([record(1)], [bonus(1, "returned")])
    assert (settled.opened, settled.returned) == ([], {})
    assert settled.records[record(1).record_id].case_id == bonus(1, "returned").case_id


def test_a_case_that_waits_keeps_its_degree() -> None:
    settled = settle([record(2), record(3)], [bonus(3, "returned")])
    assert settled.opened == []
    assert settled.records[record(3).record_id].verdict == BONUS
    assert settled.records[record(2).record_id].verdict.reason == "degree-already-claimed"


def test_a_record_corrected_there_and_back_finds_its_degree_taken() -> None:
    settled = settle([record(1), record(2)], [bonus(1, "returned"), bonus(2, "checked")])
    assert (settled.opened, settled.returned) == ([], {})
    back = settled.records[record(1).record_id]
    assert (back.verdict.reason, back.case_id) == ("degree-already-claimed", bonus(1, "returned").case_id)


STATES = ["submitted", "checked", "attested", "returned", "stopped"]
VERDICTS = st.sampled_from(
    [BONUS, Verdict("no-points", "degree-not-higher"), Verdict("no-points", "degree-unverified")]
)


@given(
    st.lists(
        st.tuples(st.sampled_from(["S1", "S2", None]), st.booleans(), VERDICTS, st.sampled_from([None, *STATES])),
        max_size=6,
    )
)
def test_settling_twice_changes_nothing_more(rows: list[tuple[str | None, bool, Verdict, str | None]]) -> None:
    """Whatever the books hold: at most one live case per degree afterwards, and nothing left to do.

    `stopped` is a case the system has returned.
    """
    claims = [
        record(n, degree, revoked=revoked, **({"verdict": verdict} if degree else {}))
        for n, (degree, revoked, verdict, _) in enumerate(rows, 1)
    ]
    bonuses, live = [], set()
    for number, (degree, _, _, state) in enumerate(rows, 1):
        waits = state in {"returned", "stopped"}
        if state and degree and (waits or degree not in live):
            day = date(2024, 12, 31) if number % 2 else None  # of some, the record has another date since
            kept = "returned" if waits else state
            bonuses.append(bonus(number, kept, degree, by_hand=state == "returned", end_date=day))
            live |= set() if waits else {degree}
    first = settle(claims, bonuses)
    states = dict.fromkeys(first.returned, "returned") | dict.fromkeys(first.resumed, "submitted")
    dates = {claim.record_id: claim.end_date for claim in claims}

    def moved(found: Bonus) -> Bonus:
        day = dates[found.record_id] if found.case_id in first.resumed else found.end_date
        return replace(found, state=states[found.case_id], by_hand=False, end_date=day)

    after = [moved(found) if found.case_id in states else found for found in bonuses] + [
        Bonus(UUID(int=300 + n), claim.record_id, ANI, claim.degree or "", claim.end_date, "submitted")
        for n, claim in enumerate(first.opened)
    ]
    alive = [found.degree for found in after if found.state != "returned"]
    assert len(alive) == len(set(alive))
    assert {claim.record_id for claim in first.opened} | set(first.records) == {claim.record_id for claim in claims}
    second = settle(claims, after)
    assert (second.opened, second.returned, second.resumed) == ([], {}, set())
    for record_id, settled in first.records.items():
        assert second.records[record_id] == settled
