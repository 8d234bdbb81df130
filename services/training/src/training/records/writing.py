"""How records are written: stored, kept version by version, their shares of caps and their agency settled."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import Clock
from common.store.outbox import emit, emit_values
from common.store.sets import Columns, copy, lists, unnest
from contracts.acting import Sender
from contracts.actors import SYSTEM
from contracts.callers import Caller
from contracts.events.training import TrainingCompleted, TrainingCorrected
from roster.days import agency_on_sql
from roster.people import Locked
from training.domain.counting import Activity, Counted, FormRule, share, shared
from training.domain.rules import Book, pack_named, sharing
from training.ledger.commands import Moved
from training.records.judging import Judged
from training.records.schemas import Content, SourceKind, Training
from training.records.tables import Record, Split, as_stored, by_year
from training.texts import say

Key = tuple[str, str]
"""Source name and reference, under which a sender knows a record."""

ActivityKey = tuple[Any, ...]
"""See `activity_of`."""


RecordRow = Any
"""A row with every column of `records`."""


class Group(NamedTuple):
    """The records of a person that share a cap in a year."""

    person_id: UUID
    year: int
    cap: str


KEY: Columns = {"source_name": "text", "reference": "text"}
GROUP: Columns = {"person_id": "uuid", "year": "int", "cap": "text", "form": "text"}
PLACE: Columns = {"id": "uuid", "agency_id": "uuid"}
SHARE: Columns = {"id": "uuid", "jp_counted": "numeric", "jp_by_year": "text", "why": "text"}
SENT = text(
    "SELECT source_name, reference, sent.id, sent.fingerprint"  # noqa: S608 - built of names in this code
    f" FROM {unnest(KEY)} CROSS JOIN LATERAL (SELECT r.id, r.fingerprint FROM records r"
    " WHERE r.sender_kind = :sender_kind AND r.sender_id = :sender_id"
    " AND r.source_name = given.source_name AND r.reference = given.reference LIMIT 1) sent"
)
"""LIMIT keeps it one look into the index a line. Joined, the planner reads all that a sender sent, until it knows better:
60,000 lines to a new database took four times as long."""
INHERITED = text(
    "SELECT source_name, reference, sent.* FROM"  # noqa: S608 - built of names in this code
    f" unnest(CAST(:senders AS text[])) AS sender, {unnest(KEY)} CROSS JOIN LATERAL ("
    " SELECT r.person_id, r.id, r.fingerprint FROM records r WHERE r.sender_kind = 'agency' AND r.sender_id = sender"
    " AND r.source_name = given.source_name AND r.reference = given.reference LIMIT 1) sent"
)
STORED = text("SELECT * FROM records WHERE id = ANY(CAST(:ids AS uuid[]))").columns(jp_by_year=JSONB)
SAME = (
    "form",
    "title",
    "provider_id",
    "start_date",
    "end_date",
    "jp_stated",
    "sessions",
    "session_dates",
    "international",
    "degree",
)
TAKEN_OVER = text(
    f"SELECT id, person_id, {', '.join(SAME)} FROM records"  # noqa: S608 - built of names in this code
    " WHERE person_id = ANY(CAST(:people AS uuid[])) AND state = 'valid' AND sender_kind = 'agency'"
    " AND CAST(agency_id AS text) = :agency AND sender_id <> :agency ORDER BY id DESC"
)
MEMBERS = text(
    f"""
    SELECT given.year AS counting_year, given.cap, r.* FROM {unnest(GROUP)} JOIN records r USING (person_id, form)
    WHERE r.state = 'valid' AND r.year >= given.year
        AND (r.year = given.year AND r.jp_by_year IS NULL OR r.jp_by_year ? CAST(given.year AS text))
    """  # noqa: S608 - built of names in this code
).columns(jp_by_year=JSONB)


def _keep(rows: str, reason: str, changed_by: str, changed_at: str) -> str:
    """The statement that keeps rows of records as versions; one that is kept already stays as it is."""
    return f"""
        INSERT INTO record_versions (record_id, version, state, reason, changed_by, changed_at)
        SELECT id, version,
            to_jsonb(r) - CAST('{{fingerprint,submitted_by,hands,sender_kind,sender_id}}' AS text[])
                || jsonb_build_object('jp_stated', CAST(jp_stated AS text), 'jp_counted', CAST(jp_counted AS text)),
            {reason}, {changed_by}, {changed_at}
        FROM {rows} r WHERE id = ANY(CAST(:kept AS uuid[]))
        ON CONFLICT DO NOTHING
    """  # noqa: S608 - built of names in this code


KEEP_FIRST = _keep("records", "NULL", "submitted_by", "recorded_at")
"""Run before a change: a record that was never changed has no version kept."""

KEEP_NEXT = ("CAST(:reason AS text)", "CAST(:changed_by AS text)", "CAST(:changed_at AS timestamptz)")
SHARE_AGAIN = text(
    f"""
    WITH changed AS (
        UPDATE records r SET jp_counted = given.jp_counted, why = given.why,
            jp_by_year = CAST(given.jp_by_year AS jsonb),
            version = r.version + CAST(r.id = ANY(CAST(:kept AS uuid[])) AS int)
        FROM {unnest(SHARE)} WHERE r.id = given.id RETURNING r.*
    ), first AS ({KEEP_FIRST}), next AS ({_keep("changed", *KEEP_NEXT)})
    SELECT * FROM changed
    """  # noqa: S608 - built of names in this code
).columns(jp_by_year=JSONB)
AGENCY = agency_on_sql("p", "r.end_date")
MISFILED = text(
    f"SELECT r.id, {AGENCY} AS agency_id FROM records r JOIN people p USING (person_id)"  # noqa: S608 - built of names in this code
    f" WHERE r.person_id = ANY(CAST(:people AS uuid[])) AND r.state = 'valid' AND r.agency_id <> {AGENCY}"
)
REFILE = text(
    f"""
    WITH changed AS (
        UPDATE records r SET agency_id = given.agency_id, version = r.version + 1
        FROM {unnest(PLACE)} WHERE r.id = given.id RETURNING r.*
    ), first AS ({KEEP_FIRST}), next AS ({_keep("changed", *KEEP_NEXT)})
    SELECT * FROM changed
    """  # noqa: S608 - built of names in this code
).columns(jp_by_year=JSONB)


class Draft(NamedTuple):
    """A record about to be stored: whose it is, what was told, and what that is worth."""

    id: UUID
    person_id: UUID
    agency_id: UUID
    source_kind: SourceKind
    verified: bool
    fingerprint: str
    line: Training
    judged: Judged


def _path(name: str) -> str:
    """Where a draft has what a record calls so."""
    return name if name in Draft._fields else f"judged.{name}" if name in Judged._fields else f"line.{name}"


SENT_BY = ("sender_kind", "sender_id", "hands", "submitted_by")
FIRST = ("recorded_at", "state", "version")
DRAFTED = tuple(name for name in Record.model_fields if name not in {*SENT_BY, *FIRST, "jp_by_year"})
drafted = attrgetter(*map(_path, DRAFTED))

COMPLETED = (
    "record_id",
    *(name for name in TrainingCompleted.model_fields if name not in {"record_id", "hands"}),
    "hands",
)
completed = attrgetter("id", *map(_path, COMPLETED[1:-1]))
FACTS = tuple(name for name in COMPLETED if name not in {"record_id", "jp_by_year", "hands"})
facts_of = attrgetter(*FACTS)

TOLD = tuple(name for name in Content.model_fields if name in Record.model_fields and name not in Judged._fields)
told = attrgetter(*TOLD)
FOUND = ("year", "provider_id", "course_id", "jp_stated", "sessions", "competencies", "rule_pack")
found = attrgetter(*FOUND)


class Sent(NamedTuple):
    """What its sender sent under a reference: the record, and the fingerprint of the body it came with."""

    id: UUID
    fingerprint: str


class Shared(NamedTuple):
    """A stored record whose share of a cap has changed: as it is now, and as it was before."""

    record: RecordRow
    before: RecordRow


class Tally:
    """JP gained and lost, by person and year."""

    def __init__(self) -> None:
        self._jp: dict[tuple[UUID, int], list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])

    def add(self, record: RecordRow) -> None:
        """Adds what a record counts, to each year its part."""
        self.add_split(record.person_id, record, verified=record.verified)

    def add_split(self, person_id: UUID, split: Split, *, verified: bool) -> None:
        """Adds what somebody's new record counts, to each year its part."""
        for year, jp in by_year(split).items():
            self._jp[person_id, year][0 if verified else 1] += jp

    def take(self, record: RecordRow) -> None:
        """Takes back what a record counts."""
        for year, jp in by_year(record).items():
            self._jp[record.person_id, year][0 if record.verified else 1] -= jp

    def moves(self) -> list[Moved]:
        return [Moved(person, year, *jp) for (person, year), jp in self._jp.items()]


