"""What reports tell of what mentees have said."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Text
from sqlmodel import Field

from common.store.tables import Stored
from mentoring.domain.figures import Kind


class ToldFigure(Stored, table=True):
    """What the sums of a programme hold of somebody since they were told last: how often, and what it comes to."""

    __tablename__ = "told_figures"

    programme_id: UUID = Field(primary_key=True, foreign_key="programmes.id")
    person_id: UUID = Field(primary_key=True, index=True)
    kind: Kind = Field(primary_key=True, sa_type=Text)
    number: int
    amount: Decimal
    told_on: date
