"""Training records as credit sees them: what each gives in AK, and why."""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Date, ForeignKey, Index, Numeric, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from common.store.tables import metadata_of

metadata = metadata_of("credit")


evidence = Table(
    "evidence",
    metadata,
    Column("record_id", Uuid, primary_key=True),
    Column("person_id", Uuid, nullable=False),
    Column("agency_id", Uuid, nullable=False, comment="where the person served on the end date"),
    Column("sequence", BigInteger, nullable=False, comment="version of the record shown; 0: only its end is known"),
    Column("revoked_sequence", BigInteger, comment="version with which it was revoked"),
    Column("state", Text, nullable=False),
    Column("form", Text),
    Column("title", Text),
    Column("end_date", Date),
    Column("jp_counted", Numeric),
    Column("verified", Boolean),
    Column("degree", Text),
    Column("hands", JSONB, comment="subjects and people who sent, corrected or verified a record that names a degree"),
    Column("rule_pack", Text),
    Column("outcome", Text, nullable=False),
    Column("reason_code", Text, nullable=False),
    Column("source", Text, comment="the legal source of the reason"),
    Column("revocation", Text, comment="why it was revoked, in the words of who did"),
    Column("case_id", Uuid, ForeignKey("cases.id")),
    CheckConstraint("state IN ('active', 'revoked', 'reversal-due')", name="state"),
    CheckConstraint("outcome IN ('no-points', 'education-case')", name="outcome"),
    CheckConstraint("outcome = 'no-points' OR case_id IS NOT NULL", name="case"),
    Index(None, "person_id", "record_id"),
)
Index(
    "ix_evidence_claims",
    evidence.c.person_id,
    postgresql_where=evidence.c.degree.is_not(None) | evidence.c.case_id.is_not(None),
)
