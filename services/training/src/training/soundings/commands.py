"""Sweeping a closed period: everybody who is short of what was due by its end.

What counts is the year's verified total in the ledger at the moment of the sweep, not what had been
reached on the period's last day: whoever caught up late, or whose training was reported late, has met
what was due.

A sweep takes three kinds of transaction: `begin` stores it with everybody it found short,
`announce_next` puts the next pages of them into the outbox and notes how far it came, `finish`
applies what has changed in the ledger meanwhile. Each can be cut off and done again. Two processes
may work on the same sweep: a row lock makes them take turns.
"""

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import Clock
from common.ids import derived_id, new_id
from common.store.outbox import emit
from contracts.events.training import PEOPLE_A_PAGE, JPShortfallDetected, ShortPerson
from roster.days import covers_sql
from training.domain.caturwulan import Caturwulan, pack_of
from training.domain.duty import owes_nothing_sql
from training.soundings.shortfalls import ASSIGNED, AWAY, GONE, NAMED, SHORT, THRESHOLD, follow_in, settle_in
from training.soundings.tables import PARTITIONS
from training.units import unit_sql

PEOPLE_AT_ONCE = 10 * PEOPLE_A_PAGE
"""How many people are announced in one transaction: this bounds the memory of a sweep."""

LEDGER_WAIT = "2s"
"""How long `finish` waits for those who are writing the ledger: whoever comes after it has to wait behind it."""

WORK_MEM = "64MB"
"""More than a request may use: once a day one session sorts and joins millions of rows."""

BEFORE_ALL = UUID(int=0)

PERSON = """
    '{"person_id":"%s","unit_id":%s,"unit_name":%s,"target":"%s","threshold":"%s","verified":"%s","missing":"%s"}'
"""


class RenderedPage(JPShortfallDetected):
    """A page whose people the database has written as JSON (PERSON): making objects of them, only to write
    them as JSON again, would be most of what a sweep costs.
    """

    people: list[ShortPerson] = Field(default=[])
    rendered: str = Field(exclude=True)

    def model_dump_json(self, **_: Any) -> str:
        return super().model_dump_json(exclude={"people"}).removesuffix("}") + f',"people":[{self.rendered}]}}'


async def begin(
    session: AsyncSession, clock: Clock, year: int, period: Caturwulan, as_of: date, replaces: UUID | None
) -> UUID | None:
    """Stores a sweep with everybody in service on `as_of`, and not exempt, who is short, as one statement sees them.

    Exempt is whom an approved exemption covers that day, and who owes nothing in the year: they are not counted either.

    Returns its id, or None when another process has begun or finished the same one meanwhile.
    The year's ledger must hold everyone. The people of a sweep are a partition of their own: it is filled
    first and indexed when it is attached, in a third of the time it takes with the index there (ADR 0008).
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
                SELECT p.person_id FROM w JOIN people p ON {GONE}
                UNION ALL
                SELECT x.person_id FROM w JOIN exemptions x ON x.state = 'approved' AND {covers_sql("x", "w.as_of")}
                UNION ALL
                SELECT l.person_id FROM w JOIN jp_ledger l ON l.year = w.year AND {owes_nothing_sql("l")}
            ), serving AS NOT MATERIALIZED (
                SELECT a.* FROM w JOIN assignments a ON {ASSIGNED}
                WHERE NOT EXISTS (SELECT FROM away WHERE away.person_id = a.person_id)
            ), found AS MATERIALIZED (
                SELECT l.person_id, a.agency_id, {unit_sql("a")} AS unit_id, unit.name AS unit_name,
                    (row_number() OVER (PARTITION BY a.agency_id ORDER BY l.person_id) - 1) / {PEOPLE_A_PAGE} + 1 AS page,
                    l.target, {THRESHOLD} AS threshold, l.verified
                FROM w JOIN jp_ledger l ON l.year = w.year JOIN serving a ON a.person_id = l.person_id
                {NAMED}
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

    The events are made of the stored rows, and their ids of sweep, agency and page.
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
                    SELECT agency_id, page, people, short, (short + {PEOPLE_A_PAGE - 1}) / {PEOPLE_A_PAGE} AS pages,
                        sum(least({PEOPLE_A_PAGE}, short - (page - 1) * {PEOPLE_A_PAGE})) OVER (ORDER BY agency_id, page) AS so_far
                    FROM sweep_agencies, generate_series(1, (short + {PEOPLE_A_PAGE - 1}) / {PEOPLE_A_PAGE}) page
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

    `settle` leaves a running sweep alone, so that nobody is reported resolved before they were reported
    short. That is made up for here, while nobody can write the ledger: whoever wrote it before has
    committed and is seen, and whoever writes it later finds the sweep done. People who have become known
    meanwhile and are short are announced too; those who, as is known by now, served elsewhere are
    announced there (`follow`).
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
    await follow_in(session, moved.all(), clock, [sweep_id])
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
    await settle_in(session, [(person, year) for person in changed.scalars()], clock, [sweep_id], lowered=True)
    await session.execute(
        text("UPDATE sweeps SET state = 'done', finished_at = :now WHERE id = :id"),
        {"id": sweep_id, "now": clock.now()},
    )
