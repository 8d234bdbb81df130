"""The copy of units: what they were called and which they were a part of, on any day."""

from collections.abc import Sequence
from typing import Any, ClassVar

from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Event, Received
from contracts.events.registry import UnitChanged
from roster.copies import Copy, News, retell
from roster.tables import PERIOD, made


class Units(Copy):
    """The units a service knows, with those fields of their dated states (name, parent_id) that it keeps.

    A row of `unit_states` is a period, and `number` its place in the history.
    """

    event: ClassVar[type[Event]] = UnitChanged

    def __init__(self, module: str, *states: str) -> None:
        super().__init__(made(module, "units", ("unit_id",), ("agency_id", "sequence"), indexed=("agency_id",)))
        self.states = made(module, "unit_states", ("unit_id", "number"), (*PERIOD, *states), indexed=())

    async def _keep(self, session: AsyncSession, batch: Sequence[Received], *, awaited: bool) -> News:
        news = await super()._keep(session, batch, awaited=awaited)
        if news.told:
            columns = self.states.c.keys()[2:]
            rows: list[Sequence[Any]] = [
                (unit_id, number, *(getattr(state, column) for column in columns))
                for unit_id, unit in news.told.items()
                for number, state in enumerate(unit.states, 1)
            ]
            await retell(session, self.states, list(news.told), rows)
        return news
