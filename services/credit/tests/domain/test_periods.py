from datetime import date
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.refused import Refused
from credit.domain.amounts import total
from credit.domain.packs import load
from credit.domain.periods import Absence, Post, Tenure, check_matrix, check_set_in_time, convert, months_between

RULES = load()
YEAR = months_between(date(2025, 1, 1), date(2025, 12, 31))
MUDA_FROM_MID_JULY = [
    Post("ahli_pertama", date(2020, 1, 1), date(2025, 7, 15)),
    Post("ahli_muda", date(2025, 7, 15), None),
]
JOINED = date(2010, 3, 1)
PERTAMA = [Post("ahli_pertama", date(2020, 1, 1), None)]


def months(*numbers: int) -> dict[date, object]:
    return {date(2025, number, 1): uuid4() for number in numbers}


def parts(converted) -> list[tuple[str, int, int, str]]:
    return [
        (part.jenjang, part.period_start.month, part.period_end.month, str(part.twelfths))
        for part in converted.segments
    ]


def test_a_whole_year_in_one_post() -> None:
    converted = convert(RULES, Tenure(JOINED, PERTAMA), {}, YEAR, "sangat_baik")
    assert parts(converted) == [("ahli_pertama", 1, 12, "225.0000")]
    assert converted.left_out == []


def test_a_change_of_jenjang_gives_segments_and_a_month_counts_for_the_post_of_its_first_day() -> None:
    converted = convert(RULES, Tenure(JOINED, MUDA_FROM_MID_JULY), {}, YEAR, "baik")
    assert parts(converted) == [("ahli_pertama", 1, 7, "87.5000"), ("ahli_muda", 8, 12, "125.0000")]


def test_months_booked_elsewhere_are_left_out_and_split_a_segment() -> None:
    converted = convert(RULES, Tenure(JOINED, PERTAMA), months(3, 4), YEAR, "baik")
    assert parts(converted) == [("ahli_pertama", 1, 2, "25.0000"), ("ahli_pertama", 5, 12, "100.0000")]
    assert [(out.month.month, out.why) for out in converted.left_out] == [(3, "booked"), (4, "booked")]
    assert all(out.case_id for out in converted.left_out)


def test_a_change_of_pangkat_inside_a_jenjang_changes_nothing() -> None:
    posts = [Post("ahli_pertama", date(2020, 1, 1), date(2025, 4, 1)), Post("ahli_pertama", date(2025, 4, 1), None)]
    assert parts(convert(RULES, Tenure(JOINED, posts), {}, YEAR, "baik")) == [("ahli_pertama", 1, 12, "150.0000")]


def test_months_without_a_functional_post_are_left_out() -> None:
    joined = [Post(None, date(2024, 1, 1), date(2025, 3, 2)), Post("terampil", date(2025, 3, 2), None)]
    converted = convert(RULES, Tenure(JOINED, joined), {}, YEAR, "baik")
    assert parts(converted) == [("terampil", 4, 12, "45.0000")]
    assert [out.why for out in converted.left_out] == ["no-functional-post"] * 3


@pytest.mark.parametrize(
    ("posts", "booked", "asked", "code"),
    [
        (PERTAMA, months(*range(1, 13)), YEAR, "months-already-booked"),
        ([], {}, YEAR, "no-functional-post"),
        ([Post(None, date(2020, 1, 1), None)], {}, YEAR, "no-functional-post"),
        ([Post("ahli_pertama", date(2026, 1, 1), None)], {}, YEAR, "no-functional-post"),
        ([Post("ahli_pertama", date(2020, 1, 1), date(2025, 1, 1))], {}, YEAR, "no-functional-post"),
        ([Post("guru_besar", date(2020, 1, 1), None)], {}, YEAR, "jenjang-unknown"),
        (PERTAMA, {}, months_between(date(2022, 1, 1), date(2022, 12, 31)), "no-conversion-rule"),
    ],
)
def test_what_gives_nothing_is_refused_with_its_reason(posts, booked, asked, code: str) -> None:
    with pytest.raises(Refused) as refused:
        convert(RULES, Tenure(JOINED, posts), booked, asked, "baik")
    assert refused.value.code == code


def test_partly_booked_and_partly_without_a_post_is_called_booked() -> None:
    half = [Post("ahli_pertama", date(2025, 7, 1), None)]
    with pytest.raises(Refused) as refused:
        convert(RULES, Tenure(JOINED, half), months(7, 8, 9, 10, 11, 12), YEAR, "baik")
    assert refused.value.code == "months-already-booked"


@pytest.mark.parametrize(
    ("why", "since", "until", "left_out"),
    [
        ("deceased", date(2024, 6, 11), None, range(1, 13)),
        ("deceased", date(2025, 6, 11), None, range(7, 13)),
        ("retired", date(2025, 3, 1), None, range(3, 13)),  # from March on
        ("retired", date(2025, 3, 1), date(2025, 9, 1), range(3, 9)),  # dismissed, and put back by a court
        ("on-leave", date(2025, 5, 1), date(2025, 8, 1), range(5, 8)),
        ("on-leave", date(2025, 5, 2), date(2025, 8, 2), range(6, 9)),
        ("on-study", date(2024, 9, 1), date(2026, 9, 1), range(1, 13)),
        ("on-study", date(2025, 9, 1), None, range(9, 13)),
    ],
)
def test_months_out_of_service_earn_nothing(why: str, since: date, until: date | None, left_out: range) -> None:
    service = Tenure(JOINED, PERTAMA, [Absence(why, since, until)])
    if len(left_out) == 12:
        with pytest.raises(Refused, match="not-in-service"):
            convert(RULES, service, {}, YEAR, "sangat_baik")
        return
    converted = convert(RULES, service, {}, YEAR, "sangat_baik")
    assert [(out.month.month, out.why) for out in converted.left_out] == [(number, why) for number in left_out]
    assert all(out.source for out in converted.left_out), "each month that falls out names its legal source"
    assert sum(part.months for part in converted.segments) == 12 - len(left_out)


