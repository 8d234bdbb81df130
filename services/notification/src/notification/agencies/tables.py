"""The copy of agencies this service keeps, fed by `AgencyChanged`."""

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from common.store.tables import Stored


class Agency(Stored, table=True):
    """An agency as the registry last described it; `sequence` is the registry's version.

    `pics` holds what addressing a mail needs (rank, email, language, time_zone), not the names.
    """

    __tablename__ = "agencies"

    id: UUID = Field(primary_key=True)
    code: str = Field(sa_type=Text)
    name: str = Field(sa_type=Text)
    active: bool
    pics: list[dict[str, Any]] = Field(sa_type=JSONB)
    sequence: int = Field(sa_type=BigInteger)
