"""A form that is sent again as it was, by a double click or on the way back, is done once.

Each page gives its forms a name that no page before it had (`once`). What was sent under it, word for word, is remembered for
a day by a keyed hash. Refused or not answered it is forgotten, so that it may be sent again.
"""

import asyncio
import json
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from portal.tables import SentForm
from portal.visits import Visit

SENT = SentForm.table()
KEPT = timedelta(days=1)
AGAIN = 0.05
"""Seconds until the second of two at once looks again what became of the first."""


def mark_of(visit: Visit) -> str:
    """What a form is known by when it comes again; one without a name is like no other."""
    who, once = visit.who, visit.form["once"] or str(uuid4())
    said = [who.whose, who.acting and who.acting.said(), visit.request.url.path, sorted(visit.typed.items()), once]
    return visit.portal.seal.mark("sent", json.dumps(said))


async def begin(visit: Visit, mark: str) -> bool:
    """Whether the form is to be done: not where it was, nor while another of it may be; that one is waited for."""
    longest = timedelta(seconds=2 * visit.portal.settings.answer_seconds)
    while True:
        now = visit.parts.clock.now()
        claim = insert(SENT).values(id=mark, done=False, ends_at=now + longest).on_conflict_do_nothing()
        async with visit.parts.database.transaction() as session:
            await session.execute(delete(SENT).where(SENT.c.ends_at < now))
            if await session.scalar(claim.returning(SENT.c.id)):
                return True
            if await session.scalar(select(SENT.c.done).where(SENT.c.id == mark)):
                return False
        await asyncio.sleep(AGAIN)


async def end(visit: Visit, mark: str, *, done: bool) -> None:
    """What has become of a form: one that was not done may be sent again."""
    kept = {"done": True, "ends_at": visit.parts.clock.now() + KEPT}
    change = update(SENT).values(kept) if done else delete(SENT)
    async with visit.parts.database.transaction() as session:
        await session.execute(change.where(SENT.c.id == mark))
