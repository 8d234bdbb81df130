"""Where somebody reads their index of professionalism."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from common.web.parts import Reading, UsedLanguage
from contracts.callers import Caller
from contracts.looks import shows
from contracts.paths import NamedPerson
from credit import rights
from credit.domain.books import Regulations
from credit.professionalism.queries import read_agency_index, read_index
from credit.professionalism.schemas import AgencyIndexOut, IndexOut

router = APIRouter(prefix="/v1", tags=["professionalism"])


@router.get(
    "/people/{person_id}/professionalism",
    summary="The index of professionalism (IP ASN) of a person from verified records, and what one more training would change",
)
@shows("credit")
async def get_index(
    person_id: NamedPerson,
    session: Reading,
    caller: Annotated[Caller[Regulations], Depends(rights.READ_CREDIT)],
    language: UsedLanguage,
) -> IndexOut:
    return await read_index(session, person_id, caller, language)


@router.get(
    "/agencies/{agency_id}/professionalism",
    summary="The index of professionalism and its competence dimension over an agency, or a unit of it, with bounds",
)
async def get_agency_index(
    agency_id: UUID,
    session: Reading,
    caller: Annotated[Caller[Regulations], Depends(rights.READ_INDEXES)],
    unit_id: UUID | None = None,
) -> AgencyIndexOut:
    return await read_agency_index(session, agency_id, unit_id, caller)
