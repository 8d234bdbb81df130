"""The copies of units and posts: what each was on any day."""

from collections.abc import Sequence
from typing import Any, ClassVar

from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Event, Received
from contracts.events.registry import PostChanged, UnitChanged
from roster.copies import Copy, News, retell
from roster.tables import PERIOD, made


class _Dated(Copy):
    """A copy with one history, that of its states: a row is a period, and `number` its place in it."""

    def __init__(
        self, module: str, name: str, key: str, states: str, kept: Sequence[str], indexed: Sequence[str]
    ) -> None:
        super().__init__(made(module, name, (key,), ("agency_id", "sequence"), indexed=("agency_id",)))
        self.states = made(module, states, (key, "number"), (*PERIOD, *kept), indexed=indexed)

    async def _keep(self, session: AsyncSession, batch: Sequence[Received], *, awaited: bool) -> News:
        news = await super()._keep(session, batch, awaited=awaited)
        if news.told:
            columns = self.states.c.keys()[2:]
            rows: list[Sequence[Any]] = [
                (each, number, *(getattr(state, column) for column in columns))
                for each, told in news.told.items()
                for number, state in enumerate(told.states, 1)
            ]
            await retell(session, self.states, list(news.told), rows)
        return news


class Units(_Dated):
    """The units a service knows (`units`), with those fields of their states (name, parent_id) that it keeps."""

    event: ClassVar[type[Event]] = UnitChanged

    def __init__(self, module: str, *kept: str) -> None:
        super().__init__(module, "units", "unit_id", "unit_states", kept, indexed=("parent_id",))


class Posts(_Dated):
    """The posts a service knows (`established_posts`), with those fields of their states that it keeps.

    `post_states` may hold type, name, jenjang, unit_id, seats and superior_id. `posts` is what a person served as.
    """

    event: ClassVar[type[Event]] = PostChanged

    def __init__(self, module: str, *kept: str) -> None:
        super().__init__(module, "established_posts", "post_id", "post_states", kept, indexed=("superior_id",))
