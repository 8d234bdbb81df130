"""What was published."""

from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from common.store.tables import Stored


class Published(Stored, table=True):
    """The totals of one level at the end of a caturwulan, as everybody reads them; they never change."""

    __tablename__ = "published_totals"

    year: int = Field(primary_key=True)
    period: int = Field(primary_key=True)
    level: str = Field(primary_key=True)
    document: dict[str, Any] = Field(sa_type=JSONB)
    published_at: datetime
