"""Pairs, and why the desk changed one."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlmodel import Field

from common.store.tables import Stored
from mentoring.domain.pairs import LIVE, STATES, State


class Pair(Stored, table=True):
    """A mentor and a mentee in a programme; the first in a state of `LIVE` is the mentee's only one there.

    `run_id` is null for a pair made by hand. `answer_by` is null until it is offered, `begins_on` until both have accepted;
    `ends_on` is the last day as planned, or as it came. Agencies and units are those at the match. `review` is why the
    desk is to look at it, null where nothing is open. `next_sought`: after an offer that came to nothing, the next best was
    looked for.
    """

    __tablename__ = "pairs"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint("mentee_id <> mentor_id", name="two"),
        CheckConstraint("(state IN ('draft', 'replaced')) = (answer_by IS NULL)", name="offered"),
        CheckConstraint("state <> 'active' OR num_nulls(mentee_accepted_at, mentor_accepted_at) = 0", name="accepted"),
        CheckConstraint(
            "(state IN ('active', 'ended', 'completed')) = (begins_on IS NOT NULL)"
            " AND (begins_on IS NULL) = (ends_on IS NULL)",
            name="period",
        ),
        CheckConstraint("begins_on <= ends_on", name="dates"),
        CheckConstraint("(state = 'ended') = (ended_reason IS NOT NULL)", name="ended"),
        Index("uq_pairs_one_live", "programme_id", "mentee_id", unique=True, postgresql_where=text(f"state IN {LIVE}")),
        Index("ix_pairs_unanswered", "answer_by", postgresql_where=text("state = 'offered'")),
        Index("ix_pairs_unsought", "id", postgresql_where=text("state IN ('declined', 'lapsed') AND NOT next_sought")),
    )

    id: UUID = Field(primary_key=True)
    programme_id: UUID = Field(foreign_key="programmes.id", index=True)
    mentee_id: UUID = Field(index=True)
    mentor_id: UUID = Field(index=True)
    run_id: UUID | None = Field(foreign_key="matching_runs.id")
    score: int
    state: State = Field(sa_type=Text)
    answer_by: datetime | None = None
    mentee_accepted_at: datetime | None = None
    mentor_accepted_at: datetime | None = None
    begins_on: date | None = None
    ends_on: date | None = None
    ended_reason: str | None = None
    mentee_agency_id: UUID
    mentee_unit_id: UUID | None
    mentor_agency_id: UUID
    mentor_unit_id: UUID | None
    review: str | None = None
    next_sought: bool = False
    version: int = 1


class PairChange(Stored, table=True):
    """The log of changes: what the desk did with a pair, and why. `version` is the pair's after it."""

    __tablename__ = "pair_changes"

    pair_id: UUID = Field(primary_key=True, foreign_key="pairs.id")
    version: int = Field(primary_key=True)
    change: str
    reason: str
    by: str
    at: datetime


class DeclinedPair(Stored, table=True):
    """Who declined a pair and why: for the programme's desk and themselves alone."""

    __tablename__ = "declined_pairs"

    pair_id: UUID = Field(primary_key=True, foreign_key="pairs.id")
    person_id: UUID = Field(index=True)
    reason: str
    at: datetime
