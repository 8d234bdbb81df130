"""What waits for a second checker, and how far first and second agree."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.web.pages import BY_ID, Page, Window
from contracts.callers import Caller
from credit.cases.tables import cases
from credit.conflicts.queries import no_conflict
from credit.domain.agreement import Pairs, SecondCheckRules, kappa, told
from credit.domain.books import Regulations
from credit.domain.quarters import last_quarter
from credit.people import PEOPLE
from credit.second_checks.schemas import AgreementOut, AgreementsOut, SecondCheckOut
from credit.second_checks.tables import second_checks

STRANGER = text(
    """
    NOT EXISTS (
        SELECT FROM case_history h WHERE h.case_id = second_checks.case_id
            AND coalesce(h.hands, ARRAY[h.by, CAST(h.acting_for AS text)]) && CAST(:hands AS text[])
    ) AND NOT EXISTS (
        SELECT FROM second_checks other WHERE other.case_id = second_checks.case_id
            AND other.judges && CAST(:hands AS text[])
    ) AND NOT cases.submitters && CAST(:hands AS text[]) AND CAST(cases.person_id AS text) <> ALL (CAST(:hands AS text[]))
    """
)
"""Whoever has had no hand in the case, and whose it is not."""
FIGURES = text(
    """
    WITH load AS (
        SELECT agency_id, sum(made) AS decisions, count(*) AS checkers, max(made) AS busiest FROM (
            SELECT p.agency_id, h.by, count(*) AS made
            FROM case_history h JOIN cases c ON c.id = h.case_id JOIN people p ON p.person_id = c.person_id
            WHERE h.from_state = 'submitted' AND h.to_state IN ('checked', 'returned') AND h.by NOT LIKE 'system%'
                AND CAST(h.at AT TIME ZONE 'Asia/Jakarta' AS date) BETWEEN :since AND :until
            GROUP BY 1, 2
        ) AS each_checker GROUP BY agency_id
    ), twice AS (
        SELECT s.agency_id,
            count(*) FILTER (WHERE s.first = 'right' AND s.verdict = 'right') AS both_right,
            count(*) FILTER (WHERE s.first = 'right' AND s.verdict = 'wrong') AS first_only,
            count(*) FILTER (WHERE s.first = 'wrong' AND s.verdict = 'right') AS second_only,
            count(*) FILTER (WHERE s.first = 'wrong' AND s.verdict = 'wrong') AS neither
        FROM second_checks s WHERE s.number = 2
            AND CAST(s.judged_at AT TIME ZONE 'Asia/Jakarta' AS date) BETWEEN :since AND :until
        GROUP BY s.agency_id
    )
    SELECT agency_id, coalesce(decisions, 0) AS decisions, coalesce(checkers, 0) AS checkers, coalesce(busiest, 0) AS busiest,
        coalesce(both_right, 0) AS both_right, coalesce(first_only, 0) AS first_only, coalesce(second_only, 0) AS second_only,
        coalesce(neither, 0) AS neither
    FROM load FULL JOIN twice USING (agency_id) ORDER BY agency_id
    """
)


def waiting(caller: Caller[Regulations], check_id: UUID | None = None) -> Select[Any]:
    """The decisions that wait to be made again by somebody like the caller."""
    found = (
        select(second_checks, cases.c.person_id, *(cases.c[name] for name in SHOWN))
        .join(cases, cases.c.id == second_checks.c.case_id)
        .join(PEOPLE.table, PEOPLE.c.person_id == cases.c.person_id)
        .where(PEOPLE.seen_by(caller), second_checks.c.verdict.is_(None))
        .where(STRANGER.bindparams(hands=sorted(caller.actor.hands)))
    )
    return found if check_id is None else found.where(second_checks.c.id == check_id)


SHOWN = tuple(name for name in SecondCheckOut.model_fields if name != "id")


async def list_waiting(
    session: AsyncSession, window: Window, caller: Caller[Regulations]
) -> tuple[Page[SecondCheckOut], list[UUID]]:
    """What waits for the caller, and whom it is about: they are not told, but the access log is."""
    asked = waiting(caller).where(no_conflict("cases.person_id", caller))
    rows = (await session.execute(window.narrow(asked, second_checks.c.id, BY_ID))).mappings().all()
    page = window.page([SecondCheckOut(**row) for row in rows], lambda check: [check.id])
    return page, [row["person_id"] for row in rows[: len(page.items)]]


async def read_agreement(session: AsyncSession, caller: Caller[Regulations], day: date) -> AgreementsOut:
    """How far first and second checkers agreed, in each agency of the caller's, in the last quarter that was over on a day.

    A verdict counts in the quarter it was given in, so that no quarter changes once it is told.
    """
    since, until = last_quarter(min(day, caller.today))
    rules = caller.rules.second_checks.at(caller.today).tables
    rows = await session.execute(FIGURES, {"since": since, "until": until})
    items = [_figures(row, rules) for row in rows if caller.unbound or row.agency_id in caller.agencies]
    return AgreementsOut(
        since=since, until=until, smallest_group=rules.smallest_group, status=rules.status, items=items
    )


def _figures(row: Any, rules: SecondCheckRules) -> AgreementOut:
    pairs = Pairs(row.both_right, row.first_only, row.second_only, row.neither)
    load = Pairs(int(row.busiest), int(row.decisions) - int(row.busiest), 0, 0)
    few, idle = pairs.number < rules.smallest_group, load.number < rules.smallest_group
    return AgreementOut(
        agency_id=row.agency_id,
        pairs=None if few else pairs.number,
        agreed=None if few else told(pairs.agreed, pairs, rules),
        kappa=told(kappa(pairs), pairs, rules),
        to_a_third=None if few else pairs.first_only + pairs.second_only,
        decisions=None if idle else load.number,
        checkers=None if idle else row.checkers,
        busiest=None if idle else told(load.agreed, load, rules),
    )
