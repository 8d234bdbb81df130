"""Where the inspectorate takes the audit of its agency."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from common.fields import Day
from common.web.bodies import NDJSON
from common.web.parts import Reading
from contracts.callers import Caller
from contracts.looks import FileOfMany, shows
from credit import rights
from credit.audit.queries import write_audit
from credit.domain.books import Regulations

router = APIRouter(prefix="/v1", tags=["audit"])


@router.get(
    "/audit",
    summary="The chained entries and moves of an agency from one day to another, a line each: verified without Jejak",
    status_code=200,
    responses={200: {"content": {NDJSON: {}}, "description": "a line each: the head, entries, moves, the end"}},
    response_class=FileOfMany,
)
@shows("cases")
async def get_audit(
    session: Reading,
    caller: Annotated[Caller[Regulations], Depends(rights.AUDIT)],
    agency_id: UUID,
    since: Day,
    until: Day,
) -> FileOfMany:
    return await write_audit(session, agency_id, since, until, caller)
