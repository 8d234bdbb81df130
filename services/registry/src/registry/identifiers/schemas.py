"""Ids of other systems as sent and answered."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from common.fields import Document
from contracts.nip import WrittenNip
from registry.fields import Code

Kind = Literal["person", "agency", "unit"]
Value = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
        description="in SIASN (BKN): `pnsOrangId` of a person, `instansiId` of an agency, the unor id of a unit",
        examples=["A8ACA73B6D4E3912E040640A040269BB"],
    ),
]


class IdentifiersIn(Document):
    """The ids that other systems have for something, a field a system. What is left out stays, null takes an id away."""

    siasn: Value | None = None


class IdentifiersLine(IdentifiersIn):
    """The ids of something that is named by `id`, or a person by `nip`, an agency by `code`, a unit by `code` and its agency."""

    kind: Kind
    id: UUID | None = None
    nip: WrittenNip | None = None
    code: Code | None = None
    agency_id: UUID | None = None
    agency_code: Code | None = None


class LookupLine(Document):
    """An id of another system, to be found."""

    kind: Kind
    siasn: Value


class IdentifiersOut(BaseModel):
    """The ids that other systems have for a person, an agency or a unit; version 0 while none was ever told."""

    kind: Kind
    person_id: UUID | None = None
    agency_id: UUID | None = None
    unit_id: UUID | None = None
    siasn: str | None
    version: int


SYSTEMS = tuple(IdentifiersIn.model_fields)
