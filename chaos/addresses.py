"""Addresses that agencies have told of their people's trainings, and platforms of what they reported: what arrived there."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

from fastapi import FastAPI, Request, Response
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from jejak_local.processes import free_port
from jejak_local.serve import serving

FAILS = 0.1
"""How often a message is answered 500: it comes again."""


class Version(NamedTuple):
    """A record, or a report, as it was at some time: whoever is told twice knows it by this."""

    record: str
    number: int


@dataclass
class Addresses:
    """An address for each agency and platform that has one, as clients' servers are: each message is taken if it is signed by its secret."""

    url: str
    secrets: dict[str, str] = field(default_factory=dict[str, str])
    """By agency or connection."""
    told: dict[str, dict[Version, str]] = field(default_factory=dict[str, dict[Version, str]])
    """By agency or connection, whose record it is, in the order in which each came first."""
    wrong: list[str] = field(default_factory=list[str])
    chance: Random = field(default_factory=lambda: Random(0))

    async def take(self, whose: str, request: Request) -> Response:
        """A message as the sender signs it; one that is signed by nobody we know is wrong."""
        body = await request.body()
        try:
            Webhook(self.secrets[whose]).verify(body, dict(request.headers))
        except (KeyError, WebhookVerificationError) as error:
            self.wrong.append(f"{whose} was told something signed wrongly: {error!r}")
            return Response(status_code=401)
        if self.chance.random() < FAILS:
            return Response(status_code=500)
        said = json.loads(body)["data"]
        version = Version(said.get("report_id", said["record_id"]), said["version"])
        self.told.setdefault(whose, {}).setdefault(version, said["person_id"])
        return Response(status_code=204)


@asynccontextmanager
async def listening() -> AsyncIterator[Addresses]:
    """They listen while the block runs."""
    port = free_port()
    addresses = Addresses(f"http://127.0.0.1:{port}")
    app = FastAPI(telemetry={"tracing": False, "metrics": False, "logs": False})
    app.add_api_route("/{whose}", addresses.take, methods=["POST"])
    async with serving(app, port):
        yield addresses
