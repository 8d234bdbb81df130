"""Statements, and what comes with them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Identity, Index, LargeBinary, text
from sqlmodel import Field

from common.store.tables import Stored


class StoredStatement(Stored, table=True):
    """A statement as it is told, and what it is found by.

    `keys` are those of `domain.naming`, and so are verb, activity and registration: each of these has an index in the order of
    pages, so that a page costs what it shows however many statements there are. `target` is the statement that its object
    refers to, which may come later.
    """

    __tablename__ = "statements"
    __table_args__ = (
        Index(None, "connection_id", "stored", "position"),
        Index(None, "connection_id", "verb", "stored", "position"),
        *(
            Index(None, "connection_id", name, "stored", "position", postgresql_where=text(f"{name} IS NOT NULL"))
            for name in ("activity", "registration")
        ),
        Index(None, "keys", postgresql_using="gin"),
        Index(None, "connection_id", "target", postgresql_where=text("target IS NOT NULL")),
        Index(
            "ix_statements_referring",
            "connection_id",
            "stored",
            "position",
            postgresql_where=text("target IS NOT NULL"),
        ),
    )

    connection_id: UUID = Field(primary_key=True, foreign_key="connections.id")
    id: UUID = Field(primary_key=True)
    position: int = Field(sa_type=BigInteger, sa_column_args=(Identity(always=True),))
    stored: datetime
    statement: str
    fingerprint: bytes = Field(sa_type=LargeBinary)
    verb: int = Field(sa_type=BigInteger)
    activity: int | None = Field(sa_type=BigInteger)
    registration: int | None = Field(sa_type=BigInteger)
    keys: list[int] = Field(sa_type=ARRAY(BigInteger))
    target: UUID | None
    voids: bool
    voided: bool


class KnownActivity(Stored, table=True):
    """All that statements of a connection have said of an activity, in JSON; `key` is a hash of its id, which may be long."""

    __tablename__ = "activities"

    connection_id: UUID = Field(primary_key=True, foreign_key="connections.id")
    key: bytes = Field(primary_key=True, sa_type=LargeBinary)
    definition: str


class Attachment(Stored, table=True):
    """What was attached to statements, by its hash."""

    __tablename__ = "attachments"

    connection_id: UUID = Field(primary_key=True, foreign_key="connections.id")
    sha2: str = Field(primary_key=True)
    content: bytes = Field(sa_type=LargeBinary)
