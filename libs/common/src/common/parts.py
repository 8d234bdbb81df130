"""What a process of a service is made of, built once when it starts and handed to whatever needs it."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from common.clock import Clock
from common.store.database import Database


@dataclass
class Law:
    """The rules that a process goes by: replaced whole when its service's database makes others law (`common/enacting.py`)."""

    rules: Any = None


@dataclass(frozen=True)
class Parts:
    """The settings and the rules are of the classes that the service declares."""

    settings: Any
    database: Database
    clock: Clock
    law: Law = field(default_factory=Law)

    @property
    def rules(self) -> Any:
        """The rules as they are now: whoever decides something reads them once."""
        return self.law.rules


class Role(Protocol):
    """Something a process does until it is told to stop."""

    @property
    def ready(self) -> bool: ...

    async def run(self) -> None: ...

    def stop(self) -> None: ...
