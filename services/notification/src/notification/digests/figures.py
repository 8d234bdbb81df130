"""The numbers that a digest tells."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.store.sets import columns_of, lists, unnest
from notification.digests.tables import Digest
from notification.domain.digests import Kind, share

UNITS_SHOWN = 5
NOTICE = columns_of(Digest.table(), ("notice_id", "agency_id"))


class UnitFigures(BaseModel):
    """How many people of a unit are short, and by how many hours (JP) in all; people without a unit have no `name`."""

    name: str | None
    short: int
    missing: Decimal


class RoundFigures(BaseModel):
    """An agency's numbers in one round. Hours are JP.

    `listed` people owed `owed` hours when the round was made; `short` of them are still `missing` so many.
    `due_low` and `due_high` are the least and the most hours that are due by now from one of those still short.
    """

    model_config = ConfigDict(frozen=True)

    round_id: UUID
    year: int
    period: int
    as_of: date
    people: int
    listed: int
    owed: Decimal
    short: int
    missing: Decimal
    due_low: Decimal
    due_high: Decimal
    units: list[UnitFigures]
    other_units: int

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


class Figures(BaseModel):
    """What one notice tells an agency, as counted at `counted_at`: the round of a sweep, or reopened rounds together.

    `short` counts the people who are short in any of them, each once.
    """

    model_config = ConfigDict(frozen=True)

    kind: Kind
    agency: str
    short: int
    rounds: list[RoundFigures]
    counted_at: datetime

    @property
    def told(self) -> list[RoundFigures]:
        """The rounds in which somebody is still short."""
        return [one for one in self.rounds if one.short]


async def figures_of(
    session: AsyncSession, notices: Sequence[tuple[UUID, UUID]], now: datetime
) -> dict[tuple[UUID, UUID], Figures]:
    """The present figures of notices (round, agency), the rounds of each in the order of year and period."""
    rows = await session.execute(
        text(
            "WITH asked AS ("  # noqa: S608 - built of names in this code
            " SELECT notice_id, agency_id, round_id, sweep_id, kind, year, period, as_of"
            f" FROM {unnest(NOTICE)} JOIN digests USING (notice_id, agency_id) JOIN rounds ON rounds.id = round_id"
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
            "), again AS ("
            " SELECT notice_id, agency_id, count(DISTINCT person_id) AS people"
            " FROM asked JOIN listed_people USING (sweep_id, agency_id, round_id)"
            " LEFT JOIN resolutions USING (sweep_id, agency_id, person_id)"
            " WHERE kind = 'reopened' AND resolved IS NOT TRUE GROUP BY notice_id, agency_id"
            ") SELECT asked.*, agencies.name AS agency, people_total, listed, owed,"
            "  listed - resolved AS short, owed - redeemed AS missing, coalesce(due_low, 0) AS due_low,"
            "  coalesce(due_high, 0) AS due_high, coalesce(shown, '[]') AS shown, coalesce(units, 0) AS units,"
            "  coalesce(again.people, listed - resolved) AS persons"
            " FROM asked JOIN digests USING (round_id, agency_id) JOIN agencies USING (agency_id)"
            " LEFT JOIN summed USING (round_id, agency_id)"
            " LEFT JOIN again ON again.notice_id = asked.notice_id AND again.agency_id = asked.agency_id"
            " ORDER BY year, period"
        ),
        lists(NOTICE, notices) | {"shown": UNITS_SHOWN},
    )
    found: defaultdict[tuple[UUID, UUID], list[Any]] = defaultdict(list)
    for row in rows:
        found[row.notice_id, row.agency_id].append(row)
    return {
        notice: Figures(
            kind=parts[0].kind,
            agency=parts[0].agency,
            short=parts[0].persons,
            rounds=[_round_figures(row) for row in parts],
            counted_at=now,
        )
        for notice, parts in found.items()
    }


def _round_figures(row: Any) -> RoundFigures:
    return RoundFigures(
        round_id=row.round_id,
        year=row.year,
        period=row.period,
        as_of=row.as_of,
        people=row.people_total,
        listed=row.listed,
        owed=row.owed,
        short=row.short,
        missing=row.missing,
        due_low=row.due_low,
        due_high=row.due_high,
        units=row.shown,
        other_units=row.units - len(row.shown),
    )
