"""What becomes of a message: whether it is still sent, what a try to hand it over means, and when it is tried again.

Sources: RFC 5321 4.2.1 (a reply that begins with 2 is yes, with 4 not now, with 5 no) and RFC 4954 6 (530). RFC 5321
4.5.4.1 has servers wait half an hour and give up after four to five days; `WAITS` are ours, and shorter at both ends.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from common.ids import derived_id
from common.waits import wait
from notification.domain.pics import Addressee

AUTHENTICATION_REQUIRED = 530
MINUTE, HOUR = 60.0, 3600.0
WAITS = (30.0, 2 * MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR, 24 * HOUR)
"""Seconds to wait after the first, second, ... try that may be repeated, where nobody sets others: three days in all."""


class LastLook(NamedTuple):
    """What a look at a message that is due says: it is sent (`queued`), or why it is not."""

    state: Literal["queued", "waiting", "skipped", "failed"]
    reason: str | None = None


def last_look(short: int, addressee: Addressee | None) -> LastLook:
    """Whether a digest that is due is sent: not when nobody is short any more, nor when there is nobody to write to."""
    if not short:
        return LastLook("skipped", "all-met")
    return LastLook("queued") if addressee else LastLook("failed", "no-pic")


def dedupe_key(round_id: UUID, agency_id: UUID, recipient: str) -> str:
    """What a message is about and to whom: there is one message for it, whatever is delivered how often."""
    return f"{round_id}/{agency_id}/{recipient.lower()}"


def mail_id(key: str) -> UUID:
    """What a Message-ID is made of: the same for the same thing told to the same PIC, however often."""
    return derived_id("message", key)


@dataclass(frozen=True)
class Answer:
    """An SMTP server's reply about one address."""

    code: int
    words: str

    @property
    def accepted(self) -> bool:
        return 200 <= self.code < 300

    @property
    def final(self) -> bool:
        """A 5xx that is about the mail. 530 (RFC 4954) is about our log-in, which somebody will mend."""
        return 500 <= self.code < 600 and self.code != AUTHENTICATION_REQUIRED


@dataclass(frozen=True)
class Handover:
    """How a try ended: the server's answers by address; or none, and in `words` what went wrong.

    `in_doubt`: the mail was on its way when the connection broke, so the server may have it.
    """

    answers: Mapping[str, Answer]
    words: str
    in_doubt: bool = False


@dataclass(frozen=True)
class Envelope:
    """Whom a message is for (first of `addresses` is the PIC), who has it already, and who refused it for good.

    `in_doubt`: a server may have it without our knowing.
    """

    id: UUID
    addresses: Sequence[str]
    accepted: Sequence[str]
    refused: Sequence[str]
    tries: int
    in_doubt: bool

    @property
    def outstanding(self) -> list[str]:
        return [address for address in self.addresses if address not in {*self.accepted, *self.refused}]


@dataclass(frozen=True)
class Verdict:
    """What a try means for the message. `code` and `words` are the server's, about the address that decided."""

    result: Literal["sent", "deferred", "failed"]
    reason: Literal["refused", "gave-up"] | None
    due_at: datetime | None
    code: int | None
    words: str
    accepted: list[str]
    refused: list[str]
    in_doubt: bool


def judge(envelope: Envelope, handover: Handover, now: datetime, waits: Sequence[float]) -> Verdict:
    """Sent when the PIC has it; failed when the PIC's server refused it for good or we give up; else due again later.

    An address in copy is tried again like the PIC's own, but a message never fails by its refusal alone.
    """
    accepted = [*envelope.accepted, *(name for name, answer in handover.answers.items() if answer.accepted)]
    refused = [*envelope.refused, *(name for name, answer in handover.answers.items() if answer.final)]
    outstanding = {*envelope.addresses} - {*accepted, *refused}
    pic = envelope.addresses[0]
    said = [handover.answers[name] for name in envelope.addresses if name in handover.answers]
    telling = next((answer for answer in said if not answer.accepted), said[0] if said else None)
    result: Literal["sent", "deferred", "failed"]
    reason: Literal["refused", "gave-up"] | None = None
    due_at = None
    if outstanding and envelope.tries < len(waits):
        result, due_at = "deferred", now + wait(envelope.id, envelope.tries, waits)
    elif pic in accepted:
        result = "sent"
    else:
        result, reason = "failed", "refused" if pic in refused else "gave-up"
    return Verdict(
        result,
        reason,
        due_at,
        code=telling.code if telling else None,
        words=telling.words if telling else handover.words,
        accepted=accepted,
        refused=refused,
        in_doubt=envelope.in_doubt or handover.in_doubt,
    )
