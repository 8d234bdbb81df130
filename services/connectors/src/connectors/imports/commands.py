"""Trainings of a spreadsheet are reports of a connection of the agency's or provider's own."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from common.answers import Answer
from common.ids import derived_id
from common.refused import Refused
from connectors.imports.schemas import TrainingRow
from connectors.reports.commands import Activity, SentBy, report
from connectors.signing.tables import Connection
from contracts.callers import Caller
from contracts.nip import nip_hash
from contracts.zone import JAKARTA

PLATFORM = "spreadsheet"


async def report_trainings(session: AsyncSession, rows: Sequence[TrainingRow], caller: Caller[Any]) -> list[Answer]:
    """Reports them as any door does. Raises Refused `connection-disabled` where the connection was switched off."""
    connection = await _connection(session, caller)
    return await report(
        session,
        connection,
        [_activity(row, caller) for row in rows],
        SentBy(caller.subject, caller.person),
        caller.now,
    )


async def _connection(session: AsyncSession, caller: Caller[Any]) -> Connection:
    """The connection under which the spreadsheets of whom the caller speaks for are reported; made by the first one."""
    owner = {"provider_id": caller.provider} if "provider" in caller.roles else {"agency_id": caller.agency}
    connection_id = derived_id("spreadsheets", *owner.values())
    made = {"name": "Lembar kerja", "platform": PLATFORM, "enabled": True, "made_at": caller.now, "version": 1}
    row = {"id": connection_id, "agency_id": None, "provider_id": None} | owner | made
    await session.execute(insert(Connection.table()).values(row).on_conflict_do_nothing())
    connection = await session.get_one(Connection, connection_id)
    if not connection.enabled:
        raise Refused("connection-disabled")
    return connection


def _activity(row: TrainingRow, caller: Caller[Any]) -> Activity:
    said = row.model_dump(exclude={"reference", "nip"})
    return Activity(
        source_name=PLATFORM,
        reference=row.reference,
        happened_at=datetime.combine(row.end_date, time(), JAKARTA),
        nip_hash=nip_hash(row.nip, caller.nip_key),
        **said,
    )
