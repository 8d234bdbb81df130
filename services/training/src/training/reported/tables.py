"""Which record stands for an activity that connectors has reported."""

from uuid import UUID

from sqlmodel import Field

from common.store.tables import Stored


class ReportedRecord(Stored, table=True):
    """A report by its id, and the newest version of it that was told.

    `record_id` is the record that was made for it, or found; it `stands` until the report is withdrawn.
    """

    __tablename__ = "reported_records"

    report_id: UUID = Field(primary_key=True)
    person_id: UUID = Field(index=True)
    version: int
    record_id: UUID | None = Field(foreign_key="records.id")
    stands: bool
