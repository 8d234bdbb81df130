"""Reading drafts and replays."""

from typing import Literal
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from common.web.pages import BY_ID, Page, Window
from credit.domain.amounts import shown_ak
from credit.drafts.schemas import DraftOut, ReplayChangeOut, ReplayOut, ReplayTotalOut
from credit.drafts.tables import activations, drafts, replay_changes, replays

BY_PLACE: TypeAdapter[tuple[UUID, str]] = TypeAdapter(tuple[UUID, str])
Who = Literal["gain", "lose"]
LAST = (
    select(replays.c.id)
    .where(replays.c.draft_id == drafts.c.id)
    .order_by(replays.c.ordered_at.desc(), replays.c.id.desc())
    .limit(1)
    .scalar_subquery()
    .label("replay_id")
)
DRAFTS = select(drafts, activations.c.law_from, activations.c.activated_by, activations.c.activated_at, LAST).outerjoin(
    activations, activations.c.draft_id == drafts.c.id
)


async def read_draft(session: AsyncSession, draft_id: UUID) -> DraftOut:
    """A draft. Raises Refused `not-found`."""
    row = (await session.execute(DRAFTS.where(drafts.c.id == draft_id))).mappings().one_or_none()
    if row is None:
        raise Refused("not-found")
    return DraftOut(**row)


async def list_drafts(session: AsyncSession, window: Window) -> Page[DraftOut]:
    """All drafts, in the order in which they were loaded."""
    rows = (await session.execute(window.narrow(DRAFTS, drafts.c.id, BY_ID))).mappings()
    return window.page([DraftOut(**row) for row in rows], lambda draft: [draft.id])


async def read_replay(session: AsyncSession, replay_id: UUID) -> ReplayOut:
    """A replay with its totals. Raises Refused `not-found`."""
    row = (await session.execute(select(replays).where(replays.c.id == replay_id))).mappings().one_or_none()
    if row is None:
        raise Refused("not-found")
    totals = [ReplayTotalOut(jenjang=jenjang, **told) for jenjang, told in sorted(row["totals"].items())]
    return ReplayOut.model_validate({**row, "totals": totals})


async def list_changes(
    session: AsyncSession, replay_id: UUID, window: Window, who: Who | None
) -> Page[ReplayChangeOut]:
    """Whose points a draft would change. Raises Refused `not-found`."""
    await read_replay(session, replay_id)
    c = replay_changes.c
    asked = select(replay_changes).where(c.replay_id == replay_id).order_by(c.person_id, c.jenjang)
    if who is not None:
        asked = asked.where(c.would_be > c.was if who == "gain" else c.would_be < c.was)
    if (seen := window.seen(BY_PLACE)) is not None:
        asked = asked.where(tuple_(c.person_id, c.jenjang) > seen)
    rows = (await session.execute(asked.limit(window.limit + 1))).mappings()
    found = [ReplayChangeOut(**row, ak=shown_ak(row["was"]), ak_would_be=shown_ak(row["would_be"])) for row in rows]
    return window.page(found, lambda each: [each.person_id, each.jenjang])
