"""Filing, answering and withdrawing objections and appeals, and holding those granted that nobody has answered."""

import argparse
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.ids import new_id
from common.parts import Parts
from common.refused import Refused
from common.store.outbox import emit
from common.store.sets import one_of
from contracts.actors import SYSTEM
from contracts.callers import Caller
from contracts.events.credit import CreditAppealed
from contracts.zone import JAKARTA
from credit.appeals.schemas import AppealIn
from credit.appeals.tables import appeals
from credit.cases.tables import cases
from credit.conflicts.queries import check_no_conflict
from credit.domain.appeals import HELD, AppealAct, Clock, Level, check_in_time, check_judge, move_appeal
from credit.domain.books import Regulations
from credit.domain.conflicts import EVERY, Why
from credit.domain.working_days import last_day
from credit.people import PEOPLE
from roster.days import covers_sql

BATCH = 500
FIRST_JUDGES = text(
    f"""
    WITH judged AS (
        SELECT unnest(coalesce(hands, ARRAY[by, CAST(acting_for AS text)])) AS hand FROM case_history
        WHERE case_id = :case_id AND version <= :version AND by <> :system
            AND to_state IN ('checked', 'attested', 'returned') AND from_state <> to_state
        UNION SELECT unnest(judges) FROM appeals WHERE case_id = :case_id AND id <> :appeal_id
        UNION SELECT unnest(submitters) FROM cases WHERE id = :case_id
        UNION SELECT jsonb_array_elements_text(e.hands) FROM evidence e JOIN cases c USING (record_id) WHERE c.id = :case_id
    )
    SELECT hand FROM judged WHERE hand IS NOT NULL
    UNION SELECT CAST(d.deputy_id AS text) FROM judged JOIN deputies d ON CAST(d.person_id AS text) = judged.hand
    WHERE {covers_sql("d", ":day")}
    """  # noqa: S608 - built of names in this code
)
"""Whoever has submitted, checked, attested or returned the case or judged it before, for whom they did, and who are their deputies today."""


async def file_appeal(session: AsyncSession, case_id: UUID, body: AppealIn, caller: Caller[Regulations]) -> UUID:
    """Files an objection against the last decision on a case of the caller's own, or an appeal when that was denied.

    Raises Refused: `not-found`, `not-contestable`, `predikat-missing`, `predikat-unknown`, `already-appealed`, `appeal-late`.
    """
    person_id = caller.speaks_for("person")
    await PEOPLE.lock(session, [person_id])
    case = (
        await session.execute(select(cases).where(cases.c.id == case_id, cases.c.person_id == person_id))
    ).one_or_none()
    if case is None:
        raise Refused("not-found")
    _check_contestable(case, body, caller.rules)
    before = {
        row.level: row
        for row in await session.execute(
            select(appeals).where(appeals.c.case_id == case_id, appeals.c.case_version == case.version)
        )
    }
    objection = before.get("objection")
    level: Level = "appeal" if objection else "objection"
    if "appeal" in before or (objection and objection.state != "denied"):
        raise Refused("already-appealed", "case_id")
    pack = caller.rules.appeals.at(caller.today)
    clock = pack.tables.of(level)
    decided_on: date = objection.decided_on if objection else case.moved_at.astimezone(JAKARTA).date()
    check_in_time(caller.rules.calendar, clock, decided_on, caller.today, pack.source)
    row = {
        "id": new_id(),
        "case_id": case_id,
        "case_version": case.version,
        "person_id": person_id,
        "level": level,
        "after": objection.id if objection else None,
        "state": "filed",
        "version": 1,
        "grounds": body.grounds,
        "predikat": body.predikat,
        "rule_pack": pack.id,
        "filed_on": caller.today,
        "answer_by": last_day(caller.rules.calendar, caller.today, clock.answer_days),
        "moved_at": caller.now,
    }
    await session.execute(appeals.insert().values(**row))
    tell(session, row, caller.now)
    return row["id"]


def _check_contestable(case: Any, body: AppealIn, book: Regulations) -> None:
    if case.state == "returned" and case.returned_by != SYSTEM.subject:
        if body.predikat is not None:
            raise Refused("not-contestable", "predikat")
        return
    if case.state != "attested" or case.kind != "conversion":
        raise Refused("not-contestable", "case_id")
    conversion = book.at(case.period_end).tables.conversion
    if body.predikat is None:
        raise Refused("predikat-missing", "predikat")
    if conversion is None or body.predikat not in conversion.predikat or body.predikat == case.predikat:
        raise Refused("not-contestable", "predikat")


