"""The agencies that documents name, by id or by code."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from contracts.callers import Caller
from registry.naming import one_of


class InAgency(Protocol):
    """A document that says which agency it is about."""

    @property
    def agency_id(self) -> UUID | None: ...
    @property
    def agency_code(self) -> str | None: ...


@dataclass(frozen=True)
class Named:
    """Agencies by id and by code, and those of them that are closed."""

    ids: dict[UUID | str, UUID]
    closed: set[UUID]

    def found(self, document: InAgency) -> UUID:
        """The agency a document names. Raises Refused."""
        names = {"agency_id": document.agency_id, "agency_code": document.agency_code}
        agency_id = one_of(names, self.ids.get, "agency-unknown")
        if agency_id is None:
            raise Refused("field-missing", "agency_id")
        return agency_id

    def possible(self, document: InAgency) -> set[UUID]:
        """The agencies a document may mean, right or wrong: what is to be read beforehand."""
        names = (document.agency_id, document.agency_code)
        return {self.ids[name] for name in names if name is not None and name in self.ids}

    def check_open(self, agency_id: UUID) -> None:
        """Raises Refused for a closed agency, to which nobody and nothing new comes."""
        if agency_id in self.closed:
            raise Refused("agency-closed", "agency_id")

    def meant(self, document: InAgency, caller: Caller[None], also: Collection[UUID] = ()) -> UUID:
        """The agency a document names, which must be the caller's or one of `also`. Raises Refused."""
        agency_id = self.found(document)
        if not caller.reaches(agency_id) and agency_id not in also:
            raise Refused("agency-mismatch", "agency_id" if document.agency_id else "agency_code")
        return agency_id


async def named(session: AsyncSession, documents: Iterable[InAgency]) -> Named:
    """The agencies that documents name."""
    names = [(document.agency_id, document.agency_code) for document in documents]
    found = (
        await session.execute(
            text(
                "SELECT id, code, active FROM agencies"
                " WHERE id = ANY(CAST(:ids AS uuid[])) OR code = ANY(CAST(:codes AS text[]))"
            ),
            {
                "ids": list({agency_id for agency_id, _ in names if agency_id}),
                "codes": list({code for _, code in names if code}),
            },
        )
    ).all()
    return Named(
        {name: row.id for row in found for name in (row.id, row.code)}, {row.id for row in found if not row.active}
    )
