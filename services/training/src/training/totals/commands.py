"""Publishing totals: once a caturwulan, for everybody, and never again."""

import hmac
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.parts import Parts
from common.small_groups import Parts as Counts
from common.small_groups import Path, beside, place, told
from training.counts.stood import LATER, NOTHING_LATER, stood_sql
from training.domain.caturwulan import closed_on, period_of
from training.domain.groups import BOOK as SMALL
from training.domain.rules import pack_of_year
from training.domain.states import BOOK
from training.ledger.commands import duties
from training.totals.schemas import DutyTotalsOut, GroupTotalsOut, TotalsBy, TotalsOut
from training.totals.tables import Published

LEVELS: tuple[TotalsBy, ...] = ("kind", "region", "agency")
"""The levels of the tree, from the top down: regions are those of one kind of agency, for what is told of a kind may not
be taken apart by another division."""

Told = tuple[int, Counts | None]


class _Cell(NamedTuple):
    """Those of one agency who serve in one functional position, or in none (None)."""

    kind: str | None
    region: str | None
    agency_id: UUID
    position: str | None
    name: str | None
    parts: Counts

    @property
    def path(self) -> Path:
        return self.kind, self.region, self.agency_id


async def publish(session: AsyncSession, parts: Parts) -> None:
    """Publishes the totals of the last caturwulan that is over, unless they are there.

    A kind of agency, its regions and their agencies are one tree; functional positions lie across it (see
    `common.small_groups`, which also says what is not covered). Since nothing is published twice, nobody learns from two
    answers what was corrected between them. Hours would tell of single people, so there are none.

    Raises LookupError for a day without rules.
    """
    today = parts.clock.today()
    year, number = closed_on(today)[-1]
    there = select(col(Published.level)).where(col(Published.year) == year, col(Published.period) == number)
    if (await session.execute(there.limit(1))).first():
        return
    day = period_of(year, number).over_from(year) - timedelta(days=1)
    least = SMALL.at(today)
    key = parts.settings.nip_key.get_secret_value().encode()

    def order(path: Hashable) -> bytes:
        return hmac.digest(key, repr(path).encode(), "sha256")

    cells = await _cells(session, parts, year, day)
    # Whoever answers for a region counts whoever serves there, in whatever kind of agency.
    tree = told(_summed((cell.path, cell.parts) for cell in cells), least.tables.least, order, itemgetter(1))
    groups = {**_of_tree(cells, tree), "position": _positions(cells, tree, least.tables.least)}
    for level, shown in groups.items():
        document = DutyTotalsOut(
            as_of=day,
            least=least.tables.least,
            source=least.source,
            status=least.tables.status,
            total=TotalsOut(**_counts(tree[()])) if () in tree else None,
            groups=sorted(shown, key=lambda group: (-group.active, group.label or "", group.kind or "")),
        )
        values = {"document": document.model_dump(mode="json"), "published_at": parts.clock.now()}
        row = {"year": year, "period": number, "level": level, **values}
        await session.execute(insert(Published).values(**row).on_conflict_do_nothing())


async def _cells(session: AsyncSession, parts: Parts, year: int, day: date) -> Sequence[_Cell]:
    given = {"day": day, "year": year, "pack": pack_of_year(parts.rules, year).id, **duties(parts.rules)}
    later = NOTHING_LATER if day == date(year, 12, 31) else LATER
    rows = await session.execute(text(_counting(stood_sql(BOOK.at(day).tables, day, "", later))), given)
    return [
        _Cell(row.kind, row.region, row.agency_id, row.position, row.agency_name, (row.met, row.short, row.exempt))
        for row in rows
    ]


def _of_tree(cells: Sequence[_Cell], tree: Mapping[Path, Told]) -> Mapping[TotalsBy, list[GroupTotalsOut]]:
    groups: dict[TotalsBy, dict[Path, GroupTotalsOut]] = {level: {} for level in LEVELS}
    for cell in cells:
        keys = (cell.kind, cell.kind), (cell.region, cell.region), (cell.agency_id, cell.name)
        for depth, (level, (key, label)) in enumerate(zip(LEVELS, keys, strict=True), 1):
            path = cell.path[:depth]
            if path in tree and path not in groups[level]:
                groups[level][path] = GroupTotalsOut(key=key, label=label, kind=cell.kind, **_counts(tree[path]))
    return {level: [*shown.values()] for level, shown in groups.items()}


def _positions(cells: Sequence[_Cell], tree: Mapping[Path, Told], least: int) -> list[GroupTotalsOut]:
    if () not in tree:
        return []
    # Whoever answers for a region, or an agency in it, counts its people by position as often as they like.
    joint = _summed(((place(cell.path, tree), cell.region, cell.position), cell.parts) for cell in cells)
    _, of_everybody = tree[()]
    return [
        GroupTotalsOut(key=position, label=position, kind=None, **_counts((size, of_everybody and parts)))
        for position, (size, parts) in beside(joint, least).items()
    ]


def _summed(many: Iterator[tuple[Any, Counts]]) -> dict[Any, Counts]:
    sums: defaultdict[Any, Counts] = defaultdict(lambda: (0, 0, 0))
    for key, (met, short, exempt) in many:
        so_far = sums[key]
        sums[key] = so_far[0] + met, so_far[1] + short, so_far[2] + exempt
    return sums


def _counts(of: Told) -> dict[str, Any]:
    active, parts = of
    met, short, exempt = parts or (None, None, None)
    return {"active": active, "met": met, "short": short, "exempt": exempt}


def _counting(standing: str) -> str:
    """The statement: a row for those of each agency and functional position. OFFSET 0 has each state worked out once.

    Who has no jenjang is in no functional position: what their post is called would single them out.
    """
    return f"""
        WITH {standing}
        SELECT kind, region, agency_id, position, max(agency_name) AS agency_name,
            count(*) FILTER (WHERE state = 'met') AS met,
            count(*) FILTER (WHERE state NOT IN ('met', 'exempt')) AS short,
            count(*) FILTER (WHERE state = 'exempt') AS exempt
        FROM (
            SELECT kind, region, agency_id, CASE WHEN jenjang IS NOT NULL THEN position END AS position, agency_name, state
            FROM stood OFFSET 0
        ) AS stood
        GROUP BY kind, region, agency_id, position
    """  # noqa: S608 - built of names in this code
