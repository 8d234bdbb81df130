"""The life of a message: made, claimed by a sender, settled, sent again by hand.

Until its recipient has it, a message follows the office or the person: whom it goes to is looked up when it is
claimed. Its Message-ID is made of what it is about and whom it is for.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from common.store.sets import Columns, columns_of, lists, one_of, unnest
from contracts.callers import Caller
from notification.agencies import ANSWERING, answering
from notification.deputies.queries import standing_in
from notification.digests.figures import Figures, figures_of
from notification.domain.delivery import Envelope, LastLook, Verdict, dedupe_key, last_look, mail_id
from notification.domain.letters import look_at_letter, person_now
from notification.domain.pics import Addressee, addressee_now, addressees, stood_in
from notification.messages.kinds import CHECK_ADDRESS
from notification.messages.tables import Attachment, Message, Resend

ADDRESSES_LOCK = 4_205_611
"""Held by whoever finds no address, and alone by whoever brings one: so nothing waits for what is there."""
SAID: Columns = {"id": "uuid", "values": "text", "state": "text", "reason": "text"}
DIGEST = "digest"
NAMED: Columns = {"agency_id": "uuid", "recipient": "text"}
CLAIM = columns_of(Message.table(), ("id", "claimed_until"))


@dataclass(frozen=True)
class File:
    """What goes with a letter."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Letter:
    """What a letter says: by which template and version, with which values, why, and what goes with it.

    `values` has under `to` whom it greets: the name and sex of a person, or the agency of a PIC.
    """

    template: str
    version: int
    values: Mapping[str, Any]
    why: str
    files: Sequence[File]


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
    round_id: UUID | None
    agency_id: UUID | None
    addressee: Addressee | None
    traceparents: Sequence[str]
    content: Figures | Letter

    @property
    def id(self) -> UUID:
        return self.envelope.id


def drafted(round_id: UUID, agency_id: UUID, addressee: Addressee, due_at: datetime, now: datetime) -> dict[str, Any]:
    """The row of a digest's message. Its id follows from its key."""
    key = dedupe_key(round_id, agency_id, addressee.recipient)
    return {
        "id": mail_id(key),
        "dedupe_key": key,
        "template": DIGEST,
        "template_version": 1,
        "why": "sounding",
        "round_id": round_id,
        "agency_id": agency_id,
        "asked_by": None,
        "rank": addressee.rank,
        "recipient": addressee.recipient,
        "cc": list(addressee.cc),
        "language": addressee.language,
        "time_zone": addressee.time_zone,
        **unsent(due_at, now),
    }


