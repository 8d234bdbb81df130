"""The life of a message: made, claimed by a sender, settled, sent again by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Principal
from common.ids import derived_id
from common.problems import Problem
from common.sets import Columns, columns_of, lists, unnest
from notification.agencies.pics import Addressee, addressees
from notification.agencies.tables import Agency
from notification.messages.delivery import Envelope, Verdict
from notification.messages.tables import Message, Resend
from notification.rounds.figures import Figures, figures_of

ALL_MET = "all-met"
SAID: Columns = {"id": "uuid", "figures": "text", "short": "int"}
CLAIM = columns_of(Message.table(), ("id", "claimed_until"))


@dataclass(frozen=True)
class Claimed:
    """A message that one sender alone may send until `until`."""

    envelope: Envelope
    until: datetime
    round_id: UUID
    agency_id: UUID
    rank: str
    language: str
    time_zone: str
    traceparents: Sequence[str]
    figures: Figures

    @property
    def id(self) -> UUID:
        return self.envelope.id


def dedupe_key(round_id: UUID, agency_id: UUID, recipient: str) -> str:
    """What a message is about and to whom: there is one message for it, whatever is delivered how often."""
    return f"{round_id}/{agency_id}/{recipient.lower()}"


def drafted(
    round_id: UUID, agency_id: UUID, addressee: Addressee, traceparents: Sequence[str], now: datetime
) -> dict[str, Any]:
    """A message row, due at once. Its id follows from its key, and its Message-ID is made of its id."""
    key = dedupe_key(round_id, agency_id, addressee.recipient)
    return {
        "id": derived_id("message", key),
        "dedupe_key": key,
        "round_id": round_id,
        "agency_id": agency_id,
        "rank": addressee.rank,
        "recipient": addressee.recipient,
        "cc": list(addressee.cc),
        "language": addressee.language,
        "time_zone": addressee.time_zone,
        "traceparents": list(traceparents),
        "state": "queued",
        "due_at": now,
        "in_doubt": False,
        "tries": 0,
        "attempts": 0,
        "accepted": [],
        "refused": [],
        "created_at": now,
    }


async def queue(session: AsyncSession, messages: Sequence[dict[str, Any]]) -> None:
    """Stores drafted messages, those that exist already left as they are."""
    if messages:
        await session.execute(insert(Message).on_conflict_do_nothing(), messages)


async def claim(session: AsyncSession, *, most: int, lease: timedelta, now: datetime) -> list[Claimed]:
    """Takes up to `most` due messages for one sender, the longest due first, and lays down what they say.

    A message whose people have all caught up by now is skipped. One that was claimed before and
    never settled, or that an address has accepted, says again what it said then.
    """
    rows = (
        await session.execute(
            text(
                "WITH due AS MATERIALIZED ("
                " SELECT id AS due_id FROM messages WHERE state = 'queued' AND due_at <= :now"
                "  AND (claimed_until IS NULL OR claimed_until <= :now)"
                "  ORDER BY due_at, id LIMIT :most FOR UPDATE SKIP LOCKED"
                ") UPDATE messages SET in_doubt = in_doubt OR claimed_until IS NOT NULL, claimed_until = :until"
                " FROM due WHERE id = due_id"
                " RETURNING messages.*, figures IS NOT NULL AND (in_doubt OR accepted <> '{}') AS keeps_text"
            ),
            {"until": now + lease, "now": now, "most": most},
        )
    ).all()
    if not rows:
        return []
    counted = await figures_of(session, [(row.round_id, row.agency_id) for row in rows if not row.keeps_text], now)
    claimed: list[Claimed] = []
    for row in sorted(rows, key=lambda row: (row.due_at, row.id)):
        figures = Figures.model_validate(row.figures) if row.keeps_text else counted[row.round_id, row.agency_id]
        claimed.append(_claimed(row, figures))
    await session.execute(
        text(
            "UPDATE messages SET figures = CAST(given.figures AS jsonb),"  # noqa: S608 - built of names in this code
            " state = CASE WHEN given.short = 0 THEN 'skipped' ELSE state END,"
            " reason = CASE WHEN given.short = 0 THEN :all_met END,"
            " settled_at = CASE WHEN given.short = 0 THEN CAST(:now AS timestamptz) END,"
            " claimed_until = CASE WHEN given.short > 0 THEN claimed_until END"
            f" FROM {unnest(SAID)} WHERE messages.id = given.id"
        ),
        lists(SAID, [(message.id, message.figures.model_dump_json(), message.figures.short) for message in claimed])
        | {"all_met": ALL_MET, "now": now},
    )
    return claimed


def _claimed(row: Any, figures: Figures) -> Claimed:
    return Claimed(
        Envelope(row.id, [row.recipient, *row.cc], row.accepted, row.refused, row.tries, row.in_doubt),
        until=row.claimed_until,
        round_id=row.round_id,
        agency_id=row.agency_id,
        rank=row.rank,
        language=row.language,
        time_zone=row.time_zone,
        traceparents=row.traceparents,
        figures=figures,
    )


async def settle(session: AsyncSession, message: Claimed, verdict: Verdict, now: datetime) -> bool:
    """Records how a try ended. False when the claim had run out and another sender has the message."""
    recorded = await session.scalar(
        text(
            "WITH settled AS ("
            " UPDATE messages SET state = :state, reason = :reason, due_at = coalesce(:due_at, due_at),"
            "  claimed_until = NULL, tries = tries + 1, attempts = attempts + 1, in_doubt = :in_doubt,"
            "  accepted = :accepted, refused = :refused, settled_at = :settled_at"
            " WHERE id = :id AND claimed_until = :until RETURNING id, attempts"
            ") INSERT INTO attempts (message_id, number, moment, result, code, words)"
            " SELECT id, attempts, CAST(:now AS timestamptz), CAST(:result AS text), CAST(:code AS int), CAST(:words AS text)"
            " FROM settled RETURNING number"
        ),
        {
            "state": "queued" if verdict.result == "deferred" else verdict.result,
            "reason": verdict.reason,
            "due_at": verdict.due_at,
            "in_doubt": verdict.in_doubt,
            "accepted": verdict.accepted,
            "refused": verdict.refused,
            "settled_at": None if verdict.result == "deferred" else now,
            "id": message.id,
            "until": message.until,
            "now": now,
            "result": verdict.result,
            "code": verdict.code,
            "words": verdict.words,
        },
    )
    return recorded is not None


async def give_back(session: AsyncSession, messages: Sequence[Claimed]) -> None:
    """Frees messages that were claimed and not tried."""
    await session.execute(
        text(
            f"UPDATE messages SET claimed_until = NULL FROM {unnest(CLAIM)}"  # noqa: S608 - built of names in this code
            " WHERE messages.id = given.id AND messages.claimed_until = given.claimed_until"
        ),
        lists(CLAIM, [(message.id, message.until) for message in messages]),
    )


async def resend(session: AsyncSession, message_id: UUID, principal: Principal, now: datetime) -> Message:
    """Sends a failed message again, to whom the agency names now, and keeps who asked for it.

    Addresses that have it already are left out. Raises Problem `not-found`, `message-not-failed`, or
    `no-pic` when the agency names nobody who could be written to and has no message of this round.
    """
    table = Message.table().c
    message = await session.scalar(
        select(Message).where(table.id == message_id, principal.sees(table.agency_id)).with_for_update()
    )
    if message is None:
        raise Problem("not-found")
    if message.state != "failed":
        raise Problem("message-not-failed")
    addressee = await _current_addressee(session, message)
    session.add(Resend(message_id=message.id, after_attempt=message.attempts, moment=now, subject=principal.subject))
    message.dedupe_key = dedupe_key(message.round_id, message.agency_id, addressee.recipient)
    message.rank = addressee.rank
    message.recipient = addressee.recipient
    message.cc = list(addressee.cc)
    message.language = addressee.language
    message.time_zone = addressee.time_zone
    message.state, message.reason, message.settled_at = "queued", None, None
    message.due_at, message.tries, message.refused = now, 0, []
    return message


async def _current_addressee(session: AsyncSession, message: Message) -> Addressee:
    agency = await session.get_one(Agency, message.agency_id)
    table = Message.table().c
    others = await session.scalars(
        select(table.dedupe_key).where(
            table.round_id == message.round_id, table.agency_id == message.agency_id, table.id != message.id
        )
    )
    taken = set(others)
    free = [
        named
        for named in addressees(agency.pics)
        if dedupe_key(message.round_id, message.agency_id, named.recipient) not in taken
    ]
    unchanged = (named for named in free if named.recipient.lower() == message.recipient.lower())
    addressee = next(unchanged, free[0] if free else None)
    if addressee is None:
        raise Problem("no-pic")
    return addressee
