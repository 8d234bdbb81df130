"""Verification cases, their segments and history, and the months they have booked.

The migration adds what a table cannot say: a trigger that refuses illegal moves and changes of
what was decided, and one that keeps the history append-only.
"""

from sqlalchemy import (
    ARRAY,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from common.store.tables import metadata_of
from credit.columns import TWELFTHS

metadata = metadata_of("credit")

cases = Table(
    "cases",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("person_id", Uuid, ForeignKey("people.person_id"), nullable=False, index=True),
    Column("state", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("judged", Integer, nullable=False, comment="the version in which it came to its present segments"),
    Column("rejudged", Boolean, nullable=False, comment="whether that was after it was last submitted or checked"),
    Column("period_start", Date, nullable=False),
    Column("period_end", Date, nullable=False),
    Column("sender_kind", Text),
    Column("sender_id", Text),
    Column("source_name", Text),
    Column("reference", Text),
    Column("predikat", Text),
    Column("hasil_kerja", Text),
    Column("perilaku", Text),
    Column("evidence", Text),
    Column("left_out", JSONB, nullable=False, comment="months of the period that earn nothing here, and why"),
    Column("record_id", Uuid, comment="the training record a degree came from"),
    Column("degree", Text),
    Column("submitted_by", Text, nullable=False),
    Column("submitters", ARRAY(Text), nullable=False, comment="subjects and people of all who ever submitted it"),
    Column("checked_by", Text),
    Column("checkers", ARRAY(Text), comment="subject and people of who has checked it"),
    Column("attested_by", Text),
    Column("returned_by", Text),
    Column("return_reason", Text),
    Column("submitted_at", DateTime(timezone=True), nullable=False),
    Column("moved_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("kind IN ('conversion', 'education')", name="kind"),
    CheckConstraint(
        "CASE kind WHEN 'conversion' THEN num_nulls(predikat, sender_kind, sender_id, source_name, reference) = 0"
        " ELSE record_id IS NOT NULL AND degree IS NOT NULL END",
        name="origin",
    ),
    CheckConstraint("period_start <= period_end", name="period"),
    CheckConstraint("version > 0", name="version"),
    CheckConstraint("judged BETWEEN 1 AND version", name="judged"),
    CheckConstraint(
        "num_nulls(checked_by, checkers) IN (0, 2) AND checked_by = ANY (checkers) AND submitted_by = ANY (submitters)",
        name="hands",
    ),
    CheckConstraint(
        "NOT (submitters && checkers) AND attested_by <> ALL (submitters || checkers)", name="three_people"
    ),
    CheckConstraint("CAST(person_id AS text) <> ALL (submitters || checkers)", name="own_case"),
    CheckConstraint(
        "CASE state"
        " WHEN 'submitted' THEN num_nonnulls(checked_by, attested_by, returned_by, return_reason) = 0"
        " WHEN 'checked' THEN checked_by IS NOT NULL AND num_nonnulls(attested_by, returned_by, return_reason) = 0"
        " WHEN 'attested' THEN num_nulls(checked_by, attested_by) = 0 AND num_nonnulls(returned_by, return_reason) = 0"
        " WHEN 'returned' THEN num_nulls(returned_by, return_reason) = 0 AND num_nonnulls(checked_by, attested_by) = 0"
        " ELSE false END",
        name="state",
    ),
    UniqueConstraint("sender_kind", "sender_id", "source_name", "reference"),
    UniqueConstraint("record_id", "person_id", "degree"),
    Index(None, "state", "id"),
)
Index(
    "uq_cases_one_bonus_per_degree",
    cases.c.person_id,
    cases.c.degree,
    unique=True,
    postgresql_where=(cases.c.kind == "education") & (cases.c.state != "returned"),
)

segments = Table(
    "segments",
    metadata,
    Column("case_id", Uuid, ForeignKey("cases.id"), primary_key=True),
    Column("version", Integer, primary_key=True, comment="of the case, which came to this in it"),
    Column("number", SmallInteger, primary_key=True),
    Column("jenjang", Text, nullable=False),
    Column("period_start", Date, nullable=False),
    Column("period_end", Date, nullable=False),
    Column("months", SmallInteger, nullable=False, comment="0 for an education bonus"),
    Column("percent", SmallInteger, nullable=False),
    Column("base", Numeric(8, 4), nullable=False, comment="coefficient a year, or the KP need of an education bonus"),
    Column("twelfths", TWELFTHS, nullable=False),
    Column("rule_pack", Text, nullable=False),
    CheckConstraint("number > 0", name="number"),
    CheckConstraint("months BETWEEN 0 AND 12", name="months"),
    CheckConstraint("twelfths * 100 = CASE months WHEN 0 THEN 12 ELSE months END * percent * base", name="exact"),
)

history = Table(
    "case_history",
    metadata,
    Column("case_id", Uuid, ForeignKey("cases.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("from_state", Text),
    Column("to_state", Text, nullable=False),
    Column("by", Text, nullable=False, comment="subject of the caller's token; 'system' for the service itself"),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("reason", Text),
    Column("replaced", JSONB, comment="what was claimed before, where a repair has changed it"),
)

booked_months = Table(
    "booked_months",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("month", Date, primary_key=True, comment="its first day"),
    # No foreign key: twelve look-ups a case would cost as much as the rest; `credit check` holds the two together.
    Column("case_id", Uuid, nullable=False),
    CheckConstraint("extract(day FROM month) = 1", name="first_day"),
)
