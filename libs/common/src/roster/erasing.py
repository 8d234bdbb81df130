"""What becomes of rows when somebody is erased: each service says it of each of its tables, in its `erasing.py`.

Books keep their amounts under the person's id, which names nobody once the registry has forgotten number, name and
contact (UU 27/2022, Pasal 43 and 44). Erased again, nothing is left to do; so a restored backup is put right by it too.
"""

import argparse
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.parts import Parts
from common.service import Command

THEIRS = "person_id = ANY(CAST(:people AS uuid[]))"
"""The condition for the rows of those who are erased."""


@dataclass(frozen=True)
class Gone:
    """Rows that are deleted."""

    whose: str = THEIRS

    def counting(self, table: str) -> str:
        return f"SELECT count(*) FROM {table} WHERE {self.whose}"  # noqa: S608 - built of names in this code

    def doing(self, table: str) -> str:
        return f"DELETE FROM {table} WHERE {self.whose}"  # noqa: S608 - built of names in this code


@dataclass(frozen=True)
class Blanked:
    """Rows that stay, and whose `columns` lose what they say; each with the SQL of what it then holds."""

    columns: Mapping[str, str]
    whose: str = THEIRS

    def _whose(self) -> str:
        differing = " OR ".join(f"{name} IS DISTINCT FROM {blank}" for name, blank in self.columns.items())
        return f"({self.whose}) AND ({differing})"

    def counting(self, table: str) -> str:
        return f"SELECT count(*) FROM {table} WHERE {self._whose()}"  # noqa: S608 - built of names in this code

    def doing(self, table: str) -> str:
        blanks = ", ".join(f"{name} = {blank}" for name, blank in self.columns.items())
        return f"UPDATE {table} SET {blanks} WHERE {self._whose()}"  # noqa: S608 - built of names in this code


@dataclass(frozen=True)
class Kept:
    """Rows that stay as they are, and why they tell of nobody."""

    why: str


NOBODY = Kept("tells of no person")
BY_ID = Kept("days, numbers and ids; the id names nobody any more")
KIT: Mapping[str, Gone | Blanked | Kept] = {
    "outbox": Kept("the relay empties it within seconds; its topic then decides (contracts/retention.toml)"),
    "inbox": Kept("ids of events"),
    "waiting": Gone("awaited = ANY(CAST(:people AS uuid[]))"),
    "consumers": Kept("tells of no person"),
    "letters": Kept("where events lie, and why they were buried: never what they say"),
    "idempotency": Gone(
        "EXISTS (SELECT FROM unnest(CAST(:people AS uuid[])) AS id WHERE position(CAST(id AS text) IN answer) > 0)"
    ),
    "jobs": Kept("ids of what was ordered"),
    "job_tries": Kept("tells of no person"),
    # A file may name anybody: all whose import has ended go, and their rows with them.
    "imports": Blanked({"dropped": "true"}, "ended_at IS NOT NULL"),
    "import_rows": Kept("numbers of rows; they go with their import"),
}
"""Of the kit's own tables."""


@dataclass(frozen=True)
class Erasing:
    """What becomes of the rows of each table of a service, in the order in which it is done; of the kit's as `KIT` says."""

    own: Mapping[str, Gone | Blanked | Kept]
    kit: Collection[str] = field(default_factory=tuple)

    @property
    def tables(self) -> Mapping[str, Gone | Blanked | Kept]:
        """By the name of the table."""
        return {**self.own, **{name: KIT[name] for name in self.kit}}

    async def preview(self, session: AsyncSession, people: Collection[UUID]) -> dict[str, int]:
        """How many rows of each table would be deleted or lose what they say."""
        counted = {
            name: await session.scalar(text(each.counting(name)), {"people": list(people)})
            for name, each in self.tables.items()
            if not isinstance(each, Kept)
        }
        return {name: count for name, count in counted.items() if count}

    async def erase(self, session: AsyncSession, people: Collection[UUID]) -> None:
        """Does it. The statements do not grow with the people."""
        for name, each in self.tables.items():
            if people and not isinstance(each, Kept):
                await session.execute(text(each.doing(name)), {"people": list(people)})


def erase_command(erasing: Erasing) -> Command:
    """`python -m SERVICE erase`: for a service whose copy came from a backup that still knew who was erased."""

    def add_arguments(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("people", nargs="+", type=UUID, help="ids of people that the registry has erased")
        parser.add_argument("--now", action="store_true", help="do it; else it is only told what would be done")

    async def erase(asked: argparse.Namespace, parts: Parts) -> int:
        async with parts.database.transaction() as session:
            rows = await erasing.preview(session, asked.people)
            if asked.now:
                await erasing.erase(session, asked.people)
        print(json.dumps({"done": asked.now, "rows": rows}))  # noqa: T201 - a command talks to its user
        return 0

    return Command(
        erase, description="Erase people again, from a restored copy; tells the rows.", arguments=add_arguments
    )
