"""People as sent and answered."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StrictBool, StringConstraints, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from common.fields import Day, Document, Line
from contracts.degrees import Degree
from contracts.looks import WhoseId
from contracts.nip import NOBODYS, OLDEST, YOUNGEST, Nip, WrittenNip, parse_nip
from registry.domain.grades import Jenjang, StaffType
from registry.domain.person import Entry, Grade, Place, PromotionKind, Status
from registry.fields import Code, Name


def joins(number: Nip) -> tuple[date, date]:
    """The first and the last day on which somebody with that number can have joined."""
    return date(number.born.year + YOUNGEST, 1, 1), date(number.born.year + OLDEST, 12, 31)


def appointed(number: Nip) -> date:
    """The earliest day of the appointment that the number tells of."""
    return date(number.appointed_year, number.appointed_month or 1, 1)


class PlaceIn(Document):
    """An agency by id or code, and a unit of it by id or code."""

    agency_id: UUID | None = None
    agency_code: Code | None = None
    unit_id: UUID | None = None
    unit_code: Code | None = None


class PersonIn(PlaceIn):
    """Somebody as they are from `valid_from` on.

    Without `valid_from` a new person counts from `joined_on`, and a change from today. For a known person,
    `jenjang`, `status` and the unit stay as they are when they are left out (the unit only within its agency);
    null clears `jenjang` and unit. A new person is `active` unless `status` says otherwise. An `education`
    other than the last one recorded counts from `valid_from`; the same one again changes nothing.
    """

    nip: WrittenNip = Field(description="18 digits; spaces and dots are accepted", examples=[NOBODYS])
    name: Line
    staff_type: StaffType
    jenjang: Jenjang | None = None
    golongan: Line = Field(examples=["III/b", "IX"])
    position: Name
    education: Degree
    joined_on: Day
    status: Status | None = None
    valid_from: Day | None = None

    @field_validator("staff_type")
    @classmethod
    def _agrees_with_nip(cls, staff_type: StaffType, info: ValidationInfo) -> StaffType:
        nip = info.data.get("nip")
        if nip is not None and parse_nip(nip).staff_type != staff_type:
            raise PydanticCustomError("staff-type-mismatch", "digits 13-14 say otherwise")
        return staff_type

    def at(self, place: Place) -> Entry:
        """The entry, once it is known which agency and unit are meant."""
        number = parse_nip(self.nip)
        return Entry(
            nip=self.nip,
            joins=joins(number),
            appointed=appointed(number),
            staff_type=self.staff_type,
            name=self.name,
            education=self.education,
            joined_on=self.joined_on,
            place=place,
            grade=Grade(self.jenjang, self.golongan, self.position),
            status=self.status,
            valid_from=self.valid_from,
            keeps_unit=self.model_fields_set.isdisjoint(("unit_id", "unit_code")),
            keeps_jenjang="jenjang" not in self.model_fields_set,
        )


class NumberIn(Document):
    """The right number in place of one that was registered wrong, and why."""

    nip: WrittenNip
    reason: Line = Field(examples=["Salah ketik dua angka saat pendaftaran"])
    swapped: StrictBool = Field(
        False, description="the person who has this number by mistake gets the one that is given up"
    )


class TransferIn(PlaceIn):
    """A move to another agency or unit from the day `on`; without a unit, to the agency as a whole."""

    on: Day


class StatusIn(Document):
    """A status from a day until another (exclusive), or for good, and the decree that says so."""

    status: Status
    from_: Annotated[Day, Field(alias="from")]
    until: Day | None = None
    decree: Line = Field(examples=["SK 821.2/15/2026"])


class PersonOut(BaseModel):
    """Somebody as of a day. `nip` is null for a reader who needs no number."""

    id: WhoseId
    nip: str | None
    name: str
    staff_type: StaffType
    agency_id: UUID
    agency_code: str
    unit_id: UUID | None
    unit_code: str | None
    unit_name: str | None
    jenjang: Jenjang | None
    golongan: str
    position: str
    education: Degree
    joined_on: date
    status: Status
    tags: list[str] = Field(description="what is said of them on that day, by the list of `GET /v1/tags`")
    as_of: date
    version: int


class Dated(BaseModel):
    """Something that held from a day until another (exclusive; null: still)."""

    valid_from: date
    valid_to: date | None


class AssignmentOut(Dated):
    """Where somebody served; `unit_name` is what the unit was called when they came."""

    agency_id: UUID
    agency_code: str
    unit_id: UUID | None
    unit_name: str | None


class GradeOut(Dated):
    """What somebody served as: grade, level and the name of what they do."""

    jenjang: Jenjang | None
    golongan: str
    position: str


class StatusOut(Dated):
    """Whether somebody served, and by which decree."""

    status: Status
    decree: str | None


class EducationOut(Dated):
    """The highest degree somebody had, as far as the registry was told."""

    degree: Degree


class TagOut(Dated):
    """What was said of somebody, and the paper that says so."""

    tag: str
    paper: str


class PromotionOut(BaseModel):
    """A rise in rank or in level, and the decree that says so."""

    kind: PromotionKind
    valid_from: date
    jenjang_before: Jenjang | None
    golongan_before: str
    jenjang: Jenjang | None
    golongan: str
    decree: str
    decree_date: date


class NumberOut(BaseModel):
    """A NIP somebody has, had until a new contract brought another, or was registered with wrongly.

    `nip` is null for a reader who needs no number.
    """

    nip: str | None
    replaced_on: date | None
    reason: str | None = Field(description="why it was wrong; null for a number that is or was the person's")


class ChangeOut(BaseModel):
    """Who recorded a version, when, and what it changed."""

    version: int
    parts: list[str]
    recorded_by: str
    recorded_at: datetime


MOST_NAMED = 1_000


Introduction = Annotated[str, StringConstraints(min_length=1, max_length=8000, pattern=r"^[A-Za-z0-9_.=-]+$")]


class NamesIn(Document):
    """Whose names are asked for."""

    person_ids: list[UUID] = Field(min_length=1, max_length=MOST_NAMED)
    introductions: list[Introduction] = Field(
        default_factory=list, max_length=20, description="what other services gave in the header `Introduction`"
    )


class NamedOut(BaseModel):
    """What somebody is called; without NIP for whoever knows them as somebody below them only."""

    person_id: UUID
    name: str
    nip: str | None


class NamesOut(BaseModel):
    """Those whom the caller may see, and the ids of all others: whether these are anybody's is not told."""

    items: list[NamedOut]
    not_visible: list[UUID]


class HistoryOut(BaseModel):
    """All the registry knows of somebody's past, oldest first."""

    person_id: UUID
    numbers: list[NumberOut]
    assignments: list[AssignmentOut]
    grades: list[GradeOut]
    statuses: list[StatusOut]
    educations: list[EducationOut]
    tags: list[TagOut]
    promotions: list[PromotionOut]
    changes: list[ChangeOut]
    version: int
