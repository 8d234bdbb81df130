"""Certificates as they are issued, listed and checked."""

from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from contracts.papers import CheckedOut

State = Literal["valid", "revoked"]


class IssuedOut(BaseModel):
    """What became of the certificates of a class: how many are new, how many there are, and the numbers of the new ones."""

    class_id: UUID
    issued: int
    certificates: int
    first: str | None
    last: str | None


class CertificateOut(BaseModel):
    """A certificate; it is revoked when its record is."""

    id: UUID
    number: str
    state: State
    class_id: UUID
    person_id: UUID
    record_id: UUID
    issued_on: date
    check_url: str = Field(description="where whoever has it can check it")


class CheckOut(CheckedOut):
    """What whoever has a certificate may hold it against: initials, no name."""

    state: State  # pyright: ignore[reportIncompatibleVariableOverride] - fewer states than a paper can have
    title: str
    provider: str
    begins_on: date
    ends_on: date
    jp: Decimal = Field(description="the hours (JP) that it states")
