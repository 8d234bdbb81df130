"""The nation from a seed: every stream of lines, the same byte for byte on every machine.

Nothing is kept: a person, a training, a predicate is computed from the seed and the person's index.
"""

import json
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import cached_property, partial
from itertools import accumulate, islice
from typing import Any, Literal

from nation.agencies import Agency, found
from nation.learning import Activity, Catalogue
from nation.people import FUNCTIONAL_SHARE, GONE, Absence, People, Person, months_after
from nation.predicates import predicates
from nation.structure import Post, Structure, Unit

Line = dict[str, Any]
Service = Literal["registry", "training", "credit"]
Role = Literal["lan", "service", "agency_hr", "provider", "person"]

BLOCK = 100_000  # people in one upload
STRANGERS = 10_000  # people of the seed who are left out of the nation: nobody knows them
SPEAKERS = 12  # people who send their own declarations themselves
HR_EVERY = 10  # one agency in ten sends its trainings itself
EXCHANGED = (10, 2)  # of so many pairs of people, by what remains of the division, one may change places
CONTACT_EVERY = 10  # people, one is known how to be written to
ADDRESS_EVERY = 100  # people, one has a work address; a link to check it is sent there
LINKS = 3  # people who follow the link that was sent to their address
DEPUTY_EVERY = 4  # units, one has a head for whom somebody stands in at the moment
EXEMPTIONS = 24  # people who ask for an exemption from the duty
REFORMS = 3  # agencies that end in the year: two merge into others, one is split
FOUNDED = "1950-01-01"  # all units and posts were there by then
PROVIDER_EVERY = 50  # of one person in fifty, the sending providers send the trainings themselves
SENDING_PROVIDERS = ("P-001", "P-002", "P-004")

encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True)
class Scope:
    """For whom a stream is sent: an agency or a provider by its code, a person by NIP."""

    kind: Literal["agency", "provider", "person"]
    key: str


