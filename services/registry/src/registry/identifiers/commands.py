"""Changes of the ids that other systems have, and who has one; one goes the same way as a thousand."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.answers import Answer, Done, answer_each
from common.refused import Refused
from common.web import etag
from contracts.callers import Caller
from contracts.looks import looked
from registry.identifiers import store
from registry.identifiers.schemas import SYSTEMS, IdentifiersIn, IdentifiersLine, Kind, LookupLine
from registry.identifiers.store import Identity, Name, Subject
from registry.people import store as people

UNKNOWN: Mapping[Kind, str] = {"person": "person-unknown", "agency": "agency-unknown", "unit": "unit-unknown"}

_AGENCIES = text("SELECT id, code FROM agencies WHERE code = ANY(CAST(:codes AS text[]))")
_UNITS = text(
    "SELECT id, agency_id, code FROM units WHERE (agency_id, code) IN"
    " (SELECT * FROM unnest(CAST(:agencies AS uuid[]), CAST(:codes AS text[])))"
)


async def set_ids(
    session: AsyncSession, subject: Subject, document: IdentifiersIn, seen: etag.Versions, caller: Caller[None]
) -> None:
    """The ids of somebody or something as the document says. Raises Refused."""
    agency_id = (await store.agencies_of(session, [subject], caller.today)).get(subject)
    if agency_id is None or not _may(caller, subject, agency_id):
        raise Refused("not-found")
    _check_not_own(subject, caller)
    await store.lock(session)
    before = (await store.present(session, [subject]))[subject]
    etag.check(seen, before.version)
    owners = await store.owners(session, _names(subject.kind, document))
    after = _told(before, document, owners)
    if after != before:
        await store.save(session, [(before, after)], caller)


async def upsert_ids(session: AsyncSession, lines: Sequence[IdentifiersLine], caller: Caller[None]) -> list[Answer]:
    """Ids of many, each line seeing those before it. The number of statements does not grow with the lines."""
    subjects = await _subjects(session, lines)
    named = dict.fromkeys(subject for subject in subjects if subject)
    agency_of = await store.agencies_of(session, named, caller.today)
    await store.lock(session)
    before = await store.present(session, named)
    after = dict(before)
    owners = await store.owners(session, {name for line in lines for name in _names(line.kind, line)})

    def decide(item: tuple[Subject | None, IdentifiersLine]) -> Done:
        subject, line = item
        field = _named_by(line)
        if subject is None or subject not in agency_of:
            raise Refused(UNKNOWN[line.kind], field)
        if not _may(caller, subject, agency_of[subject]):
            raise Refused("agency-mismatch", field)
        _check_not_own(subject, caller)
        known = after[subject]
        told = after[subject] = _told(known, line, owners)
        for system, value in known.ids.items():
            if told.ids.get(system) != value:
                owners.pop((subject.kind, system, value), None)  # known only where a line names it
        owners.update({(subject.kind, system, value): subject.id for system, value in told.ids.items()})
        is_new = known.version == 0 and known == before[subject]
        return Done("unchanged" if told == known else "stored" if is_new else "updated", subject.id)

    answers = answer_each(zip(subjects, lines, strict=True), decide)
    await store.save(session, [(before[each], told) for each, told in after.items() if told != before[each]], caller)
    return answers


async def look_up(
    session: AsyncSession, lines: Sequence[LookupLine], caller: Caller[None], reason: str | None
) -> list[Answer]:
    """Who or what has each of these ids, as far as the caller reaches; of people it leaves an entry that they were looked up."""
    owners = await store.owners(session, {name for line in lines for name in _names(line.kind, line)})
    found = {Subject(kind, subject_id) for (kind, _, _), subject_id in owners.items()}
    agency_of = await store.agencies_of(session, found, caller.today)
    shown: set[UUID] = set()

    def decide(line: LookupLine) -> Done:
        [name] = _names(line.kind, line)
        subject = Subject(line.kind, owners[name]) if name in owners else None
        if subject is None or not caller.reaches(agency_of[subject]):
            raise Refused("not-found", "siasn")
        if subject.kind == "person":
            shown.add(subject.id)
        return Done("found", subject.id)

    answers = answer_each(lines, decide)
    if shown:
        looked(session, caller, "identifiers", shown, reason, "registry")
    return answers


async def _subjects(session: AsyncSession, lines: Sequence[IdentifiersLine]) -> list[Subject | None]:
    """Who or what each line is about; None where it names nothing that is known."""
    numbers = await people.owners(session, {line.nip for line in lines if line.nip})
    codes = {line.code for line in lines if line.kind == "agency"} | {line.agency_code for line in lines}
    found = await session.execute(_AGENCIES, {"codes": [code for code in codes if code]})
    agencies: dict[str | None, UUID] = {row.code: row.id for row in found}
    within = [
        (agency_id, line.code)
        for line in lines
        if line.kind == "unit" and line.code and (agency_id := line.agency_id or agencies.get(line.agency_code))
    ]
    asked = {"agencies": [agency_id for agency_id, _ in within], "codes": [code for _, code in within]}
    units = {(row.agency_id, row.code): row.id for row in await session.execute(_UNITS, asked)}

    def subject(line: IdentifiersLine) -> Subject | None:
        found = {
            "person": numbers.get(line.nip or ""),
            "agency": agencies.get(line.code),
            "unit": units.get((line.agency_id or agencies.get(line.agency_code), line.code)),
        }
        subject_id = line.id or found[line.kind]
        return Subject(line.kind, subject_id) if subject_id else None

    return [subject(line) for line in lines]


def _named_by(line: IdentifiersLine) -> str:
    """The field by which a line names what it is about. Raises Refused unless it is one, and one that suits its kind."""
    named = [field for field in ("id", "nip", "code") if getattr(line, field) is not None]
    if len(named) != 1 or named[0] == ("code" if line.kind == "person" else "nip"):
        raise Refused("field-missing", "id")
    return named[0]


def _may(caller: Caller[None], subject: Subject, agency_id: UUID) -> bool:
    """An agency's own ids are told by whoever keeps agencies; all others by the agency too."""
    return caller.unbound or (subject.kind != "agency" and caller.reaches(agency_id))


def _check_not_own(subject: Subject, caller: Caller[None]) -> None:
    if subject.kind == "person" and caller.actor.is_own_case(subject.id):
        raise Refused("own-record")


def _names(kind: Kind, document: IdentifiersIn | LookupLine) -> list[Name]:
    return [(kind, system, value) for system in SYSTEMS if (value := getattr(document, system)) is not None]


def _told(before: Identity, document: IdentifiersIn, owners: Mapping[Name, UUID]) -> Identity:
    """The ids as a document says. Raises Refused for one that somebody or something else has."""
    ids = dict(before.ids)
    for system in SYSTEMS:
        if system not in document.model_fields_set:
            continue
        value = getattr(document, system)
        if value is None:
            ids.pop(system, None)
            continue
        if owners.get((before.subject.kind, system, value), before.subject.id) != before.subject.id:
            raise Refused("identifier-taken", system)
        ids[system] = value
    return replace(before, ids=ids)
