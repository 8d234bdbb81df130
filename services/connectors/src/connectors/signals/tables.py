"""Words of platforms, and how far their statements were read."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary
from sqlmodel import Field

from common.store.tables import Stored


class Signal(Stored, table=True):
    """That a platform has said of one of its users that a course is finished, or is not after all.

    `id` is that of the statement, or one made of what an event was known by. `sign` is the rule by which it was read.
    """

    __tablename__ = "signals"
    __table_args__ = (
        CheckConstraint("says IN ('finished', 'failed', 'revoked')", name="says"),
        Index(None, "connection_id", "actor", "course"),
    )

    connection_id: UUID = Field(primary_key=True, foreign_key="connections.id")
    id: UUID = Field(primary_key=True)
    actor: bytes = Field(sa_type=LargeBinary)
    course: bytes = Field(sa_type=LargeBinary)
    sign: str
    says: str
    at: datetime
    day: date
    voided: bool


class Reading(Stored, table=True):
    """Until which statement a connection's were read."""

    __tablename__ = "readings"

    connection_id: UUID = Field(primary_key=True, foreign_key="connections.id")
    stored: datetime
    position: int = Field(sa_type=BigInteger)
