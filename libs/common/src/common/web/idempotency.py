"""`Idempotency-Key`: the same POST sent again gets the first answer and has no second effect."""

import hashlib
import json
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Header, Request, Response
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.fields import PLAIN
from common.refused import Refused
from common.web.principals import Principal

IdempotencyKey = Annotated[
    str | None,
    Header(min_length=1, max_length=200, pattern=PLAIN, description="a name of your choice for this request"),
]


async def once(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    key: str | None,
    act: Callable[[], Awaitable[tuple[int, BaseModel]]],
) -> Response:
    """Runs `act` and keeps its status and answer under the caller's key, in the same transaction.

    Raises Refused `idempotency-conflict` when the key was used for another body, or by the same subject with other
    roles or for somebody else: the first answer was for who they were then. Without a key, `act` simply runs. Two
    requests with one key at the same time: the second waits for the first.
    """
    if key is None:
        status, answer = await act()
        return _json(status, answer.model_dump_json())
    fingerprint = _fingerprint(request, principal, await request.body())
    claimed = await session.scalar(
        text(
            "INSERT INTO idempotency (subject, key, fingerprint, status, answer)"
            " VALUES (:subject, :key, :fingerprint, 0, '') ON CONFLICT DO NOTHING RETURNING 1"
        ),
        {"subject": principal.subject, "key": key, "fingerprint": fingerprint},
    )
    if claimed is None:
        row = (
            await session.execute(
                text("SELECT fingerprint, status, answer FROM idempotency WHERE subject = :subject AND key = :key"),
                {"subject": principal.subject, "key": key},
            )
        ).one()
        if row.fingerprint != fingerprint:
            raise Refused("idempotency-conflict", field="Idempotency-Key")
        return _json(row.status, row.answer)
    status, answer = await act()
    await session.execute(
        text("UPDATE idempotency SET status = :status, answer = :answer WHERE subject = :subject AND key = :key"),
        {"status": status, "answer": answer.model_dump_json(), "subject": principal.subject, "key": key},
    )
    return _json(status, answer.model_dump_json())


def _fingerprint(request: Request, principal: Principal, body: bytes) -> str:
    caller = {"roles": sorted(principal.roles), "claims": dict(principal.claims)}
    asked = json.dumps([request.method, request.url.path, caller], default=str, sort_keys=True)
    return hashlib.sha256(asked.encode() + b"\n" + body).hexdigest()


def _json(status: int, body: str) -> Response:
    return Response(body, status_code=status, media_type="application/json")
