"""Counting people by how they stand on a day, in two statements however many they are.

On a day gone by, only what had ended by then counts; what is known of it is what is known now.
"""

import hmac
from collections.abc import Hashable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from common.small_groups import told
from common.store.sets import unnest
from common.texts import Language
from contracts.callers import Caller
from roster.days import covers_sql, in_service_sql
from training import rights
from training.counts.schemas import (
    By,
    CountsOut,
    DutyCountsOut,
    DutyTotalsOut,
    GroupOut,
    GroupTotalsOut,
    StateOut,
    TotalsBy,
    TotalsOut,
)
from training.domain.caturwulan import closed_on, period_of
from training.domain.duty import duty_months_sql, exempt_sql, months_until_sql, pro_rata_sql
from training.domain.groups import BOOK as SMALL
from training.domain.rules import Book, pack_of_year
from training.domain.states import BOOK, Ladder, state_sql
from training.ledger.commands import DUTY, duties
from training.records.tables import COUNTED
from training.texts import explained
from training.units import named_sql

GROUPS_SHOWN = 1_000
KEYS: dict[By, tuple[str, str]] = {
    "region": ("region", "region"),
    "agency": ("agency_id", "agency_name"),
    "unit": ("unit_id", "unit_name"),
    "jenjang": ("jenjang", "jenjang"),
    "position": ("position", "position"),
}
"""Key and label of a group."""
TREES: dict[TotalsBy, tuple[tuple[str, ...], str]] = {
    "region": (("region",), "region"),
    "agency": (("region", "agency_id"), "agency_name"),
    "jenjang": (("jenjang",), "jenjang"),
}
"""For who may see totals only: the levels from the top down to a group, and its label."""
NEWEST = text("SELECT recorded_at FROM records ORDER BY id DESC LIMIT 1")
LATER = f"""
    SELECT person_id, sum(jp) FILTER (WHERE verified) AS verified, sum(jp) FILTER (WHERE NOT verified) AS unverified
    FROM ({COUNTED}) AS c WHERE counting_year = :year AND end_date > :day GROUP BY person_id
"""  # noqa: S608 - built of names in this code
NOTHING_LATER = "SELECT CAST(NULL AS uuid) AS person_id, 0 AS verified, 0 AS unverified WHERE false"


@dataclass(frozen=True)
class Asked:
    """Whose people are counted: of all that is named."""

    region: str | None = None
    agency_id: UUID | None = None
    unit_id: UUID | None = None
    jenjang: str | None = None
    position: str | None = None


async def duty_counts(
    session: AsyncSession, asked: Asked, by: By | None, day: date | None, caller: Caller[Book], language: Language
) -> DutyCountsOut:
    """Counts of a day, today unless told; who is bound to agencies counts the people of these.

    Raises Refused: `forbidden` for another agency, `date-in-future`, `rule-missing`, and `field-missing` for units of no agency.
    """
    day = day or caller.today
    if day > caller.today:
        raise Refused("date-in-future", field="day")
    if asked.agency_id is not None and not caller.reaches(asked.agency_id):
        raise Refused("forbidden")
    if by == "unit" and asked.agency_id is None:
        raise Refused("field-missing", field="agency_id")
    try:
        pack, ladder = pack_of_year(caller.rules, day.year), BOOK.at(day).tables
    except LookupError:
        raise Refused("rule-missing", field="day") from None
    named = {name: value for name, value in asdict(asked).items() if value is not None}
    given = named | {
        "own": sorted(caller.agencies),
        "day": day,
        "year": day.year,
        "pack": pack.id,
        **duties(caller.rules),
    }
    # Nothing that is known has ended after today; and a year that is over counts whole, with sessions of records that
    # ended in the next one.
    whole = day in {caller.today, date(day.year, 12, 31)}
    conditions = "".join(f" AND {name} = :{name}" for name in named)
    if not caller.unbound:
        conditions += " AND agency_id = ANY(CAST(:own AS uuid[]))"
    stood = stood_sql(ladder, day, conditions, NOTHING_LATER if whole else LATER)
    rows = (await session.execute(text(_counting(stood, by)), given)).mappings().all()
    return DutyCountsOut(
        as_of=day,
        counted_at=caller.now,
        newest_record_at=await session.scalar(NEWEST),
        total=next(CountsOut(**row) for row in rows if row["is_total"]),
        groups=[GroupOut(**row) for row in rows if not row["is_total"]],
        states=[StateOut(code=rung.code, **explained(rung, language)) for rung in ladder],
    )


