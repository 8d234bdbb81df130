"""Reading rounds, digests, and what waits."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Row, Select, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from common.fields import Line, Moment
from common.refused import Refused
from common.web.pages import Page, Window
from contracts.callers import Caller
from notification.agencies import AGENCIES
from notification.digests.tables import Digest, Round
from notification.messages.reach import as_reader, knows
from notification.messages.tables import Message
from notification.rounds.schemas import Counts, DigestOut, DigestState, RoundKind, RoundOut, WaitingOut

ROUNDS, DIGESTS, MESSAGES = Round.table(), Digest.table(), Message.table()
SHORT = (DIGESTS.c.listed - DIGESTS.c.resolved).label("short")
MISSING = (DIGESTS.c.owed - DIGESTS.c.redeemed).label("missing")
UNTOLD: Mapping[str, Any] = dict.fromkeys(Counts.model_fields)
BY_TIME: TypeAdapter[tuple[Moment, UUID]] = TypeAdapter(tuple[Moment, UUID])
BY_CODE: TypeAdapter[tuple[Line, UUID]] = TypeAdapter(tuple[Line, UUID])
BY_WAIT: TypeAdapter[tuple[Moment, UUID, UUID]] = TypeAdapter(tuple[Moment, UUID, UUID])


async def rounds(
    session: AsyncSession, caller: Caller[None], window: Window, *, kind: RoundKind | None
) -> Page[RoundOut]:
    """Rounds that reached an agency the caller may see, newest first."""
    query = select(ROUNDS).where(_reaches(caller)).order_by(ROUNDS.c.opened_at.desc(), ROUNDS.c.id.desc())
    if kind:
        query = query.where(ROUNDS.c.kind == kind)
    if seen := window.seen(BY_TIME):
        query = query.where(tuple_(ROUNDS.c.opened_at, ROUNDS.c.id) < seen)
    found = (await session.execute(query.limit(window.limit + 1))).all()
    return window.page(await _with_counts(session, caller, found), lambda shown: (shown.opened_at, shown.id))


async def one_round(session: AsyncSession, caller: Caller[None], round_id: UUID) -> RoundOut:
    """A round with its counts. Raises Refused `not-found`, also when it reached no agency that the caller may see."""
    found = (await session.execute(select(ROUNDS).where(ROUNDS.c.id == round_id, _reaches(caller)))).one_or_none()
    if found is None:
        raise Refused("not-found")
    return (await _with_counts(session, caller, [found]))[0]


def _reaches(caller: Caller[None]) -> ColumnElement[bool]:
    return select(DIGESTS).where(DIGESTS.c.round_id == ROUNDS.c.id, caller.sees(DIGESTS.c.agency_id)).exists()


async def _with_counts(session: AsyncSession, caller: Caller[None], found: Sequence[Row[Any]]) -> list[RoundOut]:
    ids = [row.id for row in found]
    by_state = await session.execute(
        select(
            DIGESTS.c.round_id,
            DIGESTS.c.state,
            func.count().label("agencies"),
            func.sum(DIGESTS.c.people_total).label("people"),
            func.sum(DIGESTS.c.listed).label("listed"),
            func.sum(DIGESTS.c.owed).label("owed"),
            func.sum(DIGESTS.c.resolved).label("resolved"),
            func.sum(DIGESTS.c.redeemed).label("redeemed"),
        )
        .where(DIGESTS.c.round_id.in_(ids), caller.sees(DIGESTS.c.agency_id))
        .group_by(DIGESTS.c.round_id, DIGESTS.c.state)
        .order_by(DIGESTS.c.state)
    )
    mails = await session.execute(
        select(MESSAGES.c.round_id, MESSAGES.c.state, func.count().label("mails"))
        .where(MESSAGES.c.round_id.in_(ids), caller.sees(MESSAGES.c.agency_id))
        .group_by(MESSAGES.c.round_id, MESSAGES.c.state)
        .order_by(MESSAGES.c.state)
    )
    digests_of: dict[UUID, list[Any]] = defaultdict(list)
    for row in by_state:
        digests_of[row.round_id].append(row)
    mails_of: dict[UUID, dict[Any, int]] = defaultdict(dict)
    for row in mails:
        mails_of[row.round_id][row.state] = row.mails
    reader = as_reader(caller)
    told = reader is not None and (reader.unbound or not caller.unbound)
    return [_round_out(row, digests_of[row.id], mails_of[row.id], told=told) for row in found]


def _round_out(row: Row[Any], digests: Sequence[Any], mails: dict[Any, int], *, told: bool) -> RoundOut:
    listed, resolved = sum(part.listed for part in digests), sum(part.resolved for part in digests)
    owed = sum((part.owed for part in digests), Decimal())
    redeemed = sum((part.redeemed for part in digests), Decimal())
    counts = Counts(
        people=sum(part.people for part in digests),
        listed=listed,
        owed=owed,
        resolved=resolved,
        short=listed - resolved,
        missing=owed - redeemed,
    )
    return RoundOut(
        **row._asdict(),
        **(counts.model_dump() if told else UNTOLD),
        agencies={part.state: part.agencies for part in digests},
        mails=mails,
    )


async def digests(
    session: AsyncSession, caller: Caller[None], window: Window, round_id: UUID, *, state: DigestState | None
) -> Page[DigestOut]:
    """What each agency is told in a round, by agency code. Raises Refused `not-found` as `one_round` does."""
    if not await session.scalar(select(ROUNDS.c.id).where(ROUNDS.c.id == round_id, _reaches(caller))):
        raise Refused("not-found")
    query = (
        _with_agency(
            DIGESTS.c.agency_id,
            DIGESTS.c.state,
            DIGESTS.c.reason,
            DIGESTS.c.pages,
            DIGESTS.c.pages_in,
            DIGESTS.c.people_total.label("people"),
            DIGESTS.c.listed,
            DIGESTS.c.owed,
            DIGESTS.c.resolved,
            SHORT,
            MISSING,
        )
        .where(DIGESTS.c.round_id == round_id, caller.sees(DIGESTS.c.agency_id))
        .order_by(AGENCIES.c.code, AGENCIES.c.agency_id)
    )
    if state:
        query = query.where(DIGESTS.c.state == state)
    if seen := window.seen(BY_CODE):
        query = query.where(tuple_(AGENCIES.c.code, AGENCIES.c.agency_id) > seen)
    found = [DigestOut.model_validate(row) for row in await session.execute(query.limit(window.limit + 1))]
    rows = [each if knows(caller, each.agency_id) else each.model_copy(update=UNTOLD) for each in found]
    return window.page(rows, lambda shown: (shown.code, shown.agency_id))


async def waiting(session: AsyncSession, caller: Caller[None], window: Window) -> Page[WaitingOut]:
    """Digests that wait for somebody to write to, those that have waited longest first."""
    query = (
        _with_agency(
            DIGESTS.c.round_id, DIGESTS.c.agency_id, DIGESTS.c.reason, SHORT, DIGESTS.c.decided_at.label("since")
        )
        .where(DIGESTS.c.state == "waiting", caller.sees(DIGESTS.c.agency_id))
        .order_by(DIGESTS.c.decided_at, DIGESTS.c.round_id, DIGESTS.c.agency_id)
    )
    if seen := window.seen(BY_WAIT):
        query = query.where(tuple_(DIGESTS.c.decided_at, DIGESTS.c.round_id, DIGESTS.c.agency_id) > seen)
    found = [WaitingOut.model_validate(row) for row in await session.execute(query.limit(window.limit + 1))]
    rows = [each if knows(caller, each.agency_id) else each.model_copy(update={"short": None}) for each in found]
    return window.page(rows, lambda shown: (shown.since, shown.round_id, shown.agency_id))


def _with_agency(*columns: Any) -> Select[*tuple[Any, ...]]:
    return select(AGENCIES.c.code, AGENCIES.c.name, *columns).join_from(DIGESTS, AGENCIES.table)
