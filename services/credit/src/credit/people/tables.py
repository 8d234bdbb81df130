"""The small copy of the registry that credit decides by."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Date, ForeignKey, Integer, Table, Text, Uuid

from credit.base import metadata

people = Table(
    "people",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("nip_hash", Text, nullable=False, index=True),
    Column("agency_id", Uuid, nullable=False, index=True),
    Column("staff_type", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("joined_on", Date, nullable=False),
    Column("jenjang", Text),
    Column("golongan", Text),
    Column("sequence", BigInteger, nullable=False, comment="version of the person this row shows"),
)

absences = Table(
    "absences",
    metadata,
    Column("person_id", Uuid, ForeignKey("people.person_id"), primary_key=True),
    Column("number", Integer, primary_key=True, comment="place in the person's list of absences"),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date, comment="the first day back in service"),
    Column("why", Text, nullable=False),
    CheckConstraint("number > 0", name="number"),
    CheckConstraint("why IN ('on-leave', 'on-study', 'retired', 'deceased')", name="why"),
)

former_numbers = Table(
    "former_numbers",
    metadata,
    Column("person_id", Uuid, ForeignKey("people.person_id"), primary_key=True),
    Column("number", Integer, primary_key=True, comment="place in the person's list of former numbers"),
    Column("nip_hash", Text, nullable=False, index=True, comment="of a number that still names the person"),
    CheckConstraint("number > 0", name="number"),
)

educations = Table(
    "educations",
    metadata,
    Column("person_id", Uuid, ForeignKey("people.person_id"), primary_key=True),
    Column("number", Integer, primary_key=True, comment="place in the person's list of degrees"),
    Column("valid_from", Date, nullable=False),
    Column("degree", Text, nullable=False),
    CheckConstraint("number > 0", name="number"),
)

posts = Table(
    "posts",
    metadata,
    Column("person_id", Uuid, ForeignKey("people.person_id"), primary_key=True),
    Column("number", Integer, primary_key=True, comment="place in the person's list of posts"),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date, comment="the first day it no longer held"),
    Column("jenjang", Text),
    Column("golongan", Text),
    CheckConstraint("number > 0", name="number"),
)
