"""Pairs over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, Transaction, UsedLanguage
from contracts.callers import Caller
from contracts.looks import shows
from mentoring import rights
from mentoring.domain.pairs import State
from mentoring.pairs import answers, coverage, drafts, queries, reviews
from mentoring.pairs.own_match import own_match
from mentoring.pairs.schemas import (
    ByHandIn,
    CoverageOut,
    DeclineIn,
    DeskPairOut,
    DraftedOut,
    ExchangeIn,
    KeepIn,
    MoveIn,
    PairChangeOut,
    PairOut,
    PublishedOut,
    UnmatchedOut,
)
from mentoring.runs.schemas import WhyOut

router = APIRouter(prefix="/v1", tags=["pairs"])

Reader = Annotated[Caller[None], Depends(rights.READ_PAIRS)]
Keeper = Annotated[Caller[None], Depends(rights.KEEP_PAIRS)]
Mentee = Annotated[Caller[None], Depends(rights.READ_OWN_MATCH)]
OneOfBoth = Annotated[Caller[None], Depends(rights.OWN_PAIRS)]
NO_OFFER: dict[int | str, dict[str, Any]] = {409: {"description": "`pair-not-offered`"}}

NO_DRAFT: dict[int | str, dict[str, Any]] = {409: {"description": "`pair-not-draft`, `programme-closed`"}}


@router.get("/pairs/me", summary="The pairs you are or were one of")
@shows("mentoring", introduces=True)
async def list_own_pairs(session: Reading, caller: OneOfBoth, window: AskedWindow) -> Page[PairOut]:
    return await queries.own_pairs(session, window, caller)


@router.get(
    "/programmes/{programme_id}/pairs",
    summary="The pairs of a programme, drafts too; those up for review alone, if asked",
)
@shows("mentoring")
async def list_pairs(
    programme_id: UUID,
    session: Reading,
    caller: Reader,
    window: AskedWindow,
    state: State | None = None,
    *,
    review: bool = False,
) -> Page[DeskPairOut]:
    return await queries.pair_page(session, window, programme_id, state, caller, review=review)


@router.post(
    "/runs/{run_id}/draft",
    summary="Make the pairs of a run the drafts of its programme, in place of those that stood there",
    responses={409: {"description": "`run-not-done`, `programme-closed`"}},
)
async def post_draft(run_id: UUID, session: Transaction, caller: Keeper) -> DraftedOut:
    return DraftedOut(drafts=await drafts.draft(session, run_id, caller))


@router.post(
    "/programmes/{programme_id}/pairs",
    status_code=201,
    summary="Make a draft by hand, with the reason",
    responses={409: {"description": "`programme-closed`, `already-paired`"}},
)
@shows("mentoring")
async def post_pair(programme_id: UUID, document: ByHandIn, session: Transaction, caller: Keeper) -> DeskPairOut:
    pair_id = await drafts.make(session, programme_id, document, caller)
    return await queries.pair_of_desk(session, pair_id, caller)


@router.post(
    "/pairs/{pair_id}/mentor", summary="Give the mentee of a draft another mentor, with the reason", responses=NO_DRAFT
)
@shows("mentoring")
async def post_mentor(pair_id: UUID, document: MoveIn, session: Transaction, caller: Keeper) -> DeskPairOut:
    return DeskPairOut.model_validate(await drafts.move(session, pair_id, document.mentor_id, document.reason, caller))


@router.post(
    "/pairs/{pair_id}/exchange", summary="Exchange the mentors of two drafts, with the reason", responses=NO_DRAFT
)
@shows("mentoring")
async def post_exchange(pair_id: UUID, document: ExchangeIn, session: Transaction, caller: Keeper) -> list[DeskPairOut]:
    both = await drafts.exchange(session, pair_id, document.pair_id, document.reason, caller)
    return [DeskPairOut.model_validate(pair) for pair in both]


@router.get("/pairs/{pair_id}/changes", summary="What the desk did with a pair, and why")
async def list_changes(pair_id: UUID, session: Reading, caller: Reader) -> list[PairChangeOut]:
    return await queries.changes(session, pair_id, caller)


@router.post(
    "/programmes/{programme_id}/publish",
    summary="Offer the drafts that break no limit: both people get a mail and have 72 hours to answer",
    responses={409: {"description": "`programme-closed`"}},
)
async def post_publish(programme_id: UUID, session: Transaction, caller: Keeper) -> PublishedOut:
    offered, review = await drafts.publish(session, programme_id, caller)
    return PublishedOut(offered=offered, review=review)


@router.post(
    "/pairs/{pair_id}/accept",
    summary="Accept an offer; the pair begins when both have. `lapsed`: the mentor's last seat went meanwhile",
    responses=NO_OFFER,
)
@shows("mentoring")
async def post_accept(pair_id: UUID, session: Transaction, caller: OneOfBoth) -> PairOut:
    return PairOut.model_validate(await answers.accept(session, pair_id, caller))


@router.post(
    "/pairs/{pair_id}/decline",
    summary="Decline an offer; the reason is read by the programme's desk alone",
    responses=NO_OFFER,
)
@shows("mentoring")
async def post_decline(pair_id: UUID, document: DeclineIn, session: Transaction, caller: OneOfBoth) -> PairOut:
    return PairOut.model_validate(await answers.decline(session, pair_id, document.reason, caller))


@router.post(
    "/pairs/{pair_id}/keep",
    summary="Keep a pair as it is that is up for review, with the reason",
    responses={409: {"description": "`pair-not-in-review`"}},
)
@shows("mentoring")
async def post_keep(pair_id: UUID, document: KeepIn, session: Transaction, caller: Keeper) -> DeskPairOut:
    return DeskPairOut.model_validate(await reviews.keep(session, pair_id, document.reason, caller))


@router.get(
    "/programmes/{programme_id}/coverage",
    summary="How many of the applicants have a mentor, by region, jenjang and sex, without small groups",
)
async def get_coverage(programme_id: UUID, session: Reading, caller: Reader) -> CoverageOut:
    return await coverage.coverage(session, programme_id, caller)


@router.get("/programmes/{programme_id}/unmatched", summary="Who has no mentor, each with the limit that binds them")
@shows("mentoring")
async def list_unmatched(
    programme_id: UUID, session: Reading, caller: Reader, window: AskedWindow
) -> Page[UnmatchedOut]:
    return await coverage.unmatched_page(session, window, programme_id, caller)


@router.get(
    "/programmes/{programme_id}/match/me",
    summary="Why you have this mentor, or none, and the smallest change that would match you",
    responses={409: {"description": "`run-not-done`: your pair is not one that a run has found"}},
)
@shows("mentoring")
async def get_own_match(programme_id: UUID, session: Reading, language: UsedLanguage, caller: Mentee) -> WhyOut:
    return await own_match(session, programme_id, language, caller)
