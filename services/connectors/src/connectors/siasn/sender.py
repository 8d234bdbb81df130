"""The role that tells SIASN: claimed in one transaction, sent outside of any, settled in another."""

import json
from base64 import b64encode
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx2
import msgspec

from common.parts import Parts
from common.steady import Steady
from common.telemetry import log
from common.trust import trust
from connectors.domain.delivering import Tried, judge
from connectors.domain.siasn import read_answer
from connectors.outside import send
from connectors.settings import Settings
from connectors.siasn.commands import Claimed, claim, settle

ANSWER_BYTES = 64 * 1024
UNAUTHORIZED = 401
FINAL = frozenset({400, 404, 409, 413, 415, 422})
"""Statuses by which SIASN says that it will never take it as it is."""
FORM = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
EARLY = timedelta(seconds=30)


class Exporter(Steady):
    """Tells SIASN what is due, one after the other. Without an address it does nothing."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self._database = parts.database
        self._clock = parts.clock
        self._settings: Settings = parts.settings
        self._tokens: tuple[str, str] | None = None
        self._until: datetime | None = None

    async def turn(self) -> int:
        """Sends what is due. Returns how much that was."""
        if not self._settings.siasn_url:
            return 0
        async with self._database.transaction() as session:
            claimed = await claim(session, self._settings.siasn_lease, self._clock.now())
        async with httpx2.AsyncClient(trust_env=False, timeout=None, verify=trust()) as client:
            for each in claimed:
                await self._send(client, each)
        return len(claimed)

    async def _send(self, client: httpx2.AsyncClient, claimed: Claimed) -> None:
        tried, body = await self._try(client, claimed)
        now = self._clock.now()
        siasn_id, why = read_answer(tried.status, body) if tried.status is not None else (None, tried.fault)
        state, due_at = "waiting", None
        if tried.fault is None:
            state = "sent" if siasn_id else "refused"
        elif tried.status in FINAL:
            state = "refused"
        else:
            verdict = judge(claimed.id, tried, claimed.tries, now, self._settings.webhook_waits)
            state, due_at = ("waiting", verdict.due_at) if verdict.due_at else ("refused", None)
        async with self._database.transaction() as session:
            await settle(session, claimed, state, now, siasn_id=siasn_id, why=why, due_at=due_at)
        log.info("siasn", export=str(claimed.id), state=state, status=tried.status, fault=tried.fault)

    async def _try(self, client: httpx2.AsyncClient, claimed: Claimed) -> tuple[Tried, bytes]:
        tokens = await self._signed_in(client)
        if tokens is None:
            return Tried(None, "connection"), b""
        headers = {
            "content-type": "application/json",
            "accept": "application/json",
            "authorization": f"Bearer {tokens[0]}",
            "auth": f"bearer {tokens[1]}",
        }
        address = f"{self._settings.siasn_url.rstrip('/')}/{claimed.resource}/save"
        tried, body = await self._ask(client, address, json.dumps(claimed.payload).encode(), headers)
        if tried.status == UNAUTHORIZED:
            self._tokens = None
        return tried, body

    async def _signed_in(self, client: httpx2.AsyncClient) -> tuple[str, str] | None:
        """The two tokens that SIASN asks for, of its gateway and of its log-in; None where one is not given."""
        if self._tokens and self._until and self._clock.now() < self._until:
            return self._tokens
        own = self._settings
        key = b64encode(f"{own.siasn_key}:{own.siasn_secret.get_secret_value()}".encode()).decode()
        asked = {"grant_type": "client_credentials"}
        first = await self._token(client, own.siasn_token_url, asked, {"authorization": f"Basic {key}"})
        asked = {
            "grant_type": "password",
            "client_id": own.siasn_sso_client,
            "username": own.siasn_sso_user,
            "password": own.siasn_sso_password.get_secret_value(),
        }
        second = await self._token(client, own.siasn_sso_url, asked, {})
        if first is None or second is None:
            return None
        self._tokens = first[0], second[0]
        self._until = self._clock.now() + timedelta(seconds=min(first[1], second[1])) - EARLY
        return self._tokens

    async def _token(
        self, client: httpx2.AsyncClient, address: str, asked: dict[str, str], headers: dict[str, str]
    ) -> tuple[str, int] | None:
        tried, body = await self._ask(client, address, urlencode(asked).encode(), FORM | headers)
        try:
            said: dict[str, Any] = msgspec.json.decode(body, type=dict[str, Any]) if tried.fault is None else {}
            return str(said["access_token"]), int(said["expires_in"])
        except (KeyError, ValueError, TypeError):
            log.warning("siasn gives no token", status=tried.status, fault=tried.fault)
            return None

    async def _ask(
        self, client: httpx2.AsyncClient, address: str, body: bytes, headers: dict[str, str]
    ) -> tuple[Tried, bytes]:
        own = self._settings
        inside, seconds = own.webhook_inside, own.webhook_timeout
        return await send(client, address, body, headers, inside=inside, seconds=seconds, most=ANSWER_BYTES)
