"""Reading objections and appeals."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, Select, and_, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from common.web.pages import BY_ID, Page, Window
from contracts.callers import Caller
from credit import rights
from credit.appeals.commands import conflicts_of
from credit.appeals.schemas import AppealOut
from credit.appeals.tables import appeals
from credit.conflicts.queries import no_conflict
from credit.domain.appeals import LEVELS, AppealState
from credit.domain.books import Regulations
from credit.people import PEOPLE


async def read_appeal(session: AsyncSession, appeal_id: UUID, caller: Caller[Regulations]) -> AppealOut:
    """One of them. Raises Refused `not-found`."""
    row = (await session.execute(_seen(caller).where(appeals.c.id == appeal_id))).mappings().one_or_none()
    if row is None:
        raise Refused("not-found")
    return _view(row, caller.rules)


async def list_appeals(
    session: AsyncSession,
    window: Window,
    caller: Caller[Regulations],
    state: AppealState | None,
    person_id: UUID | None,
) -> Page[AppealOut]:
    """Those within the caller's reach, in the order they were filed; who but judges is given none they may not judge for a conflict."""
    asked = _seen(caller).where(_free_of_conflict(caller))
    if state is not None:
        asked = asked.where(appeals.c.state == state)
    if person_id is not None:
        asked = asked.where(appeals.c.person_id == person_id)
    rows = (await session.execute(window.narrow(asked, appeals.c.id, BY_ID))).mappings().all()
    return window.page([_view(row, caller.rules) for row in rows], lambda appeal: [appeal.id])


def _seen(caller: Caller[Regulations]) -> Select[Any]:
    return select(appeals).join(PEOPLE.table, PEOPLE.c.person_id == appeals.c.person_id).where(PEOPLE.seen_by(caller))


def _free_of_conflict(caller: Caller[Regulations]) -> ColumnElement[bool]:
    judges = caller.roles & {*rights.JUDGE_APPEALS.roles}
    if not judges or caller.roles - judges - {"verifier", "person"}:
        return true()  # by another role they read them all
    clocks = [caller.rules.appeals.at(caller.today).tables.of(level) for level in LEVELS]
    judged = (
        and_(
            appeals.c.level == level,
            no_conflict("appeals.person_id", caller, conflicts_of(clock, caller)),
        )
        for level, clock in zip(LEVELS, clocks, strict=True)
    )
    return or_(appeals.c.person_id == caller.speaks_for("person"), *judged)


def _view(row: RowMapping, book: Regulations) -> AppealOut:
    rules = next(pack.tables for pack in book.appeals.packs if pack.id == row["rule_pack"])
    return AppealOut(**row, status=rules.of(row["level"]).status)
