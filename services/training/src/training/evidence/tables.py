"""Files of records."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field

from common.store.tables import Stored


class EvidenceFile(Stored, table=True):
    """A file of a record; its bytes are in the file store under its id.

    `sha256` is of the file as it was sent. Of a photo the kept one is another, made anew without what the camera added:
    `kept_sha256` is of what is kept. `size` is what was sent.
    """

    __tablename__ = "evidence_files"
    __table_args__ = (
        Index("uq_evidence_files_once", "record_id", "sha256", unique=True, postgresql_where=text("sha256 <> ''")),
        Index("ix_evidence_files_sha256", "sha256"),
    )

    id: UUID = Field(primary_key=True)
    record_id: UUID = Field(foreign_key="records.id")
    name: str
    media_type: str
    size: int
    sha256: str
    kept_sha256: str
    added_by: str
    added_at: datetime
