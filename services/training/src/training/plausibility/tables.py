"""Flags of records, what the person said, and how they were settled."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, Text, Uuid, text
from sqlmodel import Field

from common.signs import VERDICTS, Verdict
from common.store.tables import Stored
from training.domain.plausibility import SIGNS, Sign


class RecordFlag(Stored, table=True):
    """A sign found on a record by a rule pack: how many, and in which records (its own among them, where it is about its days).

    Of each sign a record has one flag that is open. What was settled is found anew only in what was not seen then.
    """

    __tablename__ = "record_flags"
    __table_args__ = (
        CheckConstraint(f"kind IN {SIGNS}", name="kind"),
        CheckConstraint(f"verdict IN {VERDICTS}", name="verdict"),
        CheckConstraint("num_nulls(verdict, reason, settled_by, settled_at) IN (0, 4)", name="settled"),
        CheckConstraint("num_nulls(answer, answered_at) IN (0, 2)", name="answered"),
        Index("uq_record_flags_open", "record_id", "kind", unique=True, postgresql_where=text("verdict IS NULL")),
    )

    id: UUID = Field(primary_key=True)
    record_id: UUID = Field(foreign_key="records.id", index=True)
    kind: Sign = Field(sa_type=Text)
    figure: int
    found_in: list[UUID] = Field(sa_type=ARRAY(Uuid))
    rule_pack: str
    found_on: date
    answer: str | None = None
    answered_at: datetime | None = None
    verdict: Verdict | None = Field(default=None, sa_type=Text)
    reason: str | None = None
    settled_by: str | None = None
    settled_at: datetime | None = None
