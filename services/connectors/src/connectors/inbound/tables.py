"""Addresses for webhooks of platforms, and what arrived there."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field

from common.store.tables import Stored


class Receiver(Stored, table=True):
    """Where a platform sends its webhooks, and the encrypted secret by which they are known; `former` is good until `former_until`.

    `site` is the address of the platform, by which it names people and courses.
    """

    __tablename__ = "receivers"
    __table_args__ = (
        CheckConstraint("kind IN ('standard', 'canvas', 'cornerstone', 'moodle')", name="kind"),
        CheckConstraint("(kind = 'canvas') = (secret IS NULL)", name="secret"),
    )

    id: UUID = Field(primary_key=True)
    connection_id: UUID = Field(foreign_key="connections.id", index=True)
    kind: str
    site: str | None
    secret: bytes | None = Field(sa_type=LargeBinary)
    former: bytes | None = Field(sa_type=LargeBinary)
    former_until: datetime | None
    made_at: datetime


class Arrival(Stored, table=True):
    """A message as it came, once by its `key`; its body is kept until it is taken, or as long as nobody could read it."""

    __tablename__ = "arrivals"
    __table_args__ = (
        UniqueConstraint("receiver_id", "key"),
        CheckConstraint("state IN ('waiting', 'taken', 'ignored', 'refused')", name="state"),
        CheckConstraint("(state IN ('waiting', 'refused')) = (body IS NOT NULL)", name="body"),
        CheckConstraint("(state = 'refused') = (code IS NOT NULL)", name="code"),
        Index("ix_arrivals_waiting", "id", postgresql_where=text("state = 'waiting'")),
        Index(None, "receiver_id", "id"),
    )

    id: UUID = Field(primary_key=True)
    receiver_id: UUID = Field(foreign_key="receivers.id")
    key: bytes = Field(sa_type=LargeBinary)
    body: bytes | None = Field(sa_type=LargeBinary)
    state: str
    code: str | None
    field: str | None
    received_at: datetime
    settled_at: datetime | None