async def sent_before(session: AsyncSession, sender: Sender, keys: Sequence[Key]) -> dict[Key, Sent]:
    """What a sender has sent under these references."""
    sources, references = zip(*keys, strict=True)
    given = {"source_name": sources, "reference": references, "sender_kind": sender.kind, "sender_id": sender.id}
    rows = await session.execute(SENT, given)
    return {(source, reference): Sent(*found) for source, reference, *found in rows}


async def inherited(
    session: AsyncSession, agency_ids: Collection[UUID], keys: Sequence[Key]
) -> dict[tuple[Key, UUID], Sent]:
    """What agencies that are no more have sent under these references, by reference and person.

    Each had its own references, so one of theirs means the same activity only where it is of the same person.
    """
    if not agency_ids:
        return {}
    sources, references = zip(*keys, strict=True)
    given = {"source_name": sources, "reference": references, "senders": [str(each) for each in agency_ids]}
    rows = await session.execute(INHERITED, given)
    return {((source, reference), person): Sent(*found) for source, reference, person, *found in rows}


async def taken_over(session: AsyncSession, sender: Sender, people: Locked) -> dict[ActivityKey, UUID]:
    """The records of an agency that another had sent before a transfer was told: by what they say, for its own people."""
    moved = [person.person_id for person in people.by_id.values() if person.assignments]
    if sender.kind != "agency" or not moved:
        return {}
    rows = await session.execute(TAKEN_OVER, {"people": moved, "agency": sender.id})
    return {activity_of(row["person_id"], row): row["id"] for row in rows.mappings()}


