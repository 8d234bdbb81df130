"""Rounds as the API shows them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

RoundKind = Literal["sweep", "reopened"]
DigestState = Literal["collecting", "waiting", "ready", "met"]


class Counts(BaseModel):
    """How many people and hours a round is about, in all or in one agency; null for who runs the system and sees nobody."""

    people: int | None
    listed: int | None
    owed: Decimal | None
    resolved: int | None
    short: int | None
    missing: Decimal | None


class RoundOut(Counts):
    """A round, as far as the caller may see it. `agencies` and `mails` count by state; hours are JP.

    Of `people` counted, `listed` owed `owed` hours when the round was made; `resolved` of them have
    caught up since, so `short` still miss `missing`.
    """

    id: UUID
    kind: RoundKind
    year: int
    period: int
    as_of: date
    sweep_id: UUID
    opened_at: datetime
    agencies: dict[DigestState, int]
    mails: dict[Literal["queued", "sent", "failed", "skipped"], int]


class DigestOut(Counts):
    """What one agency is told in a round, and how far that has come."""

    model_config = ConfigDict(from_attributes=True)

    agency_id: UUID
    code: str
    name: str
    state: DigestState
    reason: str | None
    pages: int
    pages_in: int


class WaitingOut(BaseModel):
    """A digest that can be sent to nobody. `reason`: `no-pic` (no PIC with a valid address) or `agency-inactive`."""

    model_config = ConfigDict(from_attributes=True)

    round_id: UUID
    agency_id: UUID
    code: str
    name: str
    reason: Literal["no-pic", "agency-inactive"]
    short: int | None
    since: datetime
