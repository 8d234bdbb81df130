"""By which ids SIASN knows people, agencies and units."""

from uuid import UUID

from sqlalchemy import BigInteger
from sqlmodel import Field

from common.store.tables import Stored


class SiasnId(Stored, table=True):
    """By which id SIASN knows a person, an agency or a unit; null where it has none any more."""

    __tablename__ = "siasn_ids"

    subject_id: UUID = Field(primary_key=True)
    siasn_id: str | None
    sequence: int = Field(sa_type=BigInteger)
