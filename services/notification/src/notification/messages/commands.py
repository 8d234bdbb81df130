"""The life of a message: made, claimed by a sender, settled, sent again by hand.

Until the PIC it addresses has it, a message follows the office: it goes to whoever is PIC when it is
claimed. Its key, and so its Message-ID, is made of what it is about and whom it is for.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from common.store.sets import Columns, columns_of, lists, unnest
from contracts.callers import Caller
from notification.agencies import AGENCIES
from notification.digests.figures import Figures, figures_of
from notification.domain.delivery import Envelope, LastLook, Verdict, dedupe_key, last_look, mail_id
from notification.domain.pics import Addressee, addressee_now, addressees
from notification.messages.tables import Message, Resend

SAID: Columns = {"id": "uuid", "figures": "text", "state": "text", "reason": "text"}
NAMED: Columns = {"agency_id": "uuid", "recipient": "text"}
CLAIM = columns_of(Message.table(), ("id", "claimed_until"))


@dataclass(frozen=True)
class Claimed:
    """A message that only one sender may send, until `until`; where its last look gives a reason, it is not sent.

    `mail_id` makes its Message-ID, `due_at` is when it was due.
    """

    envelope: Envelope
    mail_id: UUID
    due_at: datetime
    look: LastLook
    until: datetime
    round_id: UUID
    agency_id: UUID
    addressee: Addressee
    traceparents: Sequence[str]
    figures: Figures

    @property
    def id(self) -> UUID:
        return self.envelope.id


def drafted(round_id: UUID, agency_id: UUID, addressee: Addressee, due_at: datetime, now: datetime) -> dict[str, Any]:
    """A message row. Its id follows from its key."""
    key = dedupe_key(round_id, agency_id, addressee.recipient)
    return {
        "id": mail_id(key),
        "dedupe_key": key,
        "round_id": round_id,
        "agency_id": agency_id,
        "rank": addressee.rank,
        "recipient": addressee.recipient,
        "cc": list(addressee.cc),
        "language": addressee.language,
        "time_zone": addressee.time_zone,
        "state": "queued",
        "due_at": due_at,
        "in_doubt": False,
        "tries": 0,
        "attempts": 0,
        "accepted": [],
        "refused": [],
        "created_at": now,
    }


async def queue(session: AsyncSession, messages: Sequence[dict[str, Any]]) -> None:
    """Stores drafted messages; those that exist already stay as they are."""
    if messages:
        await session.execute(insert(Message).on_conflict_do_nothing(), messages)


async def claim(session: AsyncSession, *, most: int, lease: timedelta, now: datetime) -> list[Claimed]:
    """Takes up to `most` due messages for one sender, the longest due first, and fixes what each says and to whom.

    A message whose people have all caught up is skipped; one whose agency names nobody fails. One that
    was claimed before and never settled, or that some address has accepted, keeps the text it had then.
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
                " RETURNING messages.*, figures IS NOT NULL AND (in_doubt OR accepted <> '{}') AS keeps_text,"
                "  (SELECT pics FROM agencies WHERE agencies.agency_id = messages.agency_id) AS pics,"
                "  ARRAY(SELECT lower(other.recipient) FROM messages other WHERE other.round_id = messages.round_id"
                "   AND other.agency_id = messages.agency_id AND other.id <> messages.id) AS taken,"
                "  ARRAY(SELECT DISTINCT traceparent FROM digests JOIN pages USING (round_id, agency_id)"
                "   WHERE digests.notice_id = messages.round_id AND digests.agency_id = messages.agency_id"
                "   AND traceparent IS NOT NULL) AS traceparents"
            ),
            {"until": now + lease, "now": now, "most": most},
        )
    ).all()
    if not rows:
        return []
    notices = sorted({(row.round_id, row.agency_id) for row in rows if not row.keeps_text})
    counted = await figures_of(session, notices, now)
    addressed = _addressed(rows)
    await _follow(session, rows, addressed)
    claimed: list[Claimed] = []
    for row in sorted(rows, key=lambda row: (row.due_at, row.id)):
        figures = Figures.model_validate(row.figures) if row.keeps_text else counted[row.round_id, row.agency_id]
        claimed.append(_claimed(row, addressed[row.id], figures))
    await session.execute(
        text(
            "UPDATE messages SET figures = CAST(given.figures AS jsonb), state = given.state, reason = given.reason,"  # noqa: S608 - built of names in this code
            " settled_at = CASE WHEN given.state <> 'queued' THEN CAST(:now AS timestamptz) END,"
            " claimed_until = CASE WHEN given.state = 'queued' THEN claimed_until END"
            f" FROM {unnest(SAID)} WHERE messages.id = given.id"
        ),
        lists(SAID, [(one.id, one.figures.model_dump_json(), *one.look) for one in claimed]) | {"now": now},
    )
    return claimed


def _addressed(rows: Sequence[Any]) -> dict[UUID, Addressee | None]:
    """Whom each message is for now. Two messages of one digest never go to the same address."""
    addressed: dict[UUID, Addressee | None] = {}
    given: defaultdict[tuple[UUID, UUID], set[str]] = defaultdict(set)
    for row in sorted(rows, key=lambda row: row.id):
        digest = (row.round_id, row.agency_id)
        addressed[row.id] = chosen = _addressee(row, row.pics, {*row.taken, *given[digest]})
        if chosen:
            given[digest].add(chosen.recipient.lower())
    return addressed


def _addressee(message: Any, pics: Sequence[Mapping[str, Any]], taken: Collection[str]) -> Addressee | None:
    return addressee_now(_told(message), pics, taken, accepted=message.accepted, in_doubt=message.in_doubt)


def _told(message: Any) -> Addressee:
    """Whom a message was for when it was last looked at."""
    return Addressee(message.rank, message.recipient, tuple(message.cc), message.language, message.time_zone)