def unsent(due_at: datetime, now: datetime) -> dict[str, Any]:
    """What the rows of all messages begin with."""
    return {
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

    A digest whose people have all caught up is skipped; one whose agency names nobody fails. A letter without an address
    waits, until it expires. What was claimed before and never settled, or some address has accepted, keeps the text it
    had then.
    """
    await session.execute(text("SELECT pg_advisory_xact_lock_shared(:lock)"), {"lock": ADDRESSES_LOCK})
    rows = (
        await session.execute(
            text(
                "WITH due AS MATERIALIZED ("  # noqa: S608 - built of names in this code
                " SELECT id AS due_id FROM messages WHERE state IN ('queued', 'waiting') AND due_at <= :now"
                "  AND (claimed_until IS NULL OR claimed_until <= :now)"
                "  ORDER BY due_at, id LIMIT :most FOR UPDATE SKIP LOCKED"
                ") UPDATE messages SET in_doubt = in_doubt OR claimed_until IS NOT NULL, claimed_until = :until"
                " FROM due WHERE id = due_id"
                " RETURNING messages.*, values IS NOT NULL AND (in_doubt OR accepted <> '{}') AS keeps_text,"
                f"  (SELECT pics FROM ({ANSWERING}) a WHERE a.agency_id = messages.agency_id) AS pics,"
                "  (SELECT name FROM agencies WHERE agencies.agency_id = messages.agency_id) AS agency,"
                "  (SELECT to_jsonb(contacts) FROM contacts WHERE contacts.person_id = messages.person_id) AS contact,"
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
    notices = sorted({(row.round_id, row.agency_id) for row in rows if row.round_id and not row.keeps_text})
    counted = await figures_of(session, notices, now)
    files = await _files(session, [row.id for row in rows if not row.round_id])
    deputies = await standing_in(session, now) if any(row.agency_id for row in rows) else {}
    addressed = _addressed(rows, deputies)
    await _follow(session, rows, addressed)
    claimed: list[Claimed] = []
    for row in sorted(rows, key=lambda row: (row.due_at, row.id)):
        content: Figures | Letter
        if row.round_id is None:
            content = Letter(row.template, row.template_version, _greeting(row), row.why, files[row.id])
        else:
            content = Figures.model_validate(row.values) if row.keeps_text else counted[row.round_id, row.agency_id]
        claimed.append(_claimed(row, addressed[row.id], content, now))
    await session.execute(
        text(
            "UPDATE messages SET values = CAST(given.values AS jsonb), state = given.state, reason = given.reason,"  # noqa: S608 - built of names in this code
            " settled_at = CASE WHEN given.state IN ('skipped', 'failed') THEN CAST(:now AS timestamptz) END,"
            " due_at = CASE WHEN given.state = 'waiting' THEN expires_at ELSE due_at END,"
            " claimed_until = CASE WHEN given.state = 'queued' THEN claimed_until END"
            f" FROM {unnest(SAID)} WHERE messages.id = given.id"
        ),
        lists(SAID, [(one.id, _values(one.content), *one.look) for one in claimed]) | {"now": now},
    )
    return claimed


def _greeting(row: Any) -> Mapping[str, Any]:
    """The values of a letter, with whom it greets."""
    if row.keeps_text:
        return row.values
    if row.contact is None:
        return row.values | {"to": {"agency": row.agency}}
    return row.values | {"to": {"name": row.contact["name"], "sex": row.contact["sex"]}}


def _values(content: Figures | Letter) -> str:
    return content.model_dump_json() if isinstance(content, Figures) else json.dumps(content.values)


async def _files(session: AsyncSession, letters: Sequence[UUID]) -> Mapping[UUID, Sequence[File]]:
    """What goes with letters."""
    found: defaultdict[UUID, list[File]] = defaultdict(list)
    if letters:
        table = Attachment.table()
        for row in await session.execute(
            select(table).where(one_of(table.c.message_id, letters)).order_by(table.c.message_id, table.c.number)
        ):
            found[row.message_id].append(File(row.name, row.media_type, row.content))
    return found


def _addressed(rows: Sequence[Any], deputies: Mapping[str, Mapping[str, Any]]) -> dict[UUID, Addressee | None]:
    """Whom each message is for now. Two messages of one digest never go to the same address."""
    addressed: dict[UUID, Addressee | None] = {}
    given: defaultdict[tuple[UUID, UUID], set[str]] = defaultdict(set)
    for row in sorted(rows, key=lambda row: row.id):
        digest = (row.round_id, row.agency_id)
        taken = {*row.taken, *given[digest]} if row.round_id else ()
        addressed[row.id] = chosen = _addressee(row, stood_in(row.pics or (), deputies), taken, row.contact)
        if chosen:
            given[digest].add(chosen.recipient.lower())
    return addressed


def _addressee(
    message: Any, pics: Sequence[Mapping[str, Any]], taken: Collection[str], contact: Mapping[str, Any] | None
) -> Addressee | None:
    if message.person_id is not None:
        check_id = message.values["check_id"] if message.template == CHECK_ADDRESS else None
        return person_now(_told(message), contact, check_id, in_doubt=message.in_doubt)
    return addressee_now(_told(message), pics, taken, accepted=message.accepted, in_doubt=message.in_doubt)


def _told(message: Any) -> Addressee | None:
    """Whom a message was for when it was last looked at."""
    if message.recipient is None:
        return None
    return Addressee(message.rank, message.recipient, tuple(message.cc), message.language, message.time_zone)


def _key(message: Any, recipient: str) -> str:
    """What a message is about and whom it is for."""
    if message.round_id is None:
        return f"{message.dedupe_key}/{recipient.lower()}"
    return dedupe_key(message.round_id, message.agency_id, recipient)


def _same(message: Any, named: Addressee) -> bool:
    return message.recipient is not None and named.recipient.lower() == message.recipient.lower()


async def _follow(session: AsyncSession, rows: Sequence[Any], addressed: Mapping[UUID, Addressee | None]) -> None:
    """Stores whom messages are for now, where that is somebody else or the same one's particulars have changed."""
    moved = [
        {
            "id": str(row.id),
            "dedupe_key": _key(row, named.recipient) if row.round_id else row.dedupe_key,
            "tries": row.tries if _same(row, named) else 0,
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


def _claimed(row: Any, addressee: Addressee | None, content: Figures | Letter, now: datetime) -> Claimed:
    named = addressee or _told(row)
    return Claimed(
        Envelope(
            row.id,
            [named.recipient, *named.cc] if named else [],
            row.accepted,
            row.refused,
            row.tries if named and _same(row, named) else 0,
            row.in_doubt,
        ),
        mail_id=mail_id(_key(row, named.recipient)) if named else row.id,
        due_at=row.due_at,
        look=last_look(content.short, addressee) if isinstance(content, Figures) else _look(row, addressee, now),
        until=row.claimed_until,
        round_id=row.round_id,
        agency_id=row.agency_id,
        addressee=named,
        traceparents=row.traceparents or list(filter(None, [row.traceparent])),
        content=content,
    )


def _look(row: Any, addressee: Addressee | None, now: datetime) -> LastLook:
    return look_at_letter(
        addressee,
        expires_at=row.expires_at,
        now=now,
        waits_for="no-address" if row.person_id else "no-pic",
        is_check=row.template == CHECK_ADDRESS,
    )


async def readdress(session: AsyncSession, pics: Mapping[UUID, Sequence[Mapping[str, Any]]], now: datetime) -> None:
    """Makes messages due at once that wait for somebody who is no PIC any more: `claim` finds who is one now.

    Those that failed or wait for want of a PIC, too. `pics` are those of each agency that has changed.
    """
    await session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ADDRESSES_LOCK})
    await session.execute(
        text(
            f"WITH named AS MATERIALIZED (SELECT * FROM {unnest(NAMED)})"  # noqa: S608 - built of names in this code
            " UPDATE messages SET state = 'queued', reason = NULL, settled_at = NULL, due_at = :now"
            " WHERE agency_id IN (SELECT agency_id FROM named) AND ("
            "  state = 'failed' AND reason = 'no-pic' OR state = 'waiting' OR state = 'queued' AND recipient <> ALL(accepted)"
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
    """Makes a message that failed, or waits for another try, due at once, for whom the agency names now, or for the person.

    Notes who asked for it; addresses that have it already do not get it again. Raises Refused: `not-found`,
    `message-not-open`; `no-pic` when the agency names nobody with a valid address, or only people who have a message of
    this round; `no-address` for a person without a checked one.
    """
    table, now = Message.table().c, caller.now
    message = await session.scalar(select(Message).where(table.id == message_id, seen_by(caller)).with_for_update())
    if message is None:
        raise Refused("not-found")
    claimed = message.claimed_until is not None and message.claimed_until > now
    if message.state != "failed" and (message.state != "queued" or claimed or message.due_at <= now):
        raise Refused("message-not-open")
    addressee = _addressee(message, *await _named(session, message, now))
    if addressee is None:
        raise Refused("no-address" if message.person_id else "no-pic")
    session.add(Resend(message_id=message.id, after_attempt=message.attempts, moment=now, subject=caller.subject))
    if message.round_id:
        message.dedupe_key = _key(message, addressee.recipient)
    message.rank = addressee.rank
    message.recipient = addressee.recipient
    message.cc = list(addressee.cc)
    message.language = addressee.language
    message.time_zone = addressee.time_zone
    message.state, message.reason, message.settled_at = "queued", None, None
    message.due_at, message.tries, message.refused = now, 0, []
    return message


async def _named(
    session: AsyncSession, message: Message, now: datetime
) -> tuple[Sequence[Mapping[str, Any]], Collection[str], Mapping[str, Any] | None]:
    """Whom a message may go to: the PICs of its agency or who stands in for them, the addresses that others of its digest have, its person."""
    table = Message.table().c
    named = await answering(session, [message.agency_id] if message.agency_id else [])
    pics = named.get(message.agency_id) if message.agency_id else None
    others = await session.scalars(
        select(func.lower(table.recipient)).where(
            table.round_id == message.round_id, table.agency_id == message.agency_id, table.id != message.id
        )
    )
    contact = await session.scalar(
        text("SELECT to_jsonb(contacts) FROM contacts WHERE person_id = :person_id"), {"person_id": message.person_id}
    )
    return stood_in(pics or (), await standing_in(session, now)), set(others), contact


def seen_by(caller: Caller[None]) -> ColumnElement[bool]:
    """The messages that a caller may see: those to the PICs of their agency; those to people, whoever runs the system."""
    table = Message.table().c
    theirs = and_(table.agency_id.is_not(None), caller.sees(table.agency_id))
    return or_(theirs, table.person_id.is_not(None)) if "operator" in caller.roles else theirs
