"""The nation from a seed: every stream of lines, the same byte for byte on every machine.

Nothing is kept: a person, a training, a predicate is computed from the seed and the person's index.
"""

import json
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property, partial
from itertools import accumulate, islice
from typing import Any, Literal

from nation.agencies import Agency, found
from nation.learning import Activity, Catalogue
from nation.people import FUNCTIONAL_SHARE, Absence, People, Person
from nation.predicates import predicates

Line = dict[str, Any]
Service = Literal["registry", "training", "credit"]
Role = Literal["lan", "service", "agency_hr", "provider", "person"]

BLOCK = 100_000  # people in one upload
STRANGERS = 10_000  # people of the seed who are left out of the nation: nobody knows them
SPEAKERS = 12  # people who send their own declarations themselves
HR_EVERY = 10  # one agency in ten sends its trainings itself
PROVIDER_EVERY = 50  # of one person in fifty, the sending providers send the trainings themselves
SENDING_PROVIDERS = ("P-001", "P-002", "P-004")

encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True)
class Scope:
    """For whom a stream is sent: an agency or a provider by its code, a person by NIP."""

    kind: Literal["agency", "provider", "person"]
    key: str


@dataclass(frozen=True)
class Stream:
    """One upload: where it goes, in which role, and its lines; `expected` is about how many they are."""

    name: str
    label: str
    service: Service
    path: str
    role: Role
    expected: int
    lines: Callable[[], Iterator[Line]]
    scope: Scope | None = None


