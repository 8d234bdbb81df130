"""The kinds of letters: what each takes, for which reasons it is sent, and whom it goes to.

A letter is written by two files in `templates`, `<name>.<version>.txt` (its first line is the subject) and `.html`. A
message keeps the version it was made with, and its files stay while such a message may be sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from common.fields import Day, Line, Words, Year
from common.texts import text_named

Hours = Annotated[Decimal, Field(ge=0, le=10_000, max_digits=8, decimal_places=3)]


class Values(BaseModel):
    """What a letter takes; anything else is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class CheckAddress(Values):
    """The link that shows whose an address is."""

    check_id: UUID
    token: str


class Nudge(Values):
    """The learning hours (JP) of somebody in a year: owed, verified, and missing."""

    year: Year
    target: Hours
    verified: Hours
    missing: Hours


class Course(Values):
    """A course of the catalogue that somebody is to attend: its code, its title, and by when."""

    course: Line
    title: Words
    due_on: Day


class Class(Values):
    """A class that somebody is in or waits for, and what has become of it or of their seat: its title, and from when until when."""

    step: Literal["enrolled", "changed", "cancelled"]
    title: Words
    begins_on: Day
    ends_on: Day


class ClassUse(Values):
    """A class that somebody was in some time ago, of which they are asked whether they have used it: its title, and its last day."""

    title: Words
    ended_on: Day


class Match(Values):
    """Pairs that somebody is offered in a mentoring programme: its title, on which side, how many, and by when they answer."""

    title: Words
    side: Literal["mentee", "mentor"]
    pairs: Annotated[int, Field(ge=1, le=100)]
    answer_by: Day


class Session(Values):
    """A mentoring session as calendars are told of it: its programme's title, when, where, and the number of its entry.

    `told_at` is when it was planned, moved or called off; an entry with a higher `sequence` takes the place of one before.
    """

    session_id: UUID
    method: Literal["REQUEST", "CANCEL"]
    sequence: Annotated[int, Field(ge=0)]
    title: Words
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    place: Words | None
    told_at: AwareDatetime


class SessionSoon(Values):
    """A mentoring session that begins in a day or in an hour: its programme's title, and when."""

    title: Words
    starts_at: AwareDatetime
    within: Literal["day", "hour"]


class QuietPair(Values):
    """A pair that has held no session for so many days: its programme's title."""

    title: Words
    days: Annotated[int, Field(ge=1, le=1000)]


class PairEnded(Values):
    """A pair that was ended before its time: its programme's title, and the day."""

    title: Words
    ended_on: Day


class Talk(Values):
    """A single talk with a mentor: what has become of it, and when it is or would have been."""

    step: Literal["asked", "accepted", "rejected", "expired", "cancelled"]
    starts_at: AwareDatetime


class Audit(Values):
    """The day on which LAN opened an audit in the agency."""

    opened_on: Day


class DataFile(Values):
    """The file of somebody's data, and the last day on which it can be fetched."""

    last_day: Day


class DataRequest(Values):
    """The day on which somebody asked something about their data, and whether it was granted."""

    asked_on: Day
    granted: bool


class DataRequestOverdue(Values):
    """A request about somebody's data that was not answered in time: its number, and the day on which it was made."""

    number: UUID
    asked_on: Day


class CasesOverdue(Values):
    """So many cases of an agency that were not decided in time, and the day by which the oldest was to be."""

    cases: Annotated[int, Field(ge=1)]
    due_on: Day


class MentoringReport(Values):
    """The day on which somebody reported a problem in a mentoring pair."""

    sent_on: Day


class SessionAudit(Values):
    """So many sessions of a mentoring programme that somebody is to look into: its title."""

    title: Words
    sessions: Annotated[int, Field(ge=1, le=500)]


class AuditEvidence(Values):
    """A training that was drawn for an audit: the number of its record, and until when evidence is sent."""

    number: UUID
    due_on: Day


class RecordAudit(Values):
    """So many training records that somebody is to look into."""

    records: Annotated[int, Field(ge=1, le=1000)]


class TrainingRefused(Values):
    """A training that a verifier did not confirm: the number of its record, and the day it ended."""

    number: UUID
    end_date: Day


class MentorOffer(Values):
    """A mentoring programme that somebody may join: its title, and the last day to do so."""

    title: Words
    closes_on: Day


@dataclass(frozen=True)
class Kind:
    """The newest version of a letter, and the texts that say why it is sent, by reason."""

    version: int
    values: type[Values]
    reasons: Mapping[str, str]
    requested: bool = True
    """Whether other services may ask for it."""


CHECK_ADDRESS = "check-address"
SESSION = "session"
KINDS = {
    CHECK_ADDRESS: Kind(1, CheckAddress, {"new-address": text_named("reason.new-address")}, requested=False),
    "cases-overdue": Kind(1, CasesOverdue, {"pic-of-agency": text_named("reason.pic-of-agency")}),
    "class": Kind(1, Class, {"your-class": text_named("reason.your-class")}),
    "class-use": Kind(1, ClassUse, {"your-class": text_named("reason.your-class")}),
    "course": Kind(1, Course, {"assigned": text_named("reason.assigned")}),
    "data-file": Kind(
        1, DataFile, {"own-data": text_named("reason.own-data"), "data-for-you": text_named("reason.data-for-you")}
    ),
    "data-request": Kind(1, DataRequest, {"own-request": text_named("reason.own-request")}),
    "data-request-overdue": Kind(1, DataRequestOverdue, {"pic-of-agency": text_named("reason.pic-of-agency")}),
    "match": Kind(1, Match, {"programme": text_named("reason.programme")}),
    "mentor-offer": Kind(1, MentorOffer, {"converted": text_named("reason.converted")}),
    "mentoring-report": Kind(1, MentoringReport, {"confidant": text_named("reason.confidant")}),
    "nudge": Kind(1, Nudge, {"superior": text_named("reason.superior")}),
    SESSION: Kind(1, Session, {"your-session": text_named("reason.your-session")}),
    "session-audit": Kind(1, SessionAudit, {"auditor": text_named("reason.auditor")}),
    "session-soon": Kind(1, SessionSoon, {"your-session": text_named("reason.your-session")}),
    "quiet-pair": Kind(1, QuietPair, {"your-pair": text_named("reason.your-pair")}),
    "pair-ended": Kind(1, PairEnded, {"your-pair": text_named("reason.your-pair")}),
    "talk": Kind(1, Talk, {"your-talk": text_named("reason.your-talk")}),
    "audit-evidence": Kind(1, AuditEvidence, {"your-training": text_named("reason.your-training")}),
    "record-audit": Kind(1, RecordAudit, {"record-auditor": text_named("reason.record-auditor")}),
    "training-refused": Kind(1, TrainingRefused, {"your-training": text_named("reason.your-training")}),
    "audit": Kind(1, Audit, {"audit": text_named("reason.audit")}),
}


def read_values(template: str, given: Mapping[str, Any], reason: str) -> dict[str, Any]:
    """The values of a letter that was asked for. Raises ValueError for what is no letter, value or reason of ours."""
    kind = KINDS.get(template)
    if kind is None or not kind.requested or reason not in kind.reasons:
        raise ValueError("no such template, or not for this reason")
    return kind.values.model_validate(given).model_dump(mode="json")