async def duty_totals(session: AsyncSession, by: TotalsBy | None, caller: Caller[Book]) -> DutyTotalsOut:
    """Counts at the end of the last caturwulan that is over, of groups of ten and more (`common.small_groups`).

    Nothing can be asked but a whole level, and of one day, so two answers differ by nobody. Nation, regions and agencies
    are one tree, in which each lies within the one above; jenjang is another, of which no group lies within one of the
    first. A position would be a third, nearly within a jenjang: what is left of one of them would be somebody. Hours would
    tell of single people, so there are none. Not covered: what differs between the ends of two caturwulan, and what is
    corrected of one later: a change of a few people within a group of ten and more can be seen.

    Raises Refused `forbidden` for a token that may also count: what it may see too would be taken from these totals.
    """
    if not caller.token_roles.isdisjoint(rights.READ_DUTY_COUNTS.roles):
        raise Refused("forbidden")
    year, number = closed_on(caller.today)[-1]
    day = period_of(year, number).over_from(year) - timedelta(days=1)
    pack, ladder, least = pack_of_year(caller.rules, year), BOOK.at(day).tables, SMALL.at(caller.today)
    given = {"day": day, "year": year, "pack": pack.id, **duties(caller.rules)}
    stood = stood_sql(ladder, day, "", NOTHING_LATER if day == date(year, 12, 31) else LATER)
    levels, label = TREES[by or "region"]
    rows = list(await session.execute(text(_leaves(stood, levels, label)), given))
    depth = len(levels)
    key = caller.nip_key.encode()

    def order(path: Hashable) -> bytes:
        return hmac.digest(key, repr(path).encode(), "sha256")

    allowed = told({tuple(row[:depth]): (row.met, row.short, row.exempt) for row in rows}, least.tables.least, order)
    labels: dict[tuple[Any, ...], str | None] = {tuple(row[:depth]): row.label for row in rows}
    groups = [
        GroupTotalsOut(key=path[-1], label=label, **_counts(*allowed[path]))
        for path, label in labels.items()
        if by and path in allowed
    ]
    return DutyTotalsOut(
        as_of=day,
        least=least.tables.least,
        source=least.source,
        status=least.tables.status,
        total=TotalsOut(**_counts(*allowed[()])) if () in allowed else None,
        groups=sorted(groups, key=lambda group: (-group.active, group.label or "")),
    )


def _counts(active: int, parts: Sequence[int] | None) -> dict[str, Any]:
    met, short, exempt = parts or (None, None, None)
    return {"active": active, "met": met, "short": short, "exempt": exempt}


def _leaves(stood: str, levels: Sequence[str], label: str) -> str:
    """The statement: a row for each of the lowest groups of a tree."""
    keys = ", ".join(levels)
    return f"""
        WITH {stood}
        SELECT {keys}, max({label}) AS label, count(*) FILTER (WHERE state = 'met') AS met,
            count(*) FILTER (WHERE state NOT IN ('met', 'exempt')) AS short,
            count(*) FILTER (WHERE state = 'exempt') AS exempt
        FROM stood GROUP BY {keys}
    """  # noqa: S608 - built of names in this code


def stood_sql(ladder: Ladder, day: date, conditions: str, later: str = NOTHING_LATER) -> str:
    """The common table `stood`: whoever is in service on `:day`, where, what they owe and have, and in which state they are.

    Takes `:day`, `:year`, `:pack` and `duties`. `conditions` are on its columns, each with an `AND` before it.
    """
    target = pro_rata_sql("yearly", months_until_sql("duty_months", "12"))
    return f"""
        later AS ({later}), active AS (
            SELECT a.person_id, a.agency_id, a.unit_id, unit.name AS unit_name, g.name AS agency_name, g.region,
                o.jenjang, o.position,
                {exempt_sql("p", ":day")} AS exempt, coalesce(l.yearly, given.yearly) AS yearly,
                coalesce(l.duty_months, {duty_months_sql("p", ":year")}) AS duty_months,
                coalesce(l.verified, 0) - coalesce(later.verified, 0) AS verified,
                coalesce(l.unverified, 0) - coalesce(later.unverified, 0) AS unverified
            FROM assignments a JOIN people p USING (person_id)
            {named_sql("a", ":day")}
            JOIN {unnest(DUTY)} ON given.duty_pack = :pack AND given.staff_type = p.staff_type
            LEFT JOIN jp_ledger l ON l.person_id = p.person_id AND l.year = :year
            LEFT JOIN agencies g ON g.agency_id = a.agency_id
            LEFT JOIN posts o ON o.person_id = p.person_id AND {covers_sql("o", ":day")}
            LEFT JOIN later ON later.person_id = p.person_id
            WHERE {covers_sql("a", ":day")} AND {in_service_sql("p", ":day")}
        ), stood AS (
            SELECT *, {target} AS target, {state_sql(ladder, day, "active")} AS state FROM active WHERE true{conditions}
        )
    """  # noqa: S608 - built of names in this code


def _counting(stood: str, by: By | None) -> str:
    """The statement: a row for each group, and one of the total, which comes first and is there when nobody is."""
    key, label = KEYS[by] if by else ("NULL", "CAST(NULL AS text)")
    sets = f"(), ({key})" if by else "()"
    return f"""
        WITH {stood}
        SELECT {key} AS key, max({label}) AS label, {f"grouping({key}) = 1" if by else "true"} AS is_total,
            count(*) AS active, count(*) FILTER (WHERE state = 'met') AS met,
            count(*) FILTER (WHERE state NOT IN ('met', 'exempt')) AS short,
            count(*) FILTER (WHERE state = 'exempt') AS exempt,
            count(*) FILTER (WHERE state = 'on_track') AS on_track,
            count(*) FILTER (WHERE state = 'needs_action') AS needs_action,
            count(*) FILTER (WHERE state = 'overdue') AS overdue,
            coalesce(sum(target - verified) FILTER (WHERE state NOT IN ('met', 'exempt')), 0) AS missing,
            coalesce(sum(target) FILTER (WHERE state <> 'exempt'), 0) AS target,
            coalesce(sum(verified), 0) AS verified, coalesce(sum(unverified), 0) AS unverified
        FROM stood GROUP BY GROUPING SETS ({sets}) ORDER BY is_total DESC, short DESC, label, key LIMIT {GROUPS_SHOWN + 1}
    """  # noqa: S608 - built of names in this code
