"""Drafts as they were loaded, their replays, and whose points each would change."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Numeric
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from common.store.tables import Stored


class DraftRow(Stored, table=True):
    __tablename__ = "drafts"

    id: UUID = Field(primary_key=True)
    pack: str = Field(unique=True, sa_column_kwargs={"comment": "the id that the pack gives itself"})
    title: str
    source: str
    valid_from: date
    content: str = Field(sa_column_kwargs={"comment": "the pack, as TOML"})
    loaded_by: str
    loaded_at: datetime


class ReplayRow(Stored, table=True):
    __tablename__ = "replays"

    id: UUID = Field(primary_key=True)
    draft_id: UUID = Field(foreign_key="drafts.id", index=True)
    replaces: str = Field(sa_column_kwargs={"comment": "the pack that the draft stands for"})
    ordered_by: str
    ordered_at: datetime
    people: int
    entries: int = Field(sa_type=BigInteger)
    ended_at: datetime | None
    totals: dict[str, Any] = Field(
        sa_type=JSONB, sa_column_kwargs={"comment": "by jenjang: how many gain and lose, and twelfths in all"}
    )


class ReplayChangeRow(Stored, table=True):
    __tablename__ = "replay_changes"
    __table_args__ = (CheckConstraint("was <> would_be", name="differs"),)

    replay_id: UUID = Field(primary_key=True, foreign_key="replays.id")
    person_id: UUID = Field(primary_key=True)
    jenjang: str = Field(primary_key=True)
    was: Decimal = Field(sa_type=Numeric(12, 4), sa_column_kwargs={"comment": "twelfths in the ledger"})
    would_be: Decimal = Field(sa_type=Numeric(12, 4), sa_column_kwargs={"comment": "twelfths under the draft"})


drafts, replays, replay_changes = DraftRow.table(), ReplayRow.table(), ReplayChangeRow.table()
