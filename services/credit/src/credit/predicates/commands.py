"""Predikat become conversion cases, one or a thousand at a time."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.answers import Answer, Done, answer_each
from common.ids import new_id
from common.refused import Refused
from common.store.sets import columns_of, lists, unnest
from contracts.acting import Sender, capacity, sender_of
from contracts.callers import Caller
from credit.cases.judging import booked_by_person, months_of
from credit.cases.opening import NewCase, open_cases
from credit.cases.tables import cases
from credit.cases.writing import Judged, case_of, content_of, save_judged
from credit.domain.books import Regulations
from credit.domain.cases import Case, check_not_own, move
from credit.domain.periods import Converted, Tenure, check_matrix, check_set_in_time, convert, months_between
from credit.domain.results import Link, check_links
from credit.people import find_people, tenures
from credit.predicates.schemas import PredicateIn

SENT = columns_of(cases, ("source_name", "reference"))
WITH_SAME_REFERENCE = text(
    f"SELECT sent.* FROM {unnest(SENT)} CROSS JOIN LATERAL (SELECT * FROM cases"  # noqa: S608 - built of names in this code
    " WHERE sender_kind = :sender_kind AND sender_id = :sender_id"
    " AND cases.source_name = given.source_name AND cases.reference = given.reference LIMIT 1) sent"
)
"""LIMIT keeps it one look into the index a line; joined, the planner may read all that a sender sent."""
INHERITED = text(
    f"SELECT sent.* FROM unnest(CAST(:senders AS text[])) AS sender, {unnest(SENT)} CROSS JOIN LATERAL ("  # noqa: S608 - built of names in this code
    " SELECT * FROM cases WHERE sender_kind = 'agency' AND sender_id = sender"
    " AND cases.source_name = given.source_name AND cases.reference = given.reference LIMIT 1) sent"
)


@dataclass(frozen=True)
class Earlier:
    """What a sender has under a reference; `returned` is the case, if it waits for repair."""

    id: UUID
    person_id: UUID
    content: Mapping[str, Any]
    returned: Case | None = None


@dataclass(frozen=True)
class Decided:
    """What becomes of lines: the answer to each, the cases to open, and those that are repaired."""

    answers: list[Answer]
    new: list[NewCase]
    repaired: list[Judged]


async def submit(session: AsyncSession, lines: Sequence[PredicateIn], caller: Caller[Regulations]) -> list[Answer]:
    """Opens a case for every predikat that gives points, or repairs the returned one of its reference.

    Each is answered `stored`, `updated` for a repair, `duplicate` of what is known, or why not. A repair does not change
    the person of a case: a predikat of somebody else needs another reference.
    """
    actor = caller.actor
    decided = await decide_each(session, lines, await find_people(session, lines, caller), caller)
    await save_judged(session, decided.repaired, actor, caller.rules, caller.now)
    stored = await open_cases(session, decided.new, actor, caller.rules, caller.now)
    lost = {case.id for case in decided.new} - stored
    conflict = Refused("reference-conflict", field="reference")
    return [conflict if isinstance(answer, Done) and answer.id in lost else answer for answer in decided.answers]


async def decide_each(
    session: AsyncSession,
    lines: Sequence[PredicateIn],
    people: Sequence[UUID | None],
    caller: Caller[Regulations],
    *,
    trial: bool = False,
) -> Decided:
    """What becomes of each line, of the person that it names; nothing is stored. A `trial` may be of the caller's own case."""
    actor, sender = caller.actor, sender_of(caller, capacity(caller))
    ids = sorted({person_id for person_id in people if person_id})
    tenure_of = await tenures(session, ids)
    first, last = min(line.period_start for line in lines), max(line.period_end for line in lines)
    booked = await booked_by_person(session, ids, first, last)
    earlier = await _with_same_reference(session, sender, lines)
    inherited = await _inherited(session, caller.succeeded if sender.kind == "agency" else (), lines)
    new: list[NewCase] = []
    repaired: list[Judged] = []

    def decide(named: tuple[PredicateIn, UUID | None]) -> Done:
        line, person_id = named
        if person_id is None:
            raise Refused("person-unknown", "nip" if line.nip else "person_id")
        key, content = (line.source_name, line.reference), content_of(line)
        known = earlier.get(key)
        if known is None or known.person_id != person_id:
            known = inherited.get((key, person_id), known)
        if known is not None and (known.person_id, known.content) == (person_id, content):
            return Done("duplicate", known.id)
        if known is not None and (known.returned is None or known.person_id != person_id):
            raise Refused("reference-conflict", "reference")
        if not trial:
            check_not_own(person_id, actor)
        outcome = _judge(line, tenure_of[person_id], booked[person_id], caller.rules, caller.today)
        if known is not None and known.returned is not None:
            case_id = known.id
            repaired.append(Judged(move(known.returned, "resubmit", actor), content, outcome, replaced=known.content))
        else:
            case_id = new_id()
            new.append(_new_case(case_id, person_id, sender, line, outcome))
        if (key, person_id) in inherited:
            inherited[key, person_id] = Earlier(case_id, person_id, content)
        else:
            earlier[key] = Earlier(case_id, person_id, content)
        booked[person_id] |= dict.fromkeys(months_of(outcome.segments), case_id)
        return Done("updated" if known else "stored", case_id)

    return Decided(answer_each(zip(lines, people, strict=True), decide), new, repaired)


