"""Predikat become conversion cases, one or a thousand at a time."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.bulk import Answer, Done
from common.clock import Clock
from common.ids import new_id, nip_hash
from common.problems import Problem
from common.rules import RuleBook
from common.sets import columns_of, lists, unnest
from contracts.acting import Sender
from credit.cases.commands import NewCase, open_cases
from credit.cases.tables import cases
from credit.domain.cases import Actor, check_not_own
from credit.domain.periods import Service, check_matrix, check_set_in_time, convert, months_between
from credit.domain.refusals import Refused
from credit.domain.rules import Rules
from credit.people.commands import lock_people, service_of
from credit.predicates.schemas import NewPredicate

SENT = columns_of(cases, ("source_name", "reference"))
WITH_SAME_REFERENCE = text(
    f"SELECT cases.* FROM {unnest(SENT)} JOIN cases USING (source_name, reference)"  # noqa: S608 - built of names in this code
    " WHERE sender_kind = :sender_kind AND sender_id = :sender_id"
)
CONTENT = ("period_start", "period_end", "predikat", "hasil_kerja", "perilaku", "evidence")


async def submit(
    session: AsyncSession,
    lines: Sequence[NewPredicate],
    actor: Actor,
    sender: Sender,
    book: RuleBook[Rules],
    nip_key: str,
    clock: Clock,
) -> list[Answer]:
    """Opens a case for every predikat that gives points, and answers each: `stored`, `duplicate`, or why not."""
    people = await _find_people(session, lines, actor.agency, nip_key)
    ids = sorted({person_id for person_id in people if person_id})
    service = await service_of(session, ids)
    booked = await _booked(session, ids, lines)
    earlier = await _with_same_reference(session, sender, lines)
    today = clock.today()
    new: list[NewCase] = []
    answers: list[Answer] = []
    for line, person_id in zip(lines, people, strict=True):
        if person_id is None:
            answers.append(Problem("person-unknown", field="nip" if line.nip else "person_id"))
            continue
        known = earlier.get((line.source_name, line.reference))
        if known is not None:
            same = known.person_id == person_id and all(getattr(known, name) == getattr(line, name) for name in CONTENT)
            answers.append(Done("duplicate", known.id) if same else Problem("reference-conflict", field="reference"))
            continue
        try:
            check_not_own(person_id, actor)
            case = _convert(line, sender, person_id, service[person_id], booked[person_id], book, today)
        except Refused as refused:
            answers.append(Problem(refused.code, field=refused.field))
            continue
        new.append(case)
        earlier[line.source_name, line.reference] = case
        counted = (months_between(segment.period_start, segment.period_end) for segment in case.segments)
        booked[person_id] |= {month: case.id for months in counted for month in months}
        answers.append(Done("stored", case.id))
    stored = await open_cases(session, new, actor, clock.now())
    lost = {case.id for case in new} - stored
    conflict = Problem("reference-conflict", field="reference")
    return [conflict if isinstance(answer, Done) and answer.id in lost else answer for answer in answers]


def _convert(
    line: NewPredicate,
    sender: Sender,
    person_id: UUID,
    service: Service,
    booked: Mapping[date, UUID],
    book: RuleBook[Rules],
    today: date,
) -> NewCase:
    rules = book.at(line.period_end).tables
    check_matrix(rules, line.predikat, line.hasil_kerja, line.perilaku)
    check_set_in_time(rules, line.period_end, today)
    converted = convert(book, service, booked, months_between(line.period_start, line.period_end), line.predikat)
    return NewCase(
        id=new_id(),
        kind="conversion",
        person_id=person_id,
        segments=converted.segments,
        left_out=converted.left_out,
        sender_kind=sender.kind,
        sender_id=sender.id,
        source_name=line.source_name,
        reference=line.reference,
        **{name: getattr(line, name) for name in CONTENT},
    )


async def _find_people(
    session: AsyncSession, lines: Sequence[NewPredicate], agency: UUID | None, nip_key: str
) -> list[UUID | None]:
    """The person of every line, locked; None for one not known, or not of the agency.

    A number that somebody had before a new contract finds them still; one that two people have at the moment,
    since it moves from one to the other, finds nobody.
    """
    hashes = [nip_hash(line.nip, nip_key) if line.nip else None for line in lines]
    rows = await session.execute(
        text(
            "SELECT person_id, nip_hash FROM people WHERE nip_hash = ANY(CAST(:hashes AS text[]))"
            " UNION SELECT person_id, nip_hash FROM former_numbers WHERE nip_hash = ANY(CAST(:hashes AS text[]))"
        ),
        {"hashes": [found for found in hashes if found]},
    )
    holders: defaultdict[str, list[UUID]] = defaultdict(list)
    for row in rows:
        holders[row.nip_hash].append(row.person_id)
    by_hash = {found: ids[0] for found, ids in holders.items() if len(ids) == 1}
    meant = [by_hash.get(found) if found else line.person_id for line, found in zip(lines, hashes, strict=True)]
    locked = await lock_people(session, [person_id for person_id in meant if person_id], agency)
    return [
        person_id
        if person_id and person_id in locked and (found is None or found in locked[person_id].nip_hashes)
        else None
        for person_id, found in zip(meant, hashes, strict=True)
    ]


async def _booked(
    session: AsyncSession, person_ids: Sequence[UUID], lines: Sequence[NewPredicate]
) -> defaultdict[UUID, dict[date, UUID]]:
    """The case that has booked each month of the lines' periods, by person."""
    rows = await session.execute(
        text(
            "SELECT person_id, month, case_id FROM booked_months"
            " WHERE person_id = ANY(CAST(:ids AS uuid[])) AND month BETWEEN :first AND :last"
        ),
        {
            "ids": list(person_ids),
            "first": min(line.period_start for line in lines),
            "last": max(line.period_end for line in lines),
        },
    )
    booked: defaultdict[UUID, dict[date, UUID]] = defaultdict(dict)
    for row in rows:
        booked[row.person_id][row.month] = row.case_id
    return booked


async def _with_same_reference(
    session: AsyncSession, sender: Sender, lines: Sequence[NewPredicate]
) -> dict[tuple[str, str], Any]:
    given = lists(SENT, [(line.source_name, line.reference) for line in lines])
    rows = await session.execute(WITH_SAME_REFERENCE, given | {"sender_kind": sender.kind, "sender_id": sender.id})
    return {(row.source_name, row.reference): row for row in rows}
