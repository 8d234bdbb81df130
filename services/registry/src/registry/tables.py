"""What stands beside the features: what every change leaves, how people are written to, and what they ask about their data."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from common.store.tables import Stored
from roster.restrictions import Restrictions


class ChangeRow(Stored, table=True):
    __tablename__ = "changes"

    subject_id: UUID = Field(
        primary_key=True, sa_column_kwargs={"comment": "the agency, unit, post or person that was changed"}
    )
    version: int = Field(primary_key=True)
    parts: str = Field(sa_column_kwargs={"comment": "what was changed, separated by blanks"})
    recorded_by: str = Field(sa_column_kwargs={"comment": "subject of the caller's token"})
    recorded_at: datetime


class ContactRow(Stored, table=True):
    __tablename__ = "contacts"
    __table_args__ = (
        CheckConstraint(
            "(email IS NULL) = (checked_at IS NULL) AND (email IS NULL) = (email_key IS NULL)", name="email"
        ),
        CheckConstraint(
            "num_nonnulls(check_id, check_email, check_token, check_expires_at) IN (0, 4)", name="address_check"
        ),
        CheckConstraint("language IN ('id', 'en')", name="language"),
        CheckConstraint("zone IN ('WIB', 'WITA', 'WIT')", name="zone"),
        CheckConstraint("sex IN ('male', 'female')", name="sex"),
    )

    person_id: UUID = Field(primary_key=True, foreign_key="people.id")
    email: str | None
    email_key: str | None = Field(unique=True, sa_column_kwargs={"comment": "one for all spellings of the address"})
    checked_at: datetime | None
    check_id: UUID | None
    check_email: str | None = Field(sa_column_kwargs={"comment": "nobody's until the link to it is followed"})
    check_token: str | None
    check_expires_at: datetime | None
    language: str
    zone: str
    sex: str | None = Field(sa_column_kwargs={"comment": "null where the NIP tells it rightly"})
    version: int


class ContactChangeRow(Stored, table=True):
    __tablename__ = "contact_changes"

    person_id: UUID = Field(primary_key=True, foreign_key="people.id")
    version: int = Field(primary_key=True)
    parts: str = Field(sa_column_kwargs={"comment": "what was changed, separated by blanks"})
    recorded_by: str = Field(sa_column_kwargs={"comment": "subject of the caller's token"})
    recorded_at: datetime


changes = ChangeRow.table()
contacts, contact_changes = ContactRow.table(), ContactChangeRow.table()


class DataRequestRow(Stored, table=True):
    """What somebody asks about their own data: that it be corrected, or used as little as possible while it is in doubt."""

    __tablename__ = "data_requests"
    __table_args__ = (
        CheckConstraint("kind IN ('correction', 'restriction')", name="kind"),
        CheckConstraint(
            "state IN ('open', 'refused', 'withdrawn') OR kind = 'correction' AND state = 'done'"
            " OR kind = 'restriction' AND state IN ('in_force', 'lifted')",
            name="state",
        ),
        Index(None, "person_id"),
        Index("ix_data_requests_open", "due_at", postgresql_where=text("state = 'open'")),
    )

    id: UUID = Field(primary_key=True)
    person_id: UUID = Field(foreign_key="people.id")
    kind: str
    part: str
    wrong: str
    paper: str | None
    state: str
    asked_at: datetime
    due_at: datetime
    escalated_at: datetime | None
    version: int


class DataRequestStepRow(Stored, table=True):
    __tablename__ = "data_request_steps"

    request_id: UUID = Field(primary_key=True, foreign_key="data_requests.id")
    version: int = Field(primary_key=True)
    state: str
    reason: str | None
    done_by: str = Field(sa_column_kwargs={"comment": "subject of the caller's token"})
    done_at: datetime


restrictions = Restrictions(__name__).table
data_requests, data_request_steps = DataRequestRow.table(), DataRequestStepRow.table()
