"""The routes by which whoever ordered a job follows it: the same in every service that has jobs."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from common.refused import Refused
from common.store import jobs
from common.web.parts import Reading, Transaction, UsedLanguage, parts_of
from common.web.principals import Principal
from common.web.problems import ProblemDocument


class JobOut(BaseModel):
    """A job: how far it is, and why it has failed. One that has begun is taken up again by whoever runs next."""

    id: UUID
    kind: str
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    done: int = Field(description="what its steps have done so far, of `total`")
    total: int | None = Field(description="null until its first step has ended")
    queued_at: datetime
    begun_at: datetime | None
    ended_at: datetime | None
    problem: ProblemDocument | None = Field(description="why it has failed; what its earlier steps did stays done")


def job_routes(right: Callable[..., Awaitable[Principal]]) -> APIRouter:
    """The routes for jobs, open to whom the right names; each of them reaches what they have ordered themselves."""
    router = APIRouter(prefix="/v1", tags=["jobs"])
    allowed = Depends(right)

    @router.get("/jobs/{job_id}", summary="How far a job is that you have ordered")
    async def get_job(
        job_id: UUID, request: Request, session: Reading, language: UsedLanguage, caller: Annotated[Principal, allowed]
    ) -> JobOut:
        row = await jobs.find(session, job_id, caller.subject)
        problem: Any = None
        if row.problem is not None:
            refused = Refused(row.problem["code"], row.problem["field"], **row.problem["values"])
            problem = ProblemDocument.model_validate(parts_of(request).catalogue.body([refused], language))
        return JobOut(
            id=row.id,
            kind=row.kind,
            state=row.state,
            done=row.done,
            total=row.total,
            queued_at=row.created_at,
            begun_at=row.begun_at,
            ended_at=row.ended_at,
            problem=problem,
        )

    @router.post(
        "/jobs/{job_id}/cancel",
        status_code=204,
        summary="Take a job that still waits out of the queue",
        responses={409: {"description": "`job-not-waiting`"}},
    )
    async def cancel_job(job_id: UUID, session: Transaction, caller: Annotated[Principal, allowed]) -> None:
        await jobs.cancel(session, job_id, caller.subject)

    @router.post(
        "/jobs/{job_id}/resume",
        status_code=204,
        summary="Begin a job that failed again, with the step that failed it",
        responses={409: {"description": "`job-not-failed`"}},
    )
    async def resume_job(job_id: UUID, session: Transaction, caller: Annotated[Principal, allowed]) -> None:
        await jobs.resume(session, job_id, caller.subject)

    return router
