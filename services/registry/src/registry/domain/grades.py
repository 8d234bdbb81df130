"""Which golongan there are, and which jenjang a PNS of each may hold.

Sources: golongan of PNS by the usual tables of pangkat; of jenjang by PermenPANRB 1/2023,
Lampiran A, as quoted by public programs and BKN's slides of 2023 (BKN-KEB23, KP2024). PPPK have
golongan I to XVII, and no rule seen ties these to a jenjang.
"""

from typing import Literal

from common.refused import Refused

StaffType = Literal["PNS", "PPPK"]
Jenjang = Literal["pemula", "terampil", "mahir", "penyelia", "ahli_pertama", "ahli_muda", "ahli_madya", "ahli_utama"]

GOLONGAN: dict[StaffType, frozenset[str]] = {
    "PNS": frozenset(
        f"{number}/{letter}"
        for number, letters in {"I": "abcd", "II": "abcd", "III": "abcd", "IV": "abcde"}.items()
        for letter in letters
    ),
    "PPPK": frozenset(
        ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV", "XVI", "XVII"]
    ),
}

GOLONGAN_OF_JENJANG: dict[Jenjang, frozenset[str]] = {
    "pemula": frozenset(["II/a"]),
    "terampil": frozenset(["II/b", "II/c", "II/d"]),
    "mahir": frozenset(["III/a", "III/b"]),
    "penyelia": frozenset(["III/c", "III/d"]),
    "ahli_pertama": frozenset(["III/a", "III/b"]),
    "ahli_muda": frozenset(["III/c", "III/d"]),
    "ahli_madya": frozenset(["IV/a", "IV/b", "IV/c"]),
    "ahli_utama": frozenset(["IV/d", "IV/e"]),
}


LADDER: tuple[str, ...] = tuple(
    f"{number}/{letter}" for number in ("I", "II", "III", "IV") for letter in "abcde" if letter != "e" or number == "IV"
)
"""The golongan of PNS from low to high."""
HIGHER: dict[Jenjang, Jenjang] = {
    "pemula": "terampil",
    "terampil": "mahir",
    "mahir": "penyelia",
    "ahli_pertama": "ahli_muda",
    "ahli_muda": "ahli_madya",
    "ahli_madya": "ahli_utama",
}
"""The jenjang after each, inside its kategori."""


def next_golongan(golongan: str) -> str | None:
    """The golongan of a PNS after another; None after the last, and for those of PPPK."""
    place = LADDER.index(golongan) + 1 if golongan in LADDER else len(LADDER)
    return LADDER[place] if place < len(LADDER) else None


def beside(jenjang: Jenjang) -> frozenset[str]:
    """The golongan of a jenjang, the one before them (the jenjang rose first) and the one after (no post above was vacant).

    Source: PermenPANRB 1/2023, as its slides tell it (PAN1-KP).
    """
    own = GOLONGAN_OF_JENJANG[jenjang]
    first = min(LADDER.index(each) for each in own)
    return own | frozenset(LADDER[max(first - 1, 0) : first + len(own) + 1])


def check_grade(staff_type: StaffType, jenjang: Jenjang | None, golongan: str) -> None:
    """Raises Refused for a golongan the staff type does not have, or one that does not fit the jenjang."""
    if golongan not in GOLONGAN[staff_type]:
        raise Refused("golongan-unknown", "golongan")
    if staff_type == "PNS" and jenjang is not None and golongan not in GOLONGAN_OF_JENJANG[jenjang]:
        raise Refused("jenjang-golongan-mismatch", "golongan")
