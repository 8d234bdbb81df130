"""Which record stands for the sessions that mentoring has told of."""

from uuid import UUID

from sqlmodel import Field

from common.store.tables import Stored


class MentoredRecord(Stored, table=True):
    """The sessions of a mentee in a year, by the id under which mentoring tells of them, and the newest version told.

    `record_id` is null where no record stands for them: it was refused, or mentoring has taken all sessions back.
    """

    __tablename__ = "mentored_records"

    completion_id: UUID = Field(primary_key=True)
    person_id: UUID = Field(index=True)
    version: int
    record_id: UUID | None = Field(foreign_key="records.id")
