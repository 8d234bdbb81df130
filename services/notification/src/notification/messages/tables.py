"""Mails as rows: made when their digest is ready, claimed and settled by the sender."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKeyConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from common.store.tables import Stored


class Message(Stored, table=True):
    """One mail to one PIC about one digest and those that share its notice; no two have the same `dedupe_key`.

    `figures` are what the mail says. They are counted anew each time it is claimed, until a server has
    it or may have it (`in_doubt`): one Message-ID never stands for two texts.
    `tries` counts the attempts since the message was made or last sent again by hand, `attempts` all of them.
    """

    __tablename__ = "messages"
    __table_args__ = (
        ForeignKeyConstraint(["round_id", "agency_id"], ["digests.round_id", "digests.agency_id"]),
        CheckConstraint("state IN ('queued', 'sent', 'failed', 'skipped')", name="state"),
        CheckConstraint("rank IN ('main', 'deputy')", name="rank"),
        CheckConstraint("(state IN ('failed', 'skipped')) = (reason IS NOT NULL)", name="reason"),
        Index("ix_messages_due", "due_at", postgresql_where=text("state = 'queued'")),
        Index(None, "round_id", "agency_id"),
        Index(None, "agency_id"),
        Index(None, "state", "created_at", "id"),
    )

    id: UUID = Field(primary_key=True)
    dedupe_key: str = Field(unique=True)
    round_id: UUID
    agency_id: UUID
    rank: str
    recipient: str
    cc: list[str] = Field(sa_type=ARRAY(Text))
    language: str
    time_zone: str
    figures: dict[str, Any] | None = Field(sa_type=JSONB(none_as_null=True))
    state: str
    reason: str | None
    due_at: datetime
    claimed_until: datetime | None
    in_doubt: bool
    tries: int
    attempts: int
    accepted: list[str] = Field(sa_type=ARRAY(Text))
    refused: list[str] = Field(sa_type=ARRAY(Text))
    created_at: datetime
    settled_at: datetime | None


class Attempt(Stored, table=True):
    """One try to hand a mail over, and what the server said; without a `code` when it said nothing."""

    __tablename__ = "attempts"
    __table_args__ = (CheckConstraint("result IN ('sent', 'deferred', 'failed')", name="result"),)

    message_id: UUID = Field(primary_key=True, foreign_key="messages.id")
    number: int = Field(primary_key=True)
    moment: datetime
    result: str
    code: int | None
    words: str


class Resend(Stored, table=True):
    """That somebody sent a message again by hand: who, when, and after which attempt."""

    __tablename__ = "resends"

    message_id: UUID = Field(primary_key=True, foreign_key="messages.id")
    after_attempt: int = Field(primary_key=True)
    moment: datetime
    subject: str
