"""Counting people by how they stand on a day, in two statements however many they are."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from common.texts import Language
from contracts.callers import Caller
from roster.days import covers_sql
from roster.lines import paths_sql
from training.counts.schemas import CountsOut, DutyCountsOut, GroupOut, StateOut
from training.counts.stood import DAY, FIELDS, SHORT, Asked, By, in_office, stood
from training.domain.rules import Book
from training.texts import ExplanationOut, explained

GROUPS_SHOWN = 1_000
LABELS: dict[By, str] = {"agency": "agency_name", "unit": "top_name"}
"""The label of a group, where its key is none."""
NEWEST = text("SELECT recorded_at FROM records ORDER BY id DESC LIMIT 1")


async def duty_counts(
    session: AsyncSession, asked: Asked, by: By | None, caller: Caller[Book], language: Language
) -> DutyCountsOut:
    """Counts of a day, today unless told; who is bound to agencies counts the people of these, a steward who holds their position.

    Units are those at the top of an agency, or right below the unit asked for, each with all below it; the unit asked
    for is among them with whoever is in none of these.

    Raises Refused: `forbidden` for another agency (for a steward: where nobody holds the position), `date-in-future`, `rule-missing`, and `field-missing` for units of no agency.
    """
    elsewhere = caller.holds_by("position")
    if asked.agency_id is not None and not elsewhere and not caller.reaches(asked.agency_id, asked.day):
        raise Refused("forbidden")
    if by == "unit" and asked.agency_id is None and asked.unit_id is None:
        raise Refused("field-missing", field="agency_id")
    found = stood(asked, caller, "true" if caller.unbound else in_office(caller))
    rows = (await session.execute(text(_counting(found.sql, by, asked)), found.given)).mappings().all()

    total = next(row for row in rows if row["is_total"])
    if elsewhere and asked.agency_id is not None and not total["active"]:
        raise Refused("forbidden")

    def listed(row: Any) -> str:
        return asked.within(None if row["is_total"] else by, row["key"]).listed(found.day)

    return DutyCountsOut(
        as_of=found.day,
        counted_at=caller.now,
        newest_record_at=await session.scalar(NEWEST),
        total=CountsOut(**total, listed=listed(total)),
        groups=[GroupOut(**row, listed=listed(row)) for row in rows if not row["is_total"]],
        exempt=ExplanationOut(**explained(found.ladder.exempt, language)),
        states=[StateOut(code=rung.code, **explained(rung, language)) for rung in found.ladder.rungs],
    )


def _counting(standing: str, by: By | None, asked: Asked) -> str:
    """The statement: a row for each group, and one of the total, which comes first and is there when nobody is.

    OFFSET 0 has each state worked out once, not once for each count of it: that is most of what a nation costs.
    """
    key = "NULL" if by is None else "top_id" if by == "unit" else FIELDS.get(by, by)
    label = LABELS.get(by, by) if by else "CAST(NULL AS text)"
    sets = "(), (key)" if by else "()"
    short = ", ".join(f"'{state}'" for state in SHORT)
    return f"""
        WITH {standing}{_tops(asked) if by == "unit" else ""}
        SELECT {"key" if by else "NULL AS key"}, max(label) AS label, {"grouping(key) = 1" if by else "true"} AS is_total,
            count(*) AS active, count(*) FILTER (WHERE state = 'met') AS met,
            count(*) FILTER (WHERE state IN ({short})) AS short,
            count(*) FILTER (WHERE state = 'exempt') AS exempt,
            count(*) FILTER (WHERE state = 'on_track') AS on_track,
            count(*) FILTER (WHERE state = 'needs_action') AS needs_action,
            count(*) FILTER (WHERE state = 'overdue') AS overdue,
            coalesce(sum(target - verified) FILTER (WHERE state IN ({short})), 0) AS missing,
            coalesce(sum(target) FILTER (WHERE state <> 'exempt'), 0) AS target,
            coalesce(sum(verified), 0) AS verified, coalesce(sum(unverified), 0) AS unverified
        FROM (
            SELECT {key} AS key, {label} AS label, state, target, verified, unverified
            FROM stood {"LEFT JOIN tops ON down_to = unit_id" if by == "unit" else ""} OFFSET 0
        ) AS stood
        GROUP BY GROUPING SETS ({sets}) ORDER BY is_total DESC, short DESC, label, key LIMIT {GROUPS_SHOWN + 1}
    """  # noqa: S608 - built of names in this code


def _tops(asked: Asked) -> str:
    """For each unit that somebody serves in, which one on the way down to it is counted: `tops`."""
    inside = "true"
    if asked.unit_id is not None:
        inside = """(way.down_to = :unit_id AND way.unit_id = :unit_id OR way.level > (
            SELECT up.level FROM way up WHERE up.down_to = way.down_to AND up.unit_id = :unit_id
        ))"""
    return f""", way AS (
        {paths_sql("ARRAY(SELECT DISTINCT unit_id FROM stood WHERE unit_id IS NOT NULL)", DAY)}
    ), tops AS (
        SELECT DISTINCT ON (way.down_to) way.down_to, way.unit_id AS top_id, named.name AS top_name
        FROM way LEFT JOIN unit_states named ON named.unit_id = way.unit_id AND {covers_sql("named", DAY)}
        WHERE {inside} ORDER BY way.down_to, way.level
    )"""  # noqa: S608 - built of names in this code
