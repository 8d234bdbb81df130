"""The report of a programme as shown."""

from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel, Field

from mentoring.converted.schemas import UptakeOut


class ReportOut(BaseModel):
    """What came of a programme so far. A share or an average of nothing is null.

    What nobody but the two of a pair may see (`circle_presences` to `helped`) is told once a day of ten people and more together, and null before.
    """

    programme_id: UUID
    enrolled: int = Field(description="mentees who take or took part")
    matched: int = Field(description="mentees who have or had a pair that both accepted")
    attended: int = Field(description="mentees with at least one confirmed session")
    pairs: int = Field(description="pairs that both accepted")
    ended_early: int = Field(description="pairs that were left before their last day")
    drop_out: Decimal | None = Field(description="their share of all pairs, in percent")
    sessions: int = Field(description="confirmed sessions of pairs")
    hours: Decimal = Field(description="of these sessions, by the clock")
    circle_meetings: int = Field(description="meetings of circles at which a mentee was, by the word of both")
    circle_presences: int | None = Field(description="mentees at them, meeting by meeting")
    talks: int | None = Field(description="single talks that were held, by the word of both")
    guidance_talks: int | None = Field(description="talks on a career, likewise; counted nowhere else")
    guidance_hours: Decimal | None = Field(description="of these, by the clock")
    goals: int | None = Field(description="goals of the agreements that hold")
    goals_reached: int | None = Field(description="of those, whose wanted level the mentee has by what counts today")
    rated: int | None = Field(description="mentees who have said at the end how content they are")
    satisfaction: Decimal | None = Field(description="what they have said, 1 to 5, on average")
    sessions_rated: int | None = Field(
        description="sessions after which the mentee has answered what is asked each time"
    )
    session_satisfaction: Decimal | None = Field(description="how useful these were to them, 1 to 5, on average")
    thanked: int | None = Field(description="mentees who have thanked their mentor")
    helped: Decimal | None = Field(description="how much it has helped, as they have said then, 1 to 5, on average")
    converted: UptakeOut
    days_to_first_session: Decimal | None = Field(description="from the day both accepted, on average")
