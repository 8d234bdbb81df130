"""Why a training gives no points, or which case it has opened."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from common.web.auth import Principal, allow
from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, UsedLanguage
from credit.evidence.queries import list_evidence, read_evidence
from credit.evidence.schemas import EvidenceView
from credit.people import PEOPLE
from credit.rulebook import UsedRules
from credit.scope import READERS, AskedPerson

router = APIRouter(prefix="/v1", tags=["evidence"])

Reader = Annotated[Principal, Depends(allow(*READERS))]


@router.get("/people/{person_id}/evidence", summary="Assessed trainings of a person, each zero explained")
async def get_evidence_of(
    person_id: AskedPerson,
    session: Reading,
    principal: Reader,
    window: AskedWindow,
    rules: UsedRules,
    language: UsedLanguage,
) -> Page[EvidenceView]:
    return await list_evidence(session, person_id, window, PEOPLE.seen_by(principal), rules, language)


@router.get("/evidence/{record_id}", summary="What one training record gives, and why")
async def get_evidence(
    record_id: UUID, session: Reading, principal: Reader, rules: UsedRules, language: UsedLanguage
) -> EvidenceView:
    return await read_evidence(session, record_id, PEOPLE.seen_by(principal), rules, language)
