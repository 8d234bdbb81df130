"""What a process of a service is made of, built once when it starts and handed to whatever needs it."""

from dataclasses import dataclass
from typing import Any, Protocol

from common.clock import Clock
from common.store.database import Database


@dataclass(frozen=True)
class Parts:
    """The settings and the rules are of the classes that the service declares."""

    settings: Any
    database: Database
    clock: Clock
    rules: Any = None


class Role(Protocol):
    """Something a process does until it is told to stop."""

    @property
    def ready(self) -> bool: ...

    async def run(self) -> None: ...

    def stop(self) -> None: ...
