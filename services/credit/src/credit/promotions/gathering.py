"""What the conditions of a promotion are judged by, of any number of people, in a fixed number of statements."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.store.sets import fetched
from credit.domain.books import Regulations
from credit.domain.posts import position_of
from credit.domain.rising import Known, Ladder, Penalty, Seats, once
from roster.days import covers_sql, in_service_sql

DAY = "CAST(:day AS date)"
RATED_YEARS = 3
"""How many calendar years before a day are asked for their predikat: more than any rule asks."""
ASKED = "CAST($2 AS date)"
PEOPLE = f"""
    WITH asked AS (SELECT person_id, agency_id, jenjang, golongan FROM people WHERE person_id = ANY($1)),
    changed AS (
        SELECT a.person_id, max(o.valid_from) AS day FROM asked a JOIN posts o USING (person_id)
        WHERE o.golongan IS DISTINCT FROM a.golongan AND o.valid_from <= {ASKED} GROUP BY 1
    ),
    held AS (
        SELECT h.person_id,
            (array_agg(h.position ORDER BY h.valid_from DESC) FILTER (WHERE {covers_sql("h", ASKED)}))[1] AS position,
            min(h.valid_from) FILTER (WHERE h.golongan = a.golongan AND (c.day IS NULL OR h.valid_from > c.day)) AS in_rank_since
        FROM asked a JOIN posts h USING (person_id) LEFT JOIN changed c USING (person_id) GROUP BY 1
    ),
    rated AS (
        SELECT e.person_id, CAST(jsonb_agg(DISTINCT jsonb_build_array(extract(year FROM e.period_start), e.predikat)) AS text) AS ratings
        FROM entries e
        WHERE e.person_id = ANY($1) AND e.kind = 'conversion' AND e.period_start >= $4
            AND NOT EXISTS (SELECT FROM entries r WHERE r.reverses = e.id) GROUP BY 1
    ),
    stated AS (
        SELECT f.person_id,
            min(f.day) FILTER (WHERE f.kind = 'test' AND f.jenjang = CAST($3 AS jsonb) ->> a.jenjang) AS passed_on,
            CAST(jsonb_agg(jsonb_build_array(f.level, f.day, f.until)) FILTER (WHERE f.kind = 'discipline') AS text) AS discipline
        FROM asked a JOIN facts f USING (person_id) WHERE f.withdrawn_at IS NULL GROUP BY 1
    )
    SELECT a.person_id, a.agency_id, a.jenjang, a.golongan, held.position, coalesce(b.twelfths, 0.0000) AS had,
        held.in_rank_since, rated.ratings, stated.passed_on, stated.discipline
    FROM asked a
    LEFT JOIN held USING (person_id) LEFT JOIN rated USING (person_id) LEFT JOIN stated USING (person_id)
    LEFT JOIN balances b ON b.person_id = a.person_id AND b.jenjang = a.jenjang
    ORDER BY a.person_id
"""  # noqa: S608 - built of names in our own code
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
    rows = await fetched(session, PEOPLE, person_ids, day, json.dumps(above), date(day.year - RATED_YEARS, 1, 1))
    agencies = sorted({row["agency_id"] for row in rows if row["jenjang"] in above})
    seats = await _seats(session, agencies, book, day)

    predikat = rules.conversion.predikat.values() if rules.conversion else ()
    rated = frozenset((row.code, row.percent) for row in predikat)

    def seats_of(agency_id: UUID, jenjang: str | None, position: str | None) -> Seats | None:
        level, found = above.get(jenjang or ""), seats.get(agency_id)
        if jenjang is None or level is None or found is None or position is None:
            return None
        return found.get((level, position_of(position, jenjang, rules.jenjang)), Seats(0, 0))

    return [
        Officer(
            person_id,
            Known(
                jenjang=jenjang,
                golongan=golongan,
                had=had,
                in_rank_since=since,
                ratings=_lowest(ratings, rated) if ratings else {},
                passed_on=passed_on,
                seats=seats_of(agency_id, jenjang, position),
                disciplined=discipline is not None,
                penalties=_penalties(discipline) if discipline else (),
            ),
            ladders.get(jenjang or ""),
        )
        for person_id, agency_id, jenjang, golongan, position, had, since, ratings, passed_on, discipline in rows
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


@once
def _lowest(told: str, rated: frozenset[tuple[str, int]]) -> Mapping[int, str]:
    """The lowest predikat of each year; `rated` says how many percent each gives."""
    percents = dict(rated)
    found: dict[int, str] = {}
    for year, predikat in json.loads(told):
        if year not in found or percents.get(predikat, 0) < percents.get(found[year], 0):
            found[year] = predikat
    return found


@once
def _penalties(told: str) -> Sequence[Penalty]:
    return [
        Penalty(level, date.fromisoformat(since), date.fromisoformat(until) if until else None)
        for level, since, until in json.loads(told)
        if level != "none"
    ]
