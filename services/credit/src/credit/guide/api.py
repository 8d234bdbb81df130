"""Where somebody asks what counts for them."""

from typing import Annotated

from fastapi import APIRouter, Depends

from common.web.parts import Reading, UsedLanguage
from contracts.callers import Caller
from contracts.looks import shows
from contracts.paths import NamedPerson
from credit import rights
from credit.domain.books import Regulations
from credit.guide.queries import read_guide
from credit.guide.schemas import GuideOut

router = APIRouter(prefix="/v1", tags=["guide"])


@router.get(
    "/people/{person_id}/credit/guide",
    summary="What counts for a person's jenjang now and what gives nothing, each with its rule; and the months still to be sent",
)
@shows("credit")
async def get_guide(
    person_id: NamedPerson,
    session: Reading,
    caller: Annotated[Caller[Regulations], Depends(rights.READ_CREDIT)],
    language: UsedLanguage,
) -> GuideOut:
    return await read_guide(session, person_id, caller, language)
