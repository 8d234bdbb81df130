"""Reading what was downloaded from SIASN of somebody, and reporting what is not here."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.refused import Refused
from common.store.sets import one_of
from connectors.connections.commands import own_connection
from connectors.domain.siasn import Heard, load, read_pak, read_training
from connectors.histories.schemas import HeardOut, HeardPakOut, HistoryIn, HistoryOut
from connectors.people import PEOPLE
from connectors.reports.commands import Activity, SentBy, report
from connectors.reports.tables import Report
from connectors.siasn.tables import SiasnExport
from contracts.callers import Caller
from contracts.nip import nip_hash
from contracts.zone import JAKARTA

PLATFORM = "siasn"


async def hear(session: AsyncSession, history: HistoryIn, caller: Caller[Any]) -> HistoryOut:
    """What a history says, row by row; with `take` what is not here is reported, as HR would by a spreadsheet.

    Raises Refused: `person-unknown` for who is in no registry or serves elsewhere, `connection-disabled`.
    """
    hashed = nip_hash(history.nip, caller.nip_key)
    person = (await PEOPLE.lock(session, (), {hashed})).by_nip.get(hashed)
    if person is None or not caller.reaches(person.agency_id):
        raise Refused("person-unknown", "nip")
    read = [*_read("kursus", history.kursus, caller), *_read("diklat", history.diklat, caller)]
    heard = [each for _, each in read if each is not None]
    ours = await _ours(session, person.person_id, heard)
    connection = await own_connection(session, caller, PLATFORM, "SIASN")
    reported = Report.table().c
    query = select(reported.reference).where(
        reported.connection_id == connection.id, one_of(reported.reference, {_reference(each) for each in heard})
    )
    known = set(await session.scalars(query))
    fresh = [each for each in heard if not ({each.siasn_id, each.number} & ours) and _reference(each) not in known]
    if history.take and fresh:
        activities = [_activity(each, hashed) for each in fresh]
        await report(session, connection, activities, SentBy(caller.subject, caller.person), caller.now)
    new = {_reference(each) for each in fresh}
    for line, each in read:
        if each is not None:
            line.siasn_id, line.title = each.siasn_id, each.title
            line.outcome = "known" if _reference(each) in known else "ours"
            if _reference(each) in new:
                line.outcome = "taken" if history.take else "new"
    paks = [_pak(row, place) for place, row in enumerate(history.angkakredit, 1)]
    return HistoryOut(person_id=person.person_id, trainings=[line for line, _ in read], paks=paks)


def _read(
    resource: Literal["kursus", "diklat"], rows: Sequence[dict[str, Any]], caller: Caller[Any]
) -> list[tuple[HeardOut, Heard | None]]:
    rules = load().at(caller.today).tables
    read: list[tuple[HeardOut, Heard | None]] = []
    for place, row in enumerate(rows, 1):
        line = HeardOut(resource=resource, place=place, outcome="refused")
        try:
            read.append((line, read_training(rules, resource, row)))
        except Refused as refused:
            line.code, line.field = refused.code, refused.field
            read.append((line, None))
    return read


async def _ours(session: AsyncSession, person_id: UUID, heard: Sequence[Heard]) -> set[str | None]:
    """Ids there and numbers of what went to SIASN from here."""
    if not heard:
        return set()
    query = select(col(SiasnExport.id), col(SiasnExport.siasn_id)).where(
        col(SiasnExport.person_id) == person_id, col(SiasnExport.siasn_id).is_not(None)
    )
    return {name for row in await session.execute(query) for name in (str(row[0]), row[1])}


def _reference(heard: Heard) -> str:
    return f"{heard.resource}/{heard.siasn_id}"


def _activity(heard: Heard, hashed: str) -> Activity:
    return Activity(
        source_name=PLATFORM,
        reference=_reference(heard),
        happened_at=datetime.combine(heard.end_date, time(), JAKARTA),
        nip_hash=hashed,
        form=heard.form,
        title=heard.title,
        start_date=heard.start_date,
        end_date=heard.end_date,
        jp=heard.hours,
        evidence=heard.number,
    )


def _pak(row: dict[str, Any], place: int) -> HeardPakOut:
    try:
        pak = read_pak(row)
    except Refused as refused:
        return HeardPakOut(place=place, field=refused.field)
    return HeardPakOut(place=place, **vars(pak))
