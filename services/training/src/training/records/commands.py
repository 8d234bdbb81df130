"""Storing, correcting, verifying and revoking records.

Every command holds the people concerned first (`PEOPLE.lock`), decides by the rules, writes, moves
the ledger by the difference and emits. A chunk of lines is one use case, like a single one: its
number of statements does not depend on how many lines it has.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.answers import Answer, Done
from common.ids import new_id
from common.refused import Refused
from common.store.outbox import emit
from common.web import etag
from common.web.bulk import in_turns
from contracts.acting import Capacity, Sender, capacity, sender_of
from contracts.callers import Caller
from contracts.events.training import TrainingRevoked
from contracts.nip import nip_hash
from roster.people import Locked, Person
from training.agencies.queries import Zones, zones_of
from training.catalogue.queries import Offers, look_up
from training.domain.rules import Book, pack_named
from training.ledger.commands import move
from training.people import PEOPLE
from training.records import queries
from training.records.dating import asks_for_zones, dated, today_of
from training.records.judging import Judged, judge
from training.records.reach import check_change, check_owner, source_kind, visible
from training.records.schemas import Content, Correction, Recorded, Training
from training.records.tables import Record, by_year
from training.records.writing import (
    ActivityKey,
    Draft,
    Group,
    Key,
    Sent,
    Tally,
    activity_of,
    emit_completed,
    emit_corrected,
    groups_of,
    inherited,
    insert,
    keep_first_version,
    keep_version,
    sent_before,
    share_again,
    stored,
    taken_over,
    values_of,
)
from training.soundings.shortfalls import settle
from training.texts import say

SAID = tuple(name for name in Training.model_fields if name not in {"nip", "person_id", "jp"})
USUAL = [Training.model_fields[name].get_default(call_default_factory=True) for name in SAID]
said_in = attrgetter(*SAID)


class Claim(NamedTuple):
    """A line that nothing speaks against; without a draft where its reference was taken when it was looked at.

    `first` is the record that has the reference, which may be this line's; `says` is what a record of it would say, where its
    body is not the one that took the reference.
    """

    first: Sent
    draft: Draft | None = None
    says: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Facts:
    """What is known about those named in some lines; `sent` grows by the references these lines take.

    `inherited` are what agencies that were before the sender's had sent under a reference, by the person it is of.

    `taken_over` are records of the sending agency that came from another one by a late transfer.
    """

    acting: Capacity
    sender: Sender
    hands: list[str]
    own_provider: UUID | None
    now: datetime
    people: Locked
    zones: Zones
    offers: Offers
    sent: dict[Key, Sent]
    inherited: Mapping[tuple[Key, UUID], Sent]
    taken_over: Mapping[ActivityKey, UUID]


async def store(session: AsyncSession, lines: Sequence[Training], caller: Caller[Book]) -> list[Answer]:
    """Stores finished activities and answers each line in order: stored, duplicate of which, or why not.

    Raises Refused `forbidden` for a caller who may send nothing at all.
    """
    acting = capacity(caller)
    sender = sender_of(caller, acting)
    nips = [nip_hash(line.nip, caller.nip_key) if line.nip else None for line in lines]
    keys = [(line.source_name, line.reference) for line in lines]
    own_provider = caller.provider if acting == "provider" else None
    people = await PEOPLE.lock(
        session, {line.person_id for line in lines if line.person_id}, {nip for nip in nips if nip}
    )
    facts = Facts(
        acting,
        sender,
        sorted(caller.actor.hands),
        own_provider,
        caller.now,
        people,
        zones=await _zones(session, lines, people, caller.today),
        offers=await look_up(
            session,
            course_codes={line.course_code for line in lines if line.course_code},
            provider_codes={line.provider_code for line in lines if line.provider_code},
            provider_ids=[own_provider] if own_provider else [],
        ),
        sent=await sent_before(session, sender, keys),
        inherited=await inherited(session, caller.succeeded, keys) if acting == "agency_hr" else {},
        taken_over=await taken_over(session, sender, people),
    )
    claims = [_claim(caller, facts, *each) async for each in in_turns(zip(lines, keys, nips, strict=True))]
    drafts = [claim.draft for claim in claims if isinstance(claim, Claim) and claim.draft]
    if drafts:
        await _store(session, drafts, facts, caller)
    other = [claim.first.id for claim in claims if isinstance(claim, Claim) and claim.says]
    now = await stored(session, other) if other else {}
    return [_answer(claim, now) for claim in claims]


class Single(NamedTuple):
    """One activity sent by itself, and by whom."""

    training: Training
    caller: Caller[Book]


Outcome = tuple[int, Recorded]
"""HTTP status and record."""


async def store_singles(session: AsyncSession, singles: Sequence[Single]) -> list[Outcome | Refused]:
    """Stores activities of one caller that were sent one by one, as a bulk upload would."""
    caller = singles[0].caller
    answers = await store(session, [single.training for single in singles], caller)
    done = [answer for answer in answers if isinstance(answer, Done)]
    records = await queries.recorded(session, [answer.id for answer in done])
    repeated = [answer.id for answer in done if answer.status == "duplicate"]
    records |= await queries.as_sent(session, repeated, caller)
    return [
        answer if isinstance(answer, Refused) else (201 if answer.status == "stored" else 200, records[answer.id])
        for answer in answers
    ]


async def _zones(session: AsyncSession, told: Sequence[Content], people: Locked, today: date) -> Zones:
    """Where it is needed to know: the zones of all agencies in which these people have served."""
    if not asks_for_zones(told, today):
        return {}
    served = [
        (person.agency_id, *(place.agency_id for place in person.assignments)) for person in people.by_id.values()
    ]
    return await zones_of(session, {agency_id for places in served for agency_id in places})


def _claim(caller: Caller[Book], facts: Facts, line: Training, key: Key, nip: str | None) -> Claim | Refused:
    try:
        person = _person(facts.people, line, nip)
        fingerprint = _fingerprint(line, person.person_id)
        first, theirs = facts.sent.get(key), facts.inherited.get((key, person.person_id))
        if theirs and (first is None or first.fingerprint != fingerprint):
            first = theirs
        if first and first.fingerprint == fingerprint:
            return Claim(first)
        line = dated(line, person, facts.zones)
        agency = person.agency_on(line.end_date)
        check_owner(caller, facts.acting, person, agency)
        kind = source_kind(caller, facts.acting, line.source, person_id=person.person_id)
    except Refused as problem:
        return problem
    try:
        judged = judge(
            line,
            person,
            facts.offers,
            caller.rules,
            own_provider=facts.own_provider,
            today=today_of(person, facts.zones, facts.now),
        )
    except Refused as problem:
        return Refused("reference-conflict", field="reference") if first else problem
    if first:
        return Claim(first, says=_says(line, person.person_id, judged, agency))
    if facts.taken_over:
        said = values_of(line, judged, agency)
        if known := facts.taken_over.get(activity_of(person.person_id, said)):
            facts.sent[key] = Sent(known, fingerprint)
            return Claim(facts.sent[key])
    draft = Draft(
        new_id(), person.person_id, agency, kind, kind != "self" and judged.accredited, fingerprint, line, judged
    )
    facts.sent[key] = Sent(draft.id, fingerprint)
    return Claim(facts.sent[key], draft)


def _person(people: Locked, line: Training, nip: str | None) -> Person:
    if nip is None and line.person_id is None:
        raise Refused("field-missing", field="nip")
    by_nip = people.by_nip.get(nip) if nip else None
    by_id = people.by_id.get(line.person_id) if line.person_id else None
    if nip and (by_nip is None or (line.person_id and by_nip is not by_id)):
        raise Refused("person-unknown", field="nip")
    person = by_nip or by_id
    if person is None:
        raise Refused("person-unknown", field="person_id")
    return person


def _fingerprint(line: Training, person_id: UUID) -> str:
    """What tells this body from another. It names the person, by whichever number or id the body does.

    What a body leaves out does not show in it, so a field that is new one day changes no fingerprint.
    """
    jp = line.jp and line.jp.normalize()
    return hashlib.sha256(f"{person_id} {jp} ".encode() + said_by(line)).hexdigest()


def said_by(line: Training) -> bytes:
    """What a line says beside the person and the hours, as JSON, without what it leaves out or might have left out."""
    said = zip(SAID, said_in(line), USUAL, strict=True)
    return msgspec.json.encode({name: value for name, value, usual in said if value != usual})


def _says(line: Training, person_id: UUID, judged: Judged, agency_id: UUID) -> dict[str, Any]:
    said = values_of(line, judged, agency_id) | {"person_id": person_id}
    return said if line.source is None else said | {"source_kind": line.source}


async def _store(session: AsyncSession, drafts: Sequence[Draft], facts: Facts, caller: Caller[Book]) -> None:
    await insert(session, drafts, facts.sender, facts.hands, caller)
    fresh = {draft.id: draft for draft in drafts}
    tally = Tally()
    groups = {group for draft in drafts for group in groups_of(draft.person_id, draft.judged, draft.judged.cap)}
    for record, before in await share_again(session, groups, fresh, caller):
        if draft := fresh.get(record.id):
            shared = {name: getattr(record, name) for name in ("jp_counted", "jp_by_year", "why")}
            fresh[record.id] = draft._replace(judged=draft.judged._replace(**shared))
        else:
            tally.take(before)
            tally.add(record)
    now = caller.now
    async for draft in in_turns(fresh.values()):
        tally.add_split(draft.person_id, draft.judged, verified=draft.verified)
        emit_completed(session, draft, facts.hands, now)
    await settle(session, await move(session, tally.moves(), caller.rules), caller.clock)


def _answer(claim: Claim | Refused, now: Mapping[UUID, Any]) -> Answer:
    """A line is a duplicate of what its sender sent before under the reference, and of what that record says `now`."""
    if isinstance(claim, Refused):
        return claim
    first = claim.first
    if claim.draft is not None and claim.draft.id == first.id:
        return Done("stored", first.id)
    if not claim.says or all(getattr(now[first.id], name) == value for name, value in claim.says.items()):
        return Done("duplicate", first.id)
    return Refused("reference-conflict", field="reference")


async def correct(
    session: AsyncSession, record_id: UUID, correction: Correction, caller: Caller[Book], *, seen: etag.Versions
) -> Record:
    """Gives a record new values, judged as a new one would be. The same values again change nothing.

    `seen` are the versions the caller has in mind. Raises Refused.
    """
    acting = capacity(caller)
    record, person = await held_record(session, record_id, caller)
    check_change(caller, acting, record, person)
    etag.check(seen, record.version)
    if record.state == "revoked":
        raise Refused("record-revoked")
    own_provider = caller.provider if acting == "provider" else None
    people = Locked({person.person_id: person}, {})
    zones = await _zones(session, [correction], people, caller.today)
    correction = dated(correction, person, zones)
    judged = judge(
        correction,
        person,
        await look_up(
            session,
            course_codes=[correction.course_code] if correction.course_code else [],
            provider_codes=[correction.provider_code] if correction.provider_code else [],
            provider_ids=[own_provider] if own_provider else [],
        ),
        caller.rules,
        own_provider=own_provider,
        today=today_of(person, zones, caller.now),
    )
    agency = person.agency_on(correction.end_date)
    check_owner(caller, acting, person, agency)
    values = values_of(correction, judged, agency)
    if all(getattr(record, name) == value for name, value in values.items()):
        return record
    groups = _groups(record, caller)
    tally = await _open(session, record)
    for name, value in values.items():
        setattr(record, name, value)
    record.jp_counted, record.jp_by_year, record.why = judged.jp_counted, judged.jp_by_year, judged.why
    if judged.accredited is not record.accredited:
        # As a new record of it would be; but nobody's own word verifies what is theirs.
        told_by_others = record.source_kind != "self" and not caller.actor.is_own_case(record.person_id)
        record.verified = judged.accredited and (record.verified or told_by_others)
        record.accredited = judged.accredited
    record.hands = _with_hands(record, caller)
    await _close(session, record, tally, groups | _groups(record, caller), correction.reason, caller)
    emit_corrected(session, record, correction.reason, caller.now)
    return record


async def verify(session: AsyncSession, record_id: UUID, caller: Caller[Book]) -> Record:
    """Confirms a record that nobody has confirmed; one that is verified stays so. Raises Refused."""
    record, person = await held_record(session, record_id, caller)
    check_change(caller, capacity(caller), record, person)
    if caller.actor.is_own_case(record.person_id):
        raise Refused("own-record")
    if record.state == "revoked":
        raise Refused("record-revoked")
    if not record.verified:
        await confirm_held(session, record, caller)
    return record


async def confirm_held(session: AsyncSession, record: Record, caller: Caller[Book]) -> None:
    """Makes a held record a verified one, for whoever may."""
    tally = await _open(session, record)
    record.verified = True
    record.hands = _with_hands(record, caller)
    reason = say("reason.verified", "id")
    await _close(session, record, tally, _groups(record, caller), reason, caller)
    emit_corrected(session, record, reason, caller.now)


async def revoke(session: AsyncSession, record_id: UUID, reason: str, caller: Caller[Book]) -> Record:
    """Makes a record count no more; one that is revoked stays so. Raises Refused."""
    record, person = await held_record(session, record_id, caller)
    check_change(caller, capacity(caller), record, person)
    if record.state != "revoked":
        await revoke_held(session, record, reason, caller)
    return record


async def revoke_held(session: AsyncSession, record: Record, reason: str, caller: Caller[Book]) -> None:
    """Makes a held record count no more, for whoever may."""
    tally = await _open(session, record)
    record.state = "revoked"
    await _close(session, record, tally, _groups(record, caller), reason, caller)
    event = TrainingRevoked(
        record_id=record.id,
        person_id=record.person_id,
        agency_id=record.agency_id,
        year=record.year,
        jp_by_year=None if record.jp_by_year is None else by_year(record),
        reason=reason,
    )
    emit(session, event, sequence=record.version, time=caller.now)


async def held_record(session: AsyncSession, record_id: UUID, caller: Caller[Book]) -> tuple[Record, Person]:
    """A record the caller may see, held after its person. Raises Refused `not-found`."""
    person_id = await session.scalar(select(col(Record.person_id)).where(col(Record.id) == record_id, visible(caller)))
    if person_id is None:
        raise Refused("not-found")
    people = await PEOPLE.lock(session, [person_id])
    return await session.get_one(Record, record_id, with_for_update=True), people.by_id[person_id]


async def _open(session: AsyncSession, record: Record) -> Tally:
    """Begins a change: keeps the version there is and takes back what it counted."""
    await keep_first_version(session, record.id)
    tally = Tally()
    tally.take(record)
    return tally


def _with_hands(record: Record, caller: Caller[Book]) -> list[str]:
    return sorted({*record.hands, *caller.actor.hands})


def _groups(record: Record, caller: Caller[Book]) -> set[Group]:
    cap = pack_named(caller.rules, record.rule_pack).tables.forms[record.form].cap
    return groups_of(record.person_id, record, cap.code if cap else None)


async def _close(
    session: AsyncSession, record: Record, tally: Tally, groups: Collection[Group], reason: str, caller: Caller[Book]
) -> None:
    """Ends a change: stores the next version, and what follows from it for the ledger and for other records."""
    record.version += 1
    await session.flush()
    for other, before in await share_again(session, groups, {record.id}, caller):
        if other.id != record.id:
            tally.take(before)
            tally.add(other)
    await session.refresh(record)
    await keep_version(session, record.id, reason, caller)
    if record.state == "valid":
        tally.add(record)
    await settle(session, await move(session, tally.moves(), caller.rules), caller.clock)
