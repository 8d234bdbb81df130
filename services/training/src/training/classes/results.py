"""Who was there in which session of a class, and what came of it."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.answers import Answer, Done, answer_each
from common.refused import Refused
from common.store.sets import one_of, put
from contracts.callers import Caller
from roster.people import Locked
from training.classes.desk import Desk, attendance, enrolments, hold, named, seat_of
from training.classes.schemas import AttendanceIn, ResultIn
from training.classes.tables import Attendance, Result
from training.domain.classes import NONE, policy_of
from training.domain.rules import Book
from training.records.commands import store
from training.records.schemas import Training

SOURCE = "kelas"
"""The system from which records of results come."""


async def attend(
    session: AsyncSession, class_id: UUID, lines: Sequence[AttendanceIn], caller: Caller[Book]
) -> list[Answer]:
    """Keeps who was there in which session.

    A line is answered by `not-in-class`, `class-session-unknown`, `session-not-begun`, or `result-given` where a record
    already follows from what was told.
    """
    desk = await hold(session, class_id, caller)
    people = await named(session, lines, caller)
    seats = await enrolments(session, class_id, people)
    results = await _results(session, class_id, people)
    begins = {each.number: each.starts_at for each in desk.sessions}
    known = {(row.person_id, row.session): row.present for row in await attendance(session, class_id, people.by_id)}
    fresh: dict[tuple[UUID, int], bool] = {}

    def decide(line: AttendanceIn) -> Done:
        seat = seat_of(seats, people, line, caller)
        if line.session not in begins:
            raise Refused("class-session-unknown", field="session")
        if caller.now < begins[line.session]:
            raise Refused("session-not-begun", field="session")
        key = (seat.person_id, line.session)
        before = known.get(key)
        if before == line.present:
            return Done("unchanged", seat.id)
        if seat.person_id in results and results[seat.person_id].passed:
            raise Refused("result-given", field="session")
        known[key] = fresh[key] = line.present
        return Done("stored" if before is None else "updated", seat.id)

    answers = answer_each(lines, decide)
    rows = [
        {"class_id": class_id, "person_id": person_id, "session": number, "present": present}
        for (person_id, number), present in fresh.items()
    ]
    await put(session, Attendance.table(), rows)
    return answers


async def conclude(
    session: AsyncSession, class_id: UUID, lines: Sequence[ResultIn], caller: Caller[Book]
) -> list[Answer]:
    """Keeps what came of a class for each, and records the training of whoever passed, with the hours of their attendance.

    The same again is a duplicate of that record. Who has not passed may pass later; what has a record is final: the record
    is corrected or revoked as any other. A line is answered by `not-in-class`, `not-attended`, `attendance-short`,
    `result-given`, or by what is wrong with the record. Raises Refused `class-not-over`.
    """
    desk = await hold(session, class_id, caller)
    if caller.now < desk.sessions[-1].ends_at or caller.today < desk.found.ends_on:
        raise Refused("class-not-over")
    people = await named(session, lines, caller)
    seats = await enrolments(session, class_id, people)
    known = await _results(session, class_id, people)
    present: dict[UUID, set[int]] = {}
    for row in await attendance(session, class_id, people.by_id):
        if row.present:
            present.setdefault(row.person_id, set()).add(row.session)
    hours = _hours(desk)
    fresh: dict[UUID, Result] = {}

    def decide(line: ResultIn) -> Done | UUID:
        """What becomes of a line: of the person's record, where they are answered with."""
        seat = seat_of(seats, people, line, caller)
        before = known.get(seat.person_id)
        if before and before.passed:
            if not line.passed or line.name != before.name:
                raise Refused("result-given", field="name" if line.passed else "passed")
            return Done("duplicate", before.record_id) if before.record_id else seat.person_id
        result = Result(
            class_id=class_id,
            person_id=seat.person_id,
            name=line.name,
            passed=line.passed,
            jp=hours(line, present.get(seat.person_id, set())),
            record_id=None,
            told_at=caller.now,
        )
        known[seat.person_id] = fresh[seat.person_id] = result
        return seat.person_id if line.passed else Done("updated" if before else "stored", seat.id)

    decided = answer_each(lines, decide)
    records = await _record(session, desk, [each for each in fresh.values() if each.passed], caller)
    rows = [each.model_dump() for each in fresh.values() if not each.passed or each.record_id]
    await put(session, Result.table(), rows)
    return list(_answers(decided, records))


def _hours(desk: Desk) -> Callable[[ResultIn, Collection[int]], Decimal]:
    """The hours (JP) that a result gives to whoever was in these sessions of a class."""
    policy = policy_of(desk.course.form, desk.found.ends_on)
    whole = {each.number: each.jp for each in desk.sessions}

    def hours(line: ResultIn, there: Collection[int]) -> Decimal:
        """Raises Refused `not-attended`, `attendance-short`."""
        if not there:
            raise Refused("not-attended", field=line.field)
        if not line.passed:
            return NONE
        jp = policy.hours(whole, there)
        if not jp:
            raise Refused("attendance-short", field=line.field)
        return jp

    return hours


async def _record(
    session: AsyncSession, desk: Desk, passing: Sequence[Result], caller: Caller[Book]
) -> dict[UUID, Answer]:
    """Records the trainings of those who passed, by the one use case of records; each result learns its record."""
    if not passing:
        return {}
    said = {
        "source_name": SOURCE,
        "form": desk.course.form,
        "title": desk.course.title,
        "course_code": desk.course.code,
        "start_date": desk.found.begins_on,
        "end_date": desk.found.ends_on,
        "evidence": f"{SOURCE} {desk.found.id}",
    }
    lines = [
        Training.model_validate(
            {**said, "reference": f"{desk.found.id}/{each.person_id}", "person_id": each.person_id, "jp": each.jp}
        )
        for each in passing
    ]
    answers = await store(session, lines, caller)
    for result, answer in zip(passing, answers, strict=True):
        if isinstance(answer, Done):
            result.record_id = answer.id
    return {result.person_id: answer for result, answer in zip(passing, answers, strict=True)}


def _answers(decided: Iterable[Answer | UUID], records: Mapping[UUID, Answer]) -> Iterator[Answer]:
    """The answer to each line; somebody who is told of again in one chunk is a duplicate."""
    told: set[UUID] = set()
    for each in decided:
        if not isinstance(each, UUID):
            yield each
            continue
        answer = records[each]
        yield Done("duplicate", answer.id) if isinstance(answer, Done) and each in told else answer
        told.add(each)


async def _results(session: AsyncSession, class_id: UUID, people: Locked) -> dict[UUID, Result]:
    of_class = select(Result).where(col(Result.class_id) == class_id)
    found = await session.scalars(of_class.where(one_of(Result.table().c.person_id, people.by_id)))
    return {each.person_id: each for each in found}
