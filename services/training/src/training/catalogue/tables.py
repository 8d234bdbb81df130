"""Who teaches, what they are accredited for, and their courses."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ARRAY, Index, Numeric, Text
from sqlmodel import Field

from common.store.tables import Stored


class Provider(Stored, table=True):
    """An organiser of learning."""

    __tablename__ = "providers"

    id: UUID = Field(primary_key=True)
    code: str = Field(unique=True)
    name: str
    version: int


class Accreditation(Stored, table=True):
    """That a provider may give a form of learning from `valid_from` until the day before `valid_to`."""

    __tablename__ = "accreditations"

    provider_id: UUID = Field(primary_key=True, foreign_key="providers.id")
    form: str = Field(primary_key=True)
    valid_from: date = Field(primary_key=True)
    valid_to: date | None


class Course(Stored, table=True):
    """A course that a provider offers; `jp` are the hours that its programme states, if it does."""

    __tablename__ = "courses"
    __table_args__ = (Index(None, "provider_id"),)

    id: UUID = Field(primary_key=True)
    code: str = Field(unique=True)
    provider_id: UUID = Field(foreign_key="providers.id")
    title: str
    form: str
    jp: Decimal | None = Field(sa_type=Numeric(8, 3))
    competencies: list[str] = Field(sa_type=ARRAY(Text))
    valid_from: date
    valid_to: date | None
    version: int
