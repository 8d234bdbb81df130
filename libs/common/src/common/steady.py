"""A role that takes one turn after another until it is stopped, and outlives whatever breaks."""

import asyncio
from abc import ABC, abstractmethod
from contextlib import suppress
from typing import ClassVar

from common.telemetry import log

POLL_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 10.0


class Steady(ABC):
    """`ready` while its turns succeed. Any number may run at once."""

    pause: ClassVar[float] = POLL_SECONDS
    """How long it waits when there was nothing to do, in seconds."""

    def __init__(self) -> None:
        self.stopping = asyncio.Event()
        self.ready = False

    @abstractmethod
    async def turn(self) -> int:
        """Does what is due, as much as one turn takes. Returns how much it was: at 0 the next turn waits a little."""

    def stop(self) -> None:
        """Ends the run after what is under way."""
        self.stopping.set()

    async def run(self) -> None:
        """Takes turns until `stop`; whatever breaks, it waits, each time longer, and tries again."""
        wait = self.pause
        while not self.stopping.is_set():
            try:
                done = await self.turn()
                self.ready, wait = True, self.pause
                if done:
                    continue
            except Exception as error:  # noqa: BLE001 - the role outlives whatever breaks; what it held is taken up again
                self.ready, wait = False, min(wait * 2, LONGEST_WAIT_SECONDS)
                log.error("role waits", role=type(self).__name__, exc_info=error)
            with suppress(TimeoutError):
                await asyncio.wait_for(self.stopping.wait(), wait)
