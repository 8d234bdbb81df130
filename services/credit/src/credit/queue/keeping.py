"""Keeping the queue: cases come into it, go on to the second decision, and leave it, in the transaction that moves them."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.store.sets import columns_of, lists, overwrite, unnest
from contracts.zone import JAKARTA
from credit.domain.books import Regulations
from credit.domain.promotion import rank_at
from credit.domain.waiting import Place, Prospect, due_on, place
from credit.queue.tables import queue

FACTS = text(
    """
    SELECT c.id AS case_id, c.person_id, p.agency_id, c.kind, c.state, c.one_step, c.submitted_at, last.jenjang, p.golongan,
        coalesce(had.twelfths, 0) AS had, awaited.twelfths AS awaited,
        coalesce(risen.valid_from, posted.valid_from, p.joined_on) AS in_rank_since
    FROM cases c
    JOIN people p ON p.person_id = c.person_id
    CROSS JOIN LATERAL (
        SELECT s.jenjang FROM segments s
        WHERE s.case_id = c.id AND s.version = c.judged ORDER BY s.number DESC LIMIT 1
    ) last
    CROSS JOIN LATERAL (
        SELECT sum(s.twelfths) AS twelfths FROM cases o JOIN segments s ON s.case_id = o.id AND s.version = o.judged
        WHERE o.person_id = c.person_id AND o.state IN ('submitted', 'checked') AND s.jenjang = last.jenjang
    ) awaited
    LEFT JOIN balances had ON had.person_id = c.person_id AND had.jenjang = last.jenjang
    LEFT JOIN LATERAL (
        SELECT max(r.valid_from) AS valid_from FROM promotions r WHERE r.person_id = c.person_id AND r.kind = 'rank'
    ) risen ON true
    LEFT JOIN LATERAL (
        SELECT min(t.valid_from) AS valid_from FROM posts t WHERE t.person_id = c.person_id AND t.golongan = p.golongan
    ) posted ON true
    WHERE c.id = ANY(CAST(:ids AS uuid[])) AND c.state IN ('submitted', 'checked')
    """
)
ROW = columns_of(
    queue,
    ("case_id", "person_id", "agency_id", "kind", "jenjang", "awaits", "due_on", "wanted_by", "period", "months_lost"),
)
# Judged anew, a case keeps its clock and whose hands it is in.
ENTER = text(
    f"""
    INSERT INTO queue ({", ".join(ROW)}, since) SELECT given.*, :now FROM {unnest(ROW)}
    ON CONFLICT (case_id) DO UPDATE SET {overwrite(("jenjang", "awaits", "wanted_by", "period", "months_lost"))}
    """  # noqa: S608 - built of names in this code
).bindparams(bindparam("now", type_=DateTime(timezone=True)))
PASS_ON = text(
    "UPDATE queue SET awaits = 'attest', since = :now, due_on = :due_on, escalated_at = NULL,"
    " held_by = NULL, held_for = NULL, held_until = NULL WHERE case_id = ANY(CAST(:ids AS uuid[]))"
)
LEAVE = text("DELETE FROM queue WHERE case_id = ANY(CAST(:ids AS uuid[]))")
MOVE_AGENCY = text(
    "UPDATE queue SET agency_id = people.agency_id FROM people WHERE people.person_id = queue.person_id"
    " AND queue.person_id = ANY(CAST(:people AS uuid[])) AND queue.agency_id <> people.agency_id"
)
PLACE = columns_of(queue, ("case_id", "wanted_by", "period", "months_lost"))
ORDER = text(
    f"UPDATE queue SET {overwrite(('wanted_by', 'period', 'months_lost'), 'given')} FROM {unnest(PLACE)}"  # noqa: S608 - built of names in this code
    " WHERE queue.case_id = given.case_id AND (queue.wanted_by, queue.period, queue.months_lost)"
    " IS DISTINCT FROM (given.wanted_by, given.period, given.months_lost)"
)
BATCH = 5_000
# A case that somebody is deciding at the moment gets its place by that, or the next night.
NEXT = text(
    "SELECT case_id FROM queue WHERE case_id > :after ORDER BY case_id LIMIT :most FOR NO KEY UPDATE SKIP LOCKED"
)


async def enter(session: AsyncSession, ids: Collection[UUID], rules: Regulations, now: datetime) -> None:
    """Puts open cases into the queue, or in another place of it where they were judged anew."""
    if not ids:
        return
    today = _day(now)
    rows = [
        (
            row.case_id,
            row.person_id,
            row.agency_id,
            row.kind,
            row.jenjang,
            "attest" if row.state == "checked" or row.one_step else "check",
            due_on(rules.waiting.at(today).tables, rules.calendar, row.state, today),
            *_columns(_place(row, rules, today)),
        )
        for row in await session.execute(FACTS, {"ids": list(ids)})
    ]
    await session.execute(ENTER, lists(ROW, rows) | {"now": now})


async def pass_on(session: AsyncSession, ids: Collection[UUID], rules: Regulations, now: datetime) -> None:
    """Lets cases that were checked wait for their attestation: nobody has them in hand, and a new clock begins."""
    if ids:
        today = _day(now)
        due = due_on(rules.waiting.at(today).tables, rules.calendar, "checked", today)
        await session.execute(PASS_ON, {"ids": list(ids), "now": now, "due_on": due})


async def leave(session: AsyncSession, ids: Collection[UUID]) -> None:
    """Takes cases out of the queue: their clock stops."""
    if ids:
        await session.execute(LEAVE, {"ids": list(ids)})


async def follow(session: AsyncSession, people: Sequence[UUID]) -> None:
    """Takes the cases of people along to the agency they serve in now."""
    await session.execute(MOVE_AGENCY, {"people": list(people)})


async def order_batch(session: AsyncSession, after: UUID, rules: Regulations, today: date) -> tuple[UUID | None, int]:
    """Puts the next cases behind one in the order of today. Returns the last of them and how many; (None, 0): there are none."""
    ids = (await session.scalars(NEXT, {"after": after, "most": BATCH})).all()
    if not ids:
        return None, 0
    facts = await session.execute(FACTS, {"ids": ids})
    rows = [(row.case_id, *_columns(_place(row, rules, today))) for row in facts]
    await session.execute(ORDER, lists(PLACE, rows))
    return ids[-1], len(ids)


def _place(row: Any, rules: Regulations, today: date) -> Place:
    waiting = rules.waiting.at(today).tables
    return place(waiting, rules.days, _day(row.submitted_at), _prospect(row, rules, today), today)


def _prospect(row: Any, rules: Regulations, today: date) -> Prospect | None:
    level = rules.at(today).tables.jenjang.get(row.jenjang)
    if level is None or row.golongan is None:
        return None
    needs = tuple(need for need in (rank_at(level, row.golongan), level.kj_need) if need is not None)
    rank = rules.promotion.at(today).tables.rank
    return Prospect(row.had, row.awaited, needs, _years_after(row.in_rank_since, rank.years_in_rank))


def _years_after(day: date, years: int) -> date:
    # 29 February comes back on 1 March.
    month, of_month = (3, 1) if (day.month, day.day) == (2, 29) else (day.month, day.day)
    return date(day.year + years, month, of_month)


def _columns(where: Place) -> Sequence[Any]:
    return (where.wanted_by, where.period, where.months_lost)


def _day(moment: datetime) -> date:
    return moment.astimezone(JAKARTA).date()
