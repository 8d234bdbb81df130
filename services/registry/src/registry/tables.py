"""Every table of the registry. Storage only: the rules are in the domain.

The four dated tables hold a history each: `valid_to` is exclusive, null for the open last row.
They hang on people with foreign keys, and on units through (agency, unit), so that nobody can be
in a unit of another agency.
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)

from common.store.tables import metadata_of

metadata = metadata_of("registry")


agencies = Table(
    "agencies",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("code", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("region", Text),
    Column("parent_id", Uuid, ForeignKey("agencies.id")),
    Column("active", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    CheckConstraint("kind IN ('K', 'L', 'D')", name="kind"),
)

pics = Table(
    "pics",
    metadata,
    Column("agency_id", Uuid, ForeignKey("agencies.id"), primary_key=True),
    Column("rank", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("time_zone", Text, nullable=False),
    CheckConstraint("rank IN ('main', 'deputy')", name="rank"),
    CheckConstraint("language IN ('id', 'en')", name="language"),
)

units = Table(
    "units",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("agency_id", Uuid, ForeignKey("agencies.id"), nullable=False),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("parent_id", Uuid),
    Column("version", Integer, nullable=False),
    UniqueConstraint("agency_id", "code"),
    UniqueConstraint("agency_id", "id"),
    ForeignKeyConstraint(["agency_id", "parent_id"], ["units.agency_id", "units.id"]),
)

people = Table(
    "people",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("staff_type", Text, nullable=False),
    Column("joined_on", Date, nullable=False),
    Column("begins_on", Date, nullable=False, comment="first day of the four histories"),
    Column("announced_on", Date, nullable=False, comment="date of the last event, in Asia/Jakarta"),
    Column("version", Integer, nullable=False),
    CheckConstraint("staff_type IN ('PNS', 'PPPK')", name="staff_type"),
    CheckConstraint("joined_on <= begins_on", name="begins_on"),
)

nips = Table(
    "nips",
    metadata,
    Column("nip", Text, primary_key=True),
    # Deferred: a number is claimed before the person's row is written, so that uploads queue up for it in one order.
    Column("person_id", Uuid, ForeignKey("people.id", deferrable=True, initially="DEFERRED"), nullable=False),
    Column("replaced_on", Date, comment="null for the number in use"),
    Index("uq_nips_person_id", "person_id", unique=True, postgresql_where="replaced_on IS NULL"),
    Index(None, "person_id"),
)


mended_numbers = Table(
    "mended_numbers",
    metadata,
    Column("person_id", Uuid, ForeignKey("people.id"), primary_key=True),
    Column("version", Integer, primary_key=True, comment="of the person, by which the number was mended"),
    Column("nip", Text, nullable=False, index=True, comment="the wrong number: it names nobody, or whose it is"),
    Column("mended_on", Date, nullable=False),
    Column("reason", Text, nullable=False),
)


def _dated(name: str, *content: Column[object] | ForeignKeyConstraint | Index | CheckConstraint) -> Table:
    return Table(
        name,
        metadata,
        Column("person_id", Uuid, ForeignKey("people.id"), primary_key=True),
        Column("valid_from", Date, primary_key=True),
        Column("valid_to", Date),
        *content,
        CheckConstraint("valid_from < valid_to", name="dates"),
    )


assignments = _dated(
    "assignments",
    Column("agency_id", Uuid, ForeignKey("agencies.id"), nullable=False),
    Column("unit_id", Uuid),
    ForeignKeyConstraint(["agency_id", "unit_id"], ["units.agency_id", "units.id"]),
    Index(None, "agency_id", "person_id"),
    Index(None, "unit_id", "person_id"),
)

posts = _dated(
    "posts",
    Column("jenjang", Text),
    Column("golongan", Text, nullable=False),
    Column("position", Text, nullable=False),
)

statuses = _dated(
    "statuses",
    Column("status", Text, nullable=False),
    Column("decree", Text),
    CheckConstraint("status IN ('active', 'leave', 'study', 'retired', 'deceased')", name="status"),
)

educations = _dated("educations", Column("degree", Text, nullable=False))

changes = Table(
    "changes",
    metadata,
    Column("subject_id", Uuid, primary_key=True, comment="the agency, unit or person that was changed"),
    Column("version", Integer, primary_key=True),
    Column("parts", Text, nullable=False, comment="what was changed, separated by blanks"),
    Column("recorded_by", Text, nullable=False, comment="subject of the caller's token"),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)
