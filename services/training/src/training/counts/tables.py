"""The nation as it was counted some minutes ago."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Numeric
from sqlmodel import Field

from common.store.tables import Stored

_HOURS: dict[str, Any] = {"sa_type": Numeric()}


class Kept(Stored, table=True):
    """How the people of one agency stood who hold one position of one jenjang, as `stood.FIGURES` has it."""

    __tablename__ = "kept_counts"

    number: int = Field(primary_key=True)
    kept_at: datetime
    day: date
    agency_id: UUID
    agency_name: str | None
    kind: str | None
    region: str | None
    jenjang: str | None
    position: str | None
    active: int
    met: int
    short: int
    exempt: int
    on_track: int
    needs_action: int
    overdue: int
    missing: Decimal = Field(**_HOURS)
    target: Decimal = Field(**_HOURS)
    verified: Decimal = Field(**_HOURS)
    unverified: Decimal = Field(**_HOURS)
