"""Stakeholders over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from common.fields import Day
from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, Transaction
from contracts.callers import Caller
from registry import rights
from registry.stakeholders import commands, queries
from registry.stakeholders.schemas import StakeholderIn, StakeholderOut

router = APIRouter(prefix="/v1", tags=["stakeholders"])

Reader = Annotated[Caller[None], Depends(rights.READ_STAKEHOLDERS)]
Keeper = Annotated[Caller[None], Depends(rights.KEEP_STAKEHOLDERS)]


@router.get("/stakeholders", summary="Who takes part in competence development, in which role, as of a day")
async def list_stakeholders(
    session: Reading, caller: Reader, window: AskedWindow, as_of: Day | None = None
) -> Page[StakeholderOut]:
    return await queries.stakeholder_page(session, window, as_of or caller.today)


@router.post("/stakeholders", status_code=201, summary="Write down one more, from today on")
async def add_stakeholder(document: StakeholderIn, session: Transaction, caller: Keeper) -> StakeholderOut:
    return StakeholderOut.model_validate(await commands.add(session, document, caller), from_attributes=True)


@router.put("/stakeholders/{stakeholder_id}", summary="Change one from today on; what stood before stays readable")
async def change_stakeholder(
    stakeholder_id: UUID, document: StakeholderIn, session: Transaction, caller: Keeper
) -> StakeholderOut:
    changed = await commands.change(session, stakeholder_id, document, caller)
    return StakeholderOut.model_validate(changed, from_attributes=True)


@router.post("/stakeholders/{stakeholder_id}/end", summary="Take one off from today on")
async def end_stakeholder(stakeholder_id: UUID, session: Transaction, caller: Keeper) -> StakeholderOut:
    return StakeholderOut.model_validate(await commands.end(session, stakeholder_id, caller), from_attributes=True)
