"""Reporting finished activities: the one way for every door, whatever it is.

A door says what it was told; whose it is, which course, whether it is there already and whether it counts is decided here.
Statements do not grow with what is reported.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from operator import attrgetter
from typing import Any
from uuid import UUID

import msgspec
from pydantic_core import to_jsonable_python
from sqlalchemy import Uuid, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.answers import Answer, Done
from common.events import Received
from common.ids import derived_id
from common.messages.waiting import look
from common.refused import Refused
from common.store.outbox import emit
from common.store.sets import Columns, columns_of, lists, one_of, put, unnest
from common.texts import text_named
from connectors.agencies.tables import AGENCIES
from connectors.catalogue.tables import COURSES
from connectors.domain.standing import COUNTING, Facts, State, standings
from connectors.people import PEOPLE
from connectors.reports.resolving import place
from connectors.reports.schemas import DecisionIn
from connectors.reports.tables import Report
from connectors.signing.reach import reached
from connectors.signing.tables import Connection
from connectors.texts import TEXTS, say
from contracts.callers import Caller
from contracts.events.connectors import ActivityDisputed, ActivityReported, ActivityWithdrawn, Behalf, BehalfKind
from contracts.events.training import ActivityRefused, ActivityTaken
from contracts.imports import Problem, answered, note_answers
from contracts.zone import JAKARTA

HOLD = text("SELECT id FROM connections WHERE id = :id FOR NO KEY UPDATE")
KEY = columns_of(Report.table(), ("source_name", "reference"))
KNOWN = text(
    f"SELECT r.* FROM {unnest(KEY)} JOIN reports r"  # noqa: S608 - built of names in this code
    " ON r.connection_id = :connection AND r.source_name = given.source_name AND r.reference = given.reference"
)
CONCERNED = text(
    "SELECT DISTINCT person_id FROM reports WHERE id = ANY(CAST(:ids AS uuid[])) AND person_id IS NOT NULL"
)
TOGETHER = text("""
    SELECT * FROM reports WHERE id = ANY(CAST(:ids AS uuid[])) OR (person_id, course_id, year) IN (
        SELECT person_id, course_id, year FROM reports WHERE id = ANY(CAST(:ids AS uuid[])) AND course_id IS NOT NULL
    ) ORDER BY id
""")
"""Reports, and whatever else there is of the same people, courses and years."""
STOOD = columns_of(Report.table(), ("id", "state", "version", "announced", "anew"))
STAND = text(
    "UPDATE reports r SET state = given.state, version = given.version, announced = given.announced,"  # noqa: S608 - built of names in this code
    f" anew = given.anew FROM {unnest(STOOD)} WHERE r.id = given.id"
)
SEEN = text("""
    INSERT INTO sightings AS s (connection_id, seen_at, duplicates, error, error_field, error_words, error_at)
    VALUES (:connection, CAST(:now AS timestamptz), :duplicates, CAST(:error AS text), CAST(:error_field AS text), CAST(:error_words AS jsonb),
        CASE WHEN CAST(:error AS text) IS NOT NULL THEN CAST(:now AS timestamptz) END)
    ON CONFLICT (connection_id) DO UPDATE SET seen_at = excluded.seen_at, duplicates = s.duplicates + excluded.duplicates,
        error = coalesce(excluded.error, s.error), error_at = coalesce(excluded.error_at, s.error_at),
        error_words = coalesce(excluded.error_words, s.error_words),
        error_field = CASE WHEN excluded.error IS NULL THEN s.error_field ELSE excluded.error_field END
