"""The copy of training records that mentoring keeps."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Numeric
from sqlmodel import Field

from common.store.tables import Stored


class TrainedRecord(Stored, table=True):
    """A competency that a verified record names; one that it names no more, or of a record that is revoked, is not here."""

    __tablename__ = "trained"

    record_id: UUID = Field(primary_key=True)
    competency: str = Field(primary_key=True)
    person_id: UUID = Field(index=True)
    jp: Decimal = Field(sa_type=Numeric(8, 3))
    ended_on: date
