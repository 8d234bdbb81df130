"""Private notes."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from common.store.tables import Stored


class PrivateNote(Stored, table=True):
    """What somebody has written about a pair of theirs for themselves: shown to them alone, and in their own file of data."""

    __tablename__ = "private_notes"

    id: UUID = Field(primary_key=True)
    pair_id: UUID = Field(foreign_key="pairs.id")
    author_id: UUID = Field(index=True)
    words: str
    written_at: datetime