""")
ANSWER = columns_of(Report.table(), ("id", "answered", "record_id", "refused", "refused_field"))
WORDS: Columns = {**ANSWER, "refused_words": "text"}
ANSWERED = text(
    "UPDATE reports r SET answered = given.answered, record_id = given.record_id, refused = given.refused,"  # noqa: S608 - built of names in this code
    " refused_field = given.refused_field, refused_words = CAST(given.refused_words AS jsonb)"
    f" FROM {unnest(WORDS)}"
    " WHERE r.id = given.id AND r.answered < given.answered RETURNING r.id"
)
WITHDRAWN: Mapping[State, str] = {
    "possible_double": text_named("reason.possible-double"),
    "waiting_course": text_named("reason.waiting-course"),
}
"""Why what was told counts no more, where nobody has said so."""
KEPT = ("version", "announced", "answered", "record_id", "made_at")
"""What stays of a report that is told otherwise."""
OPEN_TO_DECIDE = ("possible_double", "in_review")
OPEN = ("refused", "waiting_person", "waiting_course")
"""States in which a door may tell the same reference otherwise: nothing counts by it yet."""


@dataclass(frozen=True, kw_only=True)
class Activity:
    """A finished activity as a door was told of it; `reference` is the door's own, one an activity, within `source_name`.

    Whose it is: `person_id`, or `nip_hash`, or `actor` where a platform calls people by names of its own.
    Which course: `course` by the platform's own id, which waits for a mapping, or `course_code` of the catalogue, or none. `jp` are said only by a door that may: never by a learning platform.
    Days are those of the activity; without an end it is the day of `happened_at`.
    """

    source_name: str
    reference: str
    happened_at: datetime
    person_id: UUID | None = None
    nip_hash: str | None = None
    actor: bytes | None = None
    course: bytes | None = None
    course_code: str | None = None
    provider_code: str | None = None
    form: str | None = None
    title: str | None = None
    start_date: date | None = None
    end_date: date | None = None
    session_dates: Sequence[date] = field(default_factory=list[date])
    sessions: int | None = None
    jp: Any = None
    international: bool = False
    degree: str | None = None
    competencies: Sequence[str] = field(default_factory=list[str])
    evidence: str | None = None

    @property
    def day(self) -> date:
        """On which it was finished, in Jakarta where no day is told."""
        return self.end_date or self.happened_at.astimezone(JAKARTA).date()


SAID = (
    "course_code", "provider_code", "form", "title", "start_date", "end_date", "session_dates", "sessions", "jp",
    "international", "degree", "competencies", "evidence",
)  # fmt: skip


@dataclass(frozen=True)
class SentBy:
    """Who has sent something: the subject, and whose token it was, if it was somebody's."""

    subject: str
    person_id: UUID | None = None


async def report(
    session: AsyncSession,
    connection: Connection,
    activities: Sequence[Activity],
    sent_by: SentBy,
    now: datetime,
) -> list[Answer]:
    """Reports activities and answers each in order: stored, updated, or a duplicate of which report; or `reference-conflict`.

    The same reference again is a duplicate; with another content it is taken anew as long as nothing counts by it, else refused.
    What became of a stored one, the connection shows: it may wait, and training answers it later.
    """
    await session.execute(HOLD, {"id": connection.id})
    await look(session)
    keys = lists(KEY, {(each.source_name, each.reference) for each in activities})
    known = {
        (row.source_name, row.reference): dict(row._mapping)  # noqa: SLF001 - that is its name in SQLAlchemy
        for row in await session.execute(KNOWN, keys | {"connection": connection.id})
    }
    changed: dict[UUID, dict[str, Any]] = {}
    answers: list[Answer] = []
    for each in activities:
        key = (each.source_name, each.reference)
        row = row_of(each, connection, sent_by, now)
        before = known.get(key)
        if before is not None and before["fingerprint"] == row["fingerprint"]:
            answers.append(Done("duplicate", before["id"]))
            continue
        if before is not None and (before["state"] not in OPEN or before["id"] in changed):
            answers.append(Refused("reference-conflict", field="reference"))
            continue
        if before is not None:
            row |= {name: before[name] for name in KEPT} | {"anew": before["announced"]}
        known[key] = changed[row["id"]] = row
        answers.append(Done("updated" if before else "stored", row["id"]))
    await lay(session, list(changed.values()))
    await settle(session, changed, now)
    duplicates = sum(isinstance(each, Done) and each.status == "duplicate" for each in answers)
    await note(session, connection.id, now, duplicates=duplicates)
    return answers


