"""Drafts as they were loaded, their replays, whose points each would change, and which of them are law."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Numeric, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from common.store.tables import Stored
from credit.domain.books import SUBJECTS, Subject


class DraftRow(Stored, table=True):
    __tablename__ = "drafts"
    __table_args__ = (CheckConstraint(f"subject IN {SUBJECTS}", name="subject"),)

    id: UUID = Field(primary_key=True)
    subject: Subject = Field(sa_type=Text)
    pack: str = Field(unique=True, sa_column_kwargs={"comment": "the id that the pack gives itself"})
    title: str
    source: str
    valid_from: date
    content: str = Field(sa_column_kwargs={"comment": "the pack, as TOML"})
    loaded_by: str
    hands: list[str] = Field(
        sa_type=ARRAY(Text), sa_column_kwargs={"comment": "of all who loaded it: none of them makes it law"}
    )
    loaded_at: datetime


class ActivationRow(Stored, table=True):
    """A draft that is law from a day on, and who has made it so."""

    __tablename__ = "activations"

    draft_id: UUID = Field(primary_key=True, foreign_key="drafts.id")
    law_from: date
    replay_id: UUID | None = Field(foreign_key="replays.id", sa_column_kwargs={"comment": "null: it makes no points"})
    activated_by: str
    hands: list[str] = Field(sa_type=ARRAY(Text))
    activated_at: datetime


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


drafts, activations = DraftRow.table(), ActivationRow.table()
replays, replay_changes = ReplayRow.table(), ReplayChangeRow.table()
