"""Telling credit of predikat, and keeping what it answers."""

import json
from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.answers import Answer, Done
from common.events import Received
from common.ids import derived_id
from common.refused import Refused
from common.store.outbox import emit
from common.store.sets import Columns, columns_of, lists, one_of, put, unnest
from connectors.people import PEOPLE
from connectors.performances.schemas import PerformanceRow
from connectors.performances.tables import Performance
from contracts.callers import Caller
from contracts.events.connectors import Behalf
from contracts.events.predicates import PREDIKAT, PredicateRefused, PredicateReported, PredicateTaken
from contracts.imports import Problem, answered, note_answers
from contracts.nip import nip_hash

SOURCE = "e-kinerja"
UNANSWERED = {"refused": None, "refused_field": None, "refused_words": None}
ANSWER = columns_of(Performance.table(), ("id", "answered", "case_id", "refused", "refused_field"))
WORDS: Columns = {**ANSWER, "refused_words": "text"}
ANSWERED = text(
    "UPDATE performances p SET answered = given.answered, case_id = coalesce(given.case_id, p.case_id),"  # noqa: S608 - built of names in this code
    " refused = given.refused, refused_field = given.refused_field,"
    " refused_words = CAST(given.refused_words AS jsonb)"
    f" FROM {unnest(WORDS)} WHERE p.id = given.id AND p.answered < given.answered"
)


async def report_performances(
    session: AsyncSession, rows: Sequence[PerformanceRow], caller: Caller[Any]
) -> list[Answer]:
    """Tells credit of each that is new or says something else than before; the others are duplicates.

    Whoever is in no registry is refused: `person-unknown`. Who serves where, credit knows and answers.
    """
    hashes = [nip_hash(row.nip, caller.nip_key) for row in rows]
    people = (await PEOPLE.lock(session, nip_hashes=set(hashes))).by_nip
    ids = [
        _id(caller, people[each].person_id, row) if each in people else None
        for each, row in zip(hashes, rows, strict=True)
    ]
    found = await session.scalars(
        select(Performance).where(one_of(Performance.table().c.id, {each for each in ids if each}))
    )
    known = {row.id: row.model_dump() for row in found}
    changed: dict[UUID, dict[str, Any]] = {}
    answers: list[Answer] = []
    for each, report_id, row in zip(hashes, ids, rows, strict=True):
        if report_id is None:
            answers.append(Refused("person-unknown", "nip"))
            continue
        said = {"period_start": row.start, "period_end": row.end} | row.model_dump(include=set(PREDIKAT))
        before = known.get(report_id)
        if before is not None and all(before[name] == said[name] for name in PREDIKAT):
            answers.append(Done("duplicate", report_id))
            continue
        told = before or _nothing(report_id, people[each].person_id, caller)
        sent = {"version": told["version"] + 1, "sent_by": caller.subject, "sent_at": caller.now}
        known[report_id] = changed[report_id] = told | said | sent | UNANSWERED
        answers.append(Done("updated" if before else "stored", report_id))
    await put(session, Performance.table(), list(changed.values()))
    for told in changed.values():
        emit(session, _event(told, caller), sequence=told["version"], time=caller.now)
    return answers


def _id(caller: Caller[Any], person_id: UUID, row: PerformanceRow) -> UUID:
    """One for each agency, person and period: e-Kinerja has no reference of its own."""
    return derived_id("performance", caller.agency, person_id, row.start, row.end)


def _nothing(report_id: UUID, person_id: UUID, caller: Caller[Any]) -> dict[str, Any]:
    return {
        "id": report_id,
        "person_id": person_id,
        "agency_id": caller.speaks_for("agency"),
        "version": 0,
        "answered": 0,
        "case_id": None,
    }


def _event(told: Mapping[str, Any], caller: Caller[Any]) -> PredicateReported:
    behalf = Behalf(kind="agency", id=told["agency_id"], by=caller.subject, by_person=caller.person)
    return PredicateReported(
        report_id=told["id"],
        person_id=told["person_id"],
        behalf=behalf,
        source_name=SOURCE,
        reference=str(told["id"]),
        **{name: told[name] for name in PREDIKAT},
    )


async def take_answers(session: AsyncSession, batch: Sequence[Received]) -> None:
    """Keeps what credit made of predikat; of several answers to one the newest. Rows of imports that wait for them wait no longer."""
    newest = {each.event.report_id: each for each in sorted(batch, key=attrgetter("sequence"))}
    await PEOPLE.lock(session, {each.event.person_id for each in newest.values()})
    rows = [(report_id, each.sequence, *_answer(each.event)) for report_id, each in newest.items()]
    await session.execute(ANSWERED, lists(WORDS, rows))
    await note_answers(session, await known_performances(session, list(newest)))


def _answer(event: PredicateTaken | PredicateRefused) -> tuple[UUID | None, str | None, str | None, str | None]:
    if isinstance(event, PredicateTaken):
        return event.case_id, None, None, None
    return None, event.code, event.field, json.dumps(event.words)


async def known_performances(session: AsyncSession, report_ids: Sequence[UUID]) -> Mapping[UUID, Problem | None]:
    """What credit has answered already to the newest version of these."""
    found = await session.scalars(
        select(Performance).where(
            one_of(Performance.table().c.id, report_ids), col(Performance.answered) == col(Performance.version)
        )
    )
    return {
        row.id: answered(row.refused, row.refused_field, row.refused_words or {}) if row.refused else None
        for row in found
    }
