"""The role that does what is due by the clock: what nobody asks for at that moment, and no event brings."""

from collections.abc import Awaitable, Callable, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from common.parts import Parts
from common.steady import Steady

Due = Callable[[AsyncSession, Parts], Awaitable[int]]
"""Does some of what is due in the transaction it is given, of what nobody else has locked. Returns how much; 0: nothing is."""


class DueWork(Steady):
    """Does a little of each kind a turn, each in a transaction of its own: one kind that breaks holds up no other."""

    def __init__(self, parts: Parts, kinds: Sequence[Due]) -> None:
        super().__init__()
        self._parts = parts
        self._kinds = kinds

    async def turn(self) -> int:
        """Does some of each kind. Returns how much. Raises an ExceptionGroup of whatever broke, once all have had their turn."""
        done = 0
        failures: list[Exception] = []
        for kind in self._kinds:
            try:
                async with self._parts.database.transaction() as session:
                    done += await kind(session, self._parts)
            except Exception as error:  # noqa: BLE001 - all are raised below, after the turn of the others
                failures.append(error)
        if failures:
            raise ExceptionGroup("of what is due, some broke", failures)
        return done