@dataclass(frozen=True, kw_only=True)
class Nation:
    """`people` ASN in `agencies` agencies, and what they learned from 1 January of `year` until `today`.

    `predicate_share` of all people get a rating (only functional posts do, so 0.6 is about the most).
    Raises ValueError when the sizes are impossible.
    """

    today: date
    year: int
    seed: int = 1
    agencies: int = 40
    people: int = 20_000
    predicate_share: float = 1 / 3

    def __post_init__(self) -> None:
        if self.agencies < 1 or self.people < 1 or self.seed < 0:
            raise ValueError("a nation needs at least one agency, one person, and a seed from 0")
        if self.today.year < self.year:
            raise ValueError(f"the year {self.year} has not begun on {self.today.isoformat()}")
        if not 0 <= self.predicate_share <= FUNCTIONAL_SHARE:
            raise ValueError(f"only functional posts are rated: predicate_share is from 0 to {FUNCTIONAL_SHARE}")
        if self.people + STRANGERS > self._all.most:
            raise ValueError(f"there are NIPs for {self._all.most - STRANGERS} people, not for {self.people}")

    @property
    def last(self) -> date:
        """The last day on which anything happened: `today`, or the end of a year gone by."""
        return min(self.today, date(self.year, 12, 31))

    @cached_property
    def agency_list(self) -> tuple[Agency, ...]:
        return found(self.seed, self.agencies)

    @cached_property
    def catalogue(self) -> Catalogue:
        return Catalogue(self.year)

    def person(self, index: int) -> Person:
        """The person at `index`, from 0 to `people` - 1."""
        return self._all.person(index, self.agency_list[bisect_right(self._ends, index)])

    def stranger(self, number: int) -> Person:
        """Somebody with a valid NIP who is not of the nation."""
        return self._all.person(self.people + number % STRANGERS, self.agency_list[0])

    def outsider(self, agency: str, number: int) -> Person | None:
        """Somebody of the nation but not of `agency`; None when everybody is of it."""
        indexes = self._indexes(agency)
        others = self.people - len(indexes)
        return self.person((indexes.stop + number % others) % self.people) if others else None

    def activities(self, person: Person) -> Iterator[Activity]:
        """What a person finished in the year."""
        return self.catalogue.activities(self.seed, person, self.last)

    def streams(self) -> Iterator[Stream]:
        """All uploads, in the order in which they have to be sent."""
        by_now = (self.last - date(self.year, 1, 1)).days / 365
        yield Stream("agencies", "agencies", "registry", "agencies", "lan", self.agencies, self.agency_lines)
        yield Stream("units", "units", "registry", "units", "lan", self.agencies * 8, self.unit_lines)
        for suffix, block in self._blocks():
            yield Stream(
                f"people{suffix}",
                "people",
                "registry",
                "people",
                "service",
                len(block),
                partial(self.person_lines, block),
            )
        yield Stream(
            "people-changes", "absences", "registry", "people", "service", self.people // 25, self.change_lines
        )
        yield Stream("providers", "providers", "training", "providers", "lan", 12, self.provider_lines)
        yield Stream("courses", "courses", "training", "courses", "lan", 200, self.course_lines)
        for suffix, block in self._blocks():
            yield Stream(
                f"trainings-service{suffix}",
                "trainings",
                "training",
                "trainings",
                "service",
                int(len(block) * 3.3 * by_now),
                partial(self.training_lines, "service", block),
            )
        for agency in self.hr_agencies:
            indexes = self._indexes(agency)
            yield Stream(
                f"trainings-agency_hr-{agency}",
                "trainings by agencies",
                "training",
                "trainings",
                "agency_hr",
                int(len(indexes) * 3.3 * by_now),
                partial(self.training_lines, "agency_hr", indexes),
                Scope("agency", agency),
            )
        for provider in SENDING_PROVIDERS:
            indexes = self._provider_people
            yield Stream(
                f"trainings-provider-{provider}",
                "trainings by providers",
                "training",
                "trainings",
                "provider",
                int(len(indexes) * 0.3 * by_now),
                partial(self.training_lines, "provider", indexes, provider),
                Scope("provider", provider),
            )
        for index in self.speakers:
            yield Stream(
                f"trainings-person-{index:07d}",
                "trainings by people",
                "training",
                "trainings",
                "person",
                2,
                partial(self.training_lines, "person", (index,)),
                Scope("person", self.person(index).nip),
            )
        for suffix, block in self._blocks():
            yield Stream(
                f"predicates{suffix}",
                "predicates",
                "credit",
                "predicates",
                "service",
                int(len(block) * self.predicate_share * 1.1),
                partial(self.predicate_lines, block),
            )

    def agency_lines(self) -> Iterator[Line]:
        for agency in self.agency_list:
            yield {
                "code": agency.code,
                "name": agency.name,
                "kind": agency.kind,
                "region": agency.region,
                "zone": agency.zone,
                "pics": [asdict(pic) for pic in agency.pics],
            }

    def unit_lines(self) -> Iterator[Line]:
        for agency in self.agency_list:
            for unit in agency.units:
                yield {"agency_code": agency.code, "code": unit.code, "name": unit.name}

    def person_lines(self, indexes: Iterable[int]) -> Iterator[Line]:
        """People as they joined; one in fifty with the NIP printed in groups.

        All lines carry their date, so sending them again does not undo what happened since.
        """
        return (_person_line(self.person(index)) for index in indexes)

    def change_lines(self) -> Iterator[Line]:
        """What happened to people since: leave and study, the return from them, the end of service."""
        for person in map(self.person, range(self.people)):
            if person.absence:
                yield from _absence_lines(person, person.absence)

    def provider_lines(self) -> Iterator[Line]:
        for provider in self.catalogue.providers:
            yield {
                "code": provider.code,
                "name": provider.name,
                "accreditations": [
                    {"form": held.form, "valid_from": _iso(held.valid_from), "valid_to": _iso(held.valid_to)}
                    for held in provider.accreditations
                ],
            }

    def course_lines(self) -> Iterator[Line]:
        for course in self.catalogue.courses:
            yield course._asdict() | {"valid_from": _iso(course.valid_from), "valid_to": _iso(course.valid_to)}

    def training_lines(self, role: Role, indexes: Iterable[int], provider: str | None = None) -> Iterator[Line]:
        """The trainings of these people that `role` sends; of a provider only its own."""
        for index in indexes:
            person = self.person(index)
            for number, activity in enumerate(self.activities(person), start=1):
                if self._sender(person, activity) == role and provider in {None, activity.provider_code}:
                    yield self._training_line(person, number, activity, role)

    def predicate_lines(self, indexes: Iterable[int]) -> Iterator[Line]:
        for index in indexes:
            person = self.person(index)
            for number, rated in enumerate(predicates(self.seed, person, self.year, self.predicate_share), start=1):
                reference = f"{self.seed}-{self.year}-{index:07d}-{number}"
                yield {
                    "reference": reference,
                    "source_name": "e-kinerja",
                    "nip": person.nip,
                    "period_start": rated.start.isoformat(),
                    "period_end": rated.end.isoformat(),
                    "predikat": rated.predikat,
                    "hasil_kerja": rated.hasil_kerja,
                    "perilaku": rated.perilaku,
                    "evidence": f"https://kinerja.instansi.example/{reference}",
                }

    @cached_property
    def hr_agencies(self) -> tuple[str, ...]:
        """Codes of the agencies that send their trainings themselves."""
        return tuple(agency.code for agency in self.agency_list[min(4, self.agencies - 1) :: HR_EVERY])

    @cached_property
    def speakers(self) -> tuple[int, ...]:
        """Indexes of the people who send their own declarations themselves."""
        candidates = range(11, self.people, 97)
        return tuple(
            islice((i for i in candidates if any(done.own for done in self.activities(self.person(i)))), SPEAKERS)
        )

    @cached_property
    def _all(self) -> People:
        return People(self.seed, self.year, self.last)

    @cached_property
    def _ends(self) -> list[int]:
        """The index after the last person of each agency."""
        sums = list(accumulate(agency.size for agency in self.agency_list))
        return [round(self.people * size / sums[-1]) for size in sums]

    @cached_property
    def _sending_agencies(self) -> frozenset[str]:
        return frozenset(self.hr_agencies)

    @property
    def _provider_people(self) -> range:
        return range(7, self.people, PROVIDER_EVERY)

    def _indexes(self, agency: str) -> range:
        """The people of an agency."""
        position = next(n for n, known in enumerate(self.agency_list) if known.code == agency)
        return range(self._ends[position - 1] if position else 0, self._ends[position])

    def _blocks(self) -> Iterator[tuple[str, range]]:
        starts = range(0, self.people, BLOCK)
        for number, start in enumerate(starts, start=1):
            yield (f"-{number:03d}" if len(starts) > 1 else ""), range(start, min(start + BLOCK, self.people))

    def _sender(self, person: Person, activity: Activity) -> Role:
        if activity.own:
            return "person" if person.number in self.speakers else "service"
        if person.agency.code in self._sending_agencies:
            return "agency_hr"
        if activity.provider_code in SENDING_PROVIDERS and person.number in self._provider_people:
            return "provider"
        return "service"

    def _training_line(self, person: Person, number: int, activity: Activity, role: Role) -> Line:
        reference = f"{self.seed}-{self.year}-{person.number:07d}-{number:02d}"
        if activity.own:
            source_name = "portal-asn"
        elif role == "provider":
            source_name = f"lms-{activity.provider_code}"
        else:
            source_name = f"{'simpeg' if role == 'agency_hr' else 'lms'}-{person.agency.code}"
        line: Line = {
            "reference": reference,
            "source_name": source_name,
            "nip": person.nip,
            "form": activity.form,
            "title": activity.title,
            "start_date": activity.start.isoformat(),
            "end_date": activity.end.isoformat(),
            "jp": activity.jp,
            "competencies": activity.competencies,
            "evidence": f"https://bukti.instansi.example/{reference}",
        }
        if role == "service":
            line["source"] = "self" if activity.own else "system"
        if activity.course_code:
            line["course_code"] = activity.course_code
            line["provider_code"] = activity.provider_code
        if activity.sessions > 1:
            line["sessions"] = activity.sessions
        if activity.international:
            line["international"] = True
        if activity.degree:
            line["degree"] = activity.degree
        return line


def _person_line(person: Person) -> Line:
    nip = person.nip
    if person.number % 100 == 1:
        nip = f"{nip[:8]} {nip[8:14]} {nip[14]} {nip[15:]}"
    elif person.number % 100 == 2:
        nip = f"{nip[:8]}.{nip[8:14]}.{nip[14]}.{nip[15:]}"
    return {
        "nip": nip,
        "name": person.name,
        "staff_type": person.staff_type,
        "agency_code": person.agency.code,
        "unit_code": person.unit_code,
        "jenjang": person.jenjang,
        "golongan": person.golongan,
        "position": person.position,
        "education": person.education,
        "joined_on": person.joined_on.isoformat(),
        "status": "active",
        "valid_from": person.joined_on.isoformat(),
    }


def _absence_lines(person: Person, absence: Absence) -> Iterator[Line]:
    line = _person_line(person)
    yield line | {"status": absence.status, "valid_from": absence.since.isoformat()}
    if absence.until:
        yield line | {"valid_from": absence.until.isoformat()}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