def values_of(content: Content, judged: Judged, agency_id: UUID) -> dict[str, Any]:
    """What a record of this says: all of it but what it counts, which other records may have a say in."""
    return dict(zip((*TOLD, *FOUND), (*told(content), *found(judged)), strict=True)) | {"agency_id": agency_id}


def activity_of(person_id: UUID, said: Mapping[Any, Any]) -> ActivityKey:
    """What makes one activity of a person the same, whoever tells of it."""
    return person_id, *(tuple(said[name]) if name == "session_dates" else said[name] for name in SAME)


async def stored(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, RecordRow]:
    """These records as they are now, by id."""
    return {row.id: row for row in await session.execute(STORED, {"ids": ids})}


async def insert(
    session: AsyncSession, drafts: Sequence[Draft], sender: Sender, hands: Sequence[str], caller: Caller[Book]
) -> None:
    """Stores drafts whose references were free (`sent_before`); raises Outrun where one is taken meanwhile.

    In the order of the references, so that two uploads of the same ones wait for each other in turn.
    """
    same = (sender.kind, sender.id, hands, caller.subject, caller.now, "valid", 1)
    rows = [
        (*drafted(draft), _json(draft.judged.jp_by_year), *same)
        for draft in sorted(drafts, key=attrgetter("line.source_name", "line.reference"))
    ]
    await copy(session, Record.__tablename__, (*DRAFTED, "jp_by_year", *SENT_BY, *FIRST), rows)


def _json(jp_by_year: dict[str, str] | None) -> str | None:
    return None if jp_by_year is None else json.dumps(jp_by_year)


def groups_of(person_id: UUID, split: Split, cap: str | None) -> set[Group]:
    """The groups somebody's record belongs to: one for each year it counts in, none without a cap."""
    return set() if cap is None else {Group(person_id, year, cap) for year in by_year(split)}