async def lay(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Stores reports, or new words of known ones, with whose they are and which course. `settle` then says where they stand."""
    await _resolve(session, rows)
    await put(session, Report.table(), [row | {"told": msgspec.json.encode(row["told"]).decode()} for row in rows])
    await place(session, [row["id"] for row in rows if row["actor"] or row["course"]])


def row_of(each: Activity, connection: Connection, sent_by: SentBy, now: datetime) -> dict[str, Any]:
    """A new report of an activity, of which it is still to be said whose it is."""
    told: dict[str, Any] = to_jsonable_python({name: getattr(each, name) for name in SAID})
    who = {"nip_hash": each.nip_hash, "person_id": each.person_id}
    said = to_jsonable_python({**told, **who, "at": each.happened_at})
    return {
        "id": derived_id("report", connection.id, each.source_name, each.reference),
        "connection_id": connection.id,
        "source_name": each.source_name,
        "reference": each.reference,
        "fingerprint": sha256(msgspec.json.encode(said) + (each.actor or b"") + (each.course or b"")).digest(),
        "nip_hash": each.nip_hash,
        "actor": each.actor,
        "person_id": each.person_id,
        "course": each.course,
        "course_id": None,
        "told": told,
        "happened_at": each.happened_at,
        "day": each.day,
        "year": each.day.year,
        "sent_by": sent_by.subject,
        "sent_by_person": sent_by.person_id,
        "state": "waiting_person",
        "version": 0,
        "announced": False,
        "anew": False,
        "answered": 0,
        "record_id": None,
        "refused": None,
        "refused_field": None,
        "refused_words": None,
        "dispute": None,
        "counts": None,
        "decided_by": None,
        "decided_at": None,
        "decided_why": None,
        "made_at": now,
    }


async def _resolve(session: AsyncSession, rows: Collection[dict[str, Any]]) -> None:
    """Finds whose and of which course of the catalogue each of these is."""
    hashes = {row["nip_hash"] for row in rows if row["nip_hash"] and row["person_id"] is None}
    codes = {row["told"]["course_code"] for row in rows if row["told"]["course_code"]}
    people = (await PEOPLE.lock(session, nip_hashes=hashes)).by_nip if hashes else {}
    courses: dict[str, UUID] = {}
    if codes:
        named = select(COURSES.c.code, COURSES.c.course_id).where(one_of(COURSES.c.code, codes))
        courses = {row.code: row.course_id for row in await session.execute(named)}
    for row in rows:
        if row["person_id"] is None and row["nip_hash"] in people:
            row["person_id"] = people[row["nip_hash"]].person_id
        row["course_id"] = courses.get(row["told"]["course_code"])


async def settle(session: AsyncSession, ids: Collection[UUID], now: datetime) -> None:
    """Gives these reports, and others of the same people and courses, the state that follows from all of them, and tells training
    what is new to it.
    """
    if not ids:
        return
    given = {"ids": list(ids)}
    # The people first, in their order: two doors that tell of one person then settle in turn.
    await PEOPLE.lock(session, list(await session.scalars(CONCERNED, given)))
    rows = (await session.execute(TOGETHER, given)).all()
    states = standings(map(_facts, rows))
    owners = await _owners(session, {row.connection_id for row in rows})
    changed: list[tuple[UUID, str, int, bool, bool]] = []
    for row in rows:
        state = states[row.id]
        counts = state in COUNTING
        version = row.version
        named = {"report_id": row.id, "person_id": row.person_id, "connection_id": row.connection_id}
        tells = counts is not row.announced or (counts and row.anew)
        if tells:
            version += 1
            state = "sent" if state in {"taken", "refused"} else state
            named["behalf"] = _behalf(row, owners)
            _tell(session, row, named, version, state, now)
        if state == "in_review" and row.state != "in_review":
            named["behalf"] = _behalf(row, owners)
            emit(session, ActivityDisputed(**named, why=row.dispute), sequence=version, time=now)
        if tells or row.state != state:
            changed.append((row.id, state, version, counts, row.anew and not tells))
    if changed:
        await session.execute(STAND, lists(STOOD, changed))


def _facts(row: Any) -> Facts:
    return Facts(
        id=row.id,
        connection_id=row.connection_id,
        person_id=row.person_id,
        has_course=row.course is None or row.course_id is not None,
        course_id=row.course_id,
        day=row.day,
        happened_at=row.happened_at,
        version=row.version,
        told=row.announced,
        answered=row.answered,
        refused=row.refused is not None,
        disputed=row.dispute is not None,
        counts=row.counts,
    )


async def _owners(session: AsyncSession, ids: Collection[UUID]) -> Mapping[UUID, tuple[BehalfKind, UUID]]:
    """In whose name each connection reports today: of a closed agency, its heir's."""
    heir = AGENCIES.c.successors[0].astext.cast(Uuid)
    found = await session.execute(
        select(col(Connection.id), col(Connection.provider_id), func.coalesce(heir, col(Connection.agency_id)))
        .outerjoin(AGENCIES.table, AGENCIES.c.agency_id == col(Connection.agency_id))
        .where(one_of(Connection.table().c.id, ids))
    )
    return {each: ("provider", provider) if provider else ("agency", agency) for each, provider, agency in found}


def _behalf(row: Any, owners: Mapping[UUID, tuple[BehalfKind, UUID]]) -> Behalf:
    kind, owner = owners[row.connection_id]
    return Behalf(kind=kind, id=owner, by=row.sent_by, by_person=row.sent_by_person)


def _tell(session: AsyncSession, row: Any, named: Mapping[str, Any], version: int, state: State, now: datetime) -> None:
    if state in COUNTING:
        code = None if row.course_id else row.told["course_code"]
        said = row.told | {"course_id": row.course_id, "course_code": code, "happened_at": row.happened_at}
        event = ActivityReported(**named, source_name=row.source_name, reference=row.reference, **said)
    else:
        reason = row.decided_why or say(WITHDRAWN[state], "id")
        event = ActivityWithdrawn(**named, reason=reason)
    emit(session, event, sequence=version, time=now)


async def decide(
    session: AsyncSession, connection_id: UUID, report_id: UUID, decision: DecisionIn, caller: Caller[Any]
) -> None:
    """Whether what may be a double, or is disputed, counts; anything that counts may be decided not to. Raises Refused: `not-found`, `own-report`, `nothing-to-decide`."""
    person_id = await session.scalar(
        select(col(Report.person_id))
        .join(Connection, col(Connection.id) == col(Report.connection_id))
        .where(col(Report.id) == report_id, col(Report.connection_id) == connection_id, reached(caller))
    )
    if person_id is None:
        raise Refused("not-found")
    if caller.actor.is_own_case(person_id):
        raise Refused("own-report")
    await PEOPLE.lock(session, [person_id])
    found = await session.get_one(Report, report_id, with_for_update=True)
    if found.state not in OPEN_TO_DECIDE and (decision.counts or found.state not in COUNTING):
        raise Refused("nothing-to-decide")
    found.counts, found.decided_why = decision.counts, decision.reason
    found.decided_by, found.decided_at = caller.subject, caller.now
    await session.flush()
    await settle(session, [report_id], caller.now)


async def take_answers(session: AsyncSession, batch: Sequence[Received], now: datetime) -> None:
    """Keeps what training made of reports; of several answers to one the newest."""
    newest = {each.event.report_id: each for each in sorted(batch, key=attrgetter("sequence"))}
    await PEOPLE.lock(session, {each.event.person_id for each in newest.values()})
    rows = [(name, each.sequence, *_answer(each.event)) for name, each in newest.items()]
    taken = await session.scalars(ANSWERED, lists(WORDS, rows))
    await settle(session, list(taken), now)
    await note_answers(session, await known_answers(session, list(newest)))


def _answer(event: ActivityTaken | ActivityRefused) -> tuple[UUID | None, str | None, str | None, str | None]:
    if isinstance(event, ActivityTaken):
        return event.record_id, None, None, None
    return event.record_id, event.code, event.field, msgspec.json.encode(event.words).decode()


async def known_answers(session: AsyncSession, report_ids: Sequence[UUID]) -> Mapping[UUID, Problem | None]:
    """What training has answered already to the newest version of these reports."""
    found = await session.scalars(
        select(Report).where(
            one_of(Report.table().c.id, report_ids),
            col(Report.state).in_(("taken", "refused")),
            col(Report.answered) == col(Report.version),
        )
    )
    return {
        row.id: answered(row.refused, row.refused_field, row.refused_words or {}) if row.refused else None
        for row in found
    }


async def note(
    session: AsyncSession, connection_id: UUID, now: datetime, *, duplicates: int = 0, error: Refused | None = None
) -> None:
    """Notes that something came through a connection, how much of it was there already, and what was wrong with it if anything was."""
    values = {
        "connection": connection_id,
        "now": now,
        "duplicates": duplicates,
        "error": error and error.code,
        "error_field": error and error.field,
        "error_words": error and msgspec.json.encode(TEXTS.problem(error)).decode(),
    }
    await session.execute(SEEN, values)
