"""The job table: work that is ordered in one transaction and done in many, step by step (`common.runner`).

A job is ordered together with what it is ordered for: rolled back, it was never there. Whoever ordered it follows it,
and nobody else (`common.web.jobs`).
"""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.ids import new_id
from common.refused import Refused


async def order(session: AsyncSession, kind: str, plan: Mapping[str, Any], by: str) -> UUID:
    """Queues a job of a kind that the service declares, to be done after the commit; gives its id.

    `plan` is what its steps are told, as JSON: ids rather than what they name. `by` is the subject who follows it.
    """
    job_id = new_id()
    await session.execute(
        text("INSERT INTO jobs (id, kind, plan, ordered_by) VALUES (:id, :kind, CAST(:plan AS jsonb), :by)"),
        {"id": job_id, "kind": kind, "plan": json.dumps(plan, default=str), "by": by},
    )
    return job_id


async def find(session: AsyncSession, job_id: UUID, by: str | None) -> Row[Any]:
    """A job that this subject has ordered, or anybody. Raises Refused `not-found` for any other."""
    row = (
        await session.execute(
            text(
                "SELECT id, kind, state, done, total, problem, created_at, begun_at, ended_at FROM jobs"
                " WHERE id = :id AND ordered_by = coalesce(:by, ordered_by)"
            ),
            {"id": job_id, "by": by},
        )
    ).one_or_none()
    if row is None:
        raise Refused("not-found")
    return row


async def is_over(session: AsyncSession, job_id: UUID) -> bool:
    """Whether nothing more becomes of a job: it is done or was taken out of the queue, and may have expired since."""
    state = await session.scalar(text("SELECT state FROM jobs WHERE id = :id"), {"id": job_id})
    return state not in ("queued", "running", "failed")


async def resume(session: AsyncSession, job_id: UUID, by: str | None) -> None:
    """Has a job that failed begin again with the step that failed it; `by` None: whoever has ordered it.

    Raises Refused: `not-found`, `job-not-failed`.
    """
    resumed = await session.scalar(
        text(
            "UPDATE jobs SET state = CASE WHEN position IS NULL THEN 'queued' ELSE 'running' END,"
            " problem = NULL, ended_at = NULL"
            " WHERE id = :id AND ordered_by = coalesce(:by, ordered_by) AND state = 'failed' RETURNING 1"
        ),
        {"id": job_id, "by": by},
    )
    if resumed is None:
        await find(session, job_id, by)
        raise Refused("job-not-failed")


async def cancel(session: AsyncSession, job_id: UUID, by: str) -> None:
    """Takes a job out of the queue. One that has begun goes to its end: what is half done is worse than either.

    Raises Refused: `not-found`, `job-not-waiting`.
    """
    cancelled = await session.scalar(
        text(
            "UPDATE jobs SET state = 'cancelled', ended_at = now()"
            " WHERE id = :id AND ordered_by = :by AND state = 'queued' RETURNING 1"
        ),
        {"id": job_id, "by": by},
    )
    if cancelled is None:
        await find(session, job_id, by)
        raise Refused("job-not-waiting")
