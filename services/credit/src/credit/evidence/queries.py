"""Reading assessed training records."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from common.texts import Language
from common.web.pages import BY_ID, Page, Window
from contracts.callers import Caller
from credit.domain.books import Regulations
from credit.evidence.schemas import EvidenceOut
from credit.evidence.tables import evidence
from credit.people import PEOPLE
from credit.rule_packs.schemas import readings_shown
from credit.texts import explain


async def read_evidence(
    session: AsyncSession, record_id: UUID, caller: Caller[Regulations], language: Language
) -> EvidenceOut:
    """One record. Raises Refused `not-found` for one outside the caller's reach."""
    row = (
        (await session.execute(_evidence(PEOPLE.seen_by(caller)).where(evidence.c.record_id == record_id)))
        .mappings()
        .one_or_none()
    )
    if row is None:
        raise Refused("not-found")
    return _view(row, caller.rules, language)


async def list_evidence(
    session: AsyncSession,
    person_id: UUID,
    window: Window,
    caller: Caller[Regulations],
    language: Language,
) -> Page[EvidenceOut]:
    """A person's records. Raises Refused `not-found` for somebody outside the caller's reach."""
    known = await session.scalar(
        select(PEOPLE.c.person_id).where(PEOPLE.c.person_id == person_id, PEOPLE.seen_by(caller))
    )
    if known is None:
        raise Refused("not-found")
    asked = _evidence(PEOPLE.seen_by(caller)).where(evidence.c.person_id == person_id)
    rows = (await session.execute(window.narrow(asked, evidence.c.record_id, BY_ID))).mappings().all()
    return window.page([_view(row, caller.rules, language) for row in rows], lambda view: [view.record_id])


def _evidence(within: ColumnElement[bool]) -> Select[Any]:
    return select(evidence).join(PEOPLE.table, PEOPLE.c.person_id == evidence.c.person_id).where(within)


def _view(row: RowMapping, book: Regulations, language: Language) -> EvidenceOut:
    readings = book.at(row["end_date"]).tables.readings_of("education") if row["degree"] else []
    return EvidenceOut(
        **row, explanation=explain(row["reason_code"], language), readings=readings_shown(readings, language)
    )
