"""What the conditions of a promotion are judged by, of any number of people, in a fixed number of statements."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from credit.domain.books import Regulations
from credit.domain.posts import position_of
from credit.domain.rising import Known, Ladder, Penalty, Seats
from roster.days import covers_sql, in_service_sql

DAY = "CAST(:day AS date)"
RATED_YEARS = 3
"""How many calendar years before a day are asked for their predikat: more than any rule asks."""
PEOPLE = text(f"""
    SELECT p.person_id, p.agency_id, p.jenjang, p.golongan, post.position, coalesce(b.twelfths, 0.0000) AS had,
        (SELECT min(t.day) FROM facts t WHERE t.person_id = p.person_id AND t.kind = 'test'
            AND t.jenjang = CAST(:above AS jsonb) ->> p.jenjang AND t.withdrawn_at IS NULL) AS passed_on,
        (SELECT min(g.valid_from) FROM posts g WHERE g.person_id = p.person_id AND g.golongan = p.golongan
            AND NOT EXISTS (SELECT FROM posts o WHERE o.person_id = g.person_id AND o.golongan IS DISTINCT FROM g.golongan
                AND o.valid_from BETWEEN g.valid_from AND {DAY})) AS in_rank_since,
        (SELECT jsonb_agg(jsonb_build_array(f.level, f.day, f.until)) FROM facts f
            WHERE f.person_id = p.person_id AND f.kind = 'discipline' AND f.withdrawn_at IS NULL) AS discipline,
        (SELECT jsonb_agg(DISTINCT jsonb_build_array(extract(year FROM e.period_start), e.predikat)) FROM entries e
            WHERE e.person_id = p.person_id AND e.kind = 'conversion' AND e.period_start >= CAST(:rated AS date)
            AND NOT EXISTS (SELECT FROM entries r WHERE r.reverses = e.id)) AS ratings
    FROM people p
    LEFT JOIN balances b ON b.person_id = p.person_id AND b.jenjang = p.jenjang
    LEFT JOIN LATERAL (
        SELECT position FROM posts h WHERE h.person_id = p.person_id AND {covers_sql("h", DAY)}
        ORDER BY valid_from DESC LIMIT 1
    ) post ON true
    WHERE p.person_id = ANY(CAST(:ids AS uuid[]))
""").columns(discipline=JSONB, ratings=JSONB)  # noqa: S608 - built of names in our own code
SEATS = text(f"""
    SELECT e.agency_id, s.jenjang, s.name, sum(greatest(s.seats - held.count, 0)) AS free
    FROM established_posts e
    LEFT JOIN post_states s ON s.post_id = e.post_id AND s.type = 'JF' AND {covers_sql("s", DAY)}
    CROSS JOIN LATERAL (
        SELECT count(*) FROM holdings h JOIN people p USING (person_id)
        WHERE h.post_id = s.post_id AND h.kind = 'definitive' AND {covers_sql("h", DAY)} AND {in_service_sql("p", DAY)}
    ) held
    WHERE e.agency_id = ANY(CAST(:agencies AS uuid[]))
    GROUP BY 1, 2, 3
""")  # noqa: S608 - built of names in our own code
UNPLACED = text(f"""
    SELECT p.agency_id, p.jenjang, post.position, count(*) AS people
    FROM people p JOIN posts post ON post.person_id = p.person_id AND {covers_sql("post", DAY)}
    WHERE p.agency_id = ANY(CAST(:agencies AS uuid[])) AND p.jenjang = ANY(CAST(:levels AS text[])) AND {in_service_sql("p", DAY)}
        AND NOT EXISTS (SELECT FROM holdings h WHERE h.person_id = p.person_id AND h.kind = 'definitive'
            AND {covers_sql("h", DAY)})
    GROUP BY 1, 2, 3
""")  # noqa: S608 - built of names in our own code

Posts = tuple[str, str]
"""Those of a jenjang and a position."""


@dataclass(frozen=True)
class Officer:
    """Somebody with what is known of them, and the rules of their next step; `ladder` is None outside the functional posts."""

    person_id: UUID
    known: Known
    ladder: Ladder | None


async def gather(session: AsyncSession, person_ids: Sequence[UUID], book: Regulations, day: date) -> list[Officer]:
    """What is known of these people on a day, in the order of their ids. Asks three statements at most, however many they are."""
    rules = book.at(day).tables
    ladders = {code: Ladder.of(book, code, day) for code in rules.jenjang}
    above = {code: ladder.above.code for code, ladder in ladders.items() if ladder and ladder.above}
    asked = {"ids": list(person_ids), "day": day, "rated": date(day.year - RATED_YEARS, 1, 1)}
    rows = (await session.execute(PEOPLE, asked | {"above": json.dumps(above)})).all()
    agencies = sorted({row.agency_id for row in rows if row.jenjang in above})
    seats = await _seats(session, agencies, book, day)
    percents = {row.code: row.percent for row in rules.conversion.predikat.values()} if rules.conversion else {}

    def seats_of(row: Any) -> Seats | None:
        level = above.get(row.jenjang)
        found = seats.get(row.agency_id)
        if level is None or found is None or row.position is None:
            return None
        return found.get((level, position_of(row.position, row.jenjang, rules.jenjang)), Seats(0, 0))

    return [
        Officer(
            row.person_id,
            Known(
                jenjang=row.jenjang,
                golongan=row.golongan,
                had=row.had,
                in_rank_since=row.in_rank_since,
                ratings=_lowest(row.ratings or (), percents),
                passed_on=row.passed_on,
                seats=seats_of(row),
                disciplined=bool(row.discipline),
                penalties=[_penalty(each) for each in row.discipline or () if each[0] != "none"],
            ),
            ladders.get(row.jenjang or ""),
        )
        for row in sorted(rows, key=lambda row: row.person_id)
    ]


async def _seats(
    session: AsyncSession, agencies: Sequence[UUID], book: Regulations, day: date
) -> dict[UUID, dict[Posts, Seats]]:
    """The posts of functional positions by agency; an agency that has told of no post at all is not among them."""
    if not agencies:
        return {}
    levels = book.at(day).tables.jenjang
    rows = (await session.execute(SEATS, {"agencies": list(agencies), "day": day})).all()
    free: defaultdict[UUID, defaultdict[Posts, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        found = free[row.agency_id]
        if row.jenjang is not None:
            found[row.jenjang, position_of(row.name, row.jenjang, levels)] += int(row.free)
    # Who holds none matters only where there is a seat that they may hold.
    places = [row for row in rows if row.free]
    asked = {"agencies": [row.agency_id for row in places], "levels": [row.jenjang for row in places], "day": day}
    unplaced: defaultdict[tuple[UUID, Posts], int] = defaultdict(int)
    for row in await session.execute(UNPLACED, asked) if places else ():
        unplaced[row.agency_id, (row.jenjang, position_of(row.position, row.jenjang, levels))] += row.people
    return {
        agency_id: {posts: Seats(number, unplaced[agency_id, posts]) for posts, number in found.items()}
        for agency_id, found in free.items()
    }


def _lowest(ratings: Sequence[tuple[int, str]], percents: Mapping[str, int]) -> dict[int, str]:
    """The lowest predikat of each year."""
    found: dict[int, str] = {}
    for year, predikat in ratings:
        if year not in found or percents.get(predikat, 0) < percents.get(found[year], 0):
            found[int(year)] = predikat
    return found


def _penalty(said: tuple[str, str, str | None]) -> Penalty:
    level, since, until = said
    return Penalty(level, date.fromisoformat(since), date.fromisoformat(until) if until else None)
