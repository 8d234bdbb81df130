"""Making records of what connectors reports, by the same use cases and with the same rights as everything else."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from operator import attrgetter
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.answers import Done
from common.events import Received
from common.ids import derived_id
from common.parts import Parts
from common.refused import Refused
from common.store.outbox import emit
from common.store.sets import one_of, put
from common.web.problems import from_validation
from contracts.behalf import caller_of
from contracts.callers import Caller
from contracts.events.connectors import ActivityReported, ActivityWithdrawn, Behalf
from contracts.events.training import ActivityRefused, ActivityTaken
from training.catalogue.tables import Course
from training.domain.rules import Book
from training.people import PEOPLE
from training.records.commands import correct, revoke, store
from training.records.schemas import Content, Correction, Training
from training.records.tables import Record
from training.reported.tables import ReportedRecord
from training.texts import TEXTS, say

AS_WRITTEN = ("date-invalid", "when-invalid")
"""Codes by which our own types of fields refuse."""
SAID = tuple(name for name in Content.model_fields if name in ActivityReported.model_fields)
Told = ActivityReported | ActivityWithdrawn
Outcome = UUID | Refused | None
"""The record that stands for a report; why it does not say what was told; None where it was withdrawn."""


async def take(session: AsyncSession, batch: Sequence[Received], parts: Parts) -> None:
    """Makes, corrects or revokes the one record of each report, and answers what became of it.

    Of several versions of a report the newest counts, in whatever order they come. New ones are stored as one set for each
    in whose name they come.
    """
    newest = {received.event.report_id: received for received in sorted(batch, key=attrgetter("sequence"))}
    # The people first, as whoever decides about their records does: two batches then take one report in turn.
    await PEOPLE.lock(session, {received.event.person_id for received in newest.values()})
    known = await session.scalars(select(ReportedRecord).where(one_of(ReportedRecord.table().c.report_id, newest)))
    held = {row.report_id: row for row in known}
    news = [each for name, each in newest.items() if name not in held or held[name].version < each.sequence]
    courses = await _courses(session, [each.event for each in news])
    outcomes: dict[UUID, Outcome] = {}
    new: defaultdict[Behalf, list[Received]] = defaultdict(list)
    for received in news:
        row = held.get(received.event.report_id)
        if row is not None and row.stands:
            assert row.record_id is not None, "what stands is a record"  # noqa: S101 - tells the type checker
            caller = await caller_of(session, received.event.behalf, parts)
            outcomes[row.report_id] = await _change(session, row.record_id, received.event, courses, caller)
        elif isinstance(received.event, ActivityWithdrawn):
            outcomes[received.event.report_id] = None
        else:
            new[received.event.behalf].append(received)
    for behalf, some in new.items():
        caller = await caller_of(session, behalf, parts)
        outcomes |= await _store(session, some, held, courses, caller)
    rows = [_row(each, outcomes[each.event.report_id], held.get(each.event.report_id)) for each in news]
    for received, row in zip(news, rows, strict=True):
        _answer(
            session, received, outcomes[received.event.report_id], row["record_id"] if row["stands"] else None, parts
        )
    await put(session, ReportedRecord.table(), rows)


async def _courses(session: AsyncSession, told: Collection[Told]) -> Mapping[UUID, Course]:
    ids = {each.course_id for each in told if isinstance(each, ActivityReported) and each.course_id}
    if not ids:
        return {}
    return {course.id: course for course in await session.scalars(select(Course).where(col(Course.id).in_(ids)))}


async def _store(
    session: AsyncSession,
    some: Sequence[Received],
    held: Mapping[UUID, ReportedRecord],
    courses: Mapping[UUID, Course],
    caller: Caller[Book],
) -> dict[UUID, Outcome]:
    outcomes: dict[UUID, Outcome] = {}
    lines: dict[UUID, Training] = {}
    for received in some:
        told: ActivityReported = received.event
        row = held.get(told.report_id)
        # What is told again after it was withdrawn is another record: the one before keeps its reference.
        again = f"/{received.sequence}" if row is not None and row.record_id else ""
        named = {"reference": told.reference + again, "source_name": told.source_name, "person_id": told.person_id}
        try:
            lines[told.report_id] = _read(Training, _content(told, courses) | named)
        except Refused as refused:
            outcomes[told.report_id] = refused
    if lines:
        answers = await store(session, list(lines.values()), caller)
        for report_id, answer in zip(lines, answers, strict=True):
            outcomes[report_id] = answer.id if isinstance(answer, Done) else answer
    return outcomes


async def _change(
    session: AsyncSession, record_id: UUID, told: Told, courses: Mapping[UUID, Course], caller: Caller[Book]
) -> Outcome:
    try:
        if isinstance(told, ActivityWithdrawn):
            await revoke(session, record_id, told.reason, caller)
            return None
        if (await session.get_one(Record, record_id)).state == "revoked":
            # By whoever answers for the person. What is told anew does not bring it back.
            return Refused("record-revoked")
        said = _content(told, courses) | {"reason": say("reason.reported", "id")}
        await correct(session, record_id, _read(Correction, said), caller, seen=None)
    except Refused as refused:
        return refused
    return record_id


def _content(told: ActivityReported, courses: Mapping[UUID, Course]) -> dict[str, Any]:
    """What a record of this says. Raises Refused `course-unknown`."""
    said = {name: getattr(told, name) for name in SAID}
    if told.course_id is not None:
        course = courses.get(told.course_id)
        if course is None:
            raise Refused("course-unknown", field="course_code")
        said |= {"course_code": course.code, "form": told.form or course.form, "title": told.title or course.title}
    end = told.end_date or told.happened_at
    return said | {"end_date": end, "start_date": told.start_date or end}


def _read(kind: type[Any], said: Mapping[str, Any]) -> Any:
    """Raises Refused, as the API would."""
    try:
        return kind.model_validate(said)
    except ValidationError as error:
        raise from_validation(error.errors(), AS_WRITTEN)[0] from None


def _row(received: Received, outcome: Outcome, before: ReportedRecord | None) -> dict[str, Any]:
    record_id, stands = (before.record_id, before.stands) if before else (None, False)
    if isinstance(outcome, UUID):
        record_id, stands = outcome, True
    elif outcome is None:
        stands = False
    told: Told = received.event
    return {
        "report_id": told.report_id,
        "person_id": told.person_id,
        "version": received.sequence,
        "record_id": record_id,
        "stands": stands,
    }


def _answer(session: AsyncSession, received: Received, outcome: Outcome, record_id: UUID | None, parts: Parts) -> None:
    told: Told = received.event
    named = {"report_id": told.report_id, "person_id": told.person_id, "record_id": record_id}
    answer = (
        ActivityRefused(**named, code=outcome.code, field=outcome.field, words=TEXTS.problem(outcome))
        if isinstance(outcome, Refused)
        else ActivityTaken(**named)
    )
    event_id = derived_id("activity-answered", told.report_id, received.sequence)
    emit(session, answer, sequence=received.sequence, event_id=event_id, time=parts.clock.now())