async def _follow(session: AsyncSession, rows: Sequence[Any], addressed: Mapping[UUID, Addressee | None]) -> None:
    """Stores whom messages are for now, where that is somebody else or the same PIC's particulars have changed."""
    moved = [
        {
            "id": str(row.id),
            "dedupe_key": dedupe_key(row.round_id, row.agency_id, named.recipient),
            "tries": row.tries if named.recipient.lower() == row.recipient.lower() else 0,
            **asdict(named),
        }
        for row in rows
        if (named := addressed[row.id]) and named != _told(row)
    ]
    if moved:
        await session.execute(
            text(
                "UPDATE messages SET dedupe_key = given.dedupe_key, tries = given.tries, rank = given.rank,"
                " recipient = given.recipient, cc = given.cc, language = given.language, time_zone = given.time_zone"
                " FROM jsonb_to_recordset(CAST(:moved AS jsonb)) AS given (id uuid, dedupe_key text, tries int,"
                "  rank text, recipient text, cc text[], language text, time_zone text)"
                " WHERE messages.id = given.id"
            ),
            {"moved": json.dumps(moved)},
        )


def _claimed(row: Any, addressee: Addressee | None, figures: Figures) -> Claimed:
    named = addressee or _told(row)
    same = named.recipient.lower() == row.recipient.lower()
    return Claimed(
        Envelope(
            row.id,
            [named.recipient, *named.cc],
            row.accepted,
            row.refused,
            row.tries if same else 0,
            row.in_doubt,
        ),
        mail_id=mail_id(dedupe_key(row.round_id, row.agency_id, named.recipient)),
        due_at=row.due_at,
        look=last_look(figures.short, addressee),
        until=row.claimed_until,
        round_id=row.round_id,
        agency_id=row.agency_id,
        addressee=named,
        traceparents=row.traceparents,
        figures=figures,
    )


async def readdress(session: AsyncSession, pics: Mapping[UUID, Sequence[Mapping[str, Any]]], now: datetime) -> None:
    """Makes messages due at once that wait for somebody who is no PIC any more: `claim` finds who is one now.

    Those that failed for want of a PIC, too. `pics` are those of each agency that has changed.
    """
    await session.execute(
        text(
            f"WITH named AS MATERIALIZED (SELECT * FROM {unnest(NAMED)})"  # noqa: S608 - built of names in this code
            " UPDATE messages SET state = 'queued', reason = NULL, settled_at = NULL, due_at = :now"
            " WHERE agency_id IN (SELECT agency_id FROM named) AND ("
            "  state = 'failed' AND reason = 'no-pic' OR state = 'queued' AND recipient <> ALL(accepted)"
            "  AND (tries > 0 OR claimed_until IS NOT NULL)"
            "  AND NOT EXISTS (SELECT FROM named WHERE named.agency_id = messages.agency_id"
            "   AND named.recipient = lower(messages.recipient)))"
        ),
        lists(NAMED, [(agency, one.recipient.lower()) for agency, theirs in pics.items() for one in addressees(theirs)])
        | {"now": now},
    )


async def settle(session: AsyncSession, message: Claimed, verdict: Verdict, now: datetime) -> bool:
    """Records how a try ended. False when the claim had run out and another sender has the message."""
    recorded = await session.scalar(
        text(
            "WITH settled AS ("
            " UPDATE messages SET state = :state, reason = :reason,"
            # Where somebody has made it due meanwhile, for another PIC, that moment stays.
            "  due_at = CASE WHEN due_at = :was_due THEN coalesce(:due_at, due_at) ELSE due_at END,"
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
            "was_due": message.due_at,
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
    """Frees messages that were claimed but not tried."""
    await session.execute(
        text(
            f"UPDATE messages SET claimed_until = NULL FROM {unnest(CLAIM)}"  # noqa: S608 - built of names in this code
            " WHERE messages.id = given.id AND messages.claimed_until = given.claimed_until"
        ),
        lists(CLAIM, [(message.id, message.until) for message in messages]),
    )


async def resend(session: AsyncSession, message_id: UUID, caller: Caller[None]) -> Message:
    """Makes a message that failed, or waits for another try, due at once, for whom the agency names now.

    Notes who asked for it; addresses that have it already do not get it again. Raises Refused: `not-found`,
    `message-not-open`, or `no-pic` when the agency names nobody with a valid address, or only people who
    have a message of this round.
    """
    table, now = Message.table().c, caller.now
    message = await session.scalar(
        select(Message).where(table.id == message_id, caller.sees(table.agency_id)).with_for_update()
    )
    if message is None:
        raise Refused("not-found")
    claimed = message.claimed_until is not None and message.claimed_until > now
    if message.state != "failed" and (message.state != "queued" or claimed or message.due_at <= now):
        raise Refused("message-not-open")
    [pics] = await session.scalars(select(AGENCIES.c.pics).where(AGENCIES.c.agency_id == message.agency_id))
    others = await session.scalars(
        select(func.lower(table.recipient)).where(
            table.round_id == message.round_id, table.agency_id == message.agency_id, table.id != message.id
        )
    )
    addressee = _addressee(message, pics, set(others))
    if addressee is None:
        raise Refused("no-pic")
    session.add(Resend(message_id=message.id, after_attempt=message.attempts, moment=now, subject=caller.subject))
    message.dedupe_key = dedupe_key(message.round_id, message.agency_id, addressee.recipient)
    message.rank = addressee.rank
    message.recipient = addressee.recipient
    message.cc = list(addressee.cc)
    message.language = addressee.language
    message.time_zone = addressee.time_zone
    message.state, message.reason, message.settled_at = "queued", None, None
    message.due_at, message.tries, message.refused = now, 0, []
    return message
