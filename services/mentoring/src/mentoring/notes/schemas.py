"""Private notes as written and shown."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from common.fields import Document

Pages = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=10_000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
    ),
]
"""A few pages, with their line breaks."""


class NoteIn(Document):
    """What somebody writes for themselves."""

    words: Pages


class NoteOut(BaseModel):
    """A note."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    words: str
    written_at: datetime


class NotesOut(BaseModel):
    """The caller's own notes about a pair."""

    private: str = Field(description="who reads what is written here; told before anything is")
    items: list[NoteOut]
