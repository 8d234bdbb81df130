"""Mappings as they are sent and shown, and what waits for one."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from common.fields import FIRST_DAY, PLAIN, Day, Document
from contracts.nip import WrittenNip

Id = Annotated[str, StringConstraints(min_length=1, max_length=100_000, pattern=PLAIN)]
"""What a platform calls something, to the letter: whatever length a statement may give it, so that it can be mapped."""


class CourseMappingIn(Document):
    """Which course of the catalogue a platform's is, from `valid_from` until the day before `valid_to`; null: it still is."""

    course: Id = Field(description="as the platform calls it: the id of the activity in xAPI")
    course_code: Id
    valid_from: Day = FIRST_DAY
    valid_to: Day | None = None


class CourseMappingOut(BaseModel):
    """A mapping of a course."""

    course: str
    course_id: UUID
    valid_from: date
    valid_to: date | None
    mapped_at: datetime


class AccountIn(Document):
    """An account on a platform."""

    homePage: Id  # noqa: N815 - as xAPI has it
    name: Id


class UserIn(Document):
    """Who a user of a platform is: exactly one of `account`, `mbox`, `mbox_sha1sum` and `openid`, and the number or our id."""

    account: AccountIn | None = None
    mbox: Annotated[str, StringConstraints(pattern=r"^mailto:[^@\s]+@[^@\s]+$", max_length=400)] | None = None
    mbox_sha1sum: Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F]{40}$")] | None = None
    openid: Id | None = None
    nip: WrittenNip | None = None
    person_id: UUID | None = None

    def agent(self) -> dict[str, Any]:
        """Whom it names, as xAPI has it."""
        return self.model_dump(include={"account", "mbox", "mbox_sha1sum", "openid"}, exclude_none=True)


class WaitingOut(BaseModel):
    """What waits for a mapping: how many reports, of when the first and the last are, and one of them."""

    model_config = ConfigDict(from_attributes=True)

    key: str
    count: int
    first_seen: datetime
    last_seen: datetime
    sample_report_id: UUID


class UnmappedCourseOut(WaitingOut):
    """A course of a platform that is none of the catalogue yet."""

    course: str
    title: str | None


class UnmappedUserOut(WaitingOut):
    """A user of a platform of whom nobody knows who it is; `told` is what the platform calls them, without a name.

    An account that goes by a NIP shows none; it waits for the registry, and not for a mapping.
    """

    told: dict[str, Any]
    by_number: bool
