"""Making cases of predikat that connectors reports, by the same use case and with the same rights as everything else."""

from collections import defaultdict
from collections.abc import Sequence
from operator import attrgetter
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from common.answers import Answer, Done
from common.events import Received
from common.ids import derived_id
from common.parts import Parts
from common.refused import Refused
from common.store.outbox import emit
from common.store.sets import one_of, put
from common.web.problems import from_validation
from contracts.behalf import caller_of
from contracts.events.connectors import Behalf
from contracts.events.predicates import PREDIKAT, PredicateRefused, PredicateReported, PredicateTaken
from credit.people import PEOPLE
from credit.predicates.commands import submit
from credit.predicates.schemas import PredicateIn
from credit.reported.tables import ReportedPredicate
from credit.texts import TEXTS

SAID = ("reference", "source_name", "person_id", *PREDIKAT)
OWN = ("period-not-whole-months", "dates-reversed", "period-crosses-years", "person-unclear", "date-invalid")
"""Codes by which our own types of fields refuse."""


async def take(session: AsyncSession, batch: Sequence[Received], parts: Parts) -> None:
    """Opens the one case of each report, or repairs it where it was returned, and answers what became of it.

    Of several versions of a report the newest counts, in whatever order they come.
    """
    newest = {received.event.report_id: received for received in sorted(batch, key=attrgetter("sequence"))}
    # The people first, as whoever decides about their cases does: two batches then take one report in turn.
    await PEOPLE.lock(session, {received.event.person_id for received in newest.values()})
    found = await session.scalars(
        select(ReportedPredicate).where(one_of(ReportedPredicate.table().c.report_id, newest))
    )
    held = {row.report_id: row for row in found}
    by_sender: defaultdict[Behalf, list[Received]] = defaultdict(list)
    for report_id, received in newest.items():
        if report_id not in held or held[report_id].version < received.sequence:
            by_sender[received.event.behalf].append(received)
    rows = [row for behalf, some in by_sender.items() for row in await _submit(session, behalf, some, held, parts)]
    await put(session, ReportedPredicate.table(), rows)


async def _submit(
    session: AsyncSession,
    behalf: Behalf,
    some: Sequence[Received],
    held: dict[UUID, ReportedPredicate],
    parts: Parts,
) -> list[dict[str, object]]:
    caller = await caller_of(session, behalf, parts)
    read = [_read(received.event) for received in some]
    lines = [line for line in read if isinstance(line, PredicateIn)]
    answers = iter(await submit(session, lines, caller) if lines else ())
    rows: list[dict[str, object]] = []
    for received, line in zip(some, read, strict=True):
        answer = line if isinstance(line, Refused) else next(answers)
        _answer(session, received, answer, parts)
        told: PredicateReported = received.event
        before = held.get(told.report_id)
        case_id = answer.id if isinstance(answer, Done) else before and before.case_id
        rows.append(
            {"report_id": told.report_id, "person_id": told.person_id, "version": received.sequence, "case_id": case_id}
        )
    return rows


def _read(told: PredicateReported) -> PredicateIn | Refused:
    try:
        return PredicateIn.model_validate({name: getattr(told, name) for name in SAID})
    except ValidationError as error:
        return from_validation(error.errors(), OWN)[0]


def _answer(session: AsyncSession, received: Received, answer: Answer, parts: Parts) -> None:
    told: PredicateReported = received.event
    named = {"report_id": told.report_id, "person_id": told.person_id}
    event = (
        PredicateRefused(**named, code=answer.code, field=answer.field, words=TEXTS.problem(answer))
        if isinstance(answer, Refused)
        else PredicateTaken(**named, case_id=answer.id)
    )
    event_id = derived_id("predicate-answered", told.report_id, received.sequence)
    emit(session, event, sequence=received.sequence, event_id=event_id, time=parts.clock.now())
