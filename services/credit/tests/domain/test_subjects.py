"""The rules around conversion: entry, old papers, promotion and its days, and what must hold of them whatever their figures."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from shutil import copytree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.rules import RulePackError
from credit.domain.amounts import MONTHS, conversion_twelfths, exact_ak, shown_ak, total
from credit.domain.books import FOLDER, load
from credit.domain.entry import Opening, Rating, enter_post
from credit.domain.promotion import rank_at, settle
from credit.domain.promotion_days import next_day

BOOK = load()
TODAY = date(2026, 7, 1)
CONVERSION = BOOK.at(TODAY).tables
ENTRY = BOOK.entry.at(TODAY)
PREDIKAT = CONVERSION.conversion.predikat if CONVERSION.conversion else {}
levels = st.sampled_from(list(CONVERSION.jenjang.values()))
amounts = st.decimals(0, 900, places=4)


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*/*.toml")), ids=lambda file: file.stem)
def test_no_pack_of_any_subject_loads_without_its_cases_or_with_one_that_fails(tmp_path: Path, file: Path) -> None:
    """X04."""
    folder = copytree(FOLDER, tmp_path / "rules")
    pack = folder / file.relative_to(FOLDER)
    tables, _, cases = file.read_text().partition("[[cases]]")
    pack.write_text("cases = []\n" + tables)
    with pytest.raises(RulePackError, match="has no cases"):
        load(folder)
    _, expect, rest = cases.partition("expect = {")
    pack.write_text(tables + "[[cases]]" + cases.removesuffix(expect + rest) + expect + ' weather = "fair",' + rest)
    with pytest.raises(RulePackError, match="expected"):
        load(folder)


@given(levels)
def test_needs_coefficients_and_ak_dasar_say_the_same(level) -> None:
    assert level.kp_need == 4 * level.coefficient
    assert level.kj_need in {None, level.kp_need * len(level.golongan)}
    for place, golongan in enumerate(level.golongan):
        assert ENTRY.tables.base_of(level.code, golongan) == place * level.kp_need
        at = rank_at(level, golongan)
        assert at == (None if at is None else (place + 1) * level.kp_need)
    assert rank_at(level, level.golongan[-1]) == level.kj_need
    assert rank_at(level, "I/a") == 0, "after a KJ that came before the KP"


@given(levels, st.lists(st.tuples(st.integers(1, 12), st.sampled_from(sorted(PREDIKAT))), max_size=40))
def test_points_are_added_before_they_are_rounded(level, periods) -> None:
    parts = [conversion_twelfths(months, PREDIKAT[predikat].percent, level.coefficient) for months, predikat in periods]
    exact = sum(
        (
            Fraction(months, 12) * PREDIKAT[predikat].percent / 100 * Fraction(level.coefficient)
            for months, predikat in periods
        ),
        Fraction(),
    )
    assert exact_ak(total(parts)) == exact
    assert abs(Fraction(shown_ak(total(parts))) - exact) <= Fraction(1, 2000)


@given(levels, st.sampled_from(["rank", "level"]), amounts)
def test_an_act_makes_no_points_and_hides_none(level, act, had: Decimal) -> None:
    need = level.kj_need if act == "level" else level.kp_need
    done = settle(act, need, had)
    assert done.used + done.lost + done.left == had
    assert min(done.used, done.lost, done.left, done.surplus) >= 0
    assert done.left == (0 if act == "level" else had)
    assert done.used <= (need or 0) * MONTHS


@given(levels, amounts, amounts)
def test_points_before_and_after_a_kenaikan_pangkat_come_to_the_next_one(
    level, before: Decimal, after: Decimal
) -> None:
    """The surplus counts for the next one as long as the jenjang is the same."""
    left = settle("rank", level.kp_need, before).left
    assert settle("rank", 2 * level.kp_need, left + after).surplus == max(
        before + after - 2 * level.kp_need * MONTHS, Decimal(0)
    )


@given(levels, st.lists(st.sampled_from(sorted(PREDIKAT)), min_size=1, max_size=9))
def test_from_the_top_pangkat_the_last_three_years_count_and_never_more(level, years: list[str]) -> None:
    """PERBKN3-P6 ayat 4."""
    ratings = tuple(
        Rating(predikat, date(2024 - ago, 1, 1), date(2024 - ago, 12, 31)) for ago, predikat in enumerate(years)
    )
    opening = Opening(way="transfer", day=date(2025, 1, 1), ratings=ratings[::-1], top=True)
    made = enter_post(ENTRY, CONVERSION, opening, level.code, level.golongan[0])
    expected = sum(level.coefficient * PREDIKAT[predikat].percent / 100 for predikat in years[:3])
    assert exact_ak(total(segment.twelfths for segment in made)) == Fraction(expected)


@given(st.dates(date(2023, 1, 1), date(2030, 1, 1)))
def test_the_next_promotion_day_is_the_nearest_that_the_rule_of_that_day_has(day: date) -> None:
    """Six a year until September 2025, every month from October 2025 (KP6, KP12)."""
    six = {2, 4, 6, 8, 10, 12}
    wanted = day
    while wanted.day != 1 or (wanted < date(2025, 10, 1) and wanted.month not in six):
        wanted += timedelta(days=1)
    assert next_day(BOOK.days, day) == wanted
