"""Sweeping a closed period, and keeping what was found true afterwards.

What counts is the year's verified total as the ledger knows it at the moment of the sweep, not
what had been reached on the period's last day: whoever caught up late, or whose training was
reported late, has met what was due.

A sweep is three kinds of transaction: `begin` stores it with everybody it found short,
`announce_next` puts the next pages of them into the outbox and notes how far it came, `finish`
applies what the ledger has learnt meanwhile. Each can be cut off and done again, and two
processes may be at the same sweep: a row lock makes them take turns.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import Row, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import Clock
from common.ids import derived_id, new_id
from common.store.outbox import emit
from contracts.events.training import JPShortfallDetected, JPShortfallResolved, ShortPerson
from roster.days import away_sql, covers_sql
from training.domain.duty import months_until_sql, pro_rata_sql
from training.ledger.commands import Change, Rows
from training.soundings.caturwulan import Caturwulan, pack_of
from training.soundings.queries import newest_sweeps
from training.soundings.tables import PAGE, PARTITIONS

PEOPLE_AT_ONCE = 10 * PAGE
"""How many people are announced in one transaction: this bounds the memory of a sweep."""

LEDGER_WAIT = "2s"
"""How long `finish` waits for those who write the ledger, since whoever comes later waits behind it."""

WORK_MEM = "64MB"
"""More than a request may use: millions are sorted and joined, by one session a day."""

BEFORE_ALL = UUID(int=0)

SWEEPS = bindparam("sweeps", expanding=True)
"""A parameter each, not one array: only so does a prepared plan leave out the other sweeps' partitions."""

# The rules of a sweep `w`, for a ledger row `l` and an assignment `a`.
THRESHOLD = pro_rata_sql("l.yearly", months_until_sql("l.duty_months", "w.last_month"))  # Caturwulan.threshold
SHORT = f"l.verified < l.target AND l.verified < {THRESHOLD}"  # the first half spares most people the division
CHANGED = "(l.person_id, l.year) IN (SELECT * FROM unnest(CAST(:people AS uuid[]), CAST(:years AS int[])))"
ASSIGNED = covers_sql("a", "w.as_of")
AWAY = away_sql("p", before="w.over_from", after="w.as_of")  # had left by the sweep's date, or came too late
SERVING = f"{ASSIGNED} AND NOT EXISTS (SELECT FROM people p WHERE p.person_id = a.person_id AND ({AWAY}))"

PERSON = """
    '{"person_id":"%s","unit_id":%s,"unit_name":%s,"target":"%s","threshold":"%s","verified":"%s","missing":"%s"}'
"""


class RenderedPage(JPShortfallDetected):
    """A page whose people (PERSON) the database has written as JSON: making objects of them only to
    write them again is most of what a sweep would cost.
    """

    people: list[ShortPerson] = Field(default=[])
    rendered: str = Field(exclude=True)

    def model_dump_json(self, **_: Any) -> str:
        return super().model_dump_json(exclude={"people"}).removesuffix("}") + f',"people":[{self.rendered}]}}'


