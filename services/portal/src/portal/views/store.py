"""Saving views, naming them anew, and taking them away: of whoever asks, and nobody else's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from common.ids import new_id
from common.refused import Refused
from portal.sealing import Seal
from portal.views.tables import SavedView

VIEWS = SavedView.table()
KEPT = timedelta(days=365)
MOST = 50
"""Of one person."""
LONGEST = 100
"""Characters of a name."""


@dataclass(frozen=True)
class View:
    """A page of ours under the name that somebody has given it."""

    id: UUID
    name: str
    address: str


async def saved(session: AsyncSession, seal: Seal, whose: str) -> Sequence[View]:
    """Somebody's views by their names; one that was sealed with an earlier key is left out."""
    rows = await session.execute(select(VIEWS.c.id, VIEWS.c.sealed).where(VIEWS.c.whose == whose))
    found = [View(row.id, **said) for row in rows if (said := seal.open(row.sealed))]
    return sorted(found, key=lambda view: (view.name.casefold(), view.id))


async def save(session: AsyncSession, seal: Seal, now: datetime, whose: str, name: str, address: str) -> None:
    """Saves a view, and takes away what nobody has used for a year. Raises Refused `name-wrong`, `views-over`."""
    sealed = _sealed(seal, name, address)
    await session.execute(delete(VIEWS).where(VIEWS.c.ends_at <= now))
    count = await session.scalar(select(func.count()).where(VIEWS.c.whose == whose))
    if (count or 0) >= MOST:
        raise Refused("views-over", most=MOST)
    session.add(SavedView(id=new_id(), whose=whose, sealed=sealed, ends_at=now + KEPT))


async def rename(session: AsyncSession, seal: Seal, now: datetime, whose: str, view_id: UUID, name: str) -> None:
    """Another name. Raises Refused `not-found`, `name-wrong`."""
    row, view = await _one(session, seal, whose, view_id)
    row.sealed, row.ends_at = _sealed(seal, name, view.address), now + KEPT


async def opened(session: AsyncSession, seal: Seal, now: datetime, whose: str, view_id: UUID) -> str:
    """The address of a view that is used now. Raises Refused `not-found`."""
    row, view = await _one(session, seal, whose, view_id)
    row.ends_at = now + KEPT
    return view.address


async def forget(session: AsyncSession, whose: str, view_id: UUID) -> None:
    """Takes a view away; one that is gone already changes nothing."""
    await session.execute(delete(VIEWS).where(VIEWS.c.whose == whose, VIEWS.c.id == view_id))


async def _one(session: AsyncSession, seal: Seal, whose: str, view_id: UUID) -> tuple[SavedView, View]:
    row = await session.scalar(select(SavedView).where(VIEWS.c.whose == whose, VIEWS.c.id == view_id).with_for_update())
    said = seal.open(row.sealed) if row else None
    if row is None or said is None:
        raise Refused("not-found")
    return row, View(view_id, **said)


def _sealed(seal: Seal, name: str, address: str) -> bytes:
    name = name.strip()
    if not 0 < len(name) <= LONGEST or not name.isprintable():
        raise Refused("name-wrong", "name", most=LONGEST)
    return seal.close({"name": name, "address": address})
