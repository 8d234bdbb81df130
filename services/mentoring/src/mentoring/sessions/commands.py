"""Planning sessions, saying that they were held, and taking that back.

Each command holds the two people and their pair first, so what one does waits for what the other does.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.ids import new_id
from common.refused import Refused
from common.store.files import Files
from common.web import etag
from contracts.callers import Caller
from mentoring.agreements.queries import version_of, versions
from mentoring.completion.commands import tell
from mentoring.completion.counting import HeldSession, Presence, count
from mentoring.domain.agreements import held_first
from mentoring.domain.sessions import Said, Span, check_not_after, check_planned, confirmed, moved, reminders_past
from mentoring.letters import tell_calendars
from mentoring.pairs.reach import OneOfTwo, held_pair
from mentoring.pairs.tables import Pair
from mentoring.programmes.queries import rules_of
from mentoring.programmes.tables import Programme
from mentoring.sessions.queries import said_of
from mentoring.sessions.schemas import LogIn, SessionIn
from mentoring.sessions.tables import MentoringSession, SessionFile

FILE_TYPES = frozenset({"application/pdf", "image/png", "image/jpeg"})
MOST_FILES = 20


async def plan(session: AsyncSession, pair_id: UUID, document: SessionIn, caller: Caller[None]) -> UUID:
    """Plans a session of an active pair, or tells of one that was held. Raises Refused."""
    two = await held_pair(session, pair_id, caller)
    if two.pair.state != "active":
        raise Refused("pair-not-active")
    span = Span(document.starts_at, document.ends_at)
    await _check(session, two.pair, span, None, caller.now)
    said = moved(two.side, span, caller.now, await _wait(session, two.pair))
    found = MentoringSession(
        id=new_id(),
        pair_id=two.pair.id,
        **span._asdict(),
        way=document.way,
        place=document.place,
        **_columns(said),
        held_on=None,
        log=None,
        actions=[],
        cancelled_by=None,
        cancel_reason=None,
        sequence=0,
        reminded=reminders_past(span.starts_at, caller.now),
        version=1,
    )
    session.add(found)
    if span.ends_at > caller.now:
        await _tell_calendars(session, two.pair, found, caller)
    return found.id


async def change(
    session: AsyncSession, session_id: UUID, document: SessionIn, caller: Caller[None], *, seen: etag.Versions
) -> None:
    """Gives a session another time or place. What was said of another time is said of it no more. Raises Refused."""
    two, found = await held_session(session, session_id, caller)
    etag.check(seen, found.version)
    if found.state == "cancelled":
        raise Refused("session-cancelled")
    span, before = Span(document.starts_at, document.ends_at), Span(found.starts_at, found.ends_at)
    if (span, document.way, document.place) == (before, found.way, found.place):
        return
    found.way, found.place = document.way, document.place
    found.version += 1
    found.sequence += 1
    if span != before:
        if two.pair.state != "active" and span.ends_at > caller.now:
            raise Refused("pair-not-active")
        await _check(session, two.pair, span, found.id, caller.now)
        said = moved(two.side, span, caller.now, await _wait(session, two.pair))
        found.starts_at, found.ends_at, found.held_on = span.starts_at, span.ends_at, None
        found.reminded = reminders_past(span.starts_at, caller.now)
        _say(found, said)
        await tell(session, [two.pair.id], caller.clock)
    if max(span.ends_at, before.ends_at) > caller.now:
        await _tell_calendars(session, two.pair, found, caller)


async def confirm(session: AsyncSession, session_id: UUID, caller: Caller[None]) -> None:
    """Says that a session was held; once both have said so, it counts. Said again, nothing changes. Raises Refused."""
    two, found = await held_session(session, session_id, caller)
    before = said_of(found)
    span = Span(found.starts_at, found.ends_at)
    said = confirmed(before, two.side, span, caller.now, await _wait(session, two.pair))
    if said == before:
        return
    if said.state == "confirmed":
        pair = two.pair
        held = HeldSession(found.id, "mentoring", pair.id, pair.programme_id, pair.mentor_id, span)
        present = {pair.mentee_id: Presence(found.id, found.version + 1)}
        found.held_on = (await count(session, held, present, two.people, caller))[pair.mentee_id]
    _say(found, said)
    found.version += 1
    await tell(session, [two.pair.id], caller.clock)


async def cancel(session: AsyncSession, session_id: UUID, reason: str, caller: Caller[None]) -> None:
    """Cancels a session, or takes back one that was held. One that is cancelled stays as it was. Raises Refused `not-found`."""
    two, found = await held_session(session, session_id, caller)
    if found.state == "cancelled":
        return
    _say(found, Said("cancelled", found.mentee_said_at, found.mentor_said_at))
    found.held_on, found.cancelled_by, found.cancel_reason = None, two.side, reason
    found.version += 1
    found.sequence += 1
    await tell(session, [two.pair.id], caller.clock)
    if found.ends_at > caller.now:
        await _tell_calendars(session, two.pair, found, caller)


async def write(
    session: AsyncSession, session_id: UUID, document: LogIn, caller: Caller[None], *, seen: etag.Versions
) -> None:
    """Writes down what was talked about and what follows. Raises Refused `not-found`, `changed-meanwhile`."""
    _, found = await held_session(session, session_id, caller)
    etag.check(seen, found.version)
    found.log, found.actions = document.log, document.model_dump(mode="json")["actions"]
    found.version += 1


async def add_file(
    session: AsyncSession, session_id: UUID, name: str, content: bytes, files: Files, caller: Caller[None]
) -> None:
    """Keeps a file of a session: what it is follows from its content. Raises Refused."""
    two, found = await held_session(session, session_id, caller)
    kept = select(func.count()).where(col(SessionFile.session_id) == found.id)
    if (await session.scalar(kept) or 0) >= MOST_FILES:
        raise Refused("files-over", most=MOST_FILES)
    file_id = new_id()
    stored = await files.put(file_id, content, FILE_TYPES)
    session.add(
        SessionFile(
            id=file_id,
            session_id=found.id,
            name=name,
            media_type=stored.media_type,
            size=stored.size,
            sha256=stored.sha256,
            added_by=two.side,
            added_at=caller.now,
        )
    )
    found.version += 1


async def held_session(
    session: AsyncSession, session_id: UUID, caller: Caller[None]
) -> tuple[OneOfTwo, MentoringSession]:
    """A session of the caller's, held with its pair. Raises Refused `not-found`."""
    pair_id = await session.scalar(select(col(MentoringSession.pair_id)).where(col(MentoringSession.id) == session_id))
    if pair_id is None:
        raise Refused("not-found")
    two = await held_pair(session, pair_id, caller)
    return two, await session.get_one(MentoringSession, session_id)


