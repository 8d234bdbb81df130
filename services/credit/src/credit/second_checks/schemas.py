"""Second checks as they are shown: without the person, the case, and what the first has decided."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from common.fields import Document

Verdict = Literal["right", "wrong"]


class SecondCheckOut(BaseModel):
    """What a case claims, for somebody who is to decide about it without knowing whose it is and what others have found."""

    id: UUID
    kind: str
    period_start: date
    period_end: date
    predikat: str | None
    hasil_kerja: str | None
    perilaku: str | None
    performance_result: str | None
    performance_outcome: str | None
    evidence: str | None
    degree: str | None
    paper: str | None


class VerdictIn(Document):
    """Whether all of it is in order."""

    verdict: Verdict


class AgreementOut(BaseModel):
    """How far the first and the second checkers of an agency agree. Figures of few decisions are null.

    `kappa` is Cohen's: 1 where they always agree, 0 where no more than by chance. `busiest` is the share of the decisions of the
    checker who has made most of them.
    """

    agency_id: UUID
    pairs: int | None = Field(description="decisions that were made twice")
    agreed: str | None = Field(description="share on which the two agreed")
    kappa: str | None
    to_a_third: int | None = Field(description="decisions on which they differed")
    decisions: int | None = Field(description="decisions of checkers")
    checkers: int | None
    busiest: str | None


class AgreementsOut(BaseModel):
    """Of the decisions and the verdicts of a whole quarter, by agency."""

    since: date
    until: date
    smallest_group: int
    status: str
    items: list[AgreementOut]
