"""The ledger: entries that are only ever added, and the balances they make.

AK accumulate inside one jenjang, so a balance is of a person in a jenjang. A trigger of the
migration refuses to change or delete an entry: a correction is another entry.
"""

from sqlalchemy import (
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

from common.store.tables import metadata_of
from credit.columns import TWELFTHS

metadata = metadata_of("credit")

entries = Table(
    "entries",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("case_id", Uuid, ForeignKey("cases.id"), nullable=False),
    Column("segment", SmallInteger, nullable=False),
    Column("person_id", Uuid, ForeignKey("people.person_id"), nullable=False),
    Column("agency_id", Uuid, nullable=False, comment="where the person served when it was attested"),
    Column("kind", Text, nullable=False),
    Column("jenjang", Text, nullable=False),
    Column("period_start", Date, nullable=False),
    Column("period_end", Date, nullable=False),
    Column("months", SmallInteger, nullable=False),
    Column("predikat", Text),
    Column("percent", SmallInteger, nullable=False),
    Column("base", Numeric(8, 4), nullable=False),
    Column("twelfths", TWELFTHS, nullable=False),
    Column("rule_pack", Text, nullable=False),
    Column("source", Text, nullable=False, comment="the legal source of the rule pack"),
    Column("entered_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("case_id", "segment"),
    CheckConstraint("twelfths * 100 = CASE months WHEN 0 THEN 12 ELSE months END * percent * base", name="exact"),
    Index(None, "person_id", "id"),
)

balances = Table(
    "balances",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("jenjang", Text, primary_key=True),
    Column("twelfths", TWELFTHS, nullable=False),
    Column("entries", Integer, nullable=False),
)
