"""Rule packs: proven by their own cases, or not loaded."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from common.rules import RulePackError, load_rule_book

PACK = """
id = "{id}"
title = "Test"
source = "Peraturan Uji 1/2020"
valid_from = {valid_from}
{valid_to}
[tables]
rate = {rate}

[[cases]]
id = "doubles"
given = {{ amount = 2.5 }}
expect = {{ result = {expected} }}
"""
CASES = PACK[PACK.index("[[cases]]") :].format(expected="5.00")


def write(folder: Path, name: str, *, rate="2.0", expected="5.00", valid_from="2020-01-01", valid_to="") -> None:
    until = f"valid_to = {valid_to}" if valid_to else ""
    text = PACK.format(id=name, rate=rate, expected=expected, valid_from=valid_from, valid_to=until)
    (folder / f"{name}.toml").write_text(text)


def parse(tables: Mapping[str, Any]) -> Decimal:
    return tables["rate"]


def run_case(rate: Decimal, given: Mapping[str, Any]) -> Mapping[str, object]:
    return {"result": rate * given["amount"]}


def test_numbers_are_exact(tmp_path: Path) -> None:
    write(tmp_path, "one", rate="0.1", expected="0.25")
    [pack] = load_rule_book(tmp_path, parse, run_case).packs
    assert pack.tables == Decimal("0.1")
    assert pack.tables * 3 == Decimal("0.3")


def test_a_pack_whose_case_fails_cannot_be_loaded(tmp_path: Path) -> None:
    write(tmp_path, "wrong", expected="5.01")
    with pytest.raises(RulePackError, match="wrong, case doubles"):
        load_rule_book(tmp_path, parse, run_case)


@pytest.mark.parametrize(
    ("right", "wrong", "why"),
    [
        (CASES, "", "cases is missing"),
        (CASES, "[cases]\n", "has no cases"),
        ("expect = { result = 5.00 }", "", "expect is missing"),
        ("given = { amount = 2.5 }", "", "given is missing"),
        ("expect = { result = 5.00 }", "expect = {}", "case doubles: it expects nothing"),
    ],
)
def test_a_pack_that_no_case_proves_cannot_be_loaded(tmp_path: Path, right: str, wrong: str, why: str) -> None:
    write(tmp_path, "bare")
    file = tmp_path / "bare.toml"
    assert right in file.read_text()
    file.write_text(file.read_text().replace(right, wrong))
    with pytest.raises(RulePackError, match=why):
        load_rule_book(tmp_path, parse, run_case)


def test_a_pack_with_an_empty_list_of_cases_cannot_be_loaded(tmp_path: Path) -> None:
    write(tmp_path, "bare")
    file = tmp_path / "bare.toml"
    file.write_text("cases = []\n" + file.read_text().replace(CASES, ""))
    with pytest.raises(RulePackError, match="bare has no cases"):
        load_rule_book(tmp_path, parse, run_case)


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RulePackError, match="no rule pack"):
        load_rule_book(tmp_path, parse, run_case)


def test_two_packs_valid_on_one_day_are_refused(tmp_path: Path) -> None:
    write(tmp_path, "first", valid_to="2021-01-02")
    write(tmp_path, "second", valid_from="2021-01-01")
    with pytest.raises(RulePackError, match="both valid on 2021-01-01"):
        load_rule_book(tmp_path, parse, run_case)


def test_the_pack_of_a_day_is_the_one_valid_on_it(tmp_path: Path) -> None:
    write(tmp_path, "first", valid_to="2021-07-01")
    write(tmp_path, "second", valid_from="2021-07-01", rate="4.0", expected="10.00")
    book = load_rule_book(tmp_path, parse, run_case)
    assert [book.at(date(2021, 6, 30)).id, book.at(date(2021, 7, 1)).id] == ["first", "second"]
    with pytest.raises(LookupError, match="2019-12-31"):
        book.at(date(2019, 12, 31))
