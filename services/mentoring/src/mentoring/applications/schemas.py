"""Applications as sent and shown."""

from datetime import datetime
from typing import Annotated, Literal, get_args
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from common.fields import Document
from mentoring.domain.programmes import Side
from mentoring.profiles.schemas import Competency, Degree

Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
"""ISO 639."""
Meeting = Literal["online", "onsite"]
HalfDay = Literal["mon-am", "mon-pm", "tue-am", "tue-pm", "wed-am", "wed-pm", "thu-am", "thu-pm", "fri-am", "fri-pm"]


class ApplicationIn(Document):
    """Somebody would take part; what is left out says nothing against anybody."""

    side: Side
    seats: int | None = Field(
        None, strict=True, ge=1, le=20, description="of a mentor; the programme's number if it is left out"
    )
    languages: list[Language] = Field(["id"], min_length=1, max_length=10)
    meets: list[Meeting] = Field(list[Meeting](get_args(Meeting)), min_length=1, max_length=2)
    free: list[HalfDay] = Field(list[HalfDay](get_args(HalfDay)), max_length=10)
    goals: dict[Competency, Degree] = Field({}, max_length=10, description="levels a mentee would reach, by competency")
    wishes: list[UUID] = Field([], max_length=5, description="whom they would like most, the first one first")
    avoids: list[UUID] = Field([], max_length=20, description="whom they will not be paired with; shown to nobody else")


class ApplicationOut(BaseModel):
    """An application. `avoids` is null for everybody but the one who has applied."""

    model_config = ConfigDict(from_attributes=True)

    programme_id: UUID
    person_id: UUID
    side: Side
    seats: int
    languages: list[str]
    meets: list[Meeting]
    free: list[HalfDay]
    goals: dict[str, int]
    wishes: list[UUID]
    avoids: list[UUID] | None
    applied_at: datetime
    withdrawn_at: datetime | None
