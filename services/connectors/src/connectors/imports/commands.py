"""Trainings of a spreadsheet are reports of a connection of the agency's or provider's own."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from common.answers import Answer
from connectors.connections.commands import own_connection
from connectors.imports.schemas import TrainingRow
from connectors.reports.commands import Activity, SentBy, report
from contracts.callers import Caller
from contracts.nip import nip_hash
from contracts.zone import JAKARTA

PLATFORM = "spreadsheet"


async def report_trainings(session: AsyncSession, rows: Sequence[TrainingRow], caller: Caller[Any]) -> list[Answer]:
    """Reports them as any door does. Raises Refused `connection-disabled` where the connection was switched off."""
    connection = await own_connection(session, caller, PLATFORM, "Lembar kerja")
    return await report(
        session,
        connection,
        [_activity(row, caller) for row in rows],
        SentBy(caller.subject, caller.person),
        caller.now,
    )


def _activity(row: TrainingRow, caller: Caller[Any]) -> Activity:
    said = row.model_dump(exclude={"reference", "nip"})
    return Activity(
        source_name=PLATFORM,
        reference=row.reference,
        happened_at=datetime.combine(row.end_date, time(), JAKARTA),
        nip_hash=nip_hash(row.nip, caller.nip_key),
        **said,
    )
