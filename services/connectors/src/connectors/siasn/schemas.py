"""What SIASN was told, as HR sees it."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from connectors.domain.siasn import Resource

State = Literal["waiting", "sent", "refused", "unfit", "revoked", "removed"]


class ExportOut(BaseModel):
    """A training record or a PAK, and what SIASN knows of it.

    `unfit`: of a kind that SIASN has none of (`kind`), or of less than an hour (`hours`); `refused`: not taken, with SIASN's words, in which
    digits are left out; `revoked`: told before, and now to be taken out in SIASN by hand; `removed`: that was done.
    """

    model_config = ConfigDict(from_attributes=True)

    id: UUID = Field(description="of the record or the PAK")
    resource: Resource
    person_id: UUID
    agency_id: UUID
    state: State
    why: str | None
    siasn_id: str | None = Field(description="which SIASN has given it")
    tries: int
    due_at: datetime | None
    told_at: datetime
    sent_at: datetime | None
