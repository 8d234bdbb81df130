"""Keeping shortfalls true after their sweep: when the ledger or somebody's history changes, they follow at once."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import Clock
from common.ids import derived_id
from common.store.outbox import emit
from contracts.events.training import PEOPLE_A_PAGE, JPShortfallDetected, JPShortfallResolved, ShortPerson
from roster.days import away_sql, covers_sql
from training.domain.caturwulan import short_sql, threshold_sql
from training.domain.duty import exempt_sql
from training.ledger.commands import Change, Rows
from training.soundings.queries import newest_sweeps
from training.units import named_sql, unit_sql

SWEEPS = bindparam("sweeps", expanding=True)
"""One parameter for each sweep, not an array: only then does a prepared plan leave out the partitions of others."""

# The rules of a sweep `w`, for a ledger row `l` and an assignment `a`.
THRESHOLD = threshold_sql("l", "w")
SHORT = short_sql("l", "w")
CHANGED = "(l.person_id, l.year) IN (SELECT * FROM unnest(CAST(:people AS uuid[]), CAST(:years AS int[])))"
ASSIGNED = covers_sql("a", "w.as_of")
NAMED = named_sql("a", "w.as_of")
GONE = away_sql("p", before="w.over_from", after="w.as_of")  # had left by the sweep's date, or joined after the period
AWAY = f"({GONE}) OR {exempt_sql('p', 'w.as_of')}"
SERVING = f"{ASSIGNED} AND NOT EXISTS (SELECT FROM people p WHERE p.person_id = a.person_id AND ({AWAY}))"


async def settle(session: AsyncSession, change: Change, clock: Clock) -> None:
    """Resolves the shortfalls of people whose ledger this transaction has raised to what was due.

    Whoever has fallen below what was due in a swept period is announced again. Whatever changes the ledger calls
    this afterwards, in the same transaction; `soundings.commands.finish` says why that is enough.
    """
    for rows, lowered in ((change.risen, False), (change.fallen, True)):
        sweeps = await newest_sweeps(session, sorted({year for _, year in rows})) if rows else []
        if sweeps:
            await settle_in(session, rows, clock, [sweep.id for sweep in sweeps], lowered=lowered)


async def follow(session: AsyncSession, people: Sequence[UUID], clock: Clock) -> None:
    """Gives the shortfalls of people whose history has changed to the agency of the sweep's date.

    The agency that was told of them is told that they are not short there, and the right one that they are. Whoever
    had left by that date is short nowhere, unless it turns out that they had not. To be called after the ledger is
    laid again, in the same transaction, as `settle` is.
    """
    sweeps = await newest_sweeps(session)
    if sweeps:
        await follow_in(session, people, clock, [sweep.id for sweep in sweeps])


async def follow_in(session: AsyncSession, people: Sequence[UUID], clock: Clock, sweeps: Sequence[UUID]) -> None:
    """`follow` in these sweeps."""
    if not people:
        return
    moved = await session.execute(
        text(
            f"""
            UPDATE shortfalls s SET agency_id = a.agency_id, unit_id = {unit_sql("a")}, unit_name = unit.name,
                told_agency_id = CASE WHEN s.page > 0 THEN coalesce(s.told_agency_id, s.agency_id) END,
                state = 'resolved', changed_at = :now, version = s.version + CAST(s.state = 'open' AS int)
            FROM sweeps w JOIN assignments a ON {ASSIGNED} {NAMED}
            WHERE w.id IN :sweeps AND s.sweep_id IN :sweeps AND s.sweep_id = w.id AND s.person_id = a.person_id
                AND s.person_id = ANY(CAST(:people AS uuid[])) AND s.agency_id <> a.agency_id
            RETURNING w.id AS sweep_id, w.year, w.period, old.agency_id, s.person_id, s.verified, s.threshold,
                s.version, old.state = 'open' AS was_open
            """  # noqa: S608 - the part is a constant
        ).bindparams(SWEEPS),
        {"people": people, "sweeps": sweeps, "now": clock.now()},
    )
    left = [row for row in moved if row.was_open]
    gone = await session.execute(
        text(
            f"""
            UPDATE shortfalls s SET state = 'resolved', missing = 0, changed_at = :now, version = s.version + 1
            FROM sweeps w JOIN people p ON {AWAY}
            WHERE w.id IN :sweeps AND s.sweep_id IN :sweeps AND s.sweep_id = w.id AND s.person_id = p.person_id
                AND p.person_id = ANY(CAST(:people AS uuid[])) AND s.state = 'open'
            RETURNING w.id AS sweep_id, w.year, w.period, s.agency_id, s.person_id, s.verified, s.threshold, s.version
            """  # noqa: S608 - the part is a constant
        ).bindparams(SWEEPS),
        {"people": people, "sweeps": sweeps, "now": clock.now()},
    )
    _emit_resolved(session, [*left, *gone], clock)
    back = await session.execute(
        text(
            f"""
            SELECT s.person_id, w.year
            FROM sweeps w JOIN shortfalls s ON s.sweep_id = w.id
            JOIN people p ON p.person_id = s.person_id JOIN jp_ledger l ON l.person_id = s.person_id AND l.year = w.year
            WHERE w.id IN :sweeps AND s.sweep_id IN :sweeps AND s.person_id = ANY(CAST(:people AS uuid[]))
                AND s.state = 'resolved' AND {SHORT} AND ({AWAY}) IS NOT TRUE
            """  # noqa: S608 - the parts are constants
        ).bindparams(SWEEPS),
        {"people": people, "sweeps": sweeps},
    )
    if pairs := {(row.person_id, row.year) for row in back}:
        await _reopen(session, _given(sorted(pairs), clock, sweeps))


async def settle_in(
    session: AsyncSession, changed: Rows, clock: Clock, sweeps: Sequence[UUID], *, lowered: bool
) -> None:
    """`settle` in these sweeps; `lowered` says whether anybody may have fallen below what was due."""
    given = _given(changed, clock, sweeps)
    await _resolve(session, given, clock)
    if lowered:
        await _reopen(session, given)


def _given(changed: Rows, clock: Clock, sweeps: Sequence[UUID]) -> dict[str, Any]:
    people, years = [person for person, _ in changed], [year for _, year in changed]
    return {"people": people, "years": years, "sweeps": sweeps, "now": clock.now()}


async def _resolve(session: AsyncSession, given: Mapping[str, Any], clock: Clock) -> None:
    """Closes the open shortfalls of people who have met the threshold."""
    resolved = await session.execute(
        text(
            f"""
            UPDATE shortfalls s SET state = 'resolved', target = l.target, threshold = {THRESHOLD},
                verified = l.verified, missing = 0, changed_at = :now, version = s.version + 1
            FROM sweeps w JOIN jp_ledger l ON l.year = w.year
            WHERE w.id IN :sweeps AND s.sweep_id IN :sweeps AND s.sweep_id = w.id AND s.person_id = l.person_id
                AND s.state = 'open' AND NOT ({SHORT}) AND {CHANGED}
            RETURNING w.id AS sweep_id, w.year, w.period, s.agency_id, s.person_id, s.verified, s.threshold, s.version
            """  # noqa: S608 - the parts are constants
        ).bindparams(SWEEPS),
        given,
    )
    _emit_resolved(session, resolved.all(), clock)


def _emit_resolved(session: AsyncSession, rows: Iterable[Row[Any]], clock: Clock) -> None:
    # In one order, whatever the plan: the periods of a person one after the other.
    for row in sorted(rows, key=attrgetter("person_id", "year", "period", "sweep_id")):
        event = JPShortfallResolved(
            sweep_id=row.sweep_id,
            year=row.year,
            period=row.period,
            agency_id=row.agency_id,
            person_id=row.person_id,
            verified=row.verified,
            threshold=row.threshold,
        )
        emit(session, event, sequence=row.version, time=clock.now())


async def _reopen(session: AsyncSession, given: Mapping[str, Any]) -> None:
    """Opens shortfalls of people below what was due who have none that is open, and announces them."""
    reopened = await session.execute(
        text(
            f"""
            WITH fallen AS MATERIALIZED (
                SELECT w.id AS sweep_id, w.as_of, w.over_from, l.person_id, l.target, {THRESHOLD} AS threshold,
                    l.verified, f.agency_id AS known_agency_id
                FROM sweeps w JOIN jp_ledger l ON l.year = w.year
                JOIN people p ON p.person_id = l.person_id
                LEFT JOIN shortfalls f ON f.sweep_id IN :sweeps AND f.sweep_id = w.id AND f.person_id = l.person_id
                WHERE w.id IN :sweeps AND {SHORT} AND ({AWAY}) IS NOT TRUE AND f.state IS DISTINCT FROM 'open'
                    AND {CHANGED}
            ), opened AS (
                INSERT INTO shortfalls AS s (sweep_id, person_id, agency_id, unit_id, unit_name, page,
                    target, threshold, verified, missing, state, changed_at, version)
                SELECT sweep_id, w.person_id, coalesce(known_agency_id, a.agency_id), {unit_sql("a")}, unit.name, 0,
                    target, threshold, verified, threshold - verified, 'open', :now, 1
                FROM fallen w LEFT JOIN assignments a ON a.person_id = w.person_id AND {SERVING} {NAMED}
                WHERE coalesce(known_agency_id, a.agency_id) IS NOT NULL
                ON CONFLICT (sweep_id, person_id) DO UPDATE SET state = 'open', target = excluded.target,
                    threshold = excluded.threshold, verified = excluded.verified, missing = excluded.missing,
                    changed_at = excluded.changed_at, version = s.version + 1
                RETURNING s.*
            )
            SELECT o.*, w.year, w.period, w.as_of, coalesce(c.people, 0) AS people
            FROM opened o JOIN sweeps w ON w.id = o.sweep_id
            LEFT JOIN sweep_agencies c ON c.sweep_id = o.sweep_id AND c.agency_id = o.agency_id
            ORDER BY o.sweep_id, o.agency_id, o.person_id
            """  # noqa: S608 - the parts are constants
        ).bindparams(SWEEPS),
        given,
    )
    for (sweep_id, agency_id), found in groupby(reopened, attrgetter("sweep_id", "agency_id")):
        people = list(found)
        pages = [people[start : start + PEOPLE_A_PAGE] for start in range(0, len(people), PEOPLE_A_PAGE)]
        for number, page in enumerate(pages, 1):
            first = page[0]
            event = JPShortfallDetected(
                sweep_id=sweep_id,
                kind="reopened",
                year=first.year,
                period=first.period,
                as_of=first.as_of,
                agency_id=agency_id,
                page=number,
                pages=len(pages),
                # An agency in which nobody was known to serve when the sweep was made has no count.
                people_total=max(first.people, len(people)),
                short_total=len(people),
                people=[ShortPerson.model_validate(row, from_attributes=True) for row in page],
            )
            # Nobody's shortfall has the same version twice.
            event_id = derived_id(sweep_id, agency_id, "reopened", first.person_id, first.version)
            emit(session, event, sequence=max(row.version for row in page), event_id=event_id, time=given["now"])
