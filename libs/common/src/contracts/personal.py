"""What a service holds of a person: its part of the file that everybody may ask for (UU 27/2022, Pasal 6, 7 and 13).

A service says it in `personal/sections.toml`: for each table with something of a person, the condition that finds their
rows; for every other table and column, why it is not shown. `personal/consumers.py` is one line, `handing_over`.
"""

import json
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy import Boolean, Date, DateTime, Numeric, Table, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Received
from common.ids import derived_id
from common.messages.inbox import Subscription
from common.parts import Parts
from common.store.outbox import emit
from common.texts import Language, Texts
from contracts import topics
from contracts.events.data_files import Column, DataFilePart, DataFileRequested, Kind, Section

PASSING = {
    "portal": "sessions, gone within a day, and views that their owner reads and deletes there, gone a year after their last use;"
    " all by keyed hashes alone, and sealed (ADR 0033)"
}
"""The services whose rows tell of nobody, and why: they hand nothing over."""
MOST = 400_000
"""Bytes of rows in one event."""
KIT = {
    "outbox": "on its way to others, and deleted when it has left",
    "inbox": "ids of events",
    "waiting": "waits to be applied, and is then in the tables above",
    "consumers": "how far each consumer is",
    "letters": "where events lie that could not be applied",
    "idempotency": "answers to requests, by whoever sent them",
    "jobs": "ids of what is done, by whoever ordered it",
    "job_tries": "how often a step was begun",
    "imports": "which file somebody has sent; what it says of others has gone where their data are",
    "import_rows": "which rows of a file were refused, and why",
}
"""The kit's tables, and why they are in no part."""

NAMED: Mapping[str, Kind] = {"agency_id": "agency", "unit_id": "unit", "post_id": "post"}
TYPED: Mapping[type[Any], Kind] = {Boolean: "flag", DateTime: "moment", Date: "day", Numeric: "number"}


@dataclass(frozen=True)
class PersonalRows:
    """The rows of a table that are about a person, and the columns that are shown."""

    table: Table
    rows: str
    columns: Sequence[str]
    private: bool
    """Whether nobody but the person may read it."""

    def texts(self) -> list[str]:
        """The names of its title and of what stands above each column."""
        return [f"data.{self.table.name}", *(f"field.{column}" for column in self.columns)]


@dataclass(frozen=True)
class Personal:
    """What a service holds of a person; `left_out` says why each other table or column is not shown."""

    service: str
    texts: Texts
    held: Sequence[PersonalRows]
    left_out: Mapping[str, str]

    async def part(self, session: AsyncSession, person_id: UUID, language: Language) -> list[Section]:
        """All of it, in the order of the sections and of each table's key."""
        return [await self._section(session, held, person_id, language) for held in self.held]

    async def _section(self, session: AsyncSession, held: PersonalRows, person_id: UUID, language: Language) -> Section:
        columns = [held.table.c[name] for name in held.columns]
        found = await session.execute(
            select(*columns).where(text(held.rows)).order_by(*held.table.primary_key), {"person": person_id}
        )
        named = held.texts()
        return Section(
            name=held.table.name,
            title=self.texts.say(named[0], language),
            private=held.private,
            columns=[
                Column(name=column.name, label=self.texts.say(label, language), kind=_kind(column))
                for column, label in zip(columns, named[1:], strict=True)
            ],
            rows=[to_jsonable_python(list(row)) for row in found],
        )


@cache
def personal(service: str) -> Personal:
    """What a service says that it holds of a person."""
    declared = import_module(f"{service}.service").SERVICE
    said = tomllib.loads((declared.folder / "personal" / "sections.toml").read_text(encoding="utf-8"))
    left_out: Mapping[str, str] = said["left_out"]
    tables = declared.metadata.tables
    held = [
        PersonalRows(
            tables[name],
            rows,
            [
                column.name
                for column in tables[name].columns
                if not {column.name, f"{name}.{column.name}"} & left_out.keys()
            ],
            name in said.get("private", {}),
        )
        for name, rows in said["sections"].items()
    ]
    return Personal(service, Texts(declared.folder), held, left_out)


def handing_over(module: str) -> Callable[[Parts], Subscription]:
    """How a service hears that a person's data are asked for, and answers; `module` is where it says so."""
    service = module.partition(".")[0]

    async def handle(session: AsyncSession, batch: Sequence[Received]) -> None:
        for received in batch:
            asked: DataFileRequested = received.event
            sections = await personal(service).part(session, asked.person_id, asked.language)
            parts = list(in_parts(sections))
            for number, some in enumerate(parts, 1):
                part = DataFilePart(
                    file_id=asked.file_id,
                    person_id=asked.person_id,
                    asking=asked.asking,
                    service=service,
                    number=number,
                    of=len(parts),
                    sections=some,
                )
                named = derived_id("data-file-part", asked.file_id, asked.asking, service, number)
                emit(session, part, sequence=number, event_id=named)

    def subscription(_: Parts) -> Subscription:
        return Subscription(f"{service}.personal", topics.DATA_FILES, (DataFileRequested,), handle)

    return subscription


def in_parts(sections: Sequence[Section], most: int = MOST) -> Iterator[list[Section]]:
    """The sections in parts that each fit into an event; one that is too large goes on in the next part."""
    part: list[Section] = []
    size = 0
    for section in sections:
        begun = 0
        for end, row in enumerate(section.rows):
            weight = len(json.dumps(row))  # with all but ASCII escaped: never less than it has in UTF-8
            if size and size + weight > most:
                yield [*part, section.model_copy(update={"rows": section.rows[begun:end]})]
                part, size, begun = [], 0, end
            size += weight
        part.append(section.model_copy(update={"rows": section.rows[begun:]}))
    yield part


def _kind(column: Any) -> Kind:
    for ending, kind in NAMED.items():
        if column.name.endswith(ending):
            return kind
    for type_, kind in TYPED.items():
        if isinstance(column.type, type_):
            return kind
    return "text"
