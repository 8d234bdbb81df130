"""Rule packs: what is shipped, and what cannot be loaded."""

from datetime import date
from decimal import Decimal

import pytest

from common.rules import RulePackError
from training.domain.rules import PACKS, load, pack_named, pack_of_year

SHIPPED = (PACKS / "jp-2018.toml").read_text()


def test_the_shipped_pack_has_every_form_of_the_law_with_its_source_and_status():
    [pack] = load().packs
    forms = pack.tables.forms
    named = [*(f"KL{n:02}" for n in range(1, 13)), *(f"NKL{n:02}" for n in range(1, 14)), "PD01"]
    assert sorted(forms) == sorted(named)
    assert {form.status for form in forms.values()} == {"verified", "secondary", "memory", "unknown"}
    assert all("Peraturan LAN 10/2018" in form.source for form in forms.values())


def test_a_pack_whose_case_fails_cannot_be_loaded(tmp_path):
    (tmp_path / "wrong.toml").write_text(SHIPPED.replace("sessions_a_month = 2", "sessions_a_month = 3"))
    with pytest.raises(RulePackError, match="jp-2018, case coaching: at most two sessions a month"):
        load(tmp_path)


@pytest.mark.parametrize("file", sorted(PACKS.glob("*.toml")), ids=lambda file: file.stem)
def test_a_pack_without_its_cases_cannot_be_loaded(tmp_path, file):
    bare = file.read_text().split("[[cases]]")[0]
    (tmp_path / file.name).write_text("cases = []\n" + bare)
    with pytest.raises(RulePackError, match="has no cases"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("floor = 20\ntarget = 20", "floor = 20\ntarget = 19"), ("ceiling = 24", "ceiling = 25"), ("jp = 5", "jp = 8")],
)
def test_every_table_is_held_by_a_case(tmp_path, right, wrong):
    (tmp_path / "wrong.toml").write_text(SHIPPED.replace(right, wrong, 1))
    with pytest.raises(RulePackError):
        load(tmp_path)


def test_two_packs_for_one_day_cannot_be_loaded(tmp_path):
    (tmp_path / "one.toml").write_text(SHIPPED)
    (tmp_path / "two.toml").write_text(
        SHIPPED.replace('"jp-2018"', '"jp-2026"').replace("2019-01-01 #", "2026-07-01 #")
    )
    with pytest.raises(RulePackError, match="both valid"):
        load(tmp_path)


@pytest.fixture
def changed_in_july(tmp_path):
    """From 1 July 2026 a workshop counts 7 and the duty is 24."""
    (tmp_path / "one.toml").write_text(
        SHIPPED.replace("valid_from = 2019-01-01", "valid_from = 2019-01-01\nvalid_to = 2026-07-01")
    )
    later = SHIPPED.replace('"jp-2018"', '"jp-2026"').replace("valid_from = 2019-01-01", "valid_from = 2026-07-01")
    later = (
        later[: later.index("[[cases]]")]
        + '[[cases]]\nid = "one"\ngiven = { form = "KL07" }\nexpect = { counted = 7 }\n'
    )
    (tmp_path / "two.toml").write_text(later.replace("jp = 5", "jp = 7").replace("target = 20", "target = 24"))
    return load(tmp_path)


def test_a_rule_change_in_the_middle_of_a_year(changed_in_july):
    book = changed_in_july
    assert book.at(date(2026, 6, 30)).tables.forms["KL07"].jp == 5
    assert book.at(date(2026, 7, 1)).tables.forms["KL07"].jp == 7
    assert pack_named(book, "jp-2026").valid_from == date(2026, 7, 1)
    # The duty of a year is laid when it begins.
    assert pack_of_year(book, 2026).tables.duties["PNS"].target == 20
    assert pack_of_year(book, 2027).tables.duties["PNS"].target == Decimal(24)


def test_a_year_before_every_rule_has_none():
    book = load()
    assert pack_of_year(book, 2019).id == "jp-2018"
    with pytest.raises(LookupError):
        pack_of_year(book, 2018)
    with pytest.raises(LookupError):
        book.at(date(2018, 12, 31))


def test_the_first_rule_of_a_year_decides_where_none_covers_its_beginning(tmp_path):
    (tmp_path / "one.toml").write_text(SHIPPED.replace("valid_from = 2019-01-01", "valid_from = 2019-08-01"))
    assert pack_of_year(load(tmp_path), 2019).id == "jp-2018"
