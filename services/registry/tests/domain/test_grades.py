"""Golongan and jenjang, row by row of reference.json (CODE-LEVEL, KP2024, BKN-KEB23, BKN-INT23)."""

import pytest

from common.refused import Refused
from registry.domain.grades import GOLONGAN, GOLONGAN_OF_JENJANG, Jenjang, check_grade

TABLE = [
    ("pemula", ["II/a"]),
    ("terampil", ["II/b", "II/c", "II/d"]),
    ("mahir", ["III/a", "III/b"]),
    ("penyelia", ["III/c", "III/d"]),
    ("ahli_pertama", ["III/a", "III/b"]),
    ("ahli_muda", ["III/c", "III/d"]),
    ("ahli_madya", ["IV/a", "IV/b", "IV/c"]),
    ("ahli_utama", ["IV/d", "IV/e"]),
]


@pytest.mark.parametrize(("jenjang", "fitting"), TABLE)
def test_a_pns_has_only_the_golongan_of_the_jenjang(jenjang: Jenjang, fitting: list[str]) -> None:
    accepted = []
    for golongan in sorted(GOLONGAN["PNS"]):
        try:
            check_grade("PNS", jenjang, golongan)
            accepted.append(golongan)
        except Refused as refused:
            assert (refused.code, refused.field) == ("jenjang-golongan-mismatch", "golongan")
    assert accepted == fitting


def test_every_jenjang_is_in_the_table() -> None:
    assert [name for name, _ in TABLE] == list(GOLONGAN_OF_JENJANG)


def test_golongan_of_either_staff_type() -> None:
    assert len(GOLONGAN["PNS"]) == len(GOLONGAN["PPPK"]) == 17
    check_grade("PNS", None, "I/a")
    check_grade("PPPK", "ahli_pertama", "IX")
    check_grade("PPPK", "ahli_utama", "I")
    for staff_type, golongan in (
        ("PNS", "IX"),
        ("PNS", "IV/f"),
        ("PPPK", "III/a"),
        ("PPPK", "XVIII"),
        ("PNS", "iii/a"),
    ):
        with pytest.raises(Refused, match="golongan-unknown"):
            check_grade(staff_type, None, golongan)
