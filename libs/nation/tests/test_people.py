"""People of the nation: valid identifiers, careers that fit the rules, proportions of the real service."""

from collections import Counter
from datetime import date

import pytest

from nation.generate import Nation
from nation.people import Person

TODAY = date(2026, 11, 21)

# PermenPANRB 1/2023: the golongan of each jenjang.
GOLONGAN_OF = {
    "pemula": {"II/a"},
    "terampil": {"II/b", "II/c", "II/d"},
    "mahir": {"III/a", "III/b"},
    "penyelia": {"III/c", "III/d"},
    "ahli_pertama": {"III/a", "III/b"},
    "ahli_muda": {"III/c", "III/d"},
    "ahli_madya": {"IV/a", "IV/b", "IV/c"},
    "ahli_utama": {"IV/d", "IV/e"},
}
PPPK_GRADES = {
    "I",
    "II",
    "III",
    "IV",
    "V",
    "VI",
    "VII",
    "VIII",
    "IX",
    "X",
    "XI",
    "XII",
    "XIII",
    "XIV",
    "XV",
    "XVI",
    "XVII",
}


@pytest.fixture(scope="module")
def people() -> list[Person]:
    nation = Nation(today=TODAY, year=2026, people=15_000)
    return [nation.person(number) for number in range(nation.people)]


def test_nips_are_unique(people: list[Person]):
    # more people than birthdays, so the sequence of digits 16-18 is needed too
    assert len({person.nip for person in people}) == len(people)
    assert {person.nip[15:] for person in people} == {"001", "002"}


def test_strangers_share_no_nip_with_the_nation():
    nation = Nation(today=TODAY, year=2026, people=15_000)
    strangers = {nation.stranger(number).nip for number in range(2_000)}
    assert len(strangers) == 2_000
    assert strangers.isdisjoint(nation.person(number).nip for number in range(15_000))


def test_nip_says_birth_entry_staff_type_and_sex(people: list[Person]):
    for person in people:
        assert len(person.nip) == 18 and person.nip.isdigit()
        born = date(int(person.nip[:4]), int(person.nip[4:6]), int(person.nip[6:8]))
        assert 18 <= person.joined_on.year - born.year <= 58
        assert person.nip[8:12] == f"{person.joined_on.year}"
        if person.staff_type == "PNS":
            assert person.nip[12:14] == f"{person.joined_on.month:02d}"
        else:
            assert int(person.nip[12:14]) >= 21
        assert person.nip[14] in "12"
        assert person.joined_on.day == 1 and person.joined_on <= TODAY


def test_jenjang_and_golongan_fit(people: list[Person]):
    seen = Counter(person.jenjang for person in people)
    assert set(seen) == {None, *GOLONGAN_OF}
    for person in people:
        if person.staff_type == "PPPK":
            assert person.golongan in PPPK_GRADES
        elif person.jenjang:
            assert person.golongan in GOLONGAN_OF[person.jenjang]
        if person.jenjang:
            expert = person.education in {"S1", "S2", "S3"}
            assert expert == (person.jenjang.startswith("ahli_")), (
                "experts have a degree, skilled staff do not need one"
            )


def test_proportions_of_the_service(people: list[Person]):
    size = len(people)
    assert sum(person.staff_type == "PNS" for person in people) / size == pytest.approx(0.64, abs=0.02)
    assert sum(person.jenjang is not None for person in people) / size == pytest.approx(0.636, abs=0.02)
    assert sum(person.post.level in {"pratama", "administrator"} for person in people) / size > 0.01
    assert sum(person.joined_on.year == 2026 for person in people) / size == pytest.approx(0.015, abs=0.01)
    absences = Counter(person.absence.status for person in people if person.absence)
    assert set(absences) == {"leave", "study", "retired", "deceased"}
    assert 0.005 < absences["leave"] / size < 0.02
    assert 0.005 < absences["retired"] / size < 0.03


def test_absences_lie_in_the_year_and_in_the_past(people: list[Person]):
    for person in people:
        if person.absence:
            assert max(date(2026, 1, 1), person.joined_on) <= person.absence.since <= TODAY
            assert person.absence.until is None or person.absence.since < person.absence.until <= TODAY


def test_a_person_does_not_depend_on_how_many_there_are():
    small, large = (Nation(today=TODAY, year=2026, agencies=1, people=people) for people in (1_000, 5_000_000))
    one, other = small.person(400), large.person(400)
    assert (one.nip, one.name, one.education, one.joined_on, one.absence) == (
        other.nip,
        other.name,
        other.education,
        other.joined_on,
        other.absence,
    )
    assert len(large.person(4_999_999).nip) == 18


def test_impossible_sizes_are_refused():
    with pytest.raises(ValueError, match="NIPs for"):
        Nation(today=TODAY, year=2026, people=20_000_000)
    with pytest.raises(ValueError, match="has not begun"):
        Nation(today=TODAY, year=2027)
    with pytest.raises(ValueError, match="at least one"):
        Nation(today=TODAY, year=2026, people=0)
    with pytest.raises(ValueError, match="only functional posts"):
        Nation(today=TODAY, year=2026, predicate_share=0.9)
