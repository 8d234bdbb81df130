"""Explanations as they are shown."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel, Field

from credit.cases.schemas import CaseWithHistoryOut
from credit.evidence.schemas import EvidenceOut
from credit.ledger.schemas import EntryOut


class ExplainedOut(BaseModel):
    """Where an entry comes from: its inputs, the rule with its own sources, the case and who decided it, the record behind a degree, and
    the event that told it.

    `months` are the first days of those that count. `status` and `sources` are those of the rule's row. `chain` is the SHA-256 of the
    entry, who decided it, and the chain of the person's entry before it.
    """

    entry: EntryOut
    months: list[date]
    pack_title: str
    status: str | None
    sources: list[str]
    case: CaseWithHistoryOut | None
    record: EvidenceOut | None
    reversed_by: UUID | None
    event_type: str
    event_id: UUID
    chain: str


class AddendOut(BaseModel):
    """An entry of a total, and what it had come to then."""

    entry_id: UUID
    number: int
    kind: str
    formula: str
    twelfths: Decimal
    running: Decimal = Field(description="twelfths of the jenjang with this entry")


class TotalOut(BaseModel):
    """What has accumulated inside a jenjang, and the entries that add up to it."""

    jenjang: str
    ak: str
    twelfths: Decimal
    addends: list[AddendOut]


class TotalsOut(BaseModel):
    """A person's totals: in each jenjang the twelfths of the addends make the total exactly, and `ak` is rounded after that."""

    person_id: UUID
    totals: list[TotalOut]
