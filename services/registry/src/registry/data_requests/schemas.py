"""Requests about one's own data as asked and answered."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from common.fields import Document, Words
from contracts.parts import PARTS
from registry.domain.data_request import Kind, State


class DataRequestIn(Document):
    """That a part of one's data be corrected, or used as little as possible while it is in doubt."""

    kind: Kind
    part: str = Field(
        description="of the record, as the access log names it", json_schema_extra={"enum": [*sorted(PARTS)]}
    )
    wrong: Words = Field(description="what is wrong, or why it must rest")
    paper: Words | None = Field(None, description="where the proof is: a document's number or a URL")


class AnswerIn(Document):
    """What was done; or why not, which a refusal must say."""

    reason: Words | None = None


class StepOut(BaseModel):
    """A step of a request."""

    state: State
    reason: str | None
    done_at: datetime


class DataRequestOut(BaseModel):
    """A request. It must be answered until `due_at`; a restriction that is in force rests until it is lifted."""

    id: UUID
    person_id: UUID
    kind: Kind
    part: str
    wrong: str
    paper: str | None
    state: State
    asked_at: datetime
    due_at: datetime
    overdue: bool
    version: int
    steps: list[StepOut]
