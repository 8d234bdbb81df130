"""Changes of people; one goes the same way as a thousand."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.answers import Answer, Done, answer_each
from common.ids import new_id
from common.refused import Refused
from common.web import etag
from contracts.callers import Caller
from contracts.nip import parse_nip
from registry.agencies.store import Named, named
from registry.domain.person import (
    Entry,
    Person,
    Place,
    Standing,
    counts_from,
    enlist,
    mend,
    renumber,
    revise,
    stand,
    transfer,
)
from registry.naming import one_of
from registry.people import store
from registry.people.schemas import NumberIn, PersonIn, PlaceIn, StatusIn, TransferIn, appointed, joins

PAGE = 1_000


async def register_person(session: AsyncSession, document: PersonIn, caller: Caller[None]) -> UUID:
    """A new person. Raises Refused."""
    if await store.owners(session, [document.nip]):
        raise Refused("nip-taken", field="nip")
    [answer] = await upsert_people(session, [document], caller)
    if isinstance(answer, Refused):
        raise answer
    if answer.status != "stored":  # somebody else was faster
        raise Refused("nip-taken", field="nip")
    return answer.id


async def revise_person(
    session: AsyncSession, person_id: UUID, document: PersonIn, seen: etag.Versions, caller: Caller[None]
) -> None:
    """A person as the document says. Raises Refused."""
    places = await _places(session, [document])
    before = await _mine(session, person_id, caller, lock=False)
    owner = (await store.owners(session, [document.nip])).get(document.nip)
    if owner not in (None, person_id):
        raise Refused("nip-taken", field="nip")
    if owner is None:
        if document.nip in await store.mended_of(session, person_id):
            raise Refused("nip-mended", field="nip")
        await store.retire_number(session, person_id, caller.today)
        if not await store.claim(session, {document.nip: person_id}):
            raise Refused("nip-taken", field="nip")
    person = replace(await _mine(session, person_id, caller, lock=True), nip=before.nip)
    etag.check(seen, person.version)
    entry = document.at(places.meant(document, caller))
    after = _revised(person, entry, places, caller)
    if owner is None:
        after = renumber(after, entry, caller.today)
    await _save(session, person, after, caller)


async def mend_number(
    session: AsyncSession, person_id: UUID, document: NumberIn, seen: etag.Versions, caller: Caller[None]
) -> None:
    """A person with the right number; the wrong one is kept with the reason, and is free for its owner.

    When two numbers were `swapped`, the person who has the right one gets the one that is given up. Raises Refused.
    """
    before = await _mine(session, person_id, caller, lock=False)
    etag.check(seen, before.version)
    if document.nip == before.nip:
        return
    wrong, right = {before.nip: person_id}, {document.nip: person_id}
    owner = (await store.owners(session, [document.nip])).get(document.nip) if document.swapped else None
    if owner not in (None, person_id):
        other = (await store.present(session, [owner], lock=False))[owner]
        if other.nip != document.nip or not caller.reaches(other.place_on(caller.today).agency_id):
            raise Refused("nip-taken", field="nip")
        wrong[document.nip] = right[before.nip] = owner
    for nip, each in sorted(wrong.items()):
        if not await store.release(session, nip, each):
            raise Refused("changed-meanwhile")
    for nip, each in sorted(right.items()):
        if not await store.take_up(session, nip, each):
            raise Refused("nip-taken", field="nip")
    had = {each: nip for nip, each in wrong.items()}
    for each, nip in sorted((each, nip) for nip, each in right.items()):
        person = replace(await _mine(session, each, caller, lock=True), nip=had[each])
        if each == person_id:
            etag.check(seen, person.version)
        number = parse_nip(nip)
        after = mend(person, nip, number.staff_type, appointed(number), joins(number), caller.today)
        await store.keep_mended(session, person, document.reason, caller.today)
        await _save(session, person, after, caller)


async def transfer_person(session: AsyncSession, person_id: UUID, document: TransferIn, caller: Caller[None]) -> None:
    """Moves a person from a day on; the agency they leave does it. Raises Refused."""
    places = await _places(session, [document])
    person = await _mine(session, person_id, caller, lock=True)
    place = places.found(document)
    _check_own(person, document.on, caller, "on")
    places.check_open(place, person.place_on(document.on))
    after = transfer(person, place, document.on, caller.today)
    await _save(session, person, after, caller)


async def change_status(session: AsyncSession, person_id: UUID, document: StatusIn, caller: Caller[None]) -> None:
    """Changes the status of a person, by decree. Raises Refused."""
    person = await _mine(session, person_id, caller, lock=True)
    _check_own(person, document.from_, caller, "from")
    standing = Standing(document.status, document.decree)
    after = stand(person, standing, document.from_, document.until, caller.today)
    await _save(session, person, after, caller)


async def upsert_people(session: AsyncSession, documents: Sequence[PersonIn], caller: Caller[None]) -> list[Answer]:
    """People by NIP, each line seeing those before it. The number of statements does not grow with the lines."""
    places = await _places(session, documents)
    owner, mended = await store.owners_and_mended(session, {document.nip for document in documents})
    newcomers: dict[str, Person] = {}
    entries: list[Entry | Refused] = []
    for document in documents:
        try:
            entry = document.at(places.meant(document, caller))
            _check_not_mended(entry, mended)
            if entry.nip not in owner and entry.nip not in newcomers:
                places.check_open(entry.place, None)
                newcomers[entry.nip] = enlist(new_id(), entry, caller.today)
            entries.append(entry)
        except Refused as refused:
            entries.append(refused)
    claimed = await store.claim(session, {nip: person.id for nip, person in newcomers.items()})
    if len(claimed) < len(newcomers):
        owner |= await store.owners(session, newcomers.keys() - claimed)
    before = await store.present(session, owner.values(), lock=True)
    after = dict(before)

    def decide(entry: Entry | Refused) -> Done:
        if isinstance(entry, Refused):
            raise entry
        if entry.nip not in owner:
            person = newcomers[entry.nip]
            owner[entry.nip], after[person.id] = person.id, person
            return Done("stored", person.id)
        person = after[owner[entry.nip]]
        revised = _revised(person, entry, places, caller)
        if revised != person and caller.actor.is_own_case(person.id):
            raise Refused("own-record", "nip")
        after[person.id] = revised
        return Done("unchanged" if revised == person else "updated", person.id)

    answers = answer_each(entries, decide)
    pairs = [(before.get(person_id), person) for person_id, person in after.items()]
    await store.save(session, [pair for pair in pairs if pair[0] != pair[1]], caller)
    return answers


async def announce(session: AsyncSession, ids: Iterable[UUID], caller: Caller[None]) -> None:
    """Announces people as they are today."""
    found = await store.present(session, ids, lock=True)
    await store.save(session, [(person, person) for person in found.values()], caller)


@dataclass(frozen=True)
class _Places:
    """The agencies and units some documents name, by id and by code."""

    agencies: Named
    units: dict[tuple[UUID, UUID | str], UUID]

    def found(self, document: PlaceIn) -> Place:
        """The place a document names. Raises Refused."""
        return self._in(self.agencies.found(document), document)

    def meant(self, document: PlaceIn, caller: Caller[None]) -> Place:
        """The place a document names, in an agency that the caller reaches, or that was before theirs. Raises Refused."""
        return self._in(self.agencies.meant(document, caller, caller.succeeded), document)

    def _in(self, agency_id: UUID, document: PlaceIn) -> Place:
        names = {"unit_id": document.unit_id, "unit_code": document.unit_code}
        return Place(agency_id, one_of(names, lambda name: self.units.get((agency_id, name)), "unit-unknown"))

    def check_open(self, place: Place, present: Place | None) -> None:
        """Raises Refused when somebody would come to a closed agency in which they do not serve yet."""
        if present is None or present.agency_id != place.agency_id:
            self.agencies.check_open(place.agency_id)


async def _places(session: AsyncSession, documents: Sequence[PlaceIn]) -> _Places:
    """Locks the units named, so that none is closed while somebody newly comes to it."""
    agencies = await named(session, documents)
    found_units = await session.execute(
        text(
            "SELECT id, agency_id, code FROM units WHERE agency_id = ANY(CAST(:agencies AS uuid[]))"
            " AND (id = ANY(CAST(:ids AS uuid[])) OR code = ANY(CAST(:codes AS text[]))) ORDER BY id FOR SHARE"
        ),
        {
            "agencies": list(set(agencies.ids.values())),
            "ids": list({document.unit_id for document in documents if document.unit_id}),
            "codes": list({document.unit_code for document in documents if document.unit_code}),
        },
    )
    return _Places(agencies, {(row.agency_id, name): row.id for row in found_units for name in (row.id, row.code)})


async def _mine(session: AsyncSession, person_id: UUID, caller: Caller[None], *, lock: bool) -> Person:
    """A person whom the caller reaches, and who is not the caller: nobody changes what their own credit points depend on. Raises Refused."""
    person = (await store.present(session, [person_id], lock=lock)).get(person_id)
    if person is None or not caller.reaches(person.place_on(caller.today).agency_id):
        raise Refused("not-found")
    if caller.actor.is_own_case(person_id):
        raise Refused("own-record")
    return person


def _revised(person: Person, entry: Entry, places: _Places, caller: Caller[None]) -> Person:
    start = counts_from(person, entry, caller.today)
    _check_own(person, caller.today, caller, "nip")
    _check_own(person, start, caller, "valid_from")
    places.check_open(entry.place, person.place_on(start))
    return revise(person, entry, caller.today)


def _check_not_mended(entry: Entry, mended: Collection[tuple[str, str]]) -> None:
    if (entry.nip, entry.name.casefold()) in mended:
        raise Refused("nip-mended", "nip")


def _check_own(person: Person, day: date, caller: Caller[None], field: str) -> None:
    """Raises Refused when the person served on `day` in an agency that is not the caller's, nor was before it."""
    then, now = person.place_on(day).agency_id, person.place_on(caller.today).agency_id
    if not caller.reaches(then) and not caller.answers_for(then, now):
        raise Refused("agency-mismatch", field)


async def _save(session: AsyncSession, before: Person, after: Person, caller: Caller[None]) -> None:
    if after != before:
        await store.save(session, [(before, after)], caller)
