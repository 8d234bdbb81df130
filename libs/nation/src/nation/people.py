"""People: each a function of the nation's seed and an index, so five million of them need no memory."""

import math
import random
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal, NamedTuple

from nation.agencies import Agency
from nation.data import SOCIETY
from nation.structure import Desk, Post, Structure

StaffType = Literal["PNS", "PPPK"]
Status = Literal["leave", "study", "retired", "deceased"]
Career = Literal["functional", "structural", "pelaksana"]

# BKN, 1 November 2025: of 5,588,245 people 3,599,590 PNS, 3,555,977 in functional and 317,805 in structural posts.
# Here the structural posts are those of the heads of units.
PNS_SHARE = 0.644
FUNCTIONAL_SHARE = 0.636
HEAD_SHARE = 0.04

GONE = frozenset({"retired", "deceased"})
JOINING_SHARE = 0.025  # of those young enough: start their service within the year
YEARS_PER_GOLONGAN = 4
LEAVE_SHARE = 0.012  # a year, as the two below
STUDY_SHARE = 0.010
DEATH_SHARE = 0.001
RETIREMENT_AGE = 58  # years; the service ends with the month of the birthday
RETIREMENT: dict[str | None, int] = {"ahli_madya": 60, "ahli_utama": 65}
SEQUENCES = 999  # values of digits 16-18 of a NIP

GOLONGAN = tuple(
    f"{room}/{letter}"
    for room, letters in (("I", "abcd"), ("II", "abcd"), ("III", "abcd"), ("IV", "abcde"))
    for letter in letters
)
RANK = {golongan: rank for rank, golongan in enumerate(GOLONGAN)}
ENTRY = {"SLTA": "II/a", "D-III": "II/c", "S1": "III/a", "S2": "III/b", "S3": "III/c"}
HIGHEST_PELAKSANA = {"SLTA": "III/b", "D-III": "III/c", "S1": "III/d", "S2": "III/d", "S3": "III/d"}
# Pay grades of contract staff: from memory, as reference.json says of them.
ENTRY_PPPK = {"SLTA": "V", "D-III": "VII", "S1": "IX", "S2": "X", "S3": "XI"}
JENJANG_PPPK = {"SLTA": "pemula", "D-III": "terampil", "S1": "ahli_pertama", "S2": "ahli_pertama", "S3": "ahli_muda"}

# Twenty equally likely values each.
EDUCATION: dict[Career, tuple[str, ...]] = {
    "functional": ("SLTA",) * 2 + ("D-III",) * 3 + ("S1",) * 12 + ("S2",) * 3,
    "structural": ("S1",) * 9 + ("S2",) * 10 + ("S3",),
    "pelaksana": ("SLTA",) * 9 + ("D-III",) * 3 + ("S1",) * 7 + ("S2",),
}

LEVELS = {level.code: level for level in SOCIETY.jenjang}
LEVEL_NUMBER = {level.code: number for number, level in enumerate(SOCIETY.jenjang, start=1)}
LEVEL_OF = {(level.kategori, golongan): level for level in SOCIETY.jenjang for golongan in level.golongan}


class Absence(NamedTuple):
    """Leave or study from `since` to `until` (exclusive; None = still away), or the end of service."""

    status: Status
    since: date
    until: date | None


class Person(NamedTuple):
    """An ASN as of today, but in the agency and post of before a change of places (`Nation.exchange`).

    `number` is the place in the nation, from 0; `jenjang` only for functional posts.
    """

    number: int
    nip: str
    name: str
    staff_type: StaffType
    agency: Agency
    unit_code: str
    post: Post
    education: str
    jenjang: str | None
    golongan: str
    joined_on: date
    absence: Absence | None


