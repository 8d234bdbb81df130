"""The role that delivers.

A delivery is claimed in one transaction, sent outside of any, and settled in another. The claim of a sender that dies in
between runs out; the message then goes out again under the same id, by which its receiver tells it.
"""

import asyncio
from collections.abc import Sequence
from time import monotonic
from uuid import UUID

import httpx2
from opentelemetry.trace import SpanKind

from common.parts import Parts
from common.steady import POLL_SECONDS, Steady
from common.telemetry import MESSAGE_ID, log, traced
from common.trust import trust
from connectors.domain.delivering import Tried, judge
from connectors.domain.signatures import sign
from connectors.outside import send
from connectors.settings import Settings
from connectors.webhooks.commands import Claimed, claim, key_of, settle


class Sender(Steady):
    """Delivers what is due, for each webhook beside the others: a slow receiver holds up nobody else."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self._database = parts.database
        self._clock = parts.clock
        self._settings: Settings = parts.settings
        self._under_way: dict[UUID, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Takes turns until `stop`, and then ends what is under way."""
        await super().run()
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    async def turn(self) -> int:
        """Claims what is due, and waits for what is sent. Returns how much: 0 where nothing is due and nothing under way."""
        async with self._database.transaction() as session:
            claimed = await claim(
                session, busy=list(self._under_way), lease=self._settings.webhook_lease, now=self._clock.now()
            )
        for webhook_id, deliveries in claimed.items():
            self._under_way[webhook_id] = asyncio.create_task(self._deliver_all(deliveries))
        done: set[asyncio.Task[None]] = set()
        if self._under_way:
            done, _ = await asyncio.wait(
                self._under_way.values(), timeout=POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )
        self._under_way = {webhook_id: task for webhook_id, task in self._under_way.items() if task not in done}
        for task in done:
            task.result()
        # While something is under way the next turn waits for it, not for the clock.
        return sum(map(len, claimed.values())) + len(done) + len(self._under_way)

    async def _deliver_all(self, deliveries: Sequence[Claimed]) -> None:
        """Each is of another person, so they go at once."""
        # No proxy of the environment: it would look up the name again. No cookies either, nor what is kept alive.
        async with (
            httpx2.AsyncClient(trust_env=False, timeout=None, verify=trust()) as client,
            asyncio.TaskGroup() as group,
        ):
            for each in deliveries:
                group.create_task(self._deliver(client, each))

    async def _deliver(self, client: httpx2.AsyncClient, claimed: Claimed) -> None:
        with traced("send webhook", kind=SpanKind.CLIENT, attributes={MESSAGE_ID: str(claimed.id)}):
            began = monotonic()
            tried = await self._try(client, claimed)
            took = int((monotonic() - began) * 1000)
            now = self._clock.now()
            verdict = judge(claimed.id, tried, claimed.tries, now, self._settings.webhook_waits)
            async with self._database.transaction() as session:
                await settle(session, claimed, tried, verdict, took, now)
            log.info("webhook", delivery=str(claimed.id), state=verdict.state, status=tried.status, fault=tried.fault)

    async def _try(self, client: httpx2.AsyncClient, claimed: Claimed) -> Tried:
        tried, _ = await send(
            client,
            claimed.url,
            claimed.body,
            self._headers(claimed),
            inside=self._settings.webhook_inside,
            seconds=self._settings.webhook_timeout,
        )
        return tried

    def _headers(self, claimed: Claimed) -> dict[str, str]:
        timestamp = int(self._clock.now().timestamp())
        nip_key = self._settings.nip_key.get_secret_value()
        keys = [key_of(claimed.webhook_id, secret, nip_key) for secret in claimed.secrets]
        return {
            "content-type": "application/json",
            "user-agent": "Jejak",
            "webhook-id": str(claimed.id),
            "webhook-timestamp": str(timestamp),
            "webhook-signature": " ".join(sign(key, str(claimed.id), timestamp, claimed.body) for key in keys),
        }
