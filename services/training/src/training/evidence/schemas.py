"""Evidence as sent and shown."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

# Neither control characters nor those that turn the direction of writing: `tukar<U+202E>fdp.exe` reads as a PDF.
FILE_NAME = r"^[^\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]*$"
FileName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=FILE_NAME)]
"""What its sender calls a file: one line, read in the direction in which it is written."""


class EvidenceFileOut(BaseModel):
    """A file of a record. `size` and `sha256` are of the file as it was sent."""

    id: UUID
    name: str
    media_type: str
    size: int
    sha256: str
    added_at: datetime
    shared: bool = Field(description="the same file is evidence of a record of somebody else too")


class EvidenceOut(BaseModel):
    """All that proves a record. The link is what its issuer gives (an address, or the text of a QR code); we never open it."""

    record_id: UUID
    person_id: UUID
    link: str | None
    files: list[EvidenceFileOut]


class ComparedOut(BaseModel):
    """Whether a file is the one that was sent as evidence, byte by byte."""

    file_id: UUID
    person_id: UUID
    same: bool
