"""Lays what people owe in a year, and changes the hours they have reached."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import Clock
from common.store.sets import Columns, lists, unnest
from roster.days import serves_sql
from training.domain.duty import duty_months_sql, months_until_sql, pro_rata_sql
from training.domain.rules import Book, pack_of_year

DUTY: Columns = {
    "duty_pack": "text",
    "staff_type": "text",
    "floor": "numeric",
    "ceiling": "numeric",
    "yearly": "numeric",
}
MOVE: Columns = {"person_id": "uuid", "year": "int", "verified": "numeric", "unverified": "numeric"}
MOVE_LEDGERS = text(
    "UPDATE jp_ledger l SET verified = l.verified + given.verified, unverified = l.unverified + given.unverified"  # noqa: S608 - built of names in this code
    f" FROM {unnest(MOVE)} WHERE l.person_id = given.person_id AND l.year = given.year"
    " RETURNING l.person_id, l.year"
)

SERVES_IN_YEAR = serves_sql("p", before="make_date(:year + 1, 1, 1)", after="make_date(:year, 1, 1)")


Rows = Sequence[tuple[UUID, int]]
"""Ledger rows, by person and year."""


class Change(NamedTuple):
    """Ledger rows that have changed: those by which nobody can have fallen short, and those by which somebody may have.

    Whoever changes the ledger settles the shortfalls in the same transaction (`soundings.shortfalls.settle`).
    """

    risen: Rows = ()
    fallen: Rows = ()


class Moved(NamedTuple):
    """By how many JP a person's ledger of a year changes."""

    person_id: UUID
    year: int
    verified: Decimal
    unverified: Decimal


async def open_year(session: AsyncSession, year: int, book: Book) -> int:
    """Lays the duty of a year for everyone in service in it who has none yet. Returns for how many.

    Raises LookupError when no rule covers the year.
    """
    laid = await session.execute(
        text(
            "WITH laid AS ("  # noqa: S608 - built of names in this code
            + _lay(
                f"""
                SELECT p.person_id, CAST(:year AS int), CAST(:pack AS text) FROM people p
                WHERE {SERVES_IN_YEAR} AND NOT EXISTS (
                    SELECT FROM jp_ledger l WHERE l.person_id = p.person_id AND l.year = :year
                )
                """  # noqa: S608 - built of names in this code
            )
            + ") SELECT count(*) FROM laid"
        ),
        {"year": year, "pack": pack_of_year(book, year).id} | duties(book),
    )
    return laid.scalar_one()


async def lay_again(session: AsyncSession, people: Sequence[UUID], book: Book, clock: Clock) -> Change:
    """Lays again what people owe, since their service has changed: for this year, and for each year they have a row for.

    A year keeps the rule pack by which it was laid.
    """
    year = clock.today().year
    rows = await session.execute(
        text(
            _lay(
                f"""
                SELECT person_id, year, pack FROM jp_ledger WHERE person_id = ANY(CAST(:people AS uuid[]))
                UNION ALL
                SELECT p.person_id, CAST(:year AS int), CAST(:pack AS text) FROM people p
                WHERE p.person_id = ANY(CAST(:people AS uuid[])) AND {SERVES_IN_YEAR} AND NOT EXISTS (
                    SELECT FROM jp_ledger l WHERE l.person_id = p.person_id AND l.year = :year
                )
                """  # noqa: S608 - built of names in this code
            )
        ),
        {"people": people, "year": year, "pack": pack_of_year(book, year).id} | duties(book),
    )
    changed = [row for row in rows if row.higher is not None]
    return Change(
        risen=[(row.person_id, row.year) for row in changed if not row.higher],
        fallen=[(row.person_id, row.year) for row in changed if row.higher],
    )


async def move(session: AsyncSession, moves: Sequence[Moved], book: Book) -> Change:
    """Adds to ledgers what has changed.

    The people must be locked (`PEOPLE.lock`). A year that nobody has opened for a person is laid first.
    """
    moved = await _move(session, moves)
    if left := sorted(move for move in moves if (move.person_id, move.year) not in moved):
        await _lay_years(session, [(move.person_id, move.year) for move in left], book)
        await _move(session, left)
    return Change(
        risen=[(move.person_id, move.year) for move in moves if move.verified > 0],
        fallen=[(move.person_id, move.year) for move in moves if move.verified < 0],
    )


async def _move(session: AsyncSession, moves: Sequence[Moved]) -> set[tuple[UUID, int]]:
    """Returns which of the moves found their row."""
    return {(person_id, year) for person_id, year in await session.execute(MOVE_LEDGERS, lists(MOVE, moves))}


async def _lay_years(session: AsyncSession, wanted: Sequence[tuple[UUID, int]], book: Book) -> None:
    """Lays years that had no row a moment ago; one that somebody has opened since stays as it is."""
    people, years = zip(*wanted, strict=True)
    await session.execute(
        text(_lay("SELECT * FROM unnest(CAST(:people AS uuid[]), CAST(:years AS int[]), CAST(:packs AS text[]))")),
        {"people": people, "years": years, "packs": [pack_of_year(book, year).id for year in years]} | duties(book),
    )


def _lay(wanted: str) -> str:
    """SQL that lays duties for the rows (person, year, pack) of a query: new rows have nothing reached, old ones keep it.

    For an old row that changes, `higher` says whether more than before may be due by some month.
    """
    return f"""
        INSERT INTO jp_ledger AS known
            (person_id, year, pack, floor, ceiling, yearly, target, duty_months, verified, unverified)
        SELECT wanted.person_id, wanted.year, wanted.pack, given.floor, given.ceiling, given.yearly,
            {pro_rata_sql("given.yearly", months_until_sql("duty.months", "12"))}, duty.months, 0, 0
        FROM ({wanted}) AS wanted (person_id, year, pack)
        JOIN people p ON p.person_id = wanted.person_id
        JOIN {unnest(DUTY)} ON given.duty_pack = wanted.pack AND given.staff_type = p.staff_type
        CROSS JOIN LATERAL (SELECT {duty_months_sql("p", "wanted.year")} AS months) AS duty
        ORDER BY wanted.person_id, wanted.year
        ON CONFLICT (person_id, year) DO UPDATE
        SET floor = excluded.floor, ceiling = excluded.ceiling, yearly = excluded.yearly, target = excluded.target,
            duty_months = excluded.duty_months
        WHERE (known.floor, known.ceiling, known.yearly, known.duty_months)
            IS DISTINCT FROM (excluded.floor, excluded.ceiling, excluded.yearly, excluded.duty_months)
        RETURNING person_id, year,
            new.yearly > old.yearly OR new.duty_months & ~old.duty_months <> 0 AS higher
    """  # noqa: S608 - the parts are constants of this module


def duties(book: Book) -> dict[str, list[Any]]:
    """The values of `DUTY`: what each staff type owes by each pack."""
    rules = [(pack.id, staff, rule) for pack in book.packs for staff, rule in pack.tables.duties.items()]
    return {
        "duty_pack": [pack for pack, _, _ in rules],
        "staff_type": [staff for _, staff, _ in rules],
        "floor": [rule.floor for _, _, rule in rules],
        "ceiling": [rule.ceiling for _, _, rule in rules],
        "yearly": [rule.target for _, _, rule in rules],
    }
