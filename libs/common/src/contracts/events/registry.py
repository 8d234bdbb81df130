"""What the registry tells: agencies, their units and posts, people, and how people are written to."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from common.events import Event, Topic
from common.fields import Day
from contracts import topics
from contracts.events import PREFIX, Part
from contracts.sex import Sex
from contracts.zone import Zone

StaffType = Literal["PNS", "PPPK"]


Status = Literal["active", "leave", "study", "retired", "deceased"]
PostType = Literal["JPT", "JA", "JF"]
HoldingKind = Literal["definitive", "plt", "plh"]


class Pic(Part):
    """Who answers for competence development in an agency."""

    rank: Literal["main", "deputy"]
    name: str
    email: str
    language: Literal["id", "en"]
    time_zone: str


class AgencyPlace(Part):
    """Where an agency was and by which clock it worked; `valid_to` is the first day it no longer held, by Jakarta's clock."""

    region: str | None
    zone: Zone
    valid_from: Day
    valid_to: Day | None


class AgencyChanged(Event):
    """The full state of an agency (ministry K, institution L, region D) after a change.

    `zone`, `closed_on`, `merged_into`, `places` and `successors` are missing in events from before they were told. `region`
    and `zone` are those of now, `places` those of every day. A reform closes an agency for good, on `closed_on`;
    `merged_into` is the one that took over all it had, where it was one. `successors` are those that have today what it
    had: they follow on when one of them is closed too. The first is its heir: what is nobody's in particular is theirs.
    """

    topic: ClassVar[Topic] = topics.AGENCIES
    type: ClassVar[str] = f"{PREFIX}.registry.AgencyChanged.v1"
    source: ClassVar[str] = "/registry"
    key_field: ClassVar[str] = "agency_id"
    subject_field: ClassVar[str] = "agency_id"

    agency_id: UUID
    code: str
    name: str
    kind: Literal["K", "L", "D"]
    region: str | None
    parent_id: UUID | None
    active: bool
    pics: list[Pic]
    zone: Zone = "WIB"
    closed_on: Day | None = None
    merged_into: UUID | None = None
    places: list[AgencyPlace] = Field(default_factory=list[AgencyPlace])
    successors: list[UUID] = Field(default_factory=list[UUID])


class UnitState(Part):
    """What a unit was called, and which unit of its agency it was a part of; `valid_to` is the first day it no longer held."""

    name: str
    parent_id: UUID | None
    valid_from: Day
    valid_to: Day | None


class UnitChanged(Event):
    """The full dated state of a unit after a change. Where the last state has an end, the unit was closed on that day."""

    topic: ClassVar[Topic] = topics.UNITS
    type: ClassVar[str] = f"{PREFIX}.registry.UnitChanged.v1"
    source: ClassVar[str] = "/registry"
    key_field: ClassVar[str] = "unit_id"
    subject_field: ClassVar[str] = "unit_id"

    unit_id: UUID
    agency_id: UUID
    code: str
    states: list[UnitState]
    successors: list[UUID]


class PostState(Part):
    """What a post was: `seats` people may hold it as their own; unit and superior post are of the same agency."""

    type: PostType
    name: str
    jenjang: str
    unit_id: UUID
    seats: int
    superior_id: UUID | None
    valid_from: Day
    valid_to: Day | None


class PostChanged(Event):
    """The full dated state of a post after a change. Where the last state has an end, the post was closed on that day.

    Who holds it is told by `PersonChanged`.
    """

    topic: ClassVar[Topic] = topics.POSTS
    type: ClassVar[str] = f"{PREFIX}.registry.PostChanged.v1"
    source: ClassVar[str] = "/registry"
    key_field: ClassVar[str] = "post_id"
    subject_field: ClassVar[str] = "post_id"

    post_id: UUID
    agency_id: UUID
    code: str
    states: list[PostState]


class DutyDelegated(Event):
    """That somebody (`deputy_id`) does a duty of `contracts.duties` for a person, from a day until the day before another.

    The full state after a change: ended earlier it is told again, taken back before its first day both days are the same.
    `named_by` are the hands of whoever named the deputy: a decision that the deputy takes is theirs too.
    """

    topic: ClassVar[Topic] = topics.DUTIES
    type: ClassVar[str] = f"{PREFIX}.registry.DutyDelegated.v1"
    source: ClassVar[str] = "/registry"
    key_field: ClassVar[str] = "delegation_id"
    subject_field: ClassVar[str] = "delegation_id"

    delegation_id: UUID
    person_id: UUID
    deputy_id: UUID
    duty: str
    valid_from: Day
    valid_to: Day
    named_by: list[str]


class Assignment(Part):
    """Where a person served; `valid_to` is the first day it no longer held.

    `unit_name` is what the unit was called when this was told; `UnitChanged` tells what it was called on any day.
    """

    agency_id: UUID
    unit_id: UUID | None
    unit_name: str | None
    valid_from: Day
    valid_to: Day | None


class Post(Part):
    """As what a person served, by grade and name; jenjang is null outside the functional posts. Posts proper are `Holding`s."""

    jenjang: str | None
    golongan: str | None
    position: str
    valid_from: Day
    valid_to: Day | None


