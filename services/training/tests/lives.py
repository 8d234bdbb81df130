"""Random people: when they joined and left, moved and rose, were away or exempt, and what they attended."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import text

from common.ids import new_id
from training.ledger.commands import lay_again

days = st.dates(date(2025, 1, 1), date(2026, 6, 15))
lives = st.lists(
    st.fixed_dictionaries(
        {
            "joined": st.dates(date(2024, 12, 1), date(2026, 5, 1)),
            "served": st.none() | st.integers(1, 600),
            "moved": st.none() | st.integers(1, 400),
            "rose": st.none() | st.integers(1, 400),
            "exempt": st.none() | st.tuples(st.integers(0, 300), st.none() | st.integers(0, 300)),
            "jp": st.sampled_from(["0.5", "7", "19.99", "20"]),
            "away": st.booleans(),
        }
    ),
    min_size=1,
    max_size=6,
)


async def live(world: Any, line: Any, life: Mapping[str, Any]) -> None:
    """Lets the service hear of somebody, and what became of them."""
    joined = life["joined"]
    left = life["served"] and joined + timedelta(days=life["served"])
    moved = life["moved"] and joined + timedelta(days=life["moved"])
    rose = life["rose"] and joined + timedelta(days=life["rose"])
    places = [(world.here, joined, moved), (world.there, moved, left)] if moved else [(world.here, joined, left)]
    if moved and left and moved >= left:
        places = [(world.here, joined, left)]
    posts = [("ahli_pertama", joined, rose), (None, rose, None)] if rose else [("ahli_pertama", joined, None)]
    person = await world.person(
        joined_on=joined,
        left_on=left,
        assignments=places,
        posts=posts,
        agency=places[-1][0],
        absences=[(date(joined.year + 1, 1, 1), None)] if life["away"] else [],
    )
    await world.store(line(person, start_date=joined.isoformat(), end_date=joined.isoformat(), jp=life["jp"]))
    if life["exempt"]:
        after, length = life["exempt"]
        start = joined + timedelta(days=after)
        async with world.database.transaction() as session:
            await session.execute(
                text(
                    "INSERT INTO exemptions VALUES (:id, :person, 'cuti-besar', :start, :end, NULL, 'approved', '{}', 1)"
                ),
                {
                    "id": new_id(),
                    "person": person,
                    "start": start,
                    "end": None if length is None else start + timedelta(days=length),
                },
            )
            await session.flush()
            await lay_again(session, [person], world.book, world.clock)