async def answer(
    session: AsyncSession, appeal_id: UUID, act: Literal["grant", "deny"], words: str, caller: Caller[Regulations]
) -> None:
    """Grants or denies. Raises Refused: `not-found`, `illegal-transition`, `own-case`, `first-judge`, `forbidden`, `case-moved-on`."""
    row = await held(session, appeal_id, caller)
    clock = clock_of(row, caller.rules)
    if clock.judge not in caller.roles:
        raise Refused("forbidden")
    check_judge(row.person_id, await first_judges(session, row, caller.today), caller.actor)
    await check_no_conflict(session, row.person_id, caller, clock.conflicts)
    issue_by = last_day(caller.rules.calendar, caller.today, clock.issue_days) if act == "grant" else None
    said = {"judged_by": caller.subject, "judges": sorted(caller.actor.hands), "decided_on": caller.today}
    await save(session, row, act, caller.now, said | {"answer": words, "issue_by": issue_by})


async def withdraw(session: AsyncSession, appeal_id: UUID, caller: Caller[Regulations]) -> None:
    """Withdraws one's own. Raises Refused `not-found`, `illegal-transition`."""
    row = await held(session, appeal_id, caller, moved_on=True)
    if row.person_id != caller.person:
        raise Refused("not-found")
    await save(session, row, "withdraw", caller.now, {})


async def held(session: AsyncSession, appeal_id: UUID, caller: Caller[Regulations], *, moved_on: bool = False) -> Any:
    """One within the caller's reach, with its person and its case held. Raises Refused `not-found`, `case-moved-on`."""
    owner = await session.scalar(select(appeals.c.person_id).where(appeals.c.id == appeal_id))
    people = (await PEOPLE.lock(session, [owner] if owner else [])).by_id
    if owner is None or owner not in people or not (caller.person == owner or caller.reaches(people[owner].agency_id)):
        raise Refused("not-found")
    row = (
        await session.execute(
            select(appeals, cases.c.version.label("case_now"))
            .join(cases, cases.c.id == appeals.c.case_id)
            .where(appeals.c.id == appeal_id)
            .with_for_update()
        )
    ).one()
    if row.case_now != row.case_version and not moved_on:
        raise Refused("case-moved-on", "case_id")
    return row


async def first_judges(session: AsyncSession, row: Any, day: date) -> Collection[str]:
    """Who may not judge an appeal, nor issue it."""
    asked = {"case_id": row.case_id, "version": row.case_version, "appeal_id": row.id, "day": day}
    return set(await session.scalars(FIRST_JUDGES, asked | {"system": SYSTEM.subject}))


def clock_of(row: Any, book: Regulations) -> Clock:
    """The clock of an appeal, by the rules it was filed under."""
    return next(pack.tables for pack in book.appeals.packs if pack.id == row.rule_pack).of(row.level)


def conflicts_of(clock: Clock, caller: Caller[Regulations]) -> Sequence[Why]:
    """Those that keep the caller from it: what the law lets whoever judges it be, nobody else is."""
    return clock.conflicts if clock.judge in caller.roles else EVERY


async def save(session: AsyncSession, row: Any, act: AppealAct, now: datetime, said: Mapping[str, Any]) -> None:
    """Moves a held appeal on, and tells it. Raises Refused `illegal-transition`."""
    moved = {"state": move_appeal(row.state, act), "version": row.version + 1, "moved_at": now, **said}
    await session.execute(appeals.update().where(appeals.c.id == row.id).values(**moved))
    tell(session, {**row._asdict(), **moved}, now)


def tell(session: AsyncSession, row: Mapping[str, Any], now: datetime) -> None:
    """Tells how an appeal stands."""
    shown = {name: row[name] for name in ("case_id", "person_id", "level", "state", "answer_by")}
    emit(session, CreditAppealed(appeal_id=row["id"], **shown), sequence=row["version"], time=now)


async def hold_granted(asked: argparse.Namespace, parts: Parts) -> int:
    """Holds granted what nobody has answered in time; what the case itself has overtaken is closed."""
    del asked
    done = 0
    while rows := await _hold_some(parts):
        done += len(rows)
    print(f'{{"held": {done}}}')  # noqa: T201 - a command talks to its user
    return 0


async def _hold_some(parts: Parts) -> Sequence[UUID]:
    book, today = parts.rules, parts.clock.today()
    async with parts.database.transaction() as session:
        late = select(appeals.c.id, appeals.c.person_id).where(appeals.c.state == "filed", appeals.c.answer_by < today)
        found = (await session.execute(late.order_by(appeals.c.id).limit(BATCH))).all()
        await PEOPLE.lock(session, {row.person_id for row in found})
        rows = await session.execute(
            select(appeals, cases.c.version.label("case_now"))
            .join(cases, cases.c.id == appeals.c.case_id)
            .where(one_of(appeals.c.id, [row.id for row in found]), appeals.c.state == "filed")
            .with_for_update(of=appeals)
        )
        for row in rows.all():
            if row.case_now != row.case_version:
                await save(session, row, "overtake", parts.clock.now(), {})
                continue
            issue_by = last_day(book.calendar, row.answer_by, clock_of(row, book).issue_days)
            said = {"judged_by": HELD.subject, "judges": sorted(HELD.hands), "decided_on": today, "issue_by": issue_by}
            await save(session, row, "hold", parts.clock.now(), said)
    return [row.id for row in found]