async def _check(session: AsyncSession, pair: Pair, span: Span, own: UUID | None, now: datetime) -> None:
    """Raises Refused where the two have not agreed or are over by then, or the mentee has another session then (also with another mentor)."""
    if pair.ends_on is not None:
        check_not_after(span, pair.ends_on)
    others = (
        select(MentoringSession)
        .join(Pair, col(Pair.id) == col(MentoringSession.pair_id))
        .where(
            col(Pair.mentee_id) == pair.mentee_id,
            col(MentoringSession.id) != own,
            col(MentoringSession.starts_at) < span.ends_at,
            col(MentoringSession.ends_at) > span.starts_at,
        )
    )
    found = [row for row in await session.scalars(others) if said_of(row).shown(now) not in {"cancelled", "expired"}]
    agreed_at = held_first(map(version_of, await versions(session, pair.id)))
    check_planned(span, agreed_at, [Span(row.starts_at, row.ends_at) for row in found])


async def _tell_calendars(session: AsyncSession, pair: Pair, found: MentoringSession, caller: Caller[None]) -> None:
    programme = await session.get_one(Programme, pair.programme_id)
    tell_calendars(session, (pair.mentee_id, pair.mentor_id), programme.title, found, caller.now)


async def _wait(session: AsyncSession, pair: Pair) -> timedelta:
    programme = await session.get_one(Programme, pair.programme_id)
    return timedelta(days=rules_of(programme).confirm_days)


def _say(found: MentoringSession, said: Said) -> None:
    for name, value in _columns(said).items():
        setattr(found, name, value)


def _columns(said: Said) -> dict[str, Any]:
    return {
        "state": said.state,
        "mentee_said_at": said.mentee_at,
        "mentor_said_at": said.mentor_at,
        "expires_at": said.expires_at,
    }
