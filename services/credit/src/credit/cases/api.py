"""Reading cases and moving them on: check, attest, return, resubmit."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from fastapi.responses import StreamingResponse
from sqlalchemy.ext.asyncio import AsyncSession

from common.answers import Answer
from common.refused import Refused
from common.texts import Language
from common.web import etag
from common.web.bulk import Lines, lines_of
from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, Transaction, UsedLanguage
from contracts.callers import Caller
from contracts.looks import shows
from credit import rights
from credit.cases import commands
from credit.cases.commands import Decision, Wanted
from credit.cases.queries import list_cases, read_case
from credit.cases.schemas import CaseIn, CaseOut, CaseWithHistoryOut, DecisionIn, FaultIn, ReturnIn
from credit.domain.books import Regulations
from credit.domain.cases import State
from credit.domain.returns import Fault

router = APIRouter(prefix="/v1", tags=["cases"])
uploads = APIRouter(prefix="/v1", tags=["cases"])

Reader = Annotated[Caller[Regulations], Depends(rights.READ)]
Verifier = Annotated[Caller[Regulations], Depends(rights.CHECK)]
Validator = Annotated[Caller[Regulations], Depends(rights.ATTEST)]
Judge = Annotated[Caller[Regulations], Depends(rights.SEND_BACK)]
Submitter = Annotated[Caller[Regulations], Depends(rights.SUBMIT)]
CaseLines = Annotated[Lines[CaseIn], Depends(lines_of(CaseIn))]
DecisionLines = Annotated[Lines[DecisionIn], Depends(lines_of(DecisionIn))]


REFUSALS: dict[int | str, dict[str, Any]] = {
    403: {"description": "`own-case`: the case is about the caller"},
    409: {"description": "`illegal-transition` or `in-other-hands`"},
}
DECISIONS: dict[int | str, dict[str, Any]] = {
    **REFUSALS,
    409: {"description": "`illegal-transition`, `same-person` or `in-other-hands`"},
    428: {
        "description": "`judged-anew`: its points have changed since it was submitted or checked; name the version you have seen"
        " (If-Match)"
    },
}


@router.get("/cases", summary="Cases, oldest first")
@shows("cases")
async def get_cases(
    session: Reading,
    caller: Reader,
    window: AskedWindow,
    language: UsedLanguage,
    state: State | None = None,
    agency_id: UUID | None = None,
    person_id: UUID | None = None,
) -> Page[CaseOut]:
    return await list_cases(session, window, caller, language, state, agency_id, person_id)


@router.get("/cases/{case_id}", summary="A case with its history")
@shows("cases", introduces=True)
async def get_case(
    case_id: UUID, session: Reading, caller: Reader, language: UsedLanguage, response: Response
) -> CaseWithHistoryOut:
    return etag.tagged(await read_case(session, case_id, caller, language), response)


@router.post(
    "/cases/{case_id}/check",
    summary="Confirm that the papers of a case somebody else has submitted are in order",
    responses=DECISIONS,
)
@shows("cases")
async def check(
    case_id: UUID,
    session: Transaction,
    caller: Verifier,
    seen: etag.Seen,
    language: UsedLanguage,
) -> CaseWithHistoryOut:
    [answer] = await commands.check(session, [Wanted(case_id, seen)], caller)
    return await _shown(session, answer, caller, language)


@router.post(
    "/cases/{case_id}/attest",
    summary="Attest a case that others have submitted and checked: its points enter the ledger",
    responses=DECISIONS,
)
@shows("cases")
async def attest(
    case_id: UUID,
    session: Transaction,
    caller: Validator,
    seen: etag.Seen,
    language: UsedLanguage,
) -> CaseWithHistoryOut:
    [answer] = await commands.attest(session, [Wanted(case_id, seen)], caller)
    return await _shown(session, answer, caller, language)


@router.post(
    "/cases/{case_id}/return",
    summary="Send a case back for repair, naming the parts that are not in order; its months become free",
    responses={**REFUSALS, 409: {"description": "`illegal-transition`, or `part-decided`: it was found right before"}},
)
@shows("cases")
async def send_back(
    case_id: UUID,
    body: ReturnIn,
    session: Transaction,
    caller: Judge,
    seen: etag.Seen,
    language: UsedLanguage,
) -> CaseWithHistoryOut:
    wanted = Wanted(case_id, seen, body.reason, _faults(body.parts))
    [answer] = await commands.send_back(session, [wanted], caller)
    return await _shown(session, answer, caller, language)


@router.post(
    "/cases/{case_id}/resubmit",
    summary="Submit a returned case again as it is, judged anew; POST /predicates with its reference repairs it",
    responses={
        **REFUSALS,
        409: {
            "description": "`illegal-transition`, `months-already-booked`, `record-gone` or `degree-already-claimed`"
        },
    },
)
@shows("cases")
async def resubmit(
    case_id: UUID,
    session: Transaction,
    caller: Submitter,
    seen: etag.Seen,
    language: UsedLanguage,
) -> CaseWithHistoryOut:
    answer = await commands.resubmit(session, Wanted(case_id, seen), caller)
    return await _shown(session, answer, caller, language)


@uploads.post("/cases:check", summary="Check many cases")
async def check_many(caller: Verifier, lines: CaseLines) -> StreamingResponse:
    return await lines.answer(lambda session, given: commands.check(session, _wanted(given), caller))


@uploads.post("/cases:attest", summary="Attest many cases")
async def attest_many(caller: Validator, lines: CaseLines) -> StreamingResponse:
    return await lines.answer(lambda session, given: commands.attest(session, _wanted(given), caller))


@uploads.post("/cases:decide", summary="Check, attest and return many cases, each for its own reason")
async def decide_many(caller: Judge, lines: DecisionLines) -> StreamingResponse:
    return await lines.answer(lambda session, given: commands.decide(session, _decisions(given), caller))


def _decisions(lines: Sequence[DecisionIn]) -> list[Decision]:
    return [
        Decision(line.act, replace(wanted, reason=line.reason, faults=_faults(line.parts)))
        for line, wanted in zip(lines, _wanted(lines), strict=True)
    ]


def _faults(parts: Sequence[FaultIn]) -> list[Fault]:
    return [Fault(each.part, each.code) for each in parts]


def _wanted(lines: Sequence[CaseIn]) -> list[Wanted]:
    return [Wanted(line.id, None if line.version is None else frozenset({str(line.version)})) for line in lines]


async def _shown(
    session: AsyncSession, answer: Answer, caller: Caller[Regulations], language: Language
) -> CaseWithHistoryOut:
    if isinstance(answer, Refused):
        raise answer
    return await read_case(session, answer.id, caller, language)