class Absence(Part):
    """A time of leave or study during which the yearly duty rests."""

    status: Literal["leave", "study"]
    valid_from: Day
    valid_to: Day | None


class Standing(Part):
    """Whether a person served."""

    status: Status
    valid_from: Day
    valid_to: Day | None


class Schooling(Part):
    """The highest degree a person had."""

    degree: str
    valid_from: Day
    valid_to: Day | None


class Holding(Part):
    """A post of `PostChanged` that a person held: as their own, or acting (`plt`, `plh`)."""

    post_id: UUID
    kind: HoldingKind
    valid_from: Day
    valid_to: Day | None


class Tag(Part):
    """What was said of a person for a time, by the list of `contracts.tags`."""

    tag: str
    valid_from: Day
    valid_to: Day | None


class Promotion(Part):
    """A kenaikan pangkat (`rank`) or a kenaikan jenjang (`level`), by decree, from a day on; `valid_to` is always null."""

    kind: Literal["rank", "level"]
    valid_from: Day
    valid_to: Day | None
    jenjang_before: str | None
    golongan_before: str
    jenjang: str | None
    golongan: str


class PersonChanged(Event):
    """The full state and history of a person after a change: no NIP, no name.

    `statuses`, `educations`, `former_nip_hashes`, `holdings`, `tags` and `promotions` are missing in events from before they were told.
    `former_nip_hashes` stand for numbers that were the person's own until a new contract (PPPK) brought another: they still
    name the person. A number that was wrong and was mended is not among them. Who was erased, on `erased_on`, has neither
    number nor name any more: `nip_hash` is empty, and the histories are those of an id. `sex` is for reports on fairness alone
    and decides of nobody; it is null in events from before it was told, and of who was erased.
    """

    topic: ClassVar[Topic] = topics.PEOPLE
    type: ClassVar[str] = f"{PREFIX}.registry.PersonChanged.v1"
    source: ClassVar[str] = "/registry"
    key_field: ClassVar[str] = "person_id"
    subject_field: ClassVar[str] = "person_id"

    person_id: UUID
    nip_hash: str
    staff_type: StaffType
    status: Status
    joined_on: Day
    left_on: Day | None
    education: str | None
    jenjang: str | None
    golongan: str | None
    agency_id: UUID
    unit_id: UUID | None
    unit_name: str | None
    assignments: list[Assignment]
    posts: list[Post]
    absences: list[Absence]
    statuses: list[Standing] = Field(default_factory=list[Standing])
    educations: list[Schooling] = Field(default_factory=list[Schooling])
    former_nip_hashes: list[str] = Field(default_factory=list[str])
    holdings: list[Holding] = Field(default_factory=list[Holding])
    tags: list[Tag] = Field(default_factory=list[Tag])
    promotions: list[Promotion] = Field(default_factory=list[Promotion])
    erased_on: Day | None = None
    sex: Sex | None = None


class IdentifiersChanged(Event):
    """The ids by which other systems know a person, an agency or a unit, after a change: all of them, by system.

    Those of people stand here and not in `PersonChanged`, which all services read: they name somebody in another system.
    """

    topic: ClassVar[Topic] = topics.IDENTIFIERS
    type: ClassVar[str] = f"{PREFIX}.registry.IdentifiersChanged.v1"
    source: ClassVar[str] = "/registry"
    key_field: ClassVar[str] = "subject_id"
    subject_field: ClassVar[str] = "subject_id"

    kind: Literal["person", "agency", "unit"]
    subject_id: UUID
    ids: dict[str, str]


class AddressCheck(Part):
    """An address that is written to once, with a link, to see whether it is the person's: nothing else goes to it.

    `token` is what the link carries; it is good until `expires_at`, and only for this person.
    """

    check_id: UUID
    email: str
    token: str
    expires_at: AwareDatetime


class ContactChanged(Event):
    """How a person is written to, after a change: the full state.

    `email` is an address that the person has shown to be theirs; null while there is none. `check` is the address that
    is to take its place. `sex` is for the form of address. The `name` of who was erased is empty.
    """

    topic: ClassVar[Topic] = topics.CONTACTS
    type: ClassVar[str] = f"{PREFIX}.registry.ContactChanged.v1"
    source: ClassVar[str] = "/registry"
    key_field: ClassVar[str] = "person_id"
    subject_field: ClassVar[str] = "person_id"

    person_id: UUID
    name: str
    sex: Sex
    language: Literal["id", "en"]
    zone: Zone
    email: str | None
    check: AddressCheck | None


class RestrictionChanged(Event):
    """Which parts of somebody's record rest because they asked for it (UU 27/2022, Pasal 41), after a change: all of them.

    `parts` are those of `contracts.parts`. The id of who was erased keeps what was in force.
    """

    topic: ClassVar[Topic] = topics.RESTRICTIONS
    type: ClassVar[str] = f"{PREFIX}.registry.RestrictionChanged.v1"
    source: ClassVar[str] = "/registry"
    key_field: ClassVar[str] = "person_id"
    subject_field: ClassVar[str] = "person_id"

    person_id: UUID
    parts: list[str]
