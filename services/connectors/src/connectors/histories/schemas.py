"""Histories of SIASN as they are sent and read."""

from datetime import date
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from common.fields import Document
from connectors.domain.siasn import Resource
from contracts.nip import WrittenNip

Row = dict[str, Any]


class HistoryIn(Document):
    """What was downloaded from SIASN of somebody, as it is: the rows of `rw-kursus`, `rw-diklat` and `rw-angkakredit`.

    Whose it is, `nip` says; it is kept nowhere. With `take`, trainings that are not here are reported.
    """

    nip: WrittenNip
    kursus: list[Row] = Field(default_factory=list[Row], max_length=500)
    diklat: list[Row] = Field(default_factory=list[Row], max_length=500)
    angkakredit: list[Row] = Field(default_factory=list[Row], max_length=500)
    take: bool = Field(False, strict=True)


class HeardOut(BaseModel):
    """A training of SIASN's: `ours` went there from here, `known` was reported before, `new` is not here, `taken` is reported now; or `refused`
    by the code of a problem and the field of the row.
    """

    resource: Resource
    place: int = Field(description="of the row in its list, from 1 on")
    outcome: Literal["ours", "known", "new", "taken", "refused"]
    siasn_id: str | None = None
    title: str | None = None
    code: str | None = None
    field: str | None = None


class HeardPakOut(BaseModel):
    """A PAK of SIASN's, whichever way it spells its fields: what an opening balance (`/v1/openings` of credit) takes from it."""

    place: int
    number: str | None = None
    issued_on: date | None = None
    period_start: date | None = None
    period_end: date | None = None
    ak_new: str | None = None
    origin: str | None = None
    field: str | None = Field(None, description="what cannot be read of it, if anything")


class HistoryOut(BaseModel):
    """What somebody's history at SIASN says, row by row."""

    person_id: UUID
    trainings: list[HeardOut]
    paks: list[HeardPakOut]
