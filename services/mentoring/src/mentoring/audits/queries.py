"""Reading audits: the desk sees all of a sample, an auditor what was given to them. What was talked about is for neither."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.refused import Refused
from common.web.pages import BY_ID, Page, Window
from contracts.callers import Caller
from mentoring.audits.schemas import AuditedOut, AuditOut
from mentoring.audits.tables import AuditedSession, AuditSample
from mentoring.pairs.tables import Pair
from mentoring.programmes.queries import seen_programme
from mentoring.sessions.tables import MentoringSession

ALL: Select[AuditedSession, MentoringSession, UUID, UUID] = (
    select(AuditedSession, MentoringSession, col(Pair.mentee_id), col(Pair.mentor_id))
    .join(MentoringSession, col(MentoringSession.id) == col(AuditedSession.session_id))
    .join(Pair, col(Pair.id) == col(MentoringSession.pair_id))
)
OF_SESSION = {"pair_id", "starts_at", "ends_at", "way"}


async def audit_page(session: AsyncSession, window: Window, programme_id: UUID, caller: Caller[None]) -> Page[AuditOut]:
    """The samples of a programme in the order they were drawn. Raises Refused `not-found`."""
    await seen_programme(session, programme_id, caller)
    found = _counted().where(col(AuditSample.programme_id) == programme_id)
    rows = await session.execute(window.narrow(found, col(AuditSample.id), BY_ID))
    return window.page([_sample(row) for row in rows], lambda shown: [shown.id])


async def audit(session: AsyncSession, audit_id: UUID) -> AuditOut:
    """A sample that was just drawn."""
    return _sample((await session.execute(_counted().where(col(AuditSample.id) == audit_id))).one())


async def audited_page(session: AsyncSession, window: Window, audit_id: UUID, caller: Caller[None]) -> Page[AuditedOut]:
    """The sessions of a sample. Raises Refused `not-found`."""
    sample = await session.get(AuditSample, audit_id)
    if sample is None:
        raise Refused("not-found")
    await seen_programme(session, sample.programme_id, caller)
    return await _page(session, window, col(AuditedSession.sample_id) == audit_id)


async def own_page(session: AsyncSession, window: Window, caller: Caller[None]) -> Page[AuditedOut]:
    """The sessions that were given to the caller to look into."""
    return await _page(session, window, col(AuditedSession.auditor_id) == caller.speaks_for("person"))


async def audited(session: AsyncSession, item_id: UUID) -> AuditedOut:
    """A session that was drawn."""
    return _shown((await session.execute(ALL.where(col(AuditedSession.id) == item_id))).one())


async def _page(session: AsyncSession, window: Window, which: ColumnElement[bool]) -> Page[AuditedOut]:
    rows = await session.execute(window.narrow(ALL.where(which), col(AuditedSession.id), BY_ID))
    return window.page([_shown(row) for row in rows], lambda shown: [shown.id])


def _shown(row: Row[AuditedSession, MentoringSession, UUID, UUID]) -> AuditedOut:
    item, held, mentee_id, mentor_id = row
    of_session: dict[str, Any] = held.model_dump(include=OF_SESSION)
    return AuditedOut(**item.model_dump(), **of_session, mentee_id=mentee_id, mentor_id=mentor_id)


def _counted() -> Select[AuditSample, int, int, int, int, int]:
    count, finding = func.count(), col(AuditedSession.finding)
    return (
        select(
            AuditSample,
            count,
            count.filter(col(AuditedSession.auditor_id).is_(None)),
            count.filter(finding == "held"),
            count.filter(finding == "not-held"),
            count.filter(finding == "unclear"),
        )
        .join(AuditedSession, col(AuditedSession.sample_id) == col(AuditSample.id))
        .group_by(col(AuditSample.id))
    )


def _sample(row: Row[AuditSample, int, int, int, int, int]) -> AuditOut:
    sample, sessions, without, held, not_held, unclear = row
    told: dict[str, Any] = sample.model_dump()
    return AuditOut(**told, sessions=sessions, without_auditor=without, held=held, not_held=not_held, unclear=unclear)
