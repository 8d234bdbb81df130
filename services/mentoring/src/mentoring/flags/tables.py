"""Flags of pairs, and how they were settled."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, Text, Uuid, text
from sqlmodel import Field

from common.signs import VERDICTS, Verdict
from common.store.tables import Stored
from mentoring.domain.flags import SIGNS, Sign


class PairFlag(Stored, table=True):
    """A sign found on a pair by a rule pack: how many, and in which of its sessions (of `mutual`: in which other pairs).

    Of each sign a pair has one flag that is open. What the desk has settled is found anew only in what it did not see.
    """

    __tablename__ = "pair_flags"
    __table_args__ = (
        CheckConstraint(f"kind IN {SIGNS}", name="kind"),
        CheckConstraint(f"verdict IN {VERDICTS}", name="verdict"),
        CheckConstraint("num_nulls(verdict, reason, settled_by, settled_at) IN (0, 4)", name="settled"),
        Index("uq_pair_flags_open", "pair_id", "kind", unique=True, postgresql_where=text("verdict IS NULL")),
    )

    id: UUID = Field(primary_key=True)
    pair_id: UUID = Field(foreign_key="pairs.id", index=True)
    kind: Sign = Field(sa_type=Text)
    figure: int
    found_in: list[UUID] = Field(sa_type=ARRAY(Uuid))
    rule_pack: str
    found_on: date
    verdict: Verdict | None = Field(default=None, sa_type=Text)
    reason: str | None = None
    settled_by: str | None = None
    settled_at: datetime | None = None
