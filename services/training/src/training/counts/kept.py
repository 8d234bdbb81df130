"""Counts of a nation that are kept for some minutes: to count a million people anew for each look would take seconds.

A large agency is told from the same count, a smaller one is counted anew; every answer says when it was counted.
"""

from datetime import datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.parts import Parts
from contracts.callers import Caller
from training.counts.stood import FIGURES, Asked, By, stood_sql
from training.counts.tables import Kept
from training.domain.rules import Book, pack_of_year
from training.domain.states import BOOK
from training.ledger.commands import duties

EVERY = timedelta(minutes=5)
"""How often the nation is counted: at five million people it takes half a minute."""
FRESH = timedelta(minutes=15)
"""How old a count may be that is told: an older one means that nobody counts, and it is done on asking."""
LARGE = 5_000
"""From how many people on an agency is told from what is kept: fewer are counted well within the time a page has."""
DUE = text("""
    SELECT reltuples >= :least AND NOT EXISTS (SELECT FROM kept_counts WHERE day = :day AND kept_at > :since)
        AND pg_try_advisory_xact_lock(hashtext('kept_counts'))
    FROM pg_class WHERE oid = CAST('people' AS regclass)
""")
AGENCY = ("agency_id", "agency_name", "kind", "region")
POST = ("jenjang", "position")


async def keep_counts(session: AsyncSession, parts: Parts) -> int:
    """Counts the nation as it stands today, if there are enough people (`counts_kept_from`) and the last count is old.

    Returns 1 if it was counted, 0 if not. Raises LookupError for a day without rules.
    """
    now, today = parts.clock.now(), parts.clock.today()
    asked = {"least": parts.settings.counts_kept_from, "day": today, "since": now - EVERY}
    if not await session.scalar(DUE, asked):
        return 0
    rules: Book = parts.rules
    given = {"now": now, "day": today, "year": today.year, "pack": pack_of_year(rules, today.year).id}
    await session.execute(text("DELETE FROM kept_counts"))
    await session.execute(text(_counted(stood_sql(BOOK.at(today).tables, today, ""))), {**given, **duties(rules)})
    return 1


def _counted(standing: str) -> str:
    agency, post = ", ".join(AGENCY), ", ".join(POST)
    # OFFSET 0 has each state worked out once, as in `queries`.
    return f"""
        INSERT INTO kept_counts (number, kept_at, day, by_unit, unit_id, {agency}, {post}, {", ".join(FIGURES)})
        WITH {standing}
        SELECT row_number() OVER (), :now, :day, grouping(unit_id) = 0, unit_id, {agency}, {post}, {", ".join(FIGURES.values())}
        FROM (SELECT {agency}, {post}, unit_id, state, target, verified, unverified FROM stood OFFSET 0) AS stood
        GROUP BY {agency}, GROUPING SETS (({post}), (unit_id))
    """  # noqa: S608 - built of names in this code


def of_units(asked: Asked, by: By | None) -> bool:
    """Whether a question takes units to answer."""
    return asked.unit_id is not None or "unit" in {by, *asked.without}


async def kept_at(session: AsyncSession, asked: Asked, by: By | None, caller: Caller[Book]) -> datetime | None:
    """When the count was made that answers this question; None if it has to be counted now.

    `asked.day` is known to be today or to be before it.
    """
    by_unit = of_units(asked, by)
    of_posts = asked.jenjang or asked.position or caller.holds_by("position") or {by, *asked.without} & set(POST)
    if by_unit and (of_posts or asked.agency_id is None):
        return None
    kept = select(func.max(col(Kept.kept_at))).where(
        col(Kept.day) == asked.day, col(Kept.kept_at) > caller.now - FRESH, col(Kept.by_unit) == by_unit
    )
    if asked.agency_id is not None:
        kept = kept.where(col(Kept.agency_id) == asked.agency_id).having(func.sum(col(Kept.active)) >= LARGE)
    return await session.scalar(kept)
