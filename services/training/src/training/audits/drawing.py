"""Drawing records to look into, and saying what was found."""

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.ids import derived_id, new_id
from common.refused import Refused
from common.store.outbox import emit
from common.store.sets import Columns, insert, lists, unnest
from contracts.callers import Caller
from contracts.events.notification import MessageRequested
from roster.days import covers_sql
from roster.outside import given, stood_above
from training.audits.commands import MAILED_FOR
from training.audits.schemas import FindingIn, SampleIn
from training.audits.tables import Audit, AuditedRecord, RecordSample
from training.domain.audits import quotas
from training.domain.rules import Book
from training.people import PEOPLE
from training.records.tables import Record

# What can be drawn, each with the jenjang of its person on its last day.
DRAWN_FROM = f"""
    SELECT r.id, r.person_id, r.hands, r.end_date, r.form, coalesce(p.jenjang, '') AS jenjang
    FROM records r LEFT JOIN posts p ON p.person_id = r.person_id AND {covers_sql("p", "r.end_date")}
    WHERE r.state = 'valid' AND r.agency_id = :agency AND r.end_date BETWEEN :since AND :until
"""  # noqa: S608 - built of names in this code
STRATUM: Columns = {"form": "text", "jenjang": "text", "most": "int"}
STRATA = text(f"SELECT form, jenjang, count(*) FROM ({DRAWN_FROM}) AS all_of GROUP BY 1, 2 ORDER BY 1, 2")  # noqa: S608
# By a hash of seed and id: as good as by lot, and the same each time.
DRAW = text(f"""
    SELECT id, person_id, hands, end_date FROM (
        SELECT *, row_number() OVER (
            PARTITION BY form, jenjang ORDER BY md5(CAST(CAST(:seed AS bigint) AS text) || CAST(id AS text)), id
        ) AS place FROM ({DRAWN_FROM}) AS all_of
    ) AS placed JOIN {unnest(STRATUM)} USING (form, jenjang) WHERE place <= most ORDER BY id
""")  # noqa: S608 - built of names in this code


async def draw(session: AsyncSession, audit_id: UUID, asked: SampleIn, caller: Caller[Book]) -> UUID:
    """Draws records of the audited agency by lot, gives each to an auditor outside, and asks for evidence by mail.

    Raises Refused: `not-found`, `dates-reversed`, `due-gone`, `not-in-service`, `nothing-to-audit`.
    """
    audit = await session.get(Audit, audit_id)
    if audit is None or not caller.reaches(audit.agency_id):
        raise Refused("not-found")
    if asked.until < asked.since:
        raise Refused("dates-reversed", field="until")
    if asked.due_on < caller.today:
        raise Refused("due-gone", field="due_on")
    people = await PEOPLE.lock(session, asked.auditor_ids)
    for number, person_id in enumerate(asked.auditor_ids):
        if (person := people.by_id.get(person_id)) is None or not person.in_service(caller.today):
            raise Refused("not-in-service", field=f"auditor_ids.{number}")
    which = asked.model_dump(exclude={"auditor_ids"})
    told = {"agency": audit.agency_id, "since": asked.since, "until": asked.until}
    counts = {(form, jenjang): count for form, jenjang, count in await session.execute(STRATA, told)}
    if not counts:
        raise Refused("nothing-to-audit")
    taken = quotas(counts, asked.size)
    wanted = lists(STRATUM, [(*stratum, most) for stratum, most in taken.items()])
    drawn = (await session.execute(DRAW, told | wanted | {"seed": asked.seed})).all()
    concerned = [_concerned(row.person_id, row.hands) for row in drawn]
    above = await stood_above(session, {*people.by_id, *frozenset[UUID]().union(*concerned)}, caller.today)
    auditors = given(concerned, sorted(people.by_id), above)
    strata = [
        {"form": form, "jenjang": jenjang or None, "records": count, "drawn": taken[form, jenjang]}
        for (form, jenjang), count in counts.items()
    ]
    sample = RecordSample(
        id=new_id(), audit_id=audit.id, **which, strata=strata, drawn_by=caller.subject, drawn_at=caller.now
    )
    session.add(sample)
    await session.flush()
    rows = [(new_id(), sample.id, row.id, auditor) for row, auditor in zip(drawn, auditors, strict=True)]
    await insert(session, AuditedRecord.table(), ("id", "sample_id", "record_id", "auditor_id"), rows)
    for auditor, records in sorted(Counter(each for each in auditors if each is not None).items()):
        _mail(session, audit, sample, auditor, "record-audit", {"records": records}, "record-auditor", auditor, caller)
    for row in drawn:
        values = {"number": str(row.id), "due_on": asked.due_on.isoformat()}
        _mail(session, audit, sample, row.person_id, "audit-evidence", values, "your-training", row.id, caller)
    return sample.id


async def find(session: AsyncSession, item_id: UUID, document: FindingIn, caller: Caller[Book]) -> None:
    """Says what was found of a record that was given to the caller. The record stays as it is.

    Raises Refused: `not-found`, `finding-given`, and `not-outside` for who has verified it since, or come into the line of
    one whom it concerns.
    """
    item = await session.get(AuditedRecord, item_id, with_for_update=True)
    if item is None or item.auditor_id is None or item.auditor_id != caller.speaks_for("person"):
        raise Refused("not-found")
    if item.finding is not None:
        raise Refused("finding-given")
    record = await session.get_one(Record, item.record_id)
    concerned = _concerned(record.person_id, record.hands)
    above = await stood_above(session, {*concerned, item.auditor_id}, caller.today)
    if not caller.actor.hands.isdisjoint(record.hands) or given([concerned], [item.auditor_id], above) == [None]:
        raise Refused("not-outside")
    item.finding, item.words, item.found_at = document.finding, document.words, caller.now


def _concerned(person_id: UUID, hands: list[str]) -> frozenset[UUID]:
    """Whom a record concerns: whose it is, and the people who have sent, corrected or verified it."""
    people = {person_id}
    for hand in hands:
        try:
            people.add(UUID(hand))
        except ValueError:  # the subject of a token
            continue
    return frozenset(people)


def _mail(
    session: AsyncSession,
    audit: Audit,
    sample: RecordSample,
    recipient_id: UUID,
    template: str,
    values: dict[str, Any],
    reason: str,
    about: UUID,
    caller: Caller[Book],
) -> None:
    asked = MessageRequested(
        request_id=derived_id(template, sample.id, about),
        recipient="person",
        recipient_id=recipient_id,
        template=template,
        values=values,
        reason=reason,
        expires_at=caller.now + max(MAILED_FOR, timedelta(days=(sample.due_on - caller.today).days)),
        asked_by=audit.agency_id,
    )
    emit(session, asked, sequence=1, time=caller.now)