@dataclass(frozen=True)
class People:
    """All possible people of a seed, as they stand on `last`, a day of `year`."""

    seed: int
    year: int
    last: date

    @property
    def most(self) -> int:
        """How many people can have a NIP of their own."""
        return self._birthdays * SEQUENCES

    def person(self, index: int, structure: Structure) -> Person:
        """The person at `index`, who serves in the agency of that structure."""
        roll = random.Random(self.seed << 64 | index).random
        born = self._born(index)
        headed = structure.headed(index)
        staff_type: StaffType = "PNS" if roll() < PNS_SHARE or headed is not None else "PPPK"
        woman = roll() < 0.56
        career: Career = "functional" if roll() < FUNCTIONAL_SHARE / (1 - HEAD_SHARE) else "pelaksana"
        if headed is not None:
            career = "structural"
        education = EDUCATION[career][int(roll() * 20)]
        joined = self._joined(
            staff_type, born, roll() if headed is None else max(roll(), JOINING_SHARE), roll(), roll()
        )
        jenjang, golongan = _grade(career, staff_type, education, self.year - joined.year, roll())
        contract = f"{joined.month:02d}" if staff_type == "PNS" else ("21" if roll() < 0.95 else "24")
        sequence = index // self._birthdays + 1
        desk, choice = structure.desk(structure.place(index)[0]), roll()
        post = _staff_post(desk, jenjang, choice) if headed is None else desk.head
        first = SOCIETY.female if woman else SOCIETY.male
        name = f"{first[int(roll() * len(first))]} {SOCIETY.last[int(roll() * len(SOCIETY.last))]}"
        return Person(
            number=index,
            nip=f"{born.year}{born.month:02d}{born.day:02d}{joined.year}{contract}{2 if woman else 1}{sequence:03d}",
            name=name,
            staff_type=staff_type,
            agency=structure.agency,
            unit_code=desk.unit.code,
            post=post,
            education=education,
            jenjang=jenjang,
            golongan=golongan,
            joined_on=joined,
            absence=self._absence(born, joined, jenjang, roll(), roll(), roll()),
        )

    @cached_property
    def _first_birthday(self) -> int:
        return date(self.year - RETIREMENT_AGE, 1, 1).toordinal()

    @cached_property
    def _birthdays(self) -> int:
        return date(self.year - 21, 1, 1).toordinal() - self._first_birthday

    @cached_property
    def _stride(self) -> int:
        """Days between the birthdays of neighbours: near the golden section, and without a common divisor."""
        stride = int(self._birthdays * 0.618)
        while math.gcd(stride, self._birthdays) > 1:
            stride += 1
        return stride

    def _born(self, index: int) -> date:
        """Within a round of `_birthdays` people no two share a birthday; the round is the NIP's sequence number."""
        turn, place = divmod(index, self._birthdays)
        return date.fromordinal(
            self._first_birthday + (place * self._stride + self.seed * 7919 + turn * 104_729) % self._birthdays
        )

    def _joined(self, staff_type: StaffType, born: date, late: float, years: float, month: float) -> date:
        """First day of service, always the first of a month."""
        age = self.year - born.year
        if late < JOINING_SHARE and (staff_type == "PPPK" or age <= 35) and self.last.month > 1:
            return date(self.year, 2 + int(month * (self.last.month - 1)), 1)
        if staff_type == "PNS":
            joined = min(born.year + 21 + int(years * 11), self.year - 1)
        else:
            joined = max(self.year - 1 - int(years * years * 5), born.year + 20)
        return date(joined, 1 + int(month * 12), 1)

    def _absence(
        self, born: date, joined: date, jenjang: str | None, fate: float, start: float, length: float
    ) -> Absence | None:
        if joined.year == self.year:
            return None
        if born.year + RETIREMENT.get(jenjang, RETIREMENT_AGE) == self.year:
            retired = months_after(born, RETIREMENT.get(jenjang, RETIREMENT_AGE) * 12 + 1)
            if retired <= self.last:
                return Absence("retired", retired, None)
        if fate >= LEAVE_SHARE + STUDY_SHARE + DEATH_SHARE:
            return None
        since = date(self.year, 1 + int(start * self.last.month), 1)
        if fate < LEAVE_SHARE:
            until = months_after(since, 2 + int(length * 5))
            return Absence("leave", since, until if until <= self.last else None)
        return Absence("study" if fate < LEAVE_SHARE + STUDY_SHARE else "deceased", since, None)


def _grade(career: Career, staff_type: StaffType, education: str, years: int, rise: float) -> tuple[str | None, str]:
    """Jenjang and golongan after `years` of service."""
    kategori = "keahlian" if education in {"S1", "S2", "S3"} else "keterampilan"
    if staff_type == "PPPK":
        if career != "functional":
            return None, ENTRY_PPPK[education]
        level = LEVELS[JENJANG_PPPK[education]]
        return level.code, level.golongan_pppk
    reached = RANK[ENTRY[education]] + years // YEARS_PER_GOLONGAN
    if career == "structural":
        return None, GOLONGAN[min(max(reached, RANK["III/c"]), RANK["IV/c"])]
    if career == "pelaksana":
        return None, GOLONGAN[min(reached, RANK[HIGHEST_PELAKSANA[education]])]
    golongan = GOLONGAN[min(reached, RANK[_highest(kategori, rise)])]
    return LEVEL_OF[kategori, golongan].code, golongan


def _staff_post(desk: Desk, jenjang: str | None, choice: float) -> Post:
    """One of the few posts in a unit for staff of that jenjang, under the head of the unit."""
    unit, which = desk.unit, int(choice * 2)
    if jenjang is None:
        name = SOCIETY.pelaksana[(unit.number * 2 + which) % len(SOCIETY.pelaksana)]
        return Post(f"{unit.code}-P{which + 1}", "JA", name, "pelaksana", unit, desk.head.code)
    level = LEVELS[jenjang]
    name = (desk.office.experts if level.kategori == "keahlian" else desk.office.skilled)[which]
    code = f"{unit.code}-F{LEVEL_NUMBER[jenjang]}{which + 1}"
    return Post(code, "JF", f"{name} {level.name}", jenjang, unit, desk.head.code)


def _highest(kategori: str, rise: float) -> str:
    """Six in ten experts stay at ahli muda, for want of a vacancy."""
    if kategori == "keterampilan" or rise >= 0.4:
        return "III/d"
    return "IV/e" if rise < 0.05 else "IV/c"


def months_after(day: date, months: int) -> date:
    """The first of the month that many months after that of `day`."""
    month = day.month - 1 + months
    return date(day.year + month // 12, month % 12 + 1, 1)
