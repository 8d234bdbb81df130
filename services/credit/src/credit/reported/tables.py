"""Which case stands for a predikat that connectors has reported."""

from uuid import UUID

from sqlmodel import Field

from common.store.tables import Stored


class ReportedPredicate(Stored, table=True):
    """A report by its id, the newest version of it that was told, and the case that it has become, if it has."""

    __tablename__ = "reported_predicates"

    report_id: UUID = Field(primary_key=True)
    person_id: UUID = Field(index=True)
    version: int
    case_id: UUID | None = Field(foreign_key="cases.id")
