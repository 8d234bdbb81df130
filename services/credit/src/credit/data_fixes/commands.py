"""Asking for data to be mended, and closing what was mended, refused or withdrawn."""

from collections.abc import Collection
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.ids import new_id
from common.refused import Refused
from contracts.callers import Caller
from credit.data_fixes.schemas import DataFixIn
from credit.data_fixes.tables import data_fixes
from credit.domain.books import Regulations
from credit.domain.working_days import last_day
from credit.people import PEOPLE

# What the registry has told of each kind; unit and superior follow from the post that is held.
FINGERPRINTS = """
    SELECT p.person_id, kind.name AS kind, md5(CAST(kind.told AS text)) AS fingerprint
    FROM people p CROSS JOIN LATERAL (VALUES
        ('post', jsonb_build_array(
            (SELECT jsonb_agg(to_jsonb(h) ORDER BY h.number) FROM posts h WHERE h.person_id = p.person_id),
            (SELECT jsonb_agg(to_jsonb(h) ORDER BY h.number) FROM holdings h WHERE h.person_id = p.person_id))),
        ('rank', jsonb_build_array(p.golongan,
            (SELECT jsonb_agg(h.golongan ORDER BY h.number) FROM posts h WHERE h.person_id = p.person_id),
            (SELECT jsonb_agg(to_jsonb(h) ORDER BY h.number) FROM promotions h WHERE h.person_id = p.person_id))),
        ('unit', jsonb_build_array(p.agency_id,
            (SELECT jsonb_agg(to_jsonb(h) ORDER BY h.number) FROM holdings h WHERE h.person_id = p.person_id))),
        ('superior', jsonb_build_array(p.agency_id,
            (SELECT jsonb_agg(to_jsonb(h) ORDER BY h.number) FROM holdings h WHERE h.person_id = p.person_id))),
        ('service', jsonb_build_array(p.joined_on, p.left_on,
            (SELECT jsonb_agg(to_jsonb(h) ORDER BY h.number) FROM statuses h WHERE h.person_id = p.person_id))),
        ('education', jsonb_build_array(
            (SELECT jsonb_agg(to_jsonb(h) ORDER BY h.number) FROM educations h WHERE h.person_id = p.person_id)))
    ) AS kind (name, told)
    WHERE p.person_id = ANY(CAST(:people AS uuid[]))
"""
FINGERPRINT = text(f"SELECT fingerprint FROM ({FINGERPRINTS}) AS told WHERE kind = :kind")  # noqa: S608 - built of names in this code
MENDED = text(
    f"UPDATE data_fixes SET state = 'mended', closed_at = :now FROM ({FINGERPRINTS}) AS told"  # noqa: S608 - built of names in this code
    " WHERE data_fixes.person_id = told.person_id AND data_fixes.kind = told.kind AND data_fixes.state = 'open'"
    " AND data_fixes.fingerprint <> told.fingerprint"
)
CLOSE = text(
    "UPDATE data_fixes SET state = :state, answer = :answer, closed_at = :now WHERE id = :id AND state = 'open' RETURNING id"
)


async def ask(session: AsyncSession, asked: DataFixIn, caller: Caller[Regulations]) -> UUID:
    """Asks for data to be mended, of the caller or of somebody in their agency. Raises Refused: `person-unknown`, `fix-kind-unknown`, `fix-asked`."""
    person_id = asked.person_id or caller.person
    people = (await PEOPLE.lock(session, [person_id] if person_id else [])).by_id
    known = people.get(person_id) if person_id else None
    if known is None or not (person_id == caller.person or _office(caller, known.agency_id)):
        raise Refused("person-unknown", "person_id")
    pack = caller.rules.data_fixes.at(caller.today)
    way = pack.tables.of(asked.kind)
    open_ones = select(data_fixes.c.id).where(
        data_fixes.c.person_id == person_id, data_fixes.c.kind == asked.kind, data_fixes.c.state == "open"
    )
    if await session.scalar(open_ones):
        raise Refused("fix-asked", "kind")
    fix_id = new_id()
    await session.execute(
        data_fixes.insert().values(
            id=fix_id,
            person_id=person_id,
            kind=asked.kind,
            state="open",
            words=asked.words,
            due_on=last_day(caller.rules.calendar, caller.today, way.days),
            rule_pack=pack.id,
            fingerprint=await session.scalar(FINGERPRINT, {"people": [person_id], "kind": asked.kind}),
            asked_by=caller.subject,
            asked_at=caller.now,
        )
    )
    return fix_id


async def close(
    session: AsyncSession,
    fix_id: UUID,
    state: Literal["refused", "withdrawn"],
    answer: str | None,
    caller: Caller[Regulations],
) -> None:
    """Refuses a request, as HR of the person, or withdraws one's own. Raises Refused: `not-found`, `fix-closed`, `own-case`."""
    found = select(data_fixes.c.person_id, data_fixes.c.asked_by, PEOPLE.c.agency_id).join(
        PEOPLE.table, PEOPLE.c.person_id == data_fixes.c.person_id
    )
    row = (await session.execute(found.where(data_fixes.c.id == fix_id))).one_or_none()
    may = row is not None and (
        row.asked_by == caller.subject if state == "withdrawn" else _office(caller, row.agency_id)
    )
    if row is None or not may:
        raise Refused("not-found")
    if state == "refused" and caller.actor.is_own_case(row.person_id):
        raise Refused("own-case")
    given = {"id": fix_id, "state": state, "answer": answer, "now": caller.now}
    if await session.scalar(CLOSE, given) is None:
        raise Refused("fix-closed")


async def close_mended(session: AsyncSession, people: Collection[UUID], now: datetime) -> None:
    """Closes the requests of people whose data the registry now tells otherwise. What rests on them is judged anew with the same news."""
    await session.execute(MENDED, {"people": list(people), "now": now})


def _office(caller: Caller[Regulations], agency_id: UUID) -> bool:
    return "agency_hr" in caller.roles and agency_id in caller.offices
