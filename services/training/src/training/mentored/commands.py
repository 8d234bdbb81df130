"""Making records of the sessions that mentoring tells of, by the same use cases as everything else."""

from collections.abc import Collection, Sequence
from operator import attrgetter
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from common.answers import Done
from common.events import Received
from common.ids import derived_id
from common.parts import Parts
from common.refused import Refused
from common.store.outbox import emit
from common.store.sets import one_of, put
from contracts.actors import SYSTEM
from contracts.callers import Caller
from contracts.events.mentoring import MentoringCompleted, MentoringCorrected
from contracts.events.training import MentoringAnswered
from contracts.roles import named
from training.domain.rules import Book
from training.mentored.tables import MentoredRecord
from training.people import PEOPLE
from training.records.commands import correct, revoke, store
from training.records.schemas import Content, Correction, Training
from training.records.tables import Record
from training.texts import say

SOURCE = "mentoring"
Told = MentoringCompleted | MentoringCorrected
Outcome = UUID | Refused | None
"""The record that stands for the sessions; why it does not say what was told; None where no session is left."""


async def take(session: AsyncSession, batch: Sequence[Received], parts: Parts) -> None:
    """Makes, corrects or revokes the one record of each completion, and answers what became of it.

    Of several versions of a completion the newest counts, in whatever order they come. New ones are stored as one set.
    """
    caller = Caller[Book](
        subject=SYSTEM.subject,
        named=named("service"),
        clock=parts.clock,
        rules=parts.rules,
        nip_key=parts.settings.nip_key.get_secret_value(),
    )
    newest = {received.event.completion_id: received for received in sorted(batch, key=attrgetter("sequence"))}
    # The people first, as whoever decides about their records does: two batches then take one completion in turn.
    await PEOPLE.lock(session, {received.event.mentee_id for received in newest.values()})
    known = select(MentoredRecord).where(one_of(MentoredRecord.table().c.completion_id, newest))
    held = {row.completion_id: row for row in await session.scalars(known)}
    news = [each for name, each in newest.items() if name not in held or held[name].version < each.sequence]
    records: dict[UUID, UUID | None] = {name: row.record_id for name, row in held.items() if row.record_id}
    outcomes = await _store(session, [each for each in news if each.event.completion_id not in records], caller)
    for received in news:
        if record_id := records.get(received.event.completion_id):
            outcomes[received.event.completion_id] = await _change(session, record_id, received.event, caller)
    for received in news:
        outcome = outcomes[received.event.completion_id]
        refused = isinstance(outcome, Refused)
        records[received.event.completion_id] = records.get(received.event.completion_id) if refused else outcome
        _answer(session, received, records[received.event.completion_id], outcome.code if refused else None, caller)
    rows = [
        {
            "completion_id": received.event.completion_id,
            "person_id": received.event.mentee_id,
            "version": received.sequence,
            "record_id": records[received.event.completion_id],
        }
        for received in news
    ]
    await put(session, MentoredRecord.table(), rows)


async def _store(session: AsyncSession, news: Collection[Received], caller: Caller[Book]) -> dict[UUID, Outcome]:
    outcomes: dict[UUID, Outcome] = {}
    lines: dict[UUID, Training] = {}
    for received in news:
        told: Told = received.event
        try:
            content = _content(told, caller.rules)
        except Refused as refused:
            outcomes[told.completion_id] = refused
            continue
        outcomes[told.completion_id] = None
        if content:
            # Named by the version: what is told again after all sessions were taken back is another record.
            reference = f"{told.completion_id}/{received.sequence}"
            lines[told.completion_id] = Training(
                **content.model_dump(), reference=reference, source_name=SOURCE, person_id=told.mentee_id
            )
    if lines:
        answers = await store(session, list(lines.values()), caller)
        for completion_id, answer in zip(lines, answers, strict=True):
            outcomes[completion_id] = answer.id if isinstance(answer, Done) else answer
    return outcomes


async def _change(session: AsyncSession, record_id: UUID, told: Told, caller: Caller[Book]) -> Outcome:
    if (await session.get_one(Record, record_id)).state == "revoked":
        # By whoever answers for the person. Sessions that are told again do not bring it back.
        return Refused("record-revoked")
    try:
        reason = say("reason.mentoring", "id")
        content = _content(told, caller.rules)
        if content is None:
            await revoke(session, record_id, reason, caller)
            return None
        await correct(session, record_id, Correction(**content.model_dump(), reason=reason), caller, seen=None)
    except Refused as refused:
        return refused
    return record_id


def _content(told: Told, book: Book) -> Content | None:
    """What a record of these sessions says; None where there are none. Raises Refused where no rule says what they are."""
    if not told.session_dates:
        return None
    try:
        pack = book.at(told.session_dates[-1])
    except LookupError:
        raise Refused("rule-missing", field="end_date") from None
    form = pack.tables.mentored.get(told.kind)
    if form is None:
        raise Refused("kind-unconfirmed")
    said = {
        "form": form,
        "title": told.title,
        "start_date": told.session_dates[0],
        "end_date": told.session_dates[-1],
        "session_dates": told.session_dates,
        "evidence": f"{SOURCE} {told.completion_id}",
    }
    return Content.model_validate(said)


def _answer(
    session: AsyncSession, received: Received, record_id: UUID | None, refused: str | None, caller: Caller[Book]
) -> None:
    told: Told = received.event
    answer = MentoringAnswered(
        completion_id=told.completion_id, person_id=told.mentee_id, record_id=record_id, refused=refused
    )
    event_id = derived_id("mentoring-answered", told.completion_id, received.sequence)
    emit(session, answer, sequence=received.sequence, event_id=event_id, time=caller.now)
