"""The ledger of a person as it is shown."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel, Field

from credit.domain.cases import Kind
from credit.rule_packs.schemas import ReadingOut


class EntryOut(BaseModel):
    """An entry and how it came about: `ak` = months/12 x percent/100 x base, by `rule_pack`.

    `base` is the coefficient a year, or the KP need for an education bonus (no months).
    """

    id: UUID
    case_id: UUID
    kind: Kind
    jenjang: str
    period_start: date
    period_end: date
    months: int
    predikat: str | None
    percent: int
    base: Decimal
    ak: str
    twelfths: Decimal
    formula: str = Field(examples=["12/12 x 150% x 12.5"])
    rule_pack: str
    source: str
    readings: list[ReadingOut] = Field(description="what the sources leave open of this entry")
    entered_at: datetime


class BalanceOut(BaseModel):
    """What has accumulated inside one jenjang."""

    jenjang: str
    ak: str
    twelfths: Decimal
    entries: int


class RuleOut(BaseModel):
    """The rule of today for the jenjang a person has: coefficient a year, and the AK needed to rise."""

    pack: str
    source: str
    coefficient: Decimal | None
    kp_need: Decimal | None
    kj_need: Decimal | None


class CreditOut(BaseModel):
    """A person's credit points; `balance` is that of the jenjang held now, the only one that still counts."""

    person_id: UUID
    jenjang: str | None
    golongan: str | None
    balance: str
    balance_twelfths: Decimal
    balances: list[BalanceOut]
    entries: list[EntryOut]
    rule: RuleOut
