"""A service, declared: what it is called, what it consists of, and where its parts are found.

A feature is a folder. What stands in it under one of these names is found there, and nowhere listed:

    tables.py      the tables, subclasses of `Stored`
    api.py         `router`, and `uploads` for the routes that take a body of any length
    consumers.py   `subscription(parts)`: what the feature reads from Kafka
    invariants.py  `INVARIANTS`: what must always be true of its rows

What concerns several features stands beside them under the same names. There too: `grants.py` (`GRANTS`),
`problems.toml`, `locale/` and `migrations/versions/`.
"""

import argparse
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from importlib import import_module, resources
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from fastapi import APIRouter, FastAPI
from sqlalchemy import MetaData

from common.clock import Clock
from common.due import Due
from common.enacting import Enacts
from common.events import Event
from common.invariants import EVENTS_LEAVE, Invariant
from common.messages.inbox import Subscription
from common.parts import Law, Parts, Role
from common.runner import Job
from common.settings import ServiceSettings
from common.store.database import Database
from common.store.grants import Grants
from common.store.history import numbered
from common.store.tables import (
    add_idempotency,
    add_imports,
    add_inbox,
    add_jobs,
    add_operations,
    add_outbox,
    add_waiting,
    metadata_of,
)
from common.web.principals import Callers


@dataclass(frozen=True)
class Command:
    """Something that an operator or a timer runs, as `python -m <service> <command>`; its result is the exit status.

    A `daily` command is safe to run at any time, and is run once a day.
    """

    run: Callable[[argparse.Namespace, Parts], Awaitable[int]]
    description: str
    arguments: Callable[[argparse.ArgumentParser], None] = lambda _: None
    daily: bool = False


@dataclass(frozen=True)
class Service:
    """A service as its `service.py` declares it. `port` is where it answers on a machine that runs all of them."""

    name: str
    title: str
    port: int
    features: Sequence[str]
    callers: Callers
    zone: tzinfo
    """Where its days begin."""
    expands: Mapping[str, str] = field(default_factory=dict[str, str])
    """For a claim that is a name of many: the query that gives their ids, `:name` being what the token says."""
    withheld: str = ""
    """The query that gives of which ids ($1) no answer may show a part ($2), but to the offices ($3) that answer for them today ($4)."""
    published: Sequence[type[Event]] = ()
    settings: type[ServiceSettings] = ServiceSettings
    rules: Callable[[], Any] = lambda: None
    enacts: Enacts | None = None
    """Gives its rules with what its database has made law since they were read (`common/enacting.py`)."""
    emits: bool = False
    answers_once: bool = False
    """Whether a route takes an `Idempotency-Key`."""
    further_roles: Mapping[str, Callable[[Parts], Role]] = field(default_factory=dict[str, Callable[[Parts], Role]])
    commands: Mapping[str, Command] = field(default_factory=dict[str, Command])
    jobs: Mapping[str, Job] = field(default_factory=dict[str, Job])
    """What the role `jobs` does, by the kind a job is ordered with."""
    due: Sequence[Due] = ()
    """What the role `due` does when its time has come."""
    outfit: Callable[[FastAPI], None] = lambda _: None
    """What its web application has beside routes: headers, and errors answered in another form than problems."""

    def parts(self, settings: ServiceSettings, database: Database) -> Parts:
        """What a process of it is made of."""
        return Parts(settings, database, Clock(self.zone), Law(self.rules()))

    @property
    def consumes(self) -> bool:
        """Whether a feature reads events."""
        return next(self._named("consumers"), None) is not None

    @property
    def roles(self) -> list[str]:
        """The roles that a process may have."""
        return [
            "api",
            *(["worker"] if self.consumes else []),
            *(["relay"] if self.emits else []),
            *(["jobs"] if self.jobs else []),
            *(["due"] if self.due else []),
            *self.further_roles,
        ]

    @property
    def prefix(self) -> str:
        """What the names of its settings begin with in the environment."""
        return f"{self.name.upper()}_"

    @property
    def metadata(self) -> MetaData:
        """All its tables, those of the kit among them."""
        self._modules("tables")
        self._modules("consumers")  # a copy of what others tell has its tables where it is kept
        metadata = metadata_of(self.name)
        wanted = {
            "outbox": (self.emits, add_outbox),
            "inbox": (self.consumes, add_inbox),
            "waiting": (self.consumes, add_waiting),
            "letters": (self.consumes, add_operations),
            "idempotency": (self.answers_once, add_idempotency),
            "jobs": (bool(self.jobs), add_jobs),
            "imports": ("import" in self.jobs, add_imports),
        }
        for name, (is_wanted, add) in wanted.items():
            if is_wanted and name not in metadata.tables:
                add(metadata)
        return metadata

    @property
    def grants(self) -> Grants:
        """What its role that serves does with its own tables."""
        name = f"{self.name}.grants"
        return import_module(name).GRANTS if find_spec(name) else Grants({})

    @property
    def invariants(self) -> list[Invariant]:
        """What must always be true of its rows."""
        own = [invariant for module in self._modules("invariants") for invariant in module.INVARIANTS]
        return [*own, *([EVENTS_LEAVE] if self.emits else [])]

    @property
    def routers(self) -> list[APIRouter]:
        """The routes whose bodies are small."""
        return [module.router for module in self._modules("api")]

    @property
    def uploads(self) -> list[APIRouter]:
        """The routes that take a body of any length."""
        return [module.uploads for module in self._modules("api") if hasattr(module, "uploads")]

    @property
    def folder(self) -> Path:
        """Where its package lies."""
        return Path(str(resources.files(self.name)))

    @property
    def newest_revision(self) -> str | None:
        """The newest migration the code knows: the number its file's name begins with; None when there are no tables."""
        return max(numbered(self.folder), default=None)

    def subscriptions(self, parts: Parts) -> list[Subscription]:
        """What it reads from Kafka. Raises RuntimeError for a topic that others alone may read."""
        found = [module.subscription(parts) for module in self._modules("consumers")]
        for each in found:
            if each.topic.readers and self.name not in each.topic.readers:
                raise RuntimeError(f"{self.name} may not read {each.topic.name}")
        return found

    def _modules(self, name: str) -> list[ModuleType]:
        return [import_module(module) for module in self._named(name)]

    def _named(self, name: str) -> Iterator[str]:
        """The modules of this name, the service's own before its features'."""
        for place in (self.name, *(f"{self.name}.{feature}" for feature in self.features)):
            if find_spec(f"{place}.{name}"):
                yield f"{place}.{name}"