def test_months_before_joining_earn_nothing() -> None:
    converted = convert(RULES, Tenure(date(2025, 3, 15), PERTAMA), {}, YEAR, "baik")
    assert [(out.month.month, out.why) for out in converted.left_out] == [(n, "not-joined") for n in (1, 2, 3)]
    assert parts(converted) == [("ahli_pertama", 4, 12, "112.5000")]


def test_months_in_a_structural_post_earn_nothing() -> None:
    moved = [Post("ahli_muda", date(2020, 1, 1), date(2025, 5, 1)), Post(None, date(2025, 5, 1), None)]
    converted = convert(RULES, Tenure(JOINED, moved), {}, YEAR, "baik")
    assert parts(converted) == [("ahli_muda", 1, 4, "100.0000")]
    assert {out.why for out in converted.left_out} == {"no-functional-post"}


@given(st.sets(st.integers(1, 12)), st.integers(1, 12), st.sampled_from(["baik", "kurang", "sangat_kurang"]))
def test_every_month_counts_once_or_is_left_out_once(taken: set[int], change: int, predikat: str) -> None:
    posts = [
        Post("pemula", date(2020, 1, 1), date(2025, change, 1)),
        Post("terampil", date(2025, change, 1), None),
    ]
    if len(taken) == 12:
        return
    converted = convert(RULES, Tenure(JOINED, posts), months(*taken), YEAR, predikat)
    counted = [month for part in converted.segments for month in months_between(part.period_start, part.period_end)]
    assert sorted([*counted, *(out.month for out in converted.left_out)]) == YEAR
    assert {out.month.month for out in converted.left_out} == taken
    assert all(part.months == len(months_between(part.period_start, part.period_end)) for part in converted.segments)
    single = [convert(RULES, Tenure(JOINED, posts), {}, [month], predikat).segments[0].twelfths for month in counted]
    assert total(single) == total(part.twelfths for part in converted.segments)


PREDIKAT = ("sangat_baik", "baik", "butuh_perbaikan", "kurang", "sangat_kurang")
RATINGS = ("di_bawah_ekspektasi", "sesuai_ekspektasi", "di_atas_ekspektasi")
MATRIX = {
    "di_bawah_ekspektasi": ("sangat_kurang", "butuh_perbaikan", "butuh_perbaikan"),
    "sesuai_ekspektasi": ("kurang", "baik", "baik"),
    "di_atas_ekspektasi": ("kurang", "baik", "sangat_baik"),
}


@pytest.mark.parametrize("result", RATINGS)
@pytest.mark.parametrize("behaviour", range(3))
def test_the_predikat_must_follow_from_both_ratings(result: str, behaviour: int) -> None:
    """MATRIX6, all nine cells."""
    tables = RULES.at(date(2025, 12, 31)).tables
    right = MATRIX[result][behaviour]
    for predikat in PREDIKAT:
        if predikat == right:
            check_matrix(tables, predikat, result, RATINGS[behaviour])
            continue
        with pytest.raises(Refused) as refused:
            check_matrix(tables, predikat, result, RATINGS[behaviour])
        assert refused.value.code == "predikat-mismatch"


ALONE = {
    ("hasil_kerja", "di_bawah_ekspektasi"): {"sangat_kurang", "butuh_perbaikan"},
    ("hasil_kerja", "sesuai_ekspektasi"): {"kurang", "baik"},
    ("hasil_kerja", "di_atas_ekspektasi"): {"kurang", "baik", "sangat_baik"},
    ("perilaku", "di_bawah_ekspektasi"): {"sangat_kurang", "kurang"},
    ("perilaku", "sesuai_ekspektasi"): {"butuh_perbaikan", "baik"},
    ("perilaku", "di_atas_ekspektasi"): {"butuh_perbaikan", "baik", "sangat_baik"},
}


@pytest.mark.parametrize("alone", ALONE, ids=" ".join)
@pytest.mark.parametrize("predikat", PREDIKAT)
def test_one_rating_alone_leaves_what_the_other_could_make(alone: tuple[str, str], predikat: str) -> None:
    tables = RULES.at(date(2025, 12, 31)).tables
    ratings = {"hasil_kerja": None, "perilaku": None} | dict([alone])
    if predikat in ALONE[alone]:
        check_matrix(tables, predikat, **ratings)
        return
    with pytest.raises(Refused) as refused:
        check_matrix(tables, predikat, **ratings)
    assert refused.value.code == "predikat-mismatch"


@pytest.mark.parametrize("predikat", PREDIKAT)
def test_without_ratings_any_predikat_stands(predikat: str) -> None:
    check_matrix(RULES.at(date(2025, 12, 31)).tables, predikat, None, None)


@pytest.mark.parametrize(
    ("today", "fits"), [(date(2023, 12, 14), False), (date(2023, 12, 15), True), (date(2024, 2, 1), True)]
)
def test_a_yearly_predikat_is_set_from_15_december(today: date, fits: bool) -> None:
    """The conversion of 2023 could be set from 15 December 2023 on (KP2024)."""
    tables = RULES.at(date(2023, 12, 31)).tables
    if fits:
        check_set_in_time(tables, date(2023, 12, 31), today)
        return
    with pytest.raises(Refused) as refused:
        check_set_in_time(tables, date(2023, 12, 31), today)
    assert refused.value.code == "period-not-over"
