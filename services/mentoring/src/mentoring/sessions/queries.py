"""Reading sessions: what was talked about is for the two of the pair alone."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.refused import Refused
from common.store.files import Files
from common.web.pages import BY_ID, Page, Window
from contracts.callers import Caller
from mentoring.domain.sessions import Said
from mentoring.pairs.reach import seen_pair
from mentoring.pairs.tables import Pair
from mentoring.programmes.queries import seen_programme
from mentoring.sessions.schemas import QuietPairOut, SessionFileOut, SessionOut, WholeSessionOut
from mentoring.sessions.tables import MentoringSession, QuietPair, SessionFile

BOTH = select(MentoringSession, col(Pair.mentee_id), col(Pair.mentor_id)).join(
    Pair, col(Pair.id) == col(MentoringSession.pair_id)
)


async def session_page(session: AsyncSession, window: Window, pair_id: UUID, caller: Caller[None]) -> Page[SessionOut]:
    """The sessions of a pair in the order they were planned. Raises Refused `not-found`."""
    await seen_pair(session, pair_id, caller)
    found = BOTH.where(col(MentoringSession.pair_id) == pair_id)
    rows = await session.execute(window.narrow(found, col(MentoringSession.id), BY_ID))
    return window.page([SessionOut.model_validate(_told(row, caller)) for row in rows], lambda shown: [shown.id])


async def own_sessions(session: AsyncSession, window: Window, caller: Caller[None]) -> Page[SessionOut]:
    """The sessions of the caller's pairs that are to come or wait for a word, in the order they were planned."""
    open_ones = col(MentoringSession.state).in_(("planned", "pending"))
    rows = await session.execute(window.narrow(BOTH.where(open_ones, _mine(caller)), col(MentoringSession.id), BY_ID))
    return window.page([SessionOut.model_validate(_told(row, caller)) for row in rows], lambda shown: [shown.id])


async def quiet_page(
    session: AsyncSession, window: Window, programme_id: UUID, caller: Caller[None]
) -> Page[QuietPairOut]:
    """The pairs of a programme that have held no session since they were found to be quiet. Raises Refused `not-found`."""
    await seen_programme(session, programme_id, caller)
    later = exists().where(
        col(MentoringSession.pair_id) == col(Pair.id), col(MentoringSession.held_on) > col(QuietPair.since)
    )
    found = (
        select(QuietPair, col(Pair.mentee_id), col(Pair.mentor_id))
        .join(Pair, col(Pair.id) == col(QuietPair.pair_id))
        .where(col(Pair.programme_id) == programme_id, col(Pair.state) == "active", ~later)
    )
    rows = await session.execute(window.narrow(found, col(QuietPair.pair_id), BY_ID))
    shown = [
        QuietPairOut(**row.model_dump(), mentee_id=mentee_id, mentor_id=mentor_id) for row, mentee_id, mentor_id in rows
    ]
    return window.page(shown, lambda each: [each.pair_id])


async def whole_session(session: AsyncSession, session_id: UUID, caller: Caller[None]) -> WholeSessionOut:
    """A session with all that the two have said of it. Raises Refused `not-found`."""
    row = await _own(session, session_id, caller)
    files = select(SessionFile).where(col(SessionFile.session_id) == session_id).order_by(col(SessionFile.id))
    shown = [SessionFileOut.model_validate(file.model_dump()) for file in await session.scalars(files)]
    return WholeSessionOut.model_validate(_told(row, caller) | {"files": shown})


async def file_content(
    session: AsyncSession, session_id: UUID, file_id: UUID, files: Files, caller: Caller[None]
) -> tuple[UUID, SessionFile, bytes]:
    """Whose session a file is of, what is known of it, and its bytes. Raises Refused `not-found`."""
    _, mentee_id, _ = await _own(session, session_id, caller)
    file = await session.get(SessionFile, file_id)
    if file is None or file.session_id != session_id or not file.sha256:
        raise Refused("not-found")
    return mentee_id, file, await files.get(file.id, file.sha256)


def said_of(row: MentoringSession) -> Said:
    """What was said of a session, as the domain takes it."""
    return Said(row.state, row.mentee_said_at, row.mentor_said_at, row.expires_at)


async def _own(session: AsyncSession, session_id: UUID, caller: Caller[None]) -> Row[MentoringSession, UUID, UUID]:
    asked = BOTH.where(col(MentoringSession.id) == session_id, _mine(caller))
    row = (await session.execute(asked)).one_or_none()
    if row is None:
        raise Refused("not-found")
    return row


def _mine(caller: Caller[None]) -> ColumnElement[bool]:
    me: UUID = caller.speaks_for("person")
    return or_(col(Pair.mentee_id) == me, col(Pair.mentor_id) == me)


def _told(row: Row[MentoringSession, UUID, UUID], caller: Caller[None]) -> dict[str, Any]:
    found, mentee_id, mentor_id = row
    both = {"mentee_id": mentee_id, "mentor_id": mentor_id, "state": said_of(found).shown(caller.now)}
    return found.model_dump() | both
