"""Who and what the corpus is about: agencies, people, providers, courses and callers. All ids are fixed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid5

SPACE = UUID("6f1dcb9e-7a55-5c1b-9d0e-52b7f6f3a001")


def fixed(name: str) -> UUID:
    """The id of something that has a name in the corpus."""
    return uuid5(SPACE, name)


AGENCIES = {letter: fixed(f"agency {letter}") for letter in "ABC"}
PROVIDERS = {number: fixed(f"provider {number}") for number in range(1, 5)}


@dataclass(frozen=True)
class Person:
    """A person by number, as the registry first tells of them; `agency` is the letter of the last one."""

    number: int
    id: UUID
    nip: str
    agency: str
    told: Mapping[str, Any]

    @property
    def joined_on(self) -> date:
        return self.told["joined_on"]


def _nip(number: int, *, contract: bool = False) -> str:
    born = f"{1970 + number % 18}{1 + number % 12:02}{1 + number % 28:02}"
    since = f"2021{21 + number % 5}" if contract else f"2005{1 + number % 12:02}"
    return f"{born}{since}{1 + number % 2}{1 + number:03}"


def _person(number: int) -> Person:
    """Most have always served in one agency; the others came, went, moved, were away or had other numbers."""
    agency = "AAAABBBCC"[number % 9]
    told: dict[str, Any] = {"joined_on": date(2010, 1, 1), "agency": AGENCIES[agency]}
    match number % 16:
        case 1:
            told["joined_on"] = date(2024, 3, 10)
        case 2:
            told["left_on"] = date(2025, 10, 1)
        case 3:
            told["assignments"] = [
                (AGENCIES["B" if agency == "A" else "A"], date(2010, 1, 1), date(2025, 7, 1)),
                (AGENCIES[agency], date(2025, 7, 1), None),
            ]
        case 4:
            told |= {"staff_type": "PPPK", "joined_on": date(2021, 1, 1)}
        case 5:
            told["joined_on"] = date(2025, 2, 2)
        case 6:
            told["absences"] = [(date(2025, 3, 15), date(2025, 9, 15)), (date(2026, 1, 1), None)]
        case 7:
            told["former"] = [_nip(number + 500), _nip(number + 600)]
        case 8:
            told["assignments"] = [
                (AGENCIES["A"], date(2018, 1, 1), date(2020, 1, 1)),
                (AGENCIES["C"], date(2020, 1, 1), date(2026, 2, 1)),
                (AGENCIES[agency], date(2026, 2, 1), None),
            ]
        case 9:
            told["unit"] = (fixed("unit"), "Biro Umum")
        case _:
            pass
    number_is_moving = number == 11  # from number 10, whose own news has not come yet
    nip = _nip(10 if number_is_moving else number, contract=told.get("staff_type") == "PPPK")
    return Person(number, fixed(f"person {number}"), nip, agency, told)


PEOPLE = [_person(number) for number in range(160)]
CROWD, HEROES = PEOPLE[:150], PEOPLE[150:]
"""Of whom anything may be told, and who have a story of their own."""
NOBODY = [_nip(900), _nip(901), _nip(902, contract=True)]
FORMER = [_nip(number + 500) for number in range(7, 160, 16)]

ALWAYS, SINCE_2018 = date(2015, 1, 1), date(2018, 1, 1)
ACCREDITED: dict[int, list[tuple[str, date, date | None]]] = {
    1: [(form, ALWAYS, None) for form in ("KL03", "KL04", "KL06", "NKL01", "NKL03", "NKL09", "PD01")],
    2: [
        ("KL03", SINCE_2018, date(2025, 1, 1)),
        ("KL03", date(2025, 6, 1), None),
        ("KL07", SINCE_2018, date(2026, 3, 1)),
        ("NKL09", SINCE_2018, None),
        ("NKL02", SINCE_2018, None),
    ],
    3: [("KL03", ALWAYS, date(2020, 1, 1))],
    4: [],
}


@dataclass(frozen=True)
class Course:
    """A course of the provider with this number."""

    code: str
    provider: int
    form: str
    jp: str | None = None
    competencies: tuple[str, ...] = ()
    valid_from: date = SINCE_2018
    valid_to: date | None = None

    def document(self) -> dict[str, Any]:
        """As POST /v1/courses:batch takes it."""
        return {
            "id": str(fixed(f"course {self.code}")),
            "code": self.code,
            "provider_id": str(PROVIDERS[self.provider]),
            "title": f"Kursus {self.code}",
            "form": self.form,
            "jp": self.jp,
            "competencies": list(self.competencies),
            "valid_from": self.valid_from.isoformat(),
            "valid_to": self.valid_to and self.valid_to.isoformat(),
        }


COURSES = [
    Course("C-TEKNIS", 1, "KL03", "12", ("TIK", "data")),
    Course("C-TANPA-JP", 1, "KL03"),
    Course("C-FUNGSIONAL", 1, "KL04", "7.25", ("fungsional",)),
    Course("C-SEMINAR", 1, "KL06"),
    Course("C-COACHING", 1, "NKL01", None, ("coaching",)),
    Course("C-DARING", 1, "NKL03", "2.5"),
    Course("C-LAMA", 1, "KL03", "6", (), SINCE_2018, date(2024, 1, 1)),
    Course("C-DUA", 2, "KL03", "8"),
    Course("C-LOKAKARYA", 2, "KL07", "5"),
    Course("C-MANDIRI", 2, "NKL09", "3"),
    Course("C-LEWAT", 3, "KL03", "4"),
]


def provider_document(number: int) -> dict[str, Any]:
    """As POST /v1/providers:batch takes it."""
    return {
        "id": str(PROVIDERS[number]),
        "code": f"P-{number}",
        "name": f"Penyelenggara {number}",
        "accreditations": [
            {"form": form, "valid_from": since.isoformat(), "valid_to": until and until.isoformat()}
            for form, since, until in ACCREDITED[number]
        ],
    }


@dataclass(frozen=True)
class Caller:
    """Roles and claims of a token; `agency` is the letter of an agency, `person` and `provider` are numbers."""

    roles: tuple[str, ...]
    agency: str | None = None
    provider: int | None = None
    person: int | None = None
    connection: str | None = None

    @property
    def claims(self) -> dict[str, UUID]:
        named = {
            "agency": self.agency and AGENCIES[self.agency],
            "provider": self.provider and PROVIDERS[self.provider],
            "person": self.person is not None and PEOPLE[self.person].id,
            "connection": self.connection and fixed(self.connection),
        }
        return {claim: value for claim, value in named.items() if isinstance(value, UUID)}


CALLERS = {
    "service": Caller(("service",)),
    "service-lain": Caller(("service",)),
    "sambungan": Caller(("service",), connection="moodle"),
    "sambungan-A": Caller(("service",), agency="A"),
    "sambungan-1": Caller(("service",), provider=1),
    "sambungan-orang": Caller(("service",), person=12),
    "hr-A": Caller(("agency_hr",), agency="A"),
    "hr-A-orang": Caller(("agency_hr",), agency="A", person=0),
    "hr-A-berdua": Caller(("agency_hr", "person"), agency="A", person=2),
    "hr-B": Caller(("agency_hr",), agency="B"),
    "hr-C": Caller(("agency_hr",), agency="C"),
    "penyelenggara-1": Caller(("provider",), provider=1),
    "penyelenggara-1-orang": Caller(("provider",), provider=1, person=18),
    "penyelenggara-2": Caller(("provider",), provider=2),
    "penyelenggara-3": Caller(("provider",), provider=3),
    "orang-0": Caller(("person",), person=0),
    "orang-3": Caller(("person",), person=3),
    "orang-19": Caller(("person",), person=19),
}
"""Who may send; the name of each is the subject of its token."""

STRANGERS = {
    "lan": Caller(("lan",)),
    "inspektur": Caller(("inspector",), agency="A"),
    "hr-tanpa-instansi": Caller(("agency_hr",)),
    "orang-tanpa-nama": Caller(("person",)),
    "siapa-siapa": Caller(()),
}
"""Who may not."""

SEEDED = frozenset(
    str(identity)
    for identity in (
        *AGENCIES.values(),
        *PROVIDERS.values(),
        *(person.id for person in PEOPLE),
        *(fixed(f"course {course.code}") for course in COURSES),
        *(identity for caller in (*CALLERS.values(), *STRANGERS.values()) for identity in caller.claims.values()),
        fixed("unit"),
    )
)
"""Every id that is the same in each run; all others are told apart only."""