def _judge(line: PredicateIn, tenure: Tenure, booked: Mapping[date, UUID], book: Regulations, today: date) -> Converted:
    rules = book.at(line.period_end).tables
    check_matrix(rules, line.predikat, line.hasil_kerja, line.perilaku)
    links: Mapping[Link, str | None] = {
        "performance_result": line.performance_result,
        "performance_outcome": line.performance_outcome,
    }
    check_links(book.results, links, line.period_end)
    check_set_in_time(rules, line.period_end, today)
    outcome = convert(book, tenure, booked, months_between(line.period_start, line.period_end), line.predikat)
    if line.jenjang is not None and any(segment.jenjang != line.jenjang for segment in outcome.segments):
        raise Refused("another-jenjang", "jenjang")
    return outcome


def _new_case(case_id: UUID, person_id: UUID, sender: Sender, line: PredicateIn, outcome: Converted) -> NewCase:
    return NewCase(
        id=case_id,
        kind="conversion",
        person_id=person_id,
        segments=outcome.segments,
        left_out=outcome.left_out,
        sender_kind=sender.kind,
        sender_id=sender.id,
        source_name=line.source_name,
        reference=line.reference,
        **content_of(line),
    )


async def _with_same_reference(
    session: AsyncSession, sender: Sender, lines: Sequence[PredicateIn]
) -> dict[tuple[str, str], Earlier]:
    given = lists(SENT, [(line.source_name, line.reference) for line in lines])
    rows = await session.execute(WITH_SAME_REFERENCE, given | {"sender_kind": sender.kind, "sender_id": sender.id})
    return {(row.source_name, row.reference): _earlier(row) for row in rows}


async def _inherited(
    session: AsyncSession, agency_ids: Collection[UUID], lines: Sequence[PredicateIn]
) -> dict[tuple[tuple[str, str], UUID], Earlier]:
    """What agencies that are no more have sent under these references, by reference and person.

    Each had its own references, so one of theirs means the same predikat only where it is of the same person.
    """
    if not agency_ids:
        return {}
    given = lists(SENT, [(line.source_name, line.reference) for line in lines])
    rows = await session.execute(INHERITED, given | {"senders": [str(each) for each in agency_ids]})
    return {((row.source_name, row.reference), row.person_id): _earlier(row) for row in rows}


def _earlier(row: Any) -> Earlier:
    return Earlier(row.id, row.person_id, content_of(row), case_of(row) if row.state == "returned" else None)
