"""Counting people by how they stand on a day, in a fixed number of statements however many they are."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from common.texts import Language
from contracts.callers import Caller
from roster.days import covers_sql
from roster.lines import paths_sql
from training.counts.kept import kept_at, of_units
from training.counts.schemas import CountsOut, DutyCountsOut, GroupOut, StateOut
from training.counts.stood import DAY, FIELDS, FIGURES, Asked, By, Stood, in_office, stood
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
    counted_at = await kept_at(session, replace(asked, day=found.day), by, caller)
    counting = _kept(found, by, asked) if counted_at else _counting(found, by, asked)
    rows = (await session.execute(text(counting), found.given)).mappings().all()

    total = next(row for row in rows if row["is_total"])
    if elsewhere and asked.agency_id is not None and not total["active"]:
        raise Refused("forbidden")

    def listed(row: Any) -> str:
        return asked.within(None if row["is_total"] else by, row["key"]).listed(found.day)

    return DutyCountsOut(
        as_of=found.day,
        counted_at=counted_at or caller.now,
        newest_record_at=await session.scalar(NEWEST),
        total=CountsOut(**total, listed=listed(total)),
        groups=[GroupOut(**row, listed=listed(row)) for row in rows if not row["is_total"]],
        exempt=ExplanationOut(**explained(found.ladder.exempt, language)),
        states=[StateOut(code=rung.code, **explained(rung, language)) for rung in found.ladder.rungs],
    )


def _counting(found: Stood, by: By | None, asked: Asked) -> str:
    """The statement that counts people."""
    return _told(found.sql, "stood", ("state", "target", "verified", "unverified"), FIGURES, by, asked)


def _kept(found: Stood, by: By | None, asked: Asked) -> str:
    """The statement that adds up what was counted some minutes ago."""
    kept = f"kept AS (SELECT * FROM kept_counts WHERE by_unit = {of_units(asked, by)}{found.conditions})"  # noqa: S608 - built of names in this code
    return _told(kept, "kept", tuple(FIGURES), {name: f"coalesce(sum({name}), 0)" for name in FIGURES}, by, asked)


def _told(
    common: str, source: str, columns: Sequence[str], figures: Mapping[str, str], by: By | None, asked: Asked
) -> str:
    """The statement that tells the figures of each group, worked out of these columns of a common table.

    OFFSET 0 has each state worked out once, not once for each count of it: that is most of what a nation costs.
    """
    key = "top_id" if by == "unit" else _key(by)
    tops, down = (_tops(asked, source), "LEFT JOIN tops ON down_to = unit_id") if by == "unit" else ("", "")
    rows = f"SELECT {key} AS key, {_label(by)} AS label, {', '.join(columns)} FROM {source} {down} OFFSET 0"  # noqa: S608 - built of names in this code
    return f"WITH {common}{tops} {_grouped(rows, by, figures)}"


def _key(by: By | None) -> str:
    return FIELDS.get(by, by) if by else "NULL"


def _label(by: By | None) -> str:
    return LABELS.get(by, by) if by else "CAST(NULL AS text)"


def _grouped(counted: str, by: By | None, figures: Mapping[str, str]) -> str:
    """A row for each group, and one of the total, which comes first and is there when nobody is."""
    sets = "(), (key)" if by else "()"
    told = ", ".join(f"{sql} AS {name}" for name, sql in figures.items())
    return f"""
        SELECT {"key" if by else "NULL AS key"}, max(label) AS label, {"grouping(key) = 1" if by else "true"} AS is_total, {told}
        FROM ({counted}) AS counted
        GROUP BY GROUPING SETS ({sets}) ORDER BY is_total DESC, short DESC, label, key LIMIT {GROUPS_SHOWN + 1}
    """  # noqa: S608 - built of names in this code


def _tops(asked: Asked, source: str) -> str:
    """For each unit in a common table, which one on the way down to it is counted: `tops`."""
    units = f"ARRAY(SELECT DISTINCT unit_id FROM {source} WHERE unit_id IS NOT NULL)"  # noqa: S608 - built of names in this code
    inside = "true"
    if asked.unit_id is not None:
        inside = """(way.down_to = :unit_id AND way.unit_id = :unit_id OR way.level > (
            SELECT up.level FROM way up WHERE up.down_to = way.down_to AND up.unit_id = :unit_id
        ))"""
    return f""", way AS (
        {paths_sql(units, DAY)}
    ), tops AS (
        SELECT DISTINCT ON (way.down_to) way.down_to, way.unit_id AS top_id, named.name AS top_name
        FROM way LEFT JOIN unit_states named ON named.unit_id = way.unit_id AND {covers_sql("named", DAY)}
        WHERE {inside} ORDER BY way.down_to, way.level
    )"""  # noqa: S608 - built of names in this code
