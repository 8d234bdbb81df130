"""Matching runs, and what came out for each mentee."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from common.store.tables import Stored
from mentoring.domain.programmes import Way


class MatchingRun(Stored, table=True):
    """A run as it was ordered, and what it has found once its job is done; until then the rest is null.

    `inputs` are the people and rules it matched (`mentoring.runs.inputs`), so that it can be explained and repeated whatever
    changes later. `prices` are those of the mentors in the order of the inputs; null for a stable match. `lost_mentees`
    and `lost_points` are the bound on what lists of the best may have lost.
    """

    __tablename__ = "matching_runs"

    id: UUID = Field(primary_key=True)
    programme_id: UUID = Field(foreign_key="programmes.id", index=True)
    job_id: UUID
    seed: int
    way: Way = Field(sa_type=Text)
    weights: dict[str, int] = Field(sa_type=JSONB)
    ordered_by: str
    ordered_at: datetime
    inputs: bytes | None = None
    prices: list[int] | None = Field(default=None, sa_type=ARRAY(BigInteger))
    mentors: int | None = None
    seats: int | None = None
    mentees: int | None = None
    matched: int | None = None
    total: int | None = Field(default=None, sa_type=BigInteger)
    lost_mentees: int | None = None
    lost_points: int | None = None


class MatchingPairs(Stored, table=True):
    """The pairs that a run looked at, by the places of its people: so that it is explained in the time it takes to read them.

    Runs from before they were kept have none.
    """

    __tablename__ = "matching_pairs"

    run_id: UUID = Field(primary_key=True, foreign_key="matching_runs.id")
    pairs: bytes


class MatchingResult(Stored, table=True):
    """What a run found for a mentee: a mentor and the score of the pair, or the limit that binds them."""

    __tablename__ = "matching_results"
    __table_args__ = (
        CheckConstraint(
            "(mentor_id IS NULL) = (score IS NULL) AND (mentor_id IS NULL) = (limited_by IS NOT NULL)", name="found"
        ),
    )

    run_id: UUID = Field(primary_key=True, foreign_key="matching_runs.id")
    mentee_id: UUID = Field(primary_key=True)
    mentor_id: UUID | None
    score: int | None
    limited_by: str | None