async def share_again(
    session: AsyncSession, groups: Collection[Group], fresh: Collection[UUID], caller: Caller[Book]
) -> list[Shared]:
    """Shares the caps of groups anew and stores what changes by it.

    Records in `fresh` are being written by the caller; each other one gets a next version of its own.
    """
    before: dict[UUID, tuple[RecordRow, FormRule]] = {}
    parts: dict[UUID, dict[int, Decimal]] = defaultdict(dict)
    for group, members in (await _members(session, groups, caller.rules)).items():
        before |= {row.id: (row, rule) for row, rule in members}
        for identity, jp in share(group.year, ((rule, _activity(row)) for row, rule in members)).items():
            parts[identity][group.year] = jp
    changed: dict[UUID, Counted] = {}
    for identity, (row, rule) in before.items():
        result = shared(rule, _activity(row), by_year(row) | parts[identity])
        if (row.why, by_year(row)) != (result.why, result.by_year):
            changed[identity] = result
    if not changed:
        return []
    reason = say("reason.shared", "id")
    rows = (
        await session.execute(
            SHARE_AGAIN,
            {
                "id": list(changed),
                "jp_counted": [result.jp for result in changed.values()],
                "jp_by_year": [
                    _json(as_stored(result.by_year, before[identity][0].year)) for identity, result in changed.items()
                ],
                "why": [result.why for result in changed.values()],
                "kept": [identity for identity in changed if identity not in fresh],
                **_change(reason, caller.subject, caller.clock),
            },
        )
    ).all()
    for row in sorted(rows, key=attrgetter("id")):
        if row.id not in fresh:
            emit_corrected(session, row, reason, caller.now)
    return [Shared(row, before[row.id][0]) for row in rows]


async def refile(session: AsyncSession, people: Sequence[UUID], clock: Clock) -> None:
    """Gives the valid records of people whose history has changed to the agency of their end date.

    The people must be held (`PEOPLE.lock`). What a record counts does not depend on the agency.
    """
    misfiled = (await session.execute(MISFILED, {"people": people})).all()
    if not misfiled:
        return
    reason = say("reason.moved", "id")
    ids = [record_id for record_id, _ in misfiled]
    given = lists(PLACE, misfiled) | {"kept": ids} | _change(reason, SYSTEM.subject, clock)
    for row in sorted(await session.execute(REFILE, given), key=attrgetter("id")):
        emit_corrected(session, row, reason, clock.now())


async def _members(
    session: AsyncSession, groups: Collection[Group], book: Book
) -> dict[Group, list[tuple[RecordRow, FormRule]]]:
    """The valid records of each group, each with the rule it was judged by."""
    members: dict[Group, list[tuple[RecordRow, FormRule]]] = defaultdict(list)
    asked = [(*group, form) for group in groups for form in sharing(book, group.cap)]
    for row in await session.execute(MEMBERS, lists(GROUP, asked)) if asked else ():
        rule = pack_named(book, row.rule_pack).tables.forms[row.form]
        if rule.cap and rule.cap.code == row.cap:
            members[Group(row.person_id, row.counting_year, row.cap)].append((row, rule))
    return members


def _activity(row: RecordRow) -> Activity:
    return Activity(
        id=row.id,
        form=row.form,
        start=row.start_date,
        end=row.end_date,
        stated=row.jp_stated,
        sessions=row.sessions,
        session_dates=tuple(row.session_dates),
        international=row.international,
        degree=row.degree,
        verified=row.verified,
    )


async def keep_first_version(session: AsyncSession, record_id: UUID) -> None:
    """Keeps a record as it was recorded; to be called before it changes."""
    await session.execute(text(KEEP_FIRST), {"kept": [record_id]})


async def keep_version(session: AsyncSession, record_id: UUID, reason: str, caller: Caller[Book]) -> None:
    """Keeps a record as it is after a change, with who changed it and why."""
    change = _change(reason, caller.subject, caller.clock)
    await session.execute(text(_keep("records", *KEEP_NEXT)), {"kept": [record_id], **change})


def _change(reason: str, by: str, clock: Clock) -> dict[str, object]:
    return {"reason": reason, "changed_by": by, "changed_at": clock.now()}


def emit_completed(session: AsyncSession, draft: Draft, hands: Sequence[str], now: datetime) -> None:
    values = dict(zip(COMPLETED, (*completed(draft), hands if draft.line.degree else ()), strict=True))
    emit_values(session, TrainingCompleted, values, sequence=1, time=now)


def emit_corrected(session: AsyncSession, record: Any, reason: str, now: datetime) -> None:
    event = TrainingCorrected(record_id=record.id, **_facts(record), reason=reason)
    emit(session, event, sequence=record.version, time=now)


def _facts(record: Any) -> dict[str, Any]:
    split = None if record.jp_by_year is None else by_year(record)
    hands = record.hands if record.degree else []
    return dict(zip(FACTS, facts_of(record), strict=True)) | {"jp_by_year": split, "hands": hands}
