from datetime import date
from pathlib import Path
from shutil import copytree

import pytest

from common.rules import RulePackError
from credit.domain.packs import PACKS, load, run_case

PACK = "konversi-2023.toml"

# id, source, question, expected; reference.json `worked_examples`.
WORKED_EXAMPLES = [
    ("AK-01", "BKN-SOS23", {"question": "conversion", "jenjang": "ahli_pertama", "predikat": "sangat_baik", "months": 12}, {"ak": "18.750"}),
    ("AK-02", "BKN-SOS23", {"question": "conversion", "jenjang": "ahli_pertama", "predikat": "baik", "months": 2}, {"ak_exact": "25/12", "ak": "2.083"}),
    ("AK-04", "KP2024", {"question": "conversion", "jenjang": "ahli_pertama", "predikat": "baik", "months": 12}, {"ak": "12.500"}),
    ("AK-06", "GURU-PAK", {"question": "conversion", "jenjang": "ahli_madya", "predikat": "baik", "months": 12}, {"ak": "37.500"}),
    ("AK-07", "PERBKN11", {"question": "conversion", "jenjang": "ahli_muda", "predikat": "sangat_baik", "months": 12}, {"ak": "37.500"}),
    ("AK-15", "PAN1-KP, CODE-CALC", {"question": "education", "jenjang": "ahli_muda", "degree": "S2", "education": "S1"}, {"ak": "25.000", "outcome": "education-case"}),
    ("AK-16", "invariant", {"question": "years-to-pangkat", "predikat": "baik"}, {"years": "4"}),
    ("AK-17", "invariant", {"question": "years-to-pangkat", "predikat": "sangat_baik"}, {"years": "8/3"}),
    ("AK-19", "formula", {"question": "conversion", "jenjang": "pemula", "predikat": "sangat_kurang", "months": 4}, {"ak_exact": "5/16", "ak": "0.313"}),
    ("PR-01", "MATRIX6", {"question": "matrix", "hasil_kerja": "sesuai_ekspektasi", "perilaku": "di_bawah_ekspektasi"}, {"predikat": "kurang"}),
]  # fmt: skip

# jenjang, coefficient, KP need, KJ need, golongan, education bonus; domain rules 1.1 and 1.3 (KP2024, CODE-LEVEL, BKN-KEB23).
NEEDS = [
    ("pemula", "3.75", 15, 15, 1, "3.750"),
    ("terampil", "5", 20, 60, 3, "5.000"),
    ("mahir", "12.5", 50, 100, 2, "12.500"),
    ("penyelia", "25", 100, None, 2, "25.000"),
    ("ahli_pertama", "12.5", 50, 100, 2, "12.500"),
    ("ahli_muda", "25", 100, 200, 2, "25.000"),
    ("ahli_madya", "37.5", 150, 450, 3, "37.500"),
    ("ahli_utama", "50", 200, None, 2, "50.000"),
]


@pytest.mark.parametrize(
    ("example", "source", "asked", "expected"), WORKED_EXAMPLES, ids=[row[0] for row in WORKED_EXAMPLES]
)
def test_worked_examples(rules, example: str, source: str, asked: dict, expected: dict) -> None:
    answer = run_case(rules.at(date(2025, 12, 31)).tables, asked)
    assert {name: answer[name] for name in expected} == expected, f"{example} ({source})"


@pytest.mark.parametrize(("code", "coefficient", "kp", "kj", "golongan", "bonus"), NEEDS, ids=[row[0] for row in NEEDS])
def test_needs_and_coefficients(
    rules, code: str, coefficient: str, kp: int, kj: int | None, golongan: int, bonus: str
) -> None:
    tables = rules.at(date(2025, 1, 1)).tables
    level = tables.jenjang[code]
    assert (str(level.coefficient), level.kp_need, level.kj_need, len(level.golongan)) == (
        coefficient,
        kp,
        kj,
        golongan,
    )
    assert level.kp_need == 4 * level.coefficient
    assert level.kj_need in {None, level.kp_need * len(level.golongan)}
    asked = {"question": "education", "jenjang": code, "degree": "S3", "education": "SLTA"}
    assert run_case(tables, asked)["ak"] == bonus


def test_an_activity_of_2022_and_one_of_2024_are_judged_by_different_rules(rules) -> None:
    old, new = rules.at(date(2022, 12, 31)), rules.at(date(2024, 1, 1))
    assert old.id != new.id
    assert run_case(old.tables, {"question": "activity"})["reason"] == "old-method-closed"
    assert run_case(new.tables, {"question": "activity"})["reason"] == "activity-not-counted"


def test_every_day_has_its_rules(rules) -> None:
    for day in (date.min, date(2018, 12, 31), date(2022, 12, 31), date(2023, 1, 1), date.max):
        rules.at(day)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("coefficient = 5\n", "coefficient = 8.0\n"),  # two wrong values seen in public calculators
        ("coefficient = 3.75\n", "coefficient = 5.0\n"),
        ("kj_need = 450", "kj_need = 400"),
        ('sesuai_ekspektasi = "butuh_perbaikan"', 'sesuai_ekspektasi = "baik"'),
        ("percent = 150", "percent = 140"),
        ("percent = 25\n", "percent = 20\n"),
        ('sesuai_ekspektasi]\ndi_bawah_ekspektasi = "kurang"', 'sesuai_ekspektasi]\ndi_bawah_ekspektasi = "sangat_kurang"'),
    ],
)  # fmt: skip
def test_a_pack_with_a_wrong_figure_cannot_be_loaded(tmp_path: Path, right: str, wrong: str) -> None:
    folder = copytree(PACKS, tmp_path / "rules")
    pack = folder / PACK
    written = pack.read_text()
    assert right in written
    pack.write_text(written.replace(right, wrong, 1))
    with pytest.raises(RulePackError):
        load(folder)


@pytest.mark.parametrize("file", sorted(PACKS.glob("*.toml")), ids=lambda file: file.stem)
def test_a_pack_without_its_cases_cannot_be_loaded(tmp_path: Path, file: Path) -> None:
    bare = file.read_text().split("[[cases]]")[0]
    (tmp_path / file.name).write_text("cases = []\n" + bare)
    with pytest.raises(RulePackError, match="has no cases"):
        load(tmp_path)


def test_every_source_key_is_spelled_out(rules) -> None:
    for pack in load().packs:
        tables = pack.tables
        used = {source for level in tables.jenjang.values() for source in level.sources}
        if tables.conversion and tables.education:
            used |= {source for row in tables.conversion.predikat.values() for source in row.sources}
            used |= {*tables.conversion.matrix.sources, *tables.education.sources}
        assert used <= set(tables.sources)