async def begin(
    session: AsyncSession, clock: Clock, year: int, period: Caturwulan, as_of: date, replaces: UUID | None
) -> UUID | None:
    """Stores a sweep with everybody in service on `as_of` who is short, as one statement sees them.

    Returns its id, or None when another process has begun or finished the same one meanwhile.
    The year's ledger must hold everyone. The people are a partition of their own: filled first and
    indexed when it is attached, it takes a third of the time that filling an index does (ADR 0008).
    """
    sweep = {
        "id": new_id(),
        "year": year,
        "as_of": as_of,
        "over_from": period.over_from(year),
        "last_month": period.last_month,
        "now": clock.now(),
    }
    sweep_id = await session.scalar(
        text(
            """
            INSERT INTO sweeps (id, year, period, as_of, rule_pack, over_from, last_month,
                state, replaces, started_at, people, short, announced_agency_id, announced_page)
            VALUES (:id, :year, :period, :as_of, :rule_pack, :over_from, :last_month,
                'running', :replaces, :now, 0, 0, :before_all, 0)
            ON CONFLICT DO NOTHING RETURNING id
            """
        ),
        sweep
        | {
            "period": period.number,
            "rule_pack": pack_of(year).id,
            "replaces": replaces,
            "before_all": BEFORE_ALL,
        },
    )
    if sweep_id is None:
        return None
    partition = f"{PARTITIONS}.shortfalls_{sweep_id.hex}"
    await session.execute(text(f"SET LOCAL work_mem = '{WORK_MEM}'"))
    await session.execute(text("SELECT open_partition(:id)"), {"id": sweep_id})
    await session.execute(
        text(
            f"""
            WITH w AS NOT MATERIALIZED (
                SELECT CAST(:id AS uuid) AS id, CAST(:year AS int) AS year, CAST(:as_of AS date) AS as_of,
                    CAST(:over_from AS date) AS over_from, CAST(:last_month AS int) AS last_month
            ), away AS MATERIALIZED (
                SELECT p.person_id FROM w JOIN people p ON {AWAY}
            ), serving AS NOT MATERIALIZED (
                SELECT a.* FROM w JOIN assignments a ON {ASSIGNED}
                WHERE NOT EXISTS (SELECT FROM away WHERE away.person_id = a.person_id)
            ), found AS MATERIALIZED (
                SELECT l.person_id, a.agency_id, a.unit_id, a.unit_name,
                    (row_number() OVER (PARTITION BY a.agency_id ORDER BY l.person_id) - 1) / {PAGE} + 1 AS page,
                    l.target, {THRESHOLD} AS threshold, l.verified
                FROM w JOIN jp_ledger l ON l.year = w.year JOIN serving a ON a.person_id = l.person_id
                WHERE {SHORT}
            ), counted AS (
                SELECT agency_id, people, coalesce(short, 0) AS short
                FROM (SELECT agency_id, count(*) AS people FROM serving GROUP BY 1) serving
                LEFT JOIN (SELECT agency_id, count(*) AS short FROM found GROUP BY 1) short USING (agency_id)
            ), by_agency AS (
                INSERT INTO sweep_agencies (sweep_id, agency_id, people, short)
                SELECT w.id, agency_id, people, short FROM w, counted
            ), by_person AS (
                INSERT INTO {partition} (sweep_id, person_id, agency_id, unit_id, unit_name, page,
                    target, threshold, verified, missing, state, changed_at, version)
                SELECT w.id, person_id, agency_id, unit_id, unit_name, page,
                    target, threshold, verified, threshold - verified, 'open', CAST(:now AS timestamptz), 1
                FROM w, found
            )
            UPDATE sweeps SET people = (SELECT coalesce(sum(people), 0) FROM counted),
                short = (SELECT count(*) FROM found)
            WHERE id = :id
            """  # noqa: S608 - the parts are constants, and an id
        ),
        sweep,
    )
    await session.execute(text("SELECT attach_partition(:id)"), {"id": sweep_id})
    return sweep_id


async def announce_next(session: AsyncSession, clock: Clock, sweep_id: UUID) -> int:
    """Announces the next pages of a sweep, agency by agency. Returns how many; 0 when all are out.

    The events are made of the stored rows, and named by sweep, agency and page.
    """
    sweep = (
        await session.execute(
            text(
                "SELECT year, period, as_of, announced_agency_id, announced_page FROM sweeps WHERE id = :id FOR UPDATE"
            ),
            {"id": sweep_id},
        )
    ).one()
    pages = (
        await session.execute(
            text(
                f"""
                WITH pages AS (
                    SELECT agency_id, page, people, short, (short + {PAGE - 1}) / {PAGE} AS pages,
                        sum(least({PAGE}, short - (page - 1) * {PAGE})) OVER (ORDER BY agency_id, page) AS so_far
                    FROM sweep_agencies, generate_series(1, (short + {PAGE - 1}) / {PAGE}) page
                    WHERE sweep_id = :id AND (agency_id, page) > (:agency_id, :page)
                )
                SELECT agency_id, page, people, short, pages, (
                    SELECT string_agg(format({PERSON}, person_id,
                        coalesce(to_json(unit_id), 'null'), coalesce(to_json(unit_name), 'null'),
                        target, threshold, verified, missing), ',' ORDER BY person_id)
                    FROM shortfalls s
                    WHERE s.sweep_id = :id AND s.agency_id = pages.agency_id AND s.page = pages.page
                ) AS rendered
                FROM pages WHERE so_far <= {PEOPLE_AT_ONCE} ORDER BY agency_id, page
                """  # noqa: S608 - the parts are constants
            ),
            {"id": sweep_id, "agency_id": sweep.announced_agency_id, "page": sweep.announced_page},
        )
    ).all()
    if not pages:
        return 0
    for page in pages:
        event = RenderedPage(
            sweep_id=sweep_id,
            kind="sweep",
            year=sweep.year,
            period=sweep.period,
            as_of=sweep.as_of,
            agency_id=page.agency_id,
            page=page.page,
            pages=page.pages,
            people_total=page.people,
            short_total=page.short,
            rendered=page.rendered,
        )
        emit(session, event, sequence=1, event_id=derived_id(sweep_id, page.agency_id, page.page), time=clock.now())
    await session.execute(
        text("UPDATE sweeps SET announced_agency_id = :agency_id, announced_page = :page WHERE id = :id"),
        {"id": sweep_id, "agency_id": pages[-1].agency_id, "page": pages[-1].page},
    )
    return len(pages)


