"""Offers of a mentor to converted staff."""

from datetime import date
from uuid import UUID

from sqlmodel import Field

from common.store.tables import Stored


class MentorOffer(Stored, table=True):
    """That somebody was told of a programme, once, since they hold a post that theirs was turned into."""

    __tablename__ = "mentor_offers"

    programme_id: UUID = Field(primary_key=True, foreign_key="programmes.id")
    person_id: UUID = Field(primary_key=True, index=True)
    offered_on: date
