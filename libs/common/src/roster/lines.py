"""Which units somebody is in on a day, and who stands above them: each rule in Python, and beside it in SQL for many.

Plain Python, so that the services' rules may use it. A test holds the two together. In SQL the tables are those of a copy
(and of the registry): `unit_states`, `post_states` and `holdings`. The registry refuses loops, but a copy may hold one for
a moment, when it has heard of one post and not yet of another: a line ends where it comes to the same place again.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from roster.days import covers, covers_sql

Above = Mapping[UUID, Sequence[tuple[date, date | None, UUID | None]]]
"""What stood above each unit or post: from a day, until another (exclusive; None: still), and what it was."""


class Holding(NamedTuple):
    """A post that somebody holds: `definitive` as their own, `plt` or `plh` as acting holder."""

    person_id: UUID
    post_id: UUID
    kind: str
    valid_from: date
    valid_to: date | None


def above_on(day: date, each: UUID, above: Above) -> UUID | None:
    """What stands above a unit or post on a day; None for nothing, or where it is not there."""
    return next((up for start, after, up in above.get(each, ()) if covers((start, after), day)), None)


def path_on(day: date, unit_id: UUID, parents: Above) -> list[UUID]:
    """The units from the top of an agency down to one of them."""
    path: list[UUID] = []
    at: UUID | None = unit_id
    while at is not None and at not in path:
        path.insert(0, at)
        at = above_on(day, at, parents)
    return path


def first_on(day: date, holdings: Iterable[Holding]) -> Holding | None:
    """The one of these holdings that counts on a day: a definitive one before an acting one, then the longest held."""
    held = [each for each in holdings if covers((each.valid_from, each.valid_to), day)]
    return min(
        held,
        key=lambda each: (each.kind != "definitive", each.valid_from, each.person_id, each.post_id),
        default=None,
    )


def superior_on(
    day: date,
    person_id: UUID,
    own: Iterable[Holding],
    superiors: Above,
    holders: Callable[[UUID], Iterable[Holding]],
) -> Holding | None:
    """Who stands above a person on a day, by the post above the one they hold (`own`).

    That is its holder; where it is vacant its acting holder, or else whoever holds the next post above. Nobody stands
    above themselves: a post in which the person acts is passed over. None where nobody is above, or no post is held.
    """
    held = first_on(day, own)
    post = above_on(day, held.post_id, superiors) if held else None
    passed: set[UUID] = set()
    while post is not None and post not in passed:
        passed.add(post)
        found = first_on(day, (each for each in holders(post) if each.person_id != person_id))
        if found:
            return found
        post = above_on(day, post, superiors)
    return None


def first_sql(holding: str) -> str:
    """The order in which `first_on` takes rows of `holdings`."""
    columns = ("valid_from", "person_id", "post_id")
    return ", ".join([f"{holding}.kind <> 'definitive'", *(f"{holding}.{column}" for column in columns)])


def superiors_sql(people: str, day: str) -> str:
    """`superior_on` of many: a row for each who holds a post, with that post and whoever is above them.

    Columns: person_id, post_id, kind; above_id, above_post_id and above_kind, null where nobody is above.
    """
    held = covers_sql("h", day)
    return f"""
    WITH RECURSIVE held AS (
        SELECT DISTINCT ON (h.person_id) h.person_id, h.post_id, h.kind FROM holdings h
        WHERE h.person_id = ANY({people}) AND {held} ORDER BY h.person_id, {first_sql("h")}
    ), line (person_id, post_id, level) AS (
        SELECT held.person_id, s.superior_id, 1 FROM held
        JOIN post_states s ON s.post_id = held.post_id AND {covers_sql("s", day)} AND s.superior_id IS NOT NULL
        UNION ALL
        SELECT line.person_id, s.superior_id, level + 1 FROM line
        JOIN post_states s ON s.post_id = line.post_id AND {covers_sql("s", day)} AND s.superior_id IS NOT NULL
        WHERE NOT EXISTS (
            SELECT FROM holdings h WHERE h.post_id = line.post_id AND h.person_id <> line.person_id AND {held}
        )
    ) CYCLE person_id, post_id SET comes_again USING way, last AS (
        SELECT DISTINCT ON (person_id) person_id, post_id FROM line ORDER BY person_id, level DESC
    )
    SELECT held.person_id, held.post_id, held.kind,
        up.person_id AS above_id, up.post_id AS above_post_id, up.kind AS above_kind
    FROM held LEFT JOIN last USING (person_id) LEFT JOIN LATERAL (
        SELECT h.* FROM holdings h WHERE h.post_id = last.post_id AND h.person_id <> held.person_id AND {held}
        ORDER BY {first_sql("h")} LIMIT 1
    ) up ON true
    """  # noqa: S608 - built of names in our own code


def paths_sql(units: str, day: str) -> str:
    """`path_on` of many: a row for each unit on the way down to each, by `down_to` and then `level`, the top first."""
    return f"""
    WITH RECURSIVE path (down_to, unit_id, level) AS (
        SELECT given, given, 0 FROM unnest({units}) AS given
        UNION ALL
        SELECT path.down_to, s.parent_id, level - 1 FROM path
        JOIN unit_states s ON s.unit_id = path.unit_id AND {covers_sql("s", day)} AND s.parent_id IS NOT NULL
    ) CYCLE down_to, unit_id SET comes_again USING way
    SELECT down_to, unit_id, level FROM path WHERE NOT comes_again ORDER BY down_to, level
    """  # noqa: S608 - built of names in our own code


def below_sql(unit: str, day: str) -> str:
    """A unit and all that `path_on` leads through it to, one row each."""
    return f"""
    WITH RECURSIVE below (unit_id) AS (
        SELECT CAST({unit} AS uuid)
        UNION
        SELECT s.unit_id FROM below JOIN unit_states s ON s.parent_id = below.unit_id AND {covers_sql("s", day)}
    ) SELECT unit_id FROM below
    """  # noqa: S608 - built of names in our own code


def team_sql(person: str, day: str) -> str:
    """Everybody below a person, as far down as `superior_on` leads: a row for each, with who stands above them.

    Somebody below may hold or act in a post elsewhere, and stand above others there. So `below` follows each post down,
    and each holder to all their posts: never too few. Who stands above each of these then says who is of the team.
    """
    held = f"SELECT h.person_id FROM holdings h JOIN below USING (post_id) WHERE {covers_sql('h', day)}"  # noqa: S608 - built of names in our own code
    lines = superiors_sql(f"ARRAY({held})", day)
    return f"""
    WITH RECURSIVE below (post_id) AS (
        SELECT h.post_id FROM holdings h WHERE h.person_id = {person} AND {covers_sql("h", day)}
        UNION
        SELECT next.post_id FROM below CROSS JOIN LATERAL (
            SELECT s.post_id FROM post_states s WHERE s.superior_id = below.post_id AND {covers_sql("s", day)}
            UNION ALL
            SELECT other.post_id FROM holdings h JOIN holdings other USING (person_id)
            WHERE h.post_id = below.post_id AND {covers_sql("h", day)} AND {covers_sql("other", day)}
        ) next
    ), lines AS ({lines}), team (person_id, above_id) AS (
        SELECT person_id, above_id FROM lines WHERE above_id = {person}
        UNION
        SELECT lines.person_id, lines.above_id FROM lines JOIN team ON lines.above_id = team.person_id
        WHERE lines.person_id <> {person}
    ) SELECT person_id, above_id FROM team
    """  # noqa: S608 - built of names in our own code
