"""The role that does the jobs of a service, step by step.

A step is one transaction: what it changes, and how far the job is. While it runs it holds the job's row, so no other
runner takes that job, and a runner that dies leaves it as the last step has: the next one goes on from there.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.parts import Parts
from common.refused import Refused
from common.steady import Steady
from common.store.outbox import attempt
from common.store.transient import is_transient
from common.telemetry import log, traced


class Turn(NamedTuple):
    """A job as its next step finds it."""

    job_id: UUID
    plan: dict[str, Any]
    """What it was ordered with."""
    position: Any
    """Where the step before left it; None for the first."""


class Step(NamedTuple):
    """How far a step has come: `done` of `total`, in whatever the job counts."""

    done: int
    total: int
    position: Any = None
    """Where the next step begins, as JSON; None when there is none."""


Job = Callable[[AsyncSession, Parts, Turn], Awaitable[Step]]
"""Does the next step of a job. Raises Refused where the job cannot be done: it has then failed, and says why.

What its earlier steps have done stays done. Whatever else is raised, but for a broken world, fails the job too.
"""


MOST_TRIES = 5
"""How often a step is begun: one that has killed its process each time would kill the next for ever."""


class Runner(Steady):
    """Does the jobs of these kinds, the oldest first; where several run, a job each."""

    def __init__(self, parts: Parts, jobs: Mapping[str, Job]) -> None:
        super().__init__()
        self._parts = parts
        self._jobs = jobs

    async def turn(self) -> int:
        """Does a step of the oldest job that no other runner is at. Returns how many steps: 1, or 0 where there is none."""
        async with self._parts.database.transaction() as session:
            row = (await session.execute(OLDEST, {"kinds": list(self._jobs)})).one_or_none()
            if row is None:
                return 0
            with traced(f"job {row.kind}"):
                try:
                    await self._begin(row.id)
                    step = await self._do(session, row)
                except Exception as error:
                    if is_transient(error):
                        await self._forget(row.id)
                        raise
                    await session.execute(FAIL, {"id": row.id, "problem": _problem(error)})
                    log.warning("job has failed", job=str(row.id), kind=row.kind, exc_info=error)
                else:
                    position = None if step.position is None else json.dumps(step.position, default=str)
                    told = {"id": row.id, "done": step.done, "total": step.total, "position": position}
                    await session.execute(ADVANCE, told)
            await session.execute(FORGET, {"id": row.id})
            return 1

    async def _begin(self, job_id: UUID) -> None:
        """Counts a try at once, since a step that kills its process leaves nothing else. Raises Refused for one too many."""
        async with self._parts.database.transaction() as session:
            tries = (await session.execute(BEGUN, {"id": job_id})).scalar_one()
        if tries > MOST_TRIES:
            raise Refused("job-dies", tries=MOST_TRIES)

    async def _forget(self, job_id: UUID) -> None:
        """What a broken world has ended was no try. While the database is away, nobody can say that, and it counts."""
        # Whatever ended the step is raised and logged anyway; a second error here, of the same cause, would only hide it.
        with suppress(Exception):
            async with self._parts.database.transaction() as session:
                await session.execute(FORGET, {"id": job_id})

    async def _do(self, session: AsyncSession, row: Row[Any]) -> Step:
        async with attempt(session):
            step = await self._jobs[row.kind](session, self._parts, Turn(row.id, row.plan, row.position))
            # What would else break the commit breaks the step, which then fails alone.
            await session.flush()
            await session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
            return step


OLDEST = text(
    "SELECT id, kind, plan, position FROM jobs WHERE state IN ('queued', 'running') AND kind = ANY(:kinds)"
    " ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED"
)
BEGUN = text(
    "INSERT INTO job_tries (job_id, tries) VALUES (:id, 1)"
    " ON CONFLICT (job_id) DO UPDATE SET tries = job_tries.tries + 1 RETURNING tries"
)
FORGET = text("DELETE FROM job_tries WHERE job_id = :id")
ADVANCE = text(
    "UPDATE jobs SET done = :done, total = :total, position = CAST(:position AS jsonb),"
    " begun_at = coalesce(begun_at, now()), state = CASE WHEN CAST(:position AS text) IS NULL THEN 'done' ELSE 'running' END,"
    " ended_at = CASE WHEN CAST(:position AS text) IS NULL THEN clock_timestamp() END WHERE id = :id"
)
FAIL = text(
    "UPDATE jobs SET state = 'failed', problem = CAST(:problem AS jsonb), begun_at = coalesce(begun_at, now()),"
    " ended_at = clock_timestamp() WHERE id = :id"
)


def _problem(error: Exception) -> str:
    """What is said to whoever ordered the job; what nobody foresaw stands in the log alone."""
    refused = error if isinstance(error, Refused) else Refused("internal-error")
    return json.dumps({"code": refused.code, "field": refused.field, "values": refused.values}, default=str)
