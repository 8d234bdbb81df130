"""What a digest says in numbers."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.sets import columns_of, lists, unnest
from notification.rounds.tables import Digest

UNITS_SHOWN = 5
THOUSANDTH = Decimal("0.001")
DIGEST = columns_of(Digest.table(), ("round_id", "agency_id"))


class UnitFigures(BaseModel):
    """People of a unit who are short, and the hours (JP) they miss together; `name` is None outside of any unit."""

    name: str | None
    short: int
    missing: Decimal


class Figures(BaseModel):
    """An agency's numbers in one round, at `counted_at`. Hours are JP.

    `listed` people owed `owed` hours when the round was made; `short` of them still miss `missing`.
    `due_low` and `due_high`: hours due by now for whom the least and the most is asked of those still short.
    """

    model_config = ConfigDict(frozen=True)

    kind: Literal["sweep", "reopened"]
    year: int
    period: int
    as_of: date
    agency: str
    people: int
    listed: int
    owed: Decimal
    short: int
    missing: Decimal
    due_low: Decimal
    due_high: Decimal
    units: list[UnitFigures]
    other_units: int
    counted_at: datetime

    @property
    def met(self) -> int:
        """People who are not short."""
        return self.people - self.short

    @property
    def resolved(self) -> int:
        """People of the list who have caught up since."""
        return self.listed - self.short

    @property
    def share_met(self) -> Decimal:
        """The share of people who are not short."""
        return share(self.met, self.people)

    @property
    def share_short(self) -> Decimal:
        """The share of people who are short."""
        return share(self.short, self.people)


def share(part: int, whole: int) -> Decimal:
    """A part of a whole as it is told: from 0 to 1 in thousandths, half up; only none is 0 and only all is 1."""
    if part in (0, whole):
        return Decimal(part == whole)
    told = (Decimal(part) / whole).quantize(THOUSANDTH, ROUND_HALF_UP)
    return min(max(told, THOUSANDTH), 1 - THOUSANDTH)


async def figures_of(
    session: AsyncSession, digests: Sequence[tuple[UUID, UUID]], now: datetime
) -> dict[tuple[UUID, UUID], Figures]:
    """The figures of digests (round, agency) as they stand."""
    rows = await session.execute(
        text(
            "WITH asked AS ("  # noqa: S608 - built of names in this code
            " SELECT rounds.id AS round_id, agency_id, sweep_id, kind, year, period, as_of"
            f" FROM {unnest(DIGEST)} JOIN rounds ON rounds.id = round_id"
            "), units AS ("
            " SELECT round_id, agency_id, min(unit_name) AS name, count(*) AS short, sum(missing) AS missing,"
            "  min(due) AS due_low, max(due) AS due_high, row_number() OVER ("
            "   PARTITION BY round_id, agency_id ORDER BY count(*) DESC, sum(missing) DESC, min(unit_name), unit_id"
            "  ) AS place"
            " FROM asked JOIN listed_people USING (sweep_id, agency_id, round_id)"
            " LEFT JOIN resolutions USING (sweep_id, agency_id, person_id)"
            " WHERE resolved IS NOT TRUE GROUP BY round_id, agency_id, unit_id"
            "), summed AS ("
            " SELECT round_id, agency_id, count(*) AS units, min(due_low) AS due_low, max(due_high) AS due_high,"
            "  jsonb_agg(jsonb_build_object('name', name, 'short', short, 'missing', CAST(missing AS text))"
            "   ORDER BY place) FILTER (WHERE place <= :shown) AS shown"
            " FROM units GROUP BY round_id, agency_id"
            ") SELECT round_id, agency_id, kind, year, period, as_of, agencies.name AS agency, people_total, listed, owed,"
            "  listed - resolved AS short, owed - redeemed AS missing, coalesce(due_low, 0) AS due_low,"
            "  coalesce(due_high, 0) AS due_high, coalesce(shown, '[]') AS shown, coalesce(units, 0) AS units"
            " FROM asked JOIN digests USING (round_id, agency_id) JOIN agencies ON agencies.id = agency_id"
            " LEFT JOIN summed USING (round_id, agency_id)"
        ),
        lists(DIGEST, digests) | {"shown": UNITS_SHOWN},
    )
    return {(row.round_id, row.agency_id): _figures(row, now) for row in rows}


def _figures(row: Any, now: datetime) -> Figures:
    return Figures(
        kind=row.kind,
        year=row.year,
        period=row.period,
        as_of=row.as_of,
        agency=row.agency,
        people=row.people_total,
        listed=row.listed,
        owed=row.owed,
        short=row.short,
        missing=row.missing,
        due_low=row.due_low,
        due_high=row.due_high,
        units=row.shown,
        other_units=row.units - len(row.shown),
        counted_at=now,
    )
