"""The ledger of a person as it is shown."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from credit.domain.promotion import Act
from credit.rule_packs.schemas import ReadingOut


class EntryOut(BaseModel):
    """An entry and how it came about: of a case `ak` = months/12 x percent/100 x base, by `rule_pack`.

    `base` is the coefficient a year, or without months the KP need of an education bonus, or the amount of an opening balance. What
    a rise in level on `rise_on` used (at most its need, `base`) and what was lost leave the jenjang; a reversal takes back the entry
    that it `reverses`.
    """

    id: UUID
    number: int
    case_id: UUID | None
    rise_on: date | None
    reverses: UUID | None
    kind: Literal["conversion", "education", "opening", "level-used", "level-lost", "reversal"]
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


class RiseOut(BaseModel):
    """A rise in rank or in level by decree, and what it did: `ak_before`, its `need`, and the `surplus`, which a rank carries to the next
    one and a level loses.

    `with_the_same_ak`: a rank that follows a level, whose AK have met its need.
    """

    kind: Act
    valid_from: date
    jenjang: str
    golongan_before: str
    golongan: str
    ak_before: str
    need: Decimal | None
    surplus: str
    surplus_is: Literal["carried", "lost"]
    short: str
    with_the_same_ak: bool
    rule_pack: str


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
    rises: list[RiseOut]
    rule: RuleOut
