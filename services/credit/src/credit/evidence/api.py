"""Why a training gives no points, or which case it has opened."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, UsedLanguage
from contracts.callers import Caller
from contracts.looks import shows
from contracts.paths import NamedPerson
from credit import rights
from credit.domain.books import Regulations
from credit.evidence.queries import list_evidence, read_evidence
from credit.evidence.schemas import EvidenceOut

router = APIRouter(prefix="/v1", tags=["evidence"])

Reader = Annotated[Caller[Regulations], Depends(rights.READ)]


@router.get("/people/{person_id}/evidence", summary="Assessed trainings of a person, each zero explained")
@shows("evidence")
async def get_evidence_of(
    person_id: NamedPerson,
    session: Reading,
    caller: Reader,
    window: AskedWindow,
    language: UsedLanguage,
) -> Page[EvidenceOut]:
    return await list_evidence(session, person_id, window, caller, language)


@router.get("/evidence/{record_id}", summary="What one training record gives, and why")
@shows("evidence")
async def get_evidence(record_id: UUID, session: Reading, caller: Reader, language: UsedLanguage) -> EvidenceOut:
    return await read_evidence(session, record_id, caller, language)
