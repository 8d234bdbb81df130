"""By which clock agencies worked."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.zone import Zone
from training.agencies.tables import AGENCIES

Zones = Mapping[UUID, Sequence[tuple[date, Zone]]]
"""The zones of agencies: from which day on each held, the newest first."""


async def zones_of(session: AsyncSession, agency_ids: Collection[UUID]) -> Zones:
    """The zones of these agencies, as far as the registry has told of them."""
    places = AGENCIES.states.c
    found = select(places.agency_id, places.valid_from, places.zone).where(places.agency_id.in_(agency_ids))
    zones: defaultdict[UUID, list[tuple[date, Zone]]] = defaultdict(list)
    for agency_id, start, zone in await session.execute(found.order_by(places.valid_from.desc())):
        zones[agency_id].append((start, zone))
    return zones
