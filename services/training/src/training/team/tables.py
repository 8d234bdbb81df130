"""The reminders that superiors have sent, and the copy of posts: who stands above whom follows from it."""

from datetime import date
from uuid import UUID

from sqlmodel import Field

from common.store.tables import Stored
from roster.structure import Posts

POSTS = Posts(__name__, "superior_id")


class Nudge(Stored, table=True):
    """That a person was reminded on a day, and by whom."""

    __tablename__ = "nudges"

    person_id: UUID = Field(primary_key=True)
    nudged_on: date = Field(primary_key=True)
    superior_id: UUID
