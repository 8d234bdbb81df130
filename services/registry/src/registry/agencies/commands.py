"""Changes of agencies and their PICs.

There are hundreds of agencies and they rarely change, so writers take turns. One lock keeps codes
unique, keeps the tree free of circles, and keeps two uploads from waiting for each other for ever. It is
taken before the locks of units, these before the locks of posts, and these before the locks of people.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, replace
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.answers import Answer, Done, answer_each
from common.fields import said
from common.ids import new_id
from common.refused import Refused
from common.store import sets
from common.store.outbox import emit
from common.store.sets import Row
from common.web import etag
from contracts.callers import Caller
from contracts.events import registry as events
from registry.agencies.schemas import AgencyIn, AgencyLine, PicIn
from registry.agencies.tables import agencies, agency_places, pics
from registry.audit import audit_row
from registry.domain.agency import Agency, Pic, Place, check_parent, in_order, placed
from registry.domain.history import Span, at_or_first
from registry.tables import changes

Parents = dict[UUID, UUID | None]


async def create_agency(session: AsyncSession, document: AgencyIn, caller: Caller[None]) -> UUID:
    """A new agency. Raises Refused."""
    await lock(session)
    if await session.scalar(select(agencies.c.id).where(agencies.c.code == document.code)):
        raise Refused("code-taken", field="code")
    created = _decided(document, None, await _parents(session), caller.today)
    await save(session, [(None, created)], caller)
    return created.id


async def revise_agency(
    session: AsyncSession, agency_id: UUID, document: AgencyIn, seen: etag.Versions, caller: Caller[None]
) -> None:
    """An agency as the document says. Raises Refused."""
    await lock(session)
    before = await _one(session, agency_id, seen, caller)
    namesake = select(agencies.c.id).where(agencies.c.code == document.code, agencies.c.id != agency_id)
    if await session.scalar(namesake):
        raise Refused("code-taken", field="code")
    after = _decided(document, before, await _parents(session), caller.today)
    await save(session, [(before, after)], caller)


async def name_pics(
    session: AsyncSession, agency_id: UUID, named: Sequence[PicIn], seen: etag.Versions, caller: Caller[None]
) -> None:
    """Exactly these PICs for an agency. Raises Refused."""
    await lock(session)
    before = await _one(session, agency_id, seen, caller)
    after = replace(before, pics=_pics(named, before.pics))
    await save(session, [(before, after)], caller)


async def upsert_agencies(session: AsyncSession, lines: Sequence[AgencyLine], caller: Caller[None]) -> list[Answer]:
    """Agencies by code, with the PICs each line names; a line counts as a whole or not at all."""
    await lock(session)
    parents = await _parents(session)
    before = {agency.code: agency for agency in await load(session, codes={line.code for line in lines})}
    after = dict(before)

    def decide(line: AgencyLine) -> Done:
        known = after.get(line.code)
        agency = _decided(line, known, parents, caller.today)
        if "pics" in line.model_fields_set:
            agency = replace(agency, pics=_pics(line.pics or (), agency.pics))
        after[line.code], parents[agency.id] = agency, agency.parent_id
        return Done("stored" if known is None else "unchanged" if agency == known else "updated", agency.id)

    answers = answer_each(lines, decide)
    await save(session, [(before.get(code), agency) for code, agency in after.items()], caller)
    return answers


async def lock(session: AsyncSession) -> None:
    """Waits for its turn to write agencies."""
    await session.execute(text("LOCK TABLE agencies IN SHARE ROW EXCLUSIVE MODE"))


async def _parents(session: AsyncSession) -> Parents:
    return {row.id: row.parent_id for row in await session.execute(select(agencies.c.id, agencies.c.parent_id))}


async def _one(session: AsyncSession, agency_id: UUID, seen: etag.Versions, caller: Caller[None]) -> Agency:
    found = await load(session, ids={agency_id}) if caller.reaches(agency_id) else []
    if not found:
        raise Refused("not-found")
    etag.check(seen, found[0].version)
    return found[0]


async def load(session: AsyncSession, *, ids: Collection[UUID] = (), codes: Collection[str] = ()) -> list[Agency]:
    """Agencies by id and by code, with their places and PICs."""
    found = (
        await session.execute(select(agencies).where(or_(agencies.c.id.in_(ids), agencies.c.code.in_(codes))))
    ).all()
    ids = [row.id for row in found]
    named: defaultdict[UUID, list[Pic]] = defaultdict(list)
    for pic in await session.execute(select(pics).where(pics.c.agency_id.in_(ids))):
        named[pic.agency_id].append(Pic(pic.rank, pic.name, pic.email, pic.language, pic.time_zone))
    places: defaultdict[UUID, list[Span[Place]]] = defaultdict(list)
    stood = select(agency_places).where(agency_places.c.agency_id.in_(ids)).order_by(agency_places.c.valid_from)
    for row in await session.execute(stood):
        places[row.agency_id].append(Span(Place(row.region, row.zone), row.valid_from, row.valid_to))
    return [
        Agency(
            **row._asdict()
            | {
                "successors": tuple(map(UUID, row.successors)),
                "places": tuple(places[row.id]),
                "pics": in_order(tuple(named[row.id])),
            }
        )
        for row in found
    ]


async def succeeded_by(session: AsyncSession, agency_id: UUID) -> list[Agency]:
    """The closed agencies of which this one took something over."""
    found = select(agencies.c.id).where(agencies.c.successors.contains([str(agency_id)]))
    return await load(session, ids=(await session.scalars(found)).all())


def _decided(document: AgencyIn, before: Agency | None, parents: Parents, today: date) -> Agency:
    if document.id in parents if before is None else document.id not in (None, before.id):
        raise Refused("id-taken", "id")
    if before and before.closed_on and said(document, "active", before):
        raise Refused("agency-closed", "active")
    agency_id = before.id if before else document.id or new_id()
    parent_id = said(document, "parent_id", before)
    check_parent(agency_id, parent_id, parents)
    start = document.valid_from or today
    then = at_or_first(before.places, start) if before else None
    place = Place(said(document, "region", then), said(document, "zone", then))
    return Agency(
        id=agency_id,
        code=document.code,
        name=document.name,
        kind=document.kind,
        parent_id=parent_id,
        active=said(document, "active", before),
        places=placed(before, place, start, today),
        closed_on=before.closed_on if before else None,
        merged_into=before.merged_into if before else None,
        successors=before.successors if before else (),
        pics=before.pics if before else (),
        version=before.version if before else 0,
    )


def _pics(named: Sequence[PicIn], before: Sequence[Pic]) -> tuple[Pic, ...]:
    """The PICs named. Who has the rank and the name or address of before keeps what the request leaves out."""
    return in_order(tuple(_pic(pic, next((known for known in before if _is_same(pic, known)), None)) for pic in named))


def _pic(named: PicIn, before: Pic | None) -> Pic:
    language, time_zone = said(named, "language", before), said(named, "time_zone", before)
    return Pic(named.rank, named.name, named.email, language, time_zone)


def _is_same(named: PicIn, known: Pic) -> bool:
    return named.rank == known.rank and (named.name == known.name or named.email == known.email)


async def save(session: AsyncSession, pairs: Iterable[tuple[Agency | None, Agency]], caller: Caller[None]) -> None:
    """Stores the next version of each agency that changed, and announces it."""
    changed = [(before, replace(after, version=after.version + 1)) for before, after in pairs if before != after]
    await sets.add(session, agencies, [_row(after) for before, after in changed if before is None])
    await sets.update(session, agencies, [_row(after) for before, after in changed if before is not None])
    moved = [(before, after) for before, after in changed if (before.places if before else ()) != after.places]
    old = [
        {"agency_id": before.id, "valid_from": span.valid_from}
        for before, _ in moved
        if before
        for span in before.places
    ]
    await sets.delete(session, agency_places, old)
    await sets.add(
        session, agency_places, [{"agency_id": after.id, **row} for _, after in moved for row in _places(after)]
    )
    renamed_pics = [(before, after) for before, after in changed if (before.pics if before else ()) != after.pics]
    await sets.delete(
        session,
        pics,
        [{"agency_id": before.id, "rank": pic.rank} for before, _ in renamed_pics if before for pic in before.pics],
    )
    await sets.add(
        session, pics, [{"agency_id": after.id, **asdict(pic)} for _, after in renamed_pics for pic in after.pics]
    )
    await sets.add(session, changes, [audit_row(before, after, caller) for before, after in changed])
    for _, after in changed:
        emit(session, _event(after), sequence=after.version, time=caller.now)


async def announce_all(session: AsyncSession, caller: Caller[None]) -> int:
    """Announces every agency as it is, as its next version, and returns how many they are."""
    await lock(session)
    found = await load(session, ids=(await session.scalars(select(agencies.c.id))).all())
    told = [(each, replace(each, version=each.version + 1)) for each in found]
    await sets.update(session, agencies, [_row(after) for _, after in told])
    await sets.add(session, changes, [audit_row(before, after, caller) for before, after in told])
    for _, after in told:
        emit(session, _event(after), sequence=after.version, time=caller.now)
    return len(told)


def _row(agency: Agency) -> Row:
    row = {column.name: getattr(agency, column.name) for column in agencies.c}
    return row | {"successors": json.dumps([str(each) for each in agency.successors])}


def _places(agency: Agency) -> list[Row]:
    return [{"valid_from": span.valid_from, "valid_to": span.valid_to, **asdict(span.value)} for span in agency.places]


def _event(agency: Agency) -> events.AgencyChanged:
    state = {name: value for name, value in asdict(agency).items() if name not in {"id", "version", "places"}}
    return events.AgencyChanged(
        agency_id=agency.id,
        region=agency.region,
        zone=agency.zone,
        places=[events.AgencyPlace.model_validate(place) for place in _places(agency)],
        **state,
    )
