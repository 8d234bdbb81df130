"""Mails as rows: made when their digest is ready or a letter is asked for, claimed and settled by the sender."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKeyConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from common.store.tables import Stored


class Message(Stored, table=True):
    """One mail to somebody; no two have the same `dedupe_key`.

    It is for a person, or for the PIC of an agency. A digest tells the PIC of its round and of those that share its
    notice; every other message is a letter of a `template`, sent for the reason `why` until `expires_at`. Whom it goes to
    is looked up when it is claimed: `recipient` is whom it was for last. Without a checked address it is `waiting`.

    `values` are what the mail says. Those of a digest are counted anew each time it is claimed, until a server has
    it or may have it (`in_doubt`): one Message-ID never stands for two texts.
    `asked_by` is the agency whose desk is told of letters that wait for an address.
    `tries` counts the attempts since the message was made or last sent again by hand, `attempts` all of them.
    """

    __tablename__ = "messages"
    __table_args__ = (
        ForeignKeyConstraint(["round_id", "agency_id"], ["digests.round_id", "digests.agency_id"]),
        CheckConstraint("state IN ('queued', 'waiting', 'sent', 'failed', 'skipped')", name="state"),
        CheckConstraint("rank IN ('main', 'deputy')", name="rank"),
        CheckConstraint("(state IN ('waiting', 'failed', 'skipped')) = (reason IS NOT NULL)", name="reason"),
        CheckConstraint("(person_id IS NULL) <> (agency_id IS NULL)", name="whom"),
        CheckConstraint(
            "CASE template WHEN 'digest' THEN num_nulls(round_id, recipient) = 0"
            " ELSE round_id IS NULL AND num_nulls(values, expires_at) = 0 END",
            name="template",
        ),
        CheckConstraint("state <> 'sent' OR num_nulls(recipient, language, time_zone) = 0", name="sent"),
        Index("ix_messages_due", "due_at", postgresql_where=text("state IN ('queued', 'waiting')")),
        Index(None, "round_id", "agency_id"),
        Index(None, "agency_id"),
        Index(None, "person_id"),
        Index(None, "state", "created_at", "id"),
        Index("ix_messages_unreached", "asked_by", "id", postgresql_where=text("state = 'waiting'")),
    )

    id: UUID = Field(primary_key=True)
    dedupe_key: str = Field(unique=True)
    template: str
    template_version: int
    why: str
    person_id: UUID | None
    round_id: UUID | None
    agency_id: UUID | None
    asked_by: UUID | None
    rank: str | None
    recipient: str | None
    cc: list[str] = Field(sa_type=ARRAY(Text))
    language: str | None
    time_zone: str | None
    values: dict[str, Any] | None = Field(sa_type=JSONB(none_as_null=True))
    traceparent: str | None
    state: str
    reason: str | None
    due_at: datetime
    expires_at: datetime | None
    claimed_until: datetime | None
    in_doubt: bool
    tries: int
    attempts: int
    accepted: list[str] = Field(sa_type=ARRAY(Text))
    refused: list[str] = Field(sa_type=ARRAY(Text))
    created_at: datetime
    settled_at: datetime | None


class Attachment(Stored, table=True):
    """A file that goes with a letter."""

    __tablename__ = "attachments"

    message_id: UUID = Field(primary_key=True, foreign_key="messages.id", ondelete="CASCADE")
    number: int = Field(primary_key=True)
    name: str
    media_type: str
    content: bytes


class Attempt(Stored, table=True):
    """One try to hand a mail over, and what the server said; without a `code` when it said nothing."""

    __tablename__ = "attempts"
    __table_args__ = (CheckConstraint("result IN ('sent', 'deferred', 'failed')", name="result"),)

    message_id: UUID = Field(primary_key=True, foreign_key="messages.id", ondelete="CASCADE")
    number: int = Field(primary_key=True)
    moment: datetime
    result: str
    code: int | None
    words: str


class Resend(Stored, table=True):
    """That somebody sent a message again by hand: who, when, and after which attempt."""

    __tablename__ = "resends"

    message_id: UUID = Field(primary_key=True, foreign_key="messages.id", ondelete="CASCADE")
    after_attempt: int = Field(primary_key=True)
    moment: datetime
    subject: str
