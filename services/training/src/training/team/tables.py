"""What superiors have sent and assigned, and the copy of posts: who stands above whom follows from it."""

from datetime import date
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field

from common.store.tables import Stored
from roster.structure import Posts

POSTS = Posts(__name__, "unit_id", "superior_id")


class Nudge(Stored, table=True):
    """That a person was reminded on a day, and by whom."""

    __tablename__ = "nudges"

    person_id: UUID = Field(primary_key=True)
    nudged_on: date = Field(primary_key=True)
    superior_id: UUID


class AssignedCourse(Stored, table=True):
    """That somebody is to attend a course by a day, and which superior says so.

    Whether it is done is not kept: a valid record of the course says it.
    """

    __tablename__ = "assigned_courses"
    __table_args__ = (Index(None, "person_id"),)

    id: UUID = Field(primary_key=True)
    person_id: UUID
    course_id: UUID = Field(foreign_key="courses.id")
    assigned_by: UUID
    assigned_on: date
    due_on: date
    withdrawn_on: date | None
