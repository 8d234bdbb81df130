"""Units and posts in an upload: a line may name another of the same upload, before or after it."""

from collections.abc import Hashable, Sequence
from typing import Protocol
from uuid import UUID

from sqlalchemy import Table, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from common.web.ordering import Link, Links
from contracts.callers import Caller
from registry.agencies.store import InAgency, named
from registry.domain.lines import shown


class Below(InAgency, Protocol):
    """A line about something of an agency that may stand below another."""

    @property
    def id(self) -> UUID | None: ...
    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def above(self) -> tuple[UUID | None, str | None]:
        """By which id and by which code it names what stands above it."""
        ...


def links(table: Table, caller: Caller[None], loop: str, field: str) -> Links[Below]:
    """How lines about rows of a table name each other; a circle among them is refused as `loop`, with its path.

    Lines about agencies that the caller does not reach are refused by themselves, so they are not looked at.
    """
    known_names = text(
        f"SELECT id, agency_id, code FROM {table.name} WHERE id = ANY(CAST(:ids AS uuid[]))"  # noqa: S608 - a table of ours
        " OR (agency_id, code) IN (SELECT * FROM unnest(CAST(:agencies AS uuid[]), CAST(:codes AS text[])))"
    )

    async def read(session: AsyncSession, lines: Sequence[Below]) -> list[Link]:
        agencies = await named(session, lines)
        found: list[Link] = []
        for line in lines:
            places = [agency_id for agency_id in agencies.possible(line) if caller.reaches(agency_id)]
            above_id, above_code = line.above
            found.append(
                Link(
                    own=_names(places, line.id, line.code),
                    above=_names(places, above_id, above_code),
                    label=line.name,
                )
            )
        return found

    async def on_record(session: AsyncSession, names: Sequence[Hashable]) -> list[bool]:
        codes = [name for name in names if isinstance(name, tuple)]
        asked = {
            "ids": [name for name in names if isinstance(name, UUID)],
            "agencies": [agency_id for agency_id, _ in codes],
            "codes": [code for _, code in codes],
        }
        known: set[Hashable] = set()
        for row in await session.execute(known_names, asked):
            known |= {row.id, (row.agency_id, row.code)}
        return [name in known for name in names]

    return Links(read, on_record, lambda labels: Refused(loop, field, path=shown(labels)))


def _names(agency_ids: Sequence[UUID], own_id: UUID | None, code: str | None) -> list[Hashable]:
    ids: list[Hashable] = [own_id] if own_id and agency_ids else []
    return [*ids, *((agency_id, code) for agency_id in agency_ids if code)]
