"""Files of people's data that were asked for, and the parts of those that are not made yet."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from common.store.tables import Stored

OPEN = "state IN ('gathering', 'making')"


class DataFileRow(Stored, table=True):
    """A file that was asked for. What is in it stands in the file store, and as long as it does, `json_size` and the others say so."""

    __tablename__ = "data_files"
    __table_args__ = (
        CheckConstraint("state IN ('gathering', 'making', 'ready', 'erased')", name="state"),
        CheckConstraint("language IN ('id', 'en')", name="language"),
        CheckConstraint("(state = 'making') = (job_id IS NOT NULL)", name="job"),
        CheckConstraint(
            "num_nonnulls(last_day, json_size, json_sha256, pdf_size, pdf_sha256)"
            " = ANY(CASE state WHEN 'ready' THEN '{5}' WHEN 'erased' THEN '{0, 5}' ELSE '{0}' END::int[])",
            name="file",
        ),
        *(
            Index(f"uq_data_files_{asked}", "person_id", unique=True, postgresql_where=text(f"{OPEN} AND {whose}"))
            for asked, whose in (("own", "reason IS NULL"), ("asked", "reason IS NOT NULL"))
        ),
        Index(None, "person_id"),
    )

    id: UUID = Field(primary_key=True)
    person_id: UUID = Field(foreign_key="people.id")
    language: str
    asked_by: str = Field(sa_column_kwargs={"comment": "subject of the caller's token"})
    reason: str | None = Field(sa_column_kwargs={"comment": "why somebody else asks; null where the person did"})
    asked_at: datetime
    asking: int = Field(sa_column_kwargs={"comment": "how often the services were asked"})
    state: str
    job_id: UUID | None
    last_day: date | None
    json_size: int | None
    json_sha256: str | None
    pdf_size: int | None
    pdf_sha256: str | None


class DataPartRow(Stored, table=True):
    """What a service has sent of a file, until it is made."""

    __tablename__ = "data_parts"

    file_id: UUID = Field(primary_key=True, foreign_key="data_files.id")
    service: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    of: int
    sections: list[dict[str, Any]] = Field(sa_type=JSONB)


data_files, data_parts = DataFileRow.table(), DataPartRow.table()
