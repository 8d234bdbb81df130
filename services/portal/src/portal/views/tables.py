"""Views that somebody has saved: sealed, by a keyed hash of who they are."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlmodel import Field

from common.store.tables import Stored


class SavedView(Stored, table=True):
    """A page with what it is narrowed by, under a name. It goes a year after it was last used."""

    __tablename__: ClassVar[str] = "saved_views"

    id: UUID = Field(primary_key=True)
    whose: str = Field(index=True, description="keyed hash of the subject")
    sealed: bytes = Field(description="name and address")
    ends_at: datetime = Field(index=True)
