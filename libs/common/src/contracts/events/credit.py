"""What credit tells: cases on their way, points (angka kredit) that were attested, and what else the ledger books."""

from decimal import Decimal
from typing import ClassVar, Literal
from uuid import UUID

from common.events import Event, Topic
from common.fields import Day
from contracts import topics
from contracts.events import PREFIX, Part


class Faulty(Part):
    """A part of a case that was not in order, and the code of what is wrong with it (`GET /v1/rule-subjects` has the codes)."""

    part: str
    code: str


class CreditSubmitted(Event):
    """A case waits to be checked: for the first time, or again after it was returned.

    `predikat` is that of the period, of a conversion. The sequence is the version of the case.
    """

    topic: ClassVar[Topic] = topics.DECISIONS
    type: ClassVar[str] = f"{PREFIX}.credit.CreditSubmitted.v1"
    source: ClassVar[str] = "/credit"
    key_field: ClassVar[str] = "person_id"
    subject_field: ClassVar[str] = "case_id"

    case_id: UUID
    person_id: UUID
    kind: str
    period_start: Day
    period_end: Day
    predikat: str | None


class CreditReturned(Event):
    """A case was sent back for repair: by somebody, or by the service itself (`by_service`), since its ground has gone.

    `parts` are those that were named as not in order; none when it was about the whole. The sequence is the version of the case.
    """

    topic: ClassVar[Topic] = topics.DECISIONS
    type: ClassVar[str] = f"{PREFIX}.credit.CreditReturned.v1"
    source: ClassVar[str] = "/credit"
    key_field: ClassVar[str] = "person_id"
    subject_field: ClassVar[str] = "case_id"

    case_id: UUID
    person_id: UUID
    kind: str
    by_service: bool
    parts: list[Faulty]


class CreditVerified(Event):
    """Credit points (angka kredit) were attested and entered the ledger.

    `twelfths` is the exact amount times twelve (months divide by twelve, which decimals cannot
    always hold); `ak` is the same to three decimals, for people.
    """

    topic: ClassVar[Topic] = topics.DECISIONS
    type: ClassVar[str] = f"{PREFIX}.credit.CreditVerified.v1"
    source: ClassVar[str] = "/credit"
    key_field: ClassVar[str] = "person_id"
    subject_field: ClassVar[str] = "entry_id"

    entry_id: UUID
    case_id: UUID
    person_id: UUID
    agency_id: UUID
    kind: Literal["conversion", "education"]
    jenjang: str
    predikat: str | None
    months: int
    period_start: Day
    period_end: Day
    ak: str
    twelfths: Decimal
    balance_twelfths: Decimal
    rule_pack: str


class CreditBooked(Event):
    """Credit points entered or left the ledger of a jenjang otherwise than by a predikat or a degree.

    `kind` says how: `opening`, what somebody has from before Jejak or comes to a functional post with; `level-used` and `level-lost`,
    what a rise in level used and lost in the jenjang it left; `reversal` of an earlier entry. `day` is the one it counts from; amounts
    are as in `CreditVerified`. A reader ignores kinds that it does not know, and takes the balance.
    """

    topic: ClassVar[Topic] = topics.DECISIONS
    type: ClassVar[str] = f"{PREFIX}.credit.CreditBooked.v1"
    source: ClassVar[str] = "/credit"
    key_field: ClassVar[str] = "person_id"
    subject_field: ClassVar[str] = "entry_id"

    entry_id: UUID
    case_id: UUID | None
    person_id: UUID
    agency_id: UUID
    kind: str
    jenjang: str
    day: Day
    ak: str
    twelfths: Decimal
    balance_twelfths: Decimal
    rule_pack: str


Origin = Literal["first", "integration", "conversion"]
"""Whether what is new on a PAK is that of a first appointment, or of the methods before 2023; else it is converted from predikat."""


class PakIssued(Event):
    """A PAK (penetapan angka kredit) was issued: what somebody has in a jenjang, set down by number and day.

    `period_start` to `period_end` is of what is new since the PAK before, `ak_new` its points; amounts are as in `CreditVerified`.
    `replaces` is the PAK that it makes invalid.
    """

    topic: ClassVar[Topic] = topics.DECISIONS
    type: ClassVar[str] = f"{PREFIX}.credit.PakIssued.v1"
    source: ClassVar[str] = "/credit"
    key_field: ClassVar[str] = "person_id"
    subject_field: ClassVar[str] = "paper_id"

    paper_id: UUID
    person_id: UUID
    agency_id: UUID
    number: str
    issued_on: Day
    jenjang: str
    golongan: str | None
    period_start: Day
    period_end: Day
    origin: Origin
    ak_new: str
    ak_total: str
    twelfths_new: Decimal
    twelfths: Decimal
    replaces: UUID | None


class PakRevoked(Event):
    """A PAK was revoked: it counts for nothing any more. Why is credit's to tell. Its sequence is later than that of `PakIssued`."""

    topic: ClassVar[Topic] = topics.DECISIONS
    type: ClassVar[str] = f"{PREFIX}.credit.PakRevoked.v1"
    source: ClassVar[str] = "/credit"
    key_field: ClassVar[str] = "person_id"
    subject_field: ClassVar[str] = "paper_id"

    paper_id: UUID
    person_id: UUID
    agency_id: UUID
    number: str
    revoked_on: Day


class CreditReversed(Event):
    """Credit points that a case had given were taken back: an entry that `reverses` another, whole.

    `case_id` is the reversal that two people have decided, `reversed_case_id` the case whose points they were. Amounts are as in
    `CreditVerified`, and below zero.
    """

    topic: ClassVar[Topic] = topics.DECISIONS
    type: ClassVar[str] = f"{PREFIX}.credit.CreditReversed.v1"
    source: ClassVar[str] = "/credit"
    key_field: ClassVar[str] = "person_id"
    subject_field: ClassVar[str] = "entry_id"

    entry_id: UUID
    reverses: UUID
    case_id: UUID
    reversed_case_id: UUID
    person_id: UUID
    agency_id: UUID
    jenjang: str
    ak: str
    twelfths: Decimal
    balance_twelfths: Decimal
    rule_pack: str


class CreditAppealed(Event):
    """Somebody has objected to a decision on a case of theirs, or appealed; told again with each step of it.

    `state` is that of `GET /v1/appeals/{appeal_id}`; `answer_by` is the last day to answer, after which it is held granted. The
    sequence is the version of the appeal.
    """

    topic: ClassVar[Topic] = topics.DECISIONS
    type: ClassVar[str] = f"{PREFIX}.credit.CreditAppealed.v1"
    source: ClassVar[str] = "/credit"
    key_field: ClassVar[str] = "person_id"
    subject_field: ClassVar[str] = "appeal_id"

    appeal_id: UUID
    case_id: UUID
    person_id: UUID
    level: Literal["objection", "appeal"]
    state: str
    answer_by: Day
