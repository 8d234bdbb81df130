"""Deputies as sent and answered."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field

from common.fields import Day, Document
from contracts.duties import By, DutyCode
from contracts.looks import WhoseId
from contracts.nip import WrittenNip


class DeputyIn(Document):
    """Somebody who does a duty of another from `valid_from` until the day before `valid_to`; each is named by id or NIP."""

    person_id: UUID | None = None
    nip: WrittenNip | None = None
    deputy_id: UUID | None = None
    deputy_nip: WrittenNip | None = None
    duty: DutyCode = Field(description="see GET /v1/duties")
    valid_from: Day
    valid_to: Day


class EndIn(Document):
    """The first day on which the deputy no longer acts: today at the earliest."""

    on: Day


class DeputyOut(BaseModel):
    """Who does a duty of whom, and until when; both days are the same where it was taken back before it began."""

    id: UUID
    person_id: UUID
    deputy_id: WhoseId
    duty: str
    valid_from: date
    valid_to: date
    version: int


class DutyOut(BaseModel):
    """A duty in which somebody may be stood in for, or may not (`delegable`).

    Somebody has it `by` a role of their token, or by what they are in the registry: by the post they hold, or as a PIC.
    """

    code: str
    label: str
    by: By
    role: str | None
    delegable: bool
    source: str
    status: str
