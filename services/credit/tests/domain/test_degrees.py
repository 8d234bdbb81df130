from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit.domain.degrees import BONUS, Bonus, Claim, Verdict, bonus_segment, judge_degree, settle
from credit.rulebook import load_rules

RULES = load_rules()
ANI, BUDI = UUID(int=1), UUID(int=2)


def record(number: int, degree: str | None = "S2", *, person: UUID = ANI, revoked: bool = False, **changes) -> Claim:
    verdict = BONUS if degree else Verdict("no-points", "activity-not-counted")
    return Claim(**{
        "record_id": UUID(int=100 + number), "person_id": person, "degree": degree,
        "end_date": date(2025, 1, number), "revoked": revoked, "verdict": verdict,
    } | changes)  # fmt: skip


def bonus(number: int, state: str, degree: str = "S2", *, person: UUID = ANI) -> Bonus:
    return Bonus(UUID(int=200 + number), UUID(int=100 + number), person, degree, state)


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
    verdict = judge_degree(RULES.at(day).tables, degree, education, jenjang)
    assert verdict.reason == reason
    assert (verdict.outcome == "education-case") == (reason == "higher-degree")
    if verdict.outcome == "no-points":
        assert "/202" in RULES.at(day).tables.reasons[verdict.reason], "a zero names its legal source"


# Perpres 8/2012 Pasal 5; D-IV and S1 are one level.
LEVELS = {"SD": 1, "SLTP": 2, "SLTA": 3, "D-I": 4, "D-II": 5, "D-III": 6, "D-IV": 7, "S1": 7, "S2": 8, "S3": 9}


@pytest.mark.parametrize("degree", LEVELS)
@pytest.mark.parametrize("held", LEVELS)
def test_whoever_holds_a_degree_gets_the_bonus_for_each_higher_one_and_for_no_other(held: str, degree: str) -> None:
    verdict = judge_degree(RULES.at(date(2025, 1, 1)).tables, degree, held, "mahir")
    higher = LEVELS[degree] > LEVELS[held]
    assert verdict == (BONUS if higher else Verdict("no-points", "degree-not-higher"))


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


def test_a_live_case_stays_whatever_the_registry_has_learned_since() -> None:
    """The education on record becomes S2 because of the degree itself: its case must not fall."""
    learned = record(1, verdict=Verdict("no-points", "degree-not-higher"))
    for state in ("submitted", "checked", "attested"):
        settled = settle([learned], [bonus(1, state)])
        assert (settled.opened, settled.returned) == ([], {})
        assert settled.records[learned.record_id].verdict == BONUS


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


STATES = ["submitted", "checked", "attested", "returned"]


@given(
    st.lists(
        st.tuples(st.sampled_from(["S1", "S2", None]), st.booleans(), st.sampled_from([None, *STATES])), max_size=6
    )
)
def test_settling_twice_changes_nothing_more(rows: list[tuple[str | None, bool, str | None]]) -> None:
    """Whatever the books hold: at most one live case per degree afterwards, and nothing left to do."""
    claims = [record(n, degree, revoked=revoked) for n, (degree, revoked, _) in enumerate(rows, 1)]
    bonuses, live = [], set()
    for number, (degree, _, state) in enumerate(rows, 1):
        if state and degree and (state == "returned" or degree not in live):
            bonuses.append(bonus(number, state, degree))
            live |= {degree} if state != "returned" else set()
    first = settle(claims, bonuses)
    after = [
        Bonus(found.case_id, found.record_id, found.person_id, found.degree, "returned")
        if found.case_id in first.returned
        else found
        for found in bonuses
    ] + [
        Bonus(UUID(int=300 + n), claim.record_id, ANI, claim.degree or "", "submitted")
        for n, claim in enumerate(first.opened)
    ]
    alive = [found.degree for found in after if found.state != "returned"]
    assert len(alive) == len(set(alive))
    assert {claim.record_id for claim in first.opened} | set(first.records) == {claim.record_id for claim in claims}
    second = settle(claims, after)
    assert (second.opened, second.returned) == ([], {})
    for record_id, settled in first.records.items():
        assert second.records[record_id] == settled
