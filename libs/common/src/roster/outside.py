"""Who stands outside of a case, and may look into it: nobody whom it is about, and nobody in the line of one of them.

A service that asks keeps `Posts(__name__, "superior_id")` and the `holdings` of its people (`post_id`, `kind`).
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from roster.days import covers_sql

DAY = "CAST(:day AS date)"


def above_sql(people: str, day: str) -> str:
    """Who stands above each of these, however far: a row for each pair (`person_id`, `above_id`).

    Whoever stands above somebody may act in another post, and have others above them there: they are followed to all their
    posts, so that nobody above is missed.
    """
    return f"""
    WITH RECURSIVE line (person_id, post_id) AS (
        SELECT h.person_id, s.superior_id FROM holdings h
        JOIN post_states s ON s.post_id = h.post_id AND {covers_sql("s", day)} AND s.superior_id IS NOT NULL
        WHERE h.person_id = ANY({people}) AND {covers_sql("h", day)}
        UNION
        SELECT line.person_id, s.superior_id FROM line CROSS JOIN LATERAL (
            SELECT line.post_id
            UNION ALL
            SELECT other.post_id FROM holdings h JOIN holdings other USING (person_id)
            WHERE h.post_id = line.post_id AND {covers_sql("h", day)} AND {covers_sql("other", day)}
        ) next (post_id)
        JOIN post_states s ON s.post_id = next.post_id AND {covers_sql("s", day)} AND s.superior_id IS NOT NULL
    )
    SELECT DISTINCT line.person_id, h.person_id AS above_id
    FROM line JOIN holdings h ON h.post_id = line.post_id AND {covers_sql("h", day)}
    WHERE h.person_id <> line.person_id
    """  # noqa: S608 - built of names in this code


def under_sql(people: str, day: str) -> str:
    """Whom one of these stands above, by `above_sql`, but none of themselves: a row for each, with the column `person_id`."""
    return f"""
    WITH RECURSIVE under (post_id) AS (
        SELECT s.post_id FROM holdings h
        JOIN post_states s ON s.superior_id = h.post_id AND {covers_sql("s", day)}
        WHERE h.person_id = ANY({people}) AND {covers_sql("h", day)}
        UNION
        SELECT s.post_id FROM under CROSS JOIN LATERAL (
            SELECT under.post_id
            UNION ALL
            SELECT other.post_id FROM holdings h JOIN holdings other USING (person_id)
            WHERE h.post_id = under.post_id AND {covers_sql("h", day)} AND {covers_sql("other", day)}
        ) next (post_id)
        JOIN post_states s ON s.superior_id = next.post_id AND {covers_sql("s", day)}
    )
    SELECT DISTINCT h.person_id FROM under JOIN holdings h USING (post_id)
    WHERE {covers_sql("h", day)} AND h.person_id <> ALL({people})
    """  # noqa: S608 - built of names in this code


ABOVE = text(above_sql("CAST(:ids AS uuid[])", DAY))


async def stood_above(session: AsyncSession, people: Collection[UUID], day: date) -> defaultdict[UUID, set[UUID]]:
    """Who stands above each of these on a day, however far; of whoever has nobody above, nobody."""
    above = defaultdict[UUID, set[UUID]](set)
    for row in await session.execute(ABOVE, {"ids": list(people), "day": day}):
        above[row.person_id].add(row.above_id)
    return above


def first_outside(
    candidates: Iterable[UUID], concerned: Collection[UUID], above: Mapping[UUID, set[UUID]]
) -> UUID | None:
    """The first who is none of those concerned, and stands neither above nor below one of them, however far.

    `above` says of each, candidates too, who stands above them.
    """
    inside = set(concerned)
    over = set[UUID]().union(*(above.get(each, set()) for each in inside))
    for candidate in candidates:
        if candidate not in inside | over and not inside & above.get(candidate, set()):
            return candidate
    return None


def given(
    cases: Iterable[frozenset[UUID]], auditors: Sequence[UUID], above: Mapping[UUID, set[UUID]]
) -> list[UUID | None]:
    """Who looks into each case, told by whom it concerns: of those outside, whoever has fewest so far; None where all are inside."""
    load = Counter[UUID]()
    found: list[UUID | None] = []
    for concerned in cases:
        chosen = first_outside(sorted(auditors, key=lambda each: (load[each], each)), concerned, above)
        if chosen is not None:
            load[chosen] += 1
        found.append(chosen)
    return found
