"""Posts between the database and the domain, and the event of a change.

Whoever writes posts takes turns with the others who do (`lock`), after the units. Whoever gives a post to somebody holds
the post (`present`) before the people.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.store import sets
from common.store.outbox import emit
from common.store.sets import Row
from contracts.callers import Caller
from contracts.events import registry as events
from registry.audit import audit_row
from registry.domain.history import Span
from registry.domain.post import Holding, Post, PostState
from registry.posts.tables import post_states, posts
from registry.tables import changes

_LOCKED = text(
    "SELECT id FROM posts WHERE id = ANY(CAST(:ids AS uuid[]))"
    " OR (agency_id, code) IN (SELECT * FROM unnest(CAST(:agencies AS uuid[]), CAST(:codes AS text[])))"
    " ORDER BY id FOR NO KEY UPDATE"
)
_ABOVE = text(
    "WITH RECURSIVE above (id) AS ("
    " SELECT unnest(CAST(:ids AS uuid[]))"
    " UNION SELECT s.superior_id FROM above JOIN post_states s ON s.post_id = above.id WHERE s.superior_id IS NOT NULL"
    ") SELECT posts.id, posts.agency_id, code, version, s.valid_from, s.valid_to,"
    " s.type, s.name, s.jenjang, s.unit_id, s.seats, s.superior_id"
    " FROM above JOIN posts USING (id) JOIN post_states s ON s.post_id = posts.id ORDER BY s.valid_from"
)
_HELD = text(
    "SELECT person_id, post_id, valid_from, valid_to, kind, agency_id FROM holdings"
    " WHERE post_id = ANY(CAST(:ids AS uuid[]))"
)
Pair = tuple[Post | None, Post]
Holders = dict[tuple[UUID, date], Holding]
"""The holdings of a post by person and first day."""


async def lock(session: AsyncSession) -> None:
    """Waits for its turn to write posts: so codes stay unique and lines of superiors free of loops."""
    await session.execute(text("LOCK TABLE posts IN SHARE ROW EXCLUSIVE MODE"))


async def present(
    session: AsyncSession, ids: Collection[UUID] = (), codes: Collection[tuple[UUID, str]] = ()
) -> dict[UUID, Post]:
    """Posts by id and by (agency, code), held until the transaction ends, and whatever ever stood above them."""
    given = {"ids": list(ids), "agencies": [agency for agency, _ in codes], "codes": [code for _, code in codes]}
    return await known(session, list(await session.scalars(_LOCKED, given)))


async def known(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, Post]:
    """Posts by id, and whatever ever stood above them."""
    spans: defaultdict[UUID, list[Span[PostState]]] = defaultdict(list)
    found: dict[UUID, Post] = {}
    for post_id, agency_id, code, version, valid_from, valid_to, *state in await session.execute(
        _ABOVE, {"ids": list(ids)}
    ):
        spans[post_id].append(Span(PostState(*state), valid_from, valid_to))
        found[post_id] = Post(post_id, agency_id, code, (), valid_to, version)
    return {
        post_id: replace(post, states=(*spans[post_id][:-1], replace(spans[post_id][-1], valid_to=None)))
        for post_id, post in found.items()
    }


async def held(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, Holders]:
    """Who holds or held these posts."""
    found: defaultdict[UUID, Holders] = defaultdict(dict)
    for person_id, *holding in await session.execute(_HELD, {"ids": list(ids)}):
        each = Holding(*holding)
        found[each.post_id][person_id, each.valid_from] = each
    return found


async def save(session: AsyncSession, pairs: Sequence[Pair], caller: Caller[None]) -> None:
    """Stores what changed as the next version of each post, says who did it, and announces it."""
    changed = [(before, replace(after, version=after.version + 1)) for before, after in pairs if before != after]
    await sets.add(session, posts, [_row(after) for before, after in changed if before is None])
    await sets.update(session, posts, [_row(after) for before, after in changed if before is not None])
    old = [
        {"post_id": before.id, "valid_from": span.valid_from}
        for before, _ in changed
        if before
        for span in before.states
    ]
    await sets.delete(session, post_states, old)
    await sets.add(session, post_states, [row for _, after in changed for row in _states(after)])
    await sets.add(session, changes, [audit_row(before, after, caller) for before, after in changed])
    for _, after in changed:
        emit(session, _event(after), sequence=after.version, time=caller.now)


def _row(post: Post) -> Row:
    return {"id": post.id, "agency_id": post.agency_id, "code": post.code, "version": post.version}


def _states(post: Post) -> list[Row]:
    return [
        {
            "post_id": post.id,
            "agency_id": post.agency_id,
            "valid_from": span.valid_from,
            "valid_to": span.valid_to or post.closed_on,
            **asdict(span.value),
        }
        for span in post.states
    ]


def _event(post: Post) -> events.PostChanged:
    return events.PostChanged(
        post_id=post.id,
        agency_id=post.agency_id,
        code=post.code,
        states=[
            events.PostState(**asdict(span.value), valid_from=span.valid_from, valid_to=span.valid_to or post.closed_on)
            for span in post.states
        ],
    )
