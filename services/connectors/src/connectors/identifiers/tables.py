"""By which ids SIASN knows people and agencies."""

from uuid import UUID

from sqlalchemy import BigInteger
from sqlmodel import Field

from common.store.tables import Stored


class SiasnId(Stored, table=True):
    """By which id SIASN knows a person or an agency; null where it has none any more."""

    __tablename__ = "siasn_ids"

    subject_id: UUID = Field(primary_key=True)
    siasn_id: str | None
    sequence: int = Field(sa_type=BigInteger)
