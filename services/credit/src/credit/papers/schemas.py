"""Papers as they are issued, shown and checked."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from common.fields import Document, Line, Words
from contracts.nip import WrittenNip
from contracts.papers import CheckedOut
from credit.domain.promotion import Act
from credit.domain.sheets import Row

Kind = Literal["conversion", "accumulation", "determination"]
"""Konversi of one case; Akumulasi and PAK of the jenjang that somebody holds."""
State = Literal["valid", "replaced", "revoked"]


class PaperIn(Document):
    """A paper to issue. `name` and `official`, who has assessed the performance, stand on it as they are written here.

    A `conversion` is of the attested case `case_id`; the others are of the jenjang that somebody holds now.
    """

    kind: Kind
    nip: WrittenNip | None = None
    person_id: UUID | None = None
    case_id: UUID | None = None
    name: Line = Field(examples=["Sari Contoh, S.E."])
    official: Line = Field(examples=["Budi Contoh, Kepala Biro Perencanaan"])

    @model_validator(mode="after")
    def _is_of_one(self) -> "PaperIn":
        if (self.nip is None) == (self.person_id is None):
            raise PydanticCustomError("person-unclear", "neither or both of nip and person_id")
        if (self.kind == "conversion") != (self.case_id is not None):
            raise PydanticCustomError("paper-case-unclear", "a conversion is of a case, and no other paper is")
        return self


class RevokedIn(Document):
    """Why a paper is valid no more."""

    reason: Words


class PrintIn(Document):
    """The number of its person, as it shall stand on the paper: credit keeps none, and holds it against the hash that it has."""

    nip: WrittenNip


class LineOut(BaseModel):
    """An entry that a Konversi or an Akumulasi lists; `ak` with three decimals, half up."""

    kind: str
    period_start: date
    period_end: date
    predikat: str | None
    months: int
    percent: int
    base: Decimal
    ak: str
    twelfths: Decimal


class SumOut(BaseModel):
    """A row of a PAK: what the one before said (lama), what is new (baru), and both (jumlah), each rounded by itself, half up."""

    row: Row
    before: str
    new: str
    total: str


class VerdictOut(BaseModel):
    """Whether the total is enough: its need, and what is more (`surplus`) or less (`short`)."""

    act: Act
    need: Decimal
    surplus: str
    short: str
    considered: bool = Field(description="whether it can be considered, as far as that is a matter of AK")


class ResultOut(BaseModel):
    """The predikat that points rest on, and the ids of the performance result and of the outcome that it names (K20)."""

    source_name: str
    reference: str
    performance_result: str | None = None
    performance_outcome: str | None = None
    evidence: str | None


class PaperOut(BaseModel):
    """A paper as it was issued, and what has become of it."""

    id: UUID
    kind: Kind
    number: str
    state: State
    person_id: UUID
    agency_id: UUID
    case_id: UUID | None
    jenjang: str
    golongan: str | None
    position: str
    ak: str
    twelfths: Decimal
    lines: list[LineOut]
    sums: list[SumOut]
    verdicts: list[VerdictOut]
    results: list[ResultOut] = Field(description="the performance results that what is new rests on")
    replaces: UUID | None
    issued_on: date
    issued_at: datetime
    issued_by: str
    acting_for: UUID | None
    revoked_on: date | None
    revocation: str | None
    check_url: str = Field(description="where whoever has it can check it")


class CheckOut(CheckedOut):
    """What whoever has a paper may hold it against: initials, no name."""

    state: State  # pyright: ignore[reportIncompatibleVariableOverride] - the states that these papers have
    kind: Kind
    jenjang: str
    golongan: str | None
    ak: str


def said_of(row: Any) -> dict[str, Any]:
    """The parts of what a paper says, as its row keeps them; an erased one has lost its words."""
    return {name: row.said.get(name, []) for name in ("lines", "sums", "verdicts", "results")}
