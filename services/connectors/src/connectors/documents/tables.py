"""Documents."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary
from sqlmodel import Field

from common.store.tables import Stored


class StoredDocument(Stored, table=True):
    """A document of a platform. `owner` is a hash of what it belongs to, `key` of that, the registration and the name."""

    __tablename__ = "documents"
    __table_args__ = (Index(None, "connection_id", "owner", "updated"),)

    connection_id: UUID = Field(primary_key=True, foreign_key="connections.id")
    key: bytes = Field(primary_key=True, sa_type=LargeBinary)
    owner: bytes = Field(sa_type=LargeBinary)
    registration: UUID | None
    name: str
    content: bytes = Field(sa_type=LargeBinary)
    content_type: str
    etag: str
    updated: datetime
