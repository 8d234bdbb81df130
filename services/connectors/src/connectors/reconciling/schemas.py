"""A platform's own list, and what comes of comparing it."""

from typing import Annotated

from pydantic import BaseModel, Field

from common.fields import Document, Line, Moment, Words

LINES = 5_000


class CompletionIn(Document):
    """Somebody has finished a course, as the platform's list says it: one of `nip`, `account` and `email` names them."""

    nip: Annotated[str | None, Field(pattern=r"^[0-9]{18}$")] = None
    account: Annotated[Line | None, Field(description="what the platform calls somebody, at `site`")] = None
    email: Annotated[Line | None, Field(pattern=r"^[^@\s]+@[^@\s]+$")] = None
    course: Annotated[Words, Field(description="what the platform calls the course, as in its statements")]
    completed_at: Moment


class ListIn(Document):
    """A platform's own list of whoever has finished what. With `take` what is missing is reported, else only named."""

    site: Annotated[Line, Field(description="address of the platform, by which it names people: https://lms.example")]
    completions: Annotated[list[CompletionIn], Field(max_length=LINES)]
    take: bool = Field(True, strict=True)


class MissingOut(BaseModel):
    """A line of the list that nobody has reported; lines count from 1."""

    line: int
    course: str


class ComparedOut(BaseModel):
    """How many lines there are, how many of them were reported already, and which were not; whether these are now."""

    listed: int
    known: int
    missing: list[MissingOut]
    taken: bool
