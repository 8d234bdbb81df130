"""K10: what a promotion asks for, level by level."""

from datetime import date
from decimal import Decimal

import pytest

from credit.domain.books import load
from credit.domain.rising import Known, Ladder, Penalty, Seats, judge_act

BOOK = load()
DAY = date(2026, 7, 1)
GOOD = {2024: "baik", 2025: "sangat_baik"}


def known(jenjang: str, golongan: str, ak: str, **more) -> Known:
    """Somebody of whom all that is not told otherwise is met."""
    told = {
        "in_rank_since": date(2023, 4, 1),
        "ratings": GOOD,
        "passed_on": date(2026, 1, 5),
        "seats": Seats(1, 0),
        "disciplined": True,
    }
    return Known(jenjang, golongan, Decimal(ak) * 12, **told | more)


def judged(act: str, of: Known, day: date = DAY):
    ladder = Ladder.of(BOOK, of.jenjang, day)
    assert ladder
    found = judge_act(ladder, of, act, day)
    return found.to, found.state, {each.code: each.state for each in found.conditions}


@pytest.mark.parametrize(
    ("jenjang", "golongan", "rank_need", "rank_to", "level_need", "level_to"),
    [
        ("pemula", "II/a", "15", "II/b", "15", "terampil"),
        ("terampil", "II/b", "20", "II/c", "60", "mahir"),
        ("mahir", "III/a", "50", "III/b", "100", "penyelia"),
        ("penyelia", "III/c", "100", "III/d", None, None),
        ("ahli_pertama", "III/a", "50", "III/b", "100", "ahli_muda"),
        ("ahli_pertama", "III/b", "100", "III/c", "100", "ahli_muda"),
        ("ahli_muda", "III/c", "100", "III/d", "200", "ahli_madya"),
        ("ahli_muda", "III/b", "0", "III/c", "200", "ahli_madya"),
        ("ahli_madya", "IV/a", "150", "IV/b", "450", "ahli_utama"),
        ("ahli_madya", "IV/c", "450", "IV/d", "450", "ahli_utama"),
        ("ahli_utama", "IV/d", "200", "IV/e", None, None),
        ("ahli_utama", "IV/e", None, None, None, None),
        ("ahli_pertama", "III/c", None, None, "100", "ahli_muda"),
    ],
)
def test_the_need_of_each_level(jenjang, golongan, rank_need, rank_to, level_need, level_to) -> None:
    """Pertama 50/100, Muda 100/200, Madya 150/450, Utama 200/-; without a vacancy one pangkat above the jenjang, and no more."""
    for act, need, to in (("rank", rank_need, rank_to), ("level", level_need, level_to)):
        if need is None:
            assert judged(act, known(jenjang, golongan, "900")) == (None, "not-met", {})
            continue
        assert judged(act, known(jenjang, golongan, need))[:2] == (to, "met")
        short = Decimal(need) - Decimal("0.0001")
        if short > 0:
            _, state, conditions = judged(act, known(jenjang, golongan, str(short)))
            assert (state, conditions[f"credit-for-{act}"]) == ("not-met", "not-met")
            assert set(conditions.values()) == {"met", "not-met"}


@pytest.mark.parametrize(
    ("act", "changed", "code", "state"),
    [
        ("rank", {"in_rank_since": date(2024, 7, 2)}, "years-in-rank", "not-met"),
        ("rank", {"in_rank_since": date(2024, 7, 1)}, "years-in-rank", "met"),
        ("rank", {"in_rank_since": None}, "years-in-rank", "unknown"),
        ("rank", {"ratings": {2024: "butuh_perbaikan", 2025: "baik"}}, "predicate", "not-met"),
        ("level", {"ratings": {2024: "butuh_perbaikan", 2025: "baik"}}, "predicate", "met"),
        ("rank", {"ratings": {2025: "baik"}}, "predicate", "unknown"),
        ("level", {"ratings": {2025: "kurang"}}, "predicate", "not-met"),
        ("level", {"ratings": GOOD | {2026: "kurang"}}, "predicate", "not-met"),
        ("rank", {"disciplined": False}, "discipline", "unknown"),
        ("rank", {"penalties": [Penalty("medium", date(2026, 1, 1), date(2026, 7, 2))]}, "discipline", "not-met"),
        ("rank", {"penalties": [Penalty("medium", date(2026, 1, 1), DAY)]}, "discipline", "met"),
        ("rank", {"penalties": [Penalty("heavy", date(2026, 1, 1), None)]}, "discipline", "not-met"),
        ("rank", {"penalties": [Penalty("light", date(2026, 1, 1), None)]}, "discipline", "met"),
        ("level", {"seats": Seats(0, 0)}, "open-post", "not-met"),
        ("level", {"seats": Seats(1, 1)}, "open-post", "unknown"),
        ("level", {"seats": Seats(2, 1)}, "open-post", "met"),
        ("level", {"seats": None}, "open-post", "unknown"),
        ("level", {"passed_on": None}, "test-passed", "not-met"),
        ("level", {"passed_on": date(2026, 7, 2)}, "test-passed", "not-met"),
    ],
)
def test_each_condition_alone_decides(act, changed, code, state) -> None:
    _, of_act, conditions = judged(act, known("ahli_pertama", "III/a", "100", **changed))
    assert conditions[code] == of_act == state
    assert {each for other, each in conditions.items() if other != code} == {"met"}


def test_who_began_on_a_leap_day_is_two_years_in_the_rank_on_the_first_of_march() -> None:
    begun = known("ahli_pertama", "III/a", "100", in_rank_since=date(2024, 2, 29), ratings={2024: "baik", 2025: "baik"})
    assert judged("rank", begun, date(2026, 2, 28))[1] == "not-met"
    assert judged("rank", begun, date(2026, 3, 1))[1] == "met"
