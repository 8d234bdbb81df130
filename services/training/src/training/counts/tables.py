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
    """How some people of one agency stood, as `stood.FIGURES` has it: those of one position of one jenjang, or `by_unit` those of
    one unit, alone or in none. Both ways count everybody.
    """

    __tablename__ = "kept_counts"

    number: int = Field(primary_key=True)
    kept_at: datetime
    day: date
    agency_id: UUID
    agency_name: str | None
    kind: str | None
    region: str | None
    by_unit: bool
    unit_id: UUID | None
    jenjang: str | None
    position: str | None
    active: int
    met: int
    short: int
    exempt: int
    on_track: int
    needs_action: int
    overdue: int
    waiting: int
    missing: Decimal = Field(**_HOURS)
    target: Decimal = Field(**_HOURS)
    verified: Decimal = Field(**_HOURS)
    unverified: Decimal = Field(**_HOURS)
