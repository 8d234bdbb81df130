"""Connections to platforms, and their credentials."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, LargeBinary
from sqlmodel import Field

from common.store.tables import Stored


class Connection(Stored, table=True):
    """What an agency or a provider has connected to a platform; what the platform sends is kept under it."""

    __tablename__ = "connections"
    __table_args__ = (CheckConstraint("num_nonnulls(agency_id, provider_id) = 1", name="owner"),)

    id: UUID = Field(primary_key=True)
    agency_id: UUID | None = Field(index=True)
    provider_id: UUID | None = Field(index=True)
    name: str
    platform: str
    enabled: bool
    made_at: datetime
    version: int


class Credential(Stored, table=True):
    """A key and the hash of its secret; a platform has two while one takes the place of the other."""

    __tablename__ = "credentials"

    id: UUID = Field(primary_key=True)
    connection_id: UUID = Field(foreign_key="connections.id", index=True)
    secret_hash: bytes = Field(sa_type=LargeBinary)
    made_at: datetime
