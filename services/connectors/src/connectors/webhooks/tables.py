"""Who is told of what, each delivery, and each try."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Identity, Index, Text, text
from sqlmodel import Field

from common.store.tables import Stored


class Webhook(Stored, table=True):
    """Where an agency, or a connection, is told of events, and why. Its key is made of its id and `secret`, a number.

    Until `former_until` messages are signed by the key before too. `ended`: why it was switched off by itself.
    """

    __tablename__ = "webhooks"
    __table_args__ = (
        CheckConstraint("num_nonnulls(agency_id, connection_id) = 1", name="owner"),
        CheckConstraint("ended IS NULL OR (ended IN ('gone', 'unanswered', 'closed') AND NOT enabled)", name="ended"),
    )

    id: UUID = Field(primary_key=True)
    agency_id: UUID | None = Field(index=True)
    connection_id: UUID | None = Field(foreign_key="connections.id", index=True)
    url: str
    events: list[str] = Field(sa_type=ARRAY(Text))
    purpose: str
    reference: str
    enabled: bool
    ended: str | None
    secret: int
    former_until: datetime | None
    paused_until: datetime | None
    made_at: datetime
    version: int


class Delivery(Stored, table=True):
    """An event for one webhook; those of one person leave in the order of `position`."""

    __tablename__ = "deliveries"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'delivered', 'failed')", name="state"),
        CheckConstraint("(state = 'waiting') = (due_at IS NOT NULL)", name="due"),
        Index("ix_deliveries_due", "webhook_id", "due_at", "position", postgresql_where=text("state = 'waiting'")),
        Index("ix_deliveries_order", "webhook_id", "person_id", "position", postgresql_where=text("state = 'waiting'")),
        Index(None, "webhook_id", "position"),
        Index(None, "person_id"),
    )

    id: UUID = Field(primary_key=True)
    webhook_id: UUID = Field(foreign_key="webhooks.id")
    person_id: UUID
    position: int = Field(sa_type=BigInteger, sa_column_args=(Identity(always=True),))
    event: str
    body: str
    state: str
    tries: int
    due_at: datetime | None
    claimed_until: datetime | None
    made_at: datetime
    settled_at: datetime | None


class Attempt(Stored, table=True):
    """A try: what was answered, or what went wrong, and how long it took."""

    __tablename__ = "attempts"

    id: UUID = Field(primary_key=True)
    delivery_id: UUID = Field(foreign_key="deliveries.id", index=True)
    at: datetime
    status: int | None
    fault: str | None
    milliseconds: int