async def finish(session: AsyncSession, clock: Clock, sweep_id: UUID) -> None:
    """Marks a sweep whose pages are all out as done, once it agrees with the ledger of this moment.

    `settle` leaves a running sweep alone, so that nobody is reported resolved before they were
    reported short. What it left is made up for here, while nobody can write the ledger: whoever
    has written before has committed and is seen, whoever writes later finds the sweep done. People
    who have come to be known meanwhile, and are short, are announced with it; who is known to have served
    elsewhere by now is announced there (`follow`).
    """
    await session.execute(text(f"SET LOCAL lock_timeout = '{LEDGER_WAIT}'"))
    await session.execute(text(f"SET LOCAL work_mem = '{WORK_MEM}'"))
    await session.execute(text("LOCK TABLE jp_ledger IN SHARE MODE"))
    year = await session.scalar(
        text("SELECT year FROM sweeps WHERE id = :id AND state = 'running' FOR UPDATE"), {"id": sweep_id}
    )
    if year is None:
        return
    moved = await session.scalars(
        text(
            f"""
            SELECT s.person_id
            FROM sweeps w JOIN shortfalls s ON s.sweep_id = w.id JOIN assignments a ON a.person_id = s.person_id
            JOIN people p ON p.person_id = s.person_id
            WHERE w.id = :id AND s.sweep_id = :id AND {ASSIGNED} AND (s.agency_id <> a.agency_id OR {AWAY})
            """  # noqa: S608 - the parts are constants
        ),
        {"id": sweep_id},
    )
    await _follow(session, moved.all(), clock, [sweep_id])
    changed = await session.execute(
        text(
            f"""
            SELECT person_id
            FROM (SELECT person_id FROM shortfalls WHERE sweep_id = :id AND state = 'open') found
            FULL JOIN (SELECT person_id FROM sweeps w JOIN jp_ledger l ON l.year = w.year WHERE id = :id AND {SHORT}) now
                USING (person_id)
            WHERE found.person_id IS NULL OR now.person_id IS NULL
            """  # noqa: S608 - the parts are constants
        ),
        {"id": sweep_id},
    )
    await _settle(session, [(person, year) for person in changed.scalars()], clock, [sweep_id], lowered=True)
    await session.execute(
        text("UPDATE sweeps SET state = 'done', finished_at = :now WHERE id = :id"),
        {"id": sweep_id, "now": clock.now()},
    )


async def settle(session: AsyncSession, change: Change, clock: Clock) -> None:
    """Resolves the shortfalls of people whose ledger this transaction has changed.

    Whoever has fallen below what was due in a swept period is announced again. To be called after the ledger is
    written, in the same transaction, whatever changed it; `finish` says why that is enough.
    """
    for rows, lowered in ((change.risen, False), (change.fallen, True)):
        sweeps = await newest_sweeps(session, sorted({year for _, year in rows})) if rows else []
        if sweeps:
            await _settle(session, rows, clock, [sweep.id for sweep in sweeps], lowered)


async def follow(session: AsyncSession, people: Sequence[UUID], clock: Clock) -> None:
    """Gives the shortfalls of people whose history has changed to the agency of the sweep's date.

    The agency that was told of them hears that they are no longer short there, and the right one is told. Whoever
    had left by that date is short nowhere, until it is told that they had not. To be called after the ledger is
    laid again, in the same transaction, as `settle` is.
    """
    sweeps = await newest_sweeps(session)
    if sweeps:
        await _follow(session, people, clock, [sweep.id for sweep in sweeps])


async def _follow(session: AsyncSession, people: Sequence[UUID], clock: Clock, sweeps: Sequence[UUID]) -> None:
    if not people:
        return
    moved = await session.execute(
        text(
            f"""
            UPDATE shortfalls s SET agency_id = a.agency_id, unit_id = a.unit_id, unit_name = a.unit_name,
                told_agency_id = CASE WHEN s.page > 0 THEN coalesce(s.told_agency_id, s.agency_id) END,
                state = 'resolved', changed_at = :now, version = s.version + CAST(s.state = 'open' AS int)
            FROM sweeps w JOIN assignments a ON {ASSIGNED}
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


async def _settle(session: AsyncSession, changed: Rows, clock: Clock, sweeps: Sequence[UUID], lowered: bool) -> None:
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
    # In one order, whatever the plan: somebody's periods end one after the other.
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
    """Opens shortfalls of people below what was due who have none open, and announces them."""
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
                SELECT sweep_id, w.person_id, coalesce(known_agency_id, a.agency_id), a.unit_id, a.unit_name, 0,
                    target, threshold, verified, threshold - verified, 'open', :now, 1
                FROM fallen w LEFT JOIN assignments a ON a.person_id = w.person_id AND {SERVING}
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
        pages = [people[start : start + PAGE] for start in range(0, len(people), PAGE)]
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
                # An agency in which nobody was known to serve at the sweep has no count.
                people_total=max(first.people, len(people)),
                short_total=len(people),
                people=[ShortPerson.model_validate(row, from_attributes=True) for row in page],
            )
            # Nobody comes to the same version of a shortfall twice.
            event_id = derived_id(sweep_id, agency_id, "reopened", first.person_id, first.version)
            emit(session, event, sequence=max(row.version for row in page), event_id=event_id, time=given["now"])
