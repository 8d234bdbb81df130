"""A receiver of webhooks on loopback: what it was sent, and what it answers."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request, Response
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from jejak_local.processes import free_port
from jejak_local.serve import serving

CANVAS_PORT = free_port()
"""Where the tests publish keys as Canvas does."""


@dataclass
class Receiver:
    """Checks each message by PyPI's `standardwebhooks`, which knows nothing of ours, once it has a secret."""

    url: str
    secrets: list[str] = field(default_factory=list)
    answers: list[int | dict[str, Any]] = field(default_factory=list)
    """Statuses to give, one a request, before 204; or a status with headers."""
    unwanted: set[str] = field(default_factory=set)
    """People whose messages are answered 500."""
    got: list[tuple[dict[str, str], dict[str, Any]]] = field(default_factory=list)
    refused: int = 0

    async def take(self, request: Request) -> Response:
        body = await request.body()
        headers = dict(request.headers)
        for secret in self.secrets:
            try:
                Webhook(secret).verify(body, headers)
            except WebhookVerificationError:
                self.refused += 1
                return Response(status_code=401)
        message = json.loads(body)
        if message["data"]["person_id"] in self.unwanted:
            return Response(status_code=500)
        if self.answers:
            answer = self.answers.pop(0)
            answer = answer if isinstance(answer, dict) else {"status_code": answer}
            return Response(**answer)
        self.got.append((headers, message))
        return Response(status_code=204)


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """A receiver that listens while the block runs."""
    port = free_port()
    receiver = Receiver(f"http://127.0.0.1:{port}/hook")
    app = FastAPI(telemetry={"tracing": False, "metrics": False, "logs": False})

    @app.post("/hook")
    async def hook(request: Request) -> Response:
        return await receiver.take(request)

    async with serving(app, port):
        yield receiver