@dataclass(frozen=True)
class Exchange:
    """Two people without a jenjang change places, agencies and posts alike, on a day of the year."""

    on: date
    other: Person


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
        return self._all.person(index, self.structures[bisect_right(self._ends, index)])

    def stranger(self, number: int) -> Person:
        """Somebody with a valid NIP who is not of the nation."""
        return self._all.person(self.people + number % STRANGERS, self.structures[0])

    def outsider(self, agency: str, number: int) -> Person | None:
        """Somebody of the nation but not of `agency`; None when everybody is of it."""
        indexes = self._indexes(agency)
        others = self.people - len(indexes)
        return self.person((indexes.stop + number % others) % self.people) if others else None

    def exchange(self, person: Person) -> Exchange | None:
        """With whom a person changes places, and when; so both have served in two agencies of the year."""
        mirrored = self.people - 1 - person.number
        key, (every, remainder) = min(person.number, mirrored), EXCHANGED
        if key % every != remainder or not self._may_exchange(person):
            return None
        other, on = self.person(mirrored), date(self.year, 1 + key % self.last.month, 1)
        if other.agency == person.agency or not self._may_exchange(other):
            return None
        return Exchange(on, other) if max(person.joined_on, other.joined_on) < on else None

    def _may_exchange(self, person: Person) -> bool:
        """Agencies that send their trainings themselves neither lose nor get anybody."""
        return (
            person.post.level == "pelaksana" and not person.absence and person.agency.code not in self._sending_agencies
        )

    @property
    def changed_on(self) -> date:
        """The day on which units were renamed and moved, and heads changed places: within a year before today."""
        return months_after(self.last, -5)

    def structure(self, agency: str) -> Structure:
        """The inside of an agency, by its code."""
        return self._structure_of[agency]

    def activities(self, person: Person) -> Iterator[Activity]:
        """What a person finished in the year."""
        return self.catalogue.activities(self.seed, person, self.last)

    def streams(self) -> Iterator[Stream]:
        """All uploads, in the order in which they have to be sent."""
        by_now = (self.last - date(self.year, 1, 1)).days / 365
        yield Stream("agencies", "agencies", "registry", "agencies", "lan", self.agencies, self.agency_lines)
        units = sum(structure.size for structure in self.structures)
        yield Stream("units", "units", "registry", "units", "lan", units, self.unit_lines)
        for suffix, block in self._blocks():
            yield Stream(
                f"posts{suffix}",
                "posts",
                "registry",
                "posts",
                "lan",
                len(block) // 2,
                partial(self.post_lines, block),
            )
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
        yield Stream("people-changes", "changes", "registry", "people", "service", self.people // 25, self.change_lines)
        for suffix, block in self._blocks():
            yield Stream(
                f"holdings{suffix}",
                "holdings",
                "registry",
                "holdings",
                "service",
                len(block),
                partial(self.holding_lines, block),
            )
        yield Stream(
            "contacts", "contacts", "registry", "contacts", "service", self.people // CONTACT_EVERY, self.contact_lines
        )
        yield Stream(
            "deputies", "deputies", "registry", "deputies", "service", units // DEPUTY_EVERY, self.deputy_lines
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

    def exemption_stream(self) -> Stream:
        """What people ask for themselves, one request a line, once training knows them."""
        number = len(self.exempted)
        return Stream("exemptions", "exemptions", "training", "exemptions", "person", number, self.exemption_lines)

    def address_stream(self) -> Stream:
        """A few of the contacts again, one request a line: of people who follow the link that they were mailed."""
        return Stream("addresses", "addresses", "registry", "contacts", "service", LINKS, self.address_lines)

    def reform_stream(self) -> Stream:
        """The reforms of the year, one request a line, with agencies and units by code.

        They come last: what an agency has sent cannot be sent again once it has ended.
        """
        number = len(self._reformed) // 2
        return Stream("reforms", "reforms", "registry", "reforms", "lan", number, self.reform_lines)

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
        """Units as they were, and for some that they have another name or stand elsewhere since `changed_on`."""
        for structure in self.structures:
            for unit in structure.units():
                yield _unit_line(structure, unit, FOUNDED)
                now = structure.unit_now(unit.number)
                if now != unit:
                    yield _unit_line(structure, now, self.changed_on.isoformat())

    def post_lines(self, block: range) -> Iterator[Line]:
        """The posts of the agencies that begin in a block of people, each after the one above it.

        A post of staff has a seat for each of them, one in three a seat more; a head whose unit moved has another superior.
        """
        for structure in self.structures:
            if structure.start in block and structure.people:
                for unit in structure.units():
                    yield from self._posts_of(structure, unit)

    def _posts_of(self, structure: Structure, unit: Unit) -> Iterator[Line]:
        head, now = structure.head_post(unit.number), structure.head_post_now(unit.number)
        yield _post_line(structure, head, 1, FOUNDED)
        if now.superior != head.superior:
            yield _post_line(structure, now, 1, self.changed_on.isoformat())
        staff = (self._all.person(index, structure).post for index in structure.members(unit.number))
        for number, (post, seats) in enumerate(sorted(Counter(post for post in staff if post != head).items())):
            yield _post_line(structure, post, seats + (number % 3 == 0), FOUNDED)

    def person_lines(self, indexes: Iterable[int]) -> Iterator[Line]:
        """People as they joined; one in fifty with the NIP printed in groups.

        All lines carry their date, so sending them again does not undo what happened since.
        """
        return (_person_line(self.person(index)) for index in indexes)

    def change_lines(self) -> Iterator[Line]:
        """What happened to people since: leave and study, the return from them, the end of service, a change of places."""
        for person in map(self.person, range(self.people)):
            if person.absence:
                yield from _absence_lines(person, person.absence)
            elif exchange := self.exchange(person):
                yield _person_line(person) | {
                    "agency_code": exchange.other.agency.code,
                    "unit_code": exchange.other.unit_code,
                    "position": exchange.other.post.name,
                    "valid_from": exchange.on.isoformat(),
                }

    def holding_lines(self, indexes: Iterable[int]) -> Iterator[Line]:
        """Which posts people held and hold, and who acts where a head is missing, away or gone."""
        for index in indexes:
            person, structure = self.person(index), self.structures[bisect_right(self._ends, index)]
            unit, rank = structure.place(index)
            if exchange := self.exchange(person):
                yield _holding_line(person, person.agency, person.post, person.joined_on, exchange.on)
                yield _holding_line(person, exchange.other.agency, exchange.other.post, exchange.on)
            elif before := self._headed_before(structure, person):
                yield _holding_line(person, person.agency, before, person.joined_on, self.changed_on)
                yield _holding_line(person, person.agency, person.post, self.changed_on)
            else:
                gone = person.absence.since if person.absence and person.absence.status in GONE else None
                yield _holding_line(person, person.agency, person.post, person.joined_on, gone)
            if rank == 0:
                yield from self._acting(structure, unit, person)

    def _headed_before(self, structure: Structure, person: Person) -> Post | None:
        """The post of the unit that a head has changed for the one of today."""
        headed = structure.headed(person.number)
        other = None if headed is None else structure.swapped(headed)
        if other is None:
            return None
        both = person, self._all.person(structure.start + other, structure)
        if any(each.absence or each.joined_on >= self.changed_on for each in both):
            return None
        return structure.head_post(other)

    def _acting(self, structure: Structure, unit: int, first: Person) -> Iterator[Line]:
        """Whoever acts as head of a unit (*plt* where there is none, *plh* while the head is away); `first` stands first in it."""
        boss, vacant = structure.acting(unit), structure.is_vacant(unit)
        if boss is None or not (vacant or first.absence):
            return
        actor = self._all.person(structure.start + boss, structure)
        if actor.absence:
            return
        post = structure.head_post(unit)
        if vacant or first.absence is None:
            since = max(actor.joined_on, date(self.year - 2, 1, 1))
            yield _holding_line(actor, actor.agency, post, since) | {"kind": "plt"}
        elif first.absence.since >= actor.joined_on:
            kind = "plt" if first.absence.status in GONE else "plh"
            yield _holding_line(actor, actor.agency, post, first.absence.since, first.absence.until) | {"kind": kind}

    def contact_lines(self) -> Iterator[Line]:
        """How to write to one person in ten: language and zone, and for one in a hundred an address to be checked."""
        for person in map(self.person, range(3, self.people, CONTACT_EVERY)):
            line: Line = {
                "nip": person.nip,
                "language": "en" if person.number % 70 == 3 else "id",
                "zone": person.agency.zone,
            }
            if person.number % ADDRESS_EVERY == 3:
                line["email"] = f"pegawai.{person.number:07d}@instansi.example"
            yield line

    def address_lines(self) -> Iterator[Line]:
        """The first contacts that have an address."""
        return islice((line for line in self.contact_lines() if "email" in line), LINKS)

    def exemption_lines(self) -> Iterator[Line]:
        """Leave and study of three months, for which some ask to be exempt."""
        grounds = ("cuti-besar", "tugas-belajar", "cuti-luar-tanggungan")
        for number, person in enumerate(map(self.person, self.exempted)):
            begins = date(self.year, 1 + number % self.last.month, 1)
            yield {
                "nip": person.nip,
                "ground": grounds[number % len(grounds)],
                "valid_from": begins.isoformat(),
                "valid_to": months_after(begins, 3).isoformat(),
                "paper": f"SK 851/{person.number}/{self.year}",
            }

    def reform_lines(self) -> Iterator[Line]:
        """Agencies that end on a day of the year: some merge into another, the last gives an office to one and the rest to another.

        None of a year gone by: a reform is of the present year.
        """
        on = max(self.changed_on, date(self.year, 1, 1)).isoformat()
        pairs = list(zip(self._reformed[::2], self._reformed[1::2], strict=True))
        for number, (ends, receives) in enumerate(pairs, start=1):
            shares: list[Line] = [{"agency_code": receives}]
            if number == REFORMS:
                shares.append({"agency_code": pairs[0][1], "unit_codes": [self.structure(ends).unit(1).code]})
            yield {"agency_code": ends, "on": on, "shares": shares}

    @cached_property
    def _reformed(self) -> list[str]:
        """Codes of agencies that end, each before the one that takes over; few nations are large enough."""
        ordinary = [
            structure.agency.code
            for structure in self.structures
            if structure.agency.kind == "D"
            and structure.size > 1
            and structure.agency.pics
            and structure.agency.code not in self._sending_agencies
        ]
        enough = len(ordinary) >= 3 * REFORMS and self.year == self.today.year
        return ordinary[-2 * REFORMS :] if enough else []

    def deputy_lines(self) -> Iterator[Line]:
        """Heads of units for whom one of their staff does a duty for two weeks from today on."""
        for structure in self.structures:
            for unit in range(1, structure.size, DEPUTY_EVERY):
                head, *staff = map(self.person, islice(structure.members(unit), 6))
                deputy = next((each for each in staff if not each.absence and not self.exchange(each)), None)
                if deputy and not head.absence and not structure.is_vacant(unit):
                    yield {
                        "nip": head.nip,
                        "deputy_nip": deputy.nip,
                        "duty": ("superior", "exemptions")[unit // DEPUTY_EVERY % 2],
                        "valid_from": self.today.isoformat(),
                        "valid_to": (self.today + timedelta(days=14)).isoformat(),
                    }

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
    def exempted(self) -> tuple[int, ...]:
        """Indexes of the people who ask for an exemption."""
        candidates = range(0, self.people, max(1, self.people // EXEMPTIONS))
        return tuple(
            number
            for number in candidates
            for person in [self.person(number)]
            if not person.absence and not self.exchange(person) and person.joined_on.year < self.year
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
    def structures(self) -> tuple[Structure, ...]:
        """The inside of each agency, in the order of the agencies."""
        starts = (0, *self._ends[:-1])
        return tuple(
            Structure(agency, start, end - start)
            for agency, start, end in zip(self.agency_list, starts, self._ends, strict=True)
        )

    @cached_property
    def _structure_of(self) -> dict[str, Structure]:
        return {structure.agency.code: structure for structure in self.structures}

    @cached_property
    def _sending_agencies(self) -> frozenset[str]:
        return frozenset(self.hr_agencies)

    @property
    def _provider_people(self) -> range:
        return range(7, self.people, PROVIDER_EVERY)

    def _indexes(self, agency: str) -> range:
        """The people of an agency."""
        structure = self.structure(agency)
        return range(structure.start, structure.start + structure.people)

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


def _unit_line(structure: Structure, unit: Unit, since: str) -> Line:
    line: Line = {"agency_code": structure.agency.code, "code": unit.code, "name": unit.name, "valid_from": since}
    if unit.parent is not None:
        line["parent_code"] = structure.unit(unit.parent).code
    return line


def _post_line(structure: Structure, post: Post, seats: int, since: str) -> Line:
    line: Line = {
        "agency_code": structure.agency.code,
        "code": post.code,
        "type": post.type,
        "name": post.name,
        "jenjang": post.level,
        "unit_code": post.unit.code,
        "seats": seats,
        "valid_from": since,
    }
    if post.superior:
        line["superior_code"] = post.superior
    return line


def _holding_line(person: Person, agency: Agency, post: Post, since: date, until: date | None = None) -> Line:
    line: Line = {
        "nip": person.nip,
        "agency_code": agency.code,
        "post_code": post.code,
        "kind": "definitive",
        "valid_from": since.isoformat(),
    }
    if until:
        line["until"] = until.isoformat()
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
        "position": person.post.name,
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
