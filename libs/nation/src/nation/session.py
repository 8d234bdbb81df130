"""A client of a running stack: its addresses, its tokens, and errors that say what to do."""

import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import httpx2
from pydantic import TypeAdapter, ValidationError

from nation.summary import Answer

TIMEOUT = httpx2.Timeout(30.0, read=600.0, write=600.0)  # seconds; answers come when the last line is stored
TOKEN_MARGIN = 30.0  # seconds a token must still be good for
SEND_AGAIN = "Then run the same command again: what is stored already will be answered as a duplicate."


class LoadError(Exception):
    """The load cannot go on; the message says what to do."""


@dataclass(frozen=True)
class Address:
    url: str


@dataclass(frozen=True)
class Client:
    client_id: str
    client_secret: str


@dataclass(frozen=True)
class Stack:
    """Where a running stack is: `.jejak/stack.json`, as far as a client of its APIs needs it."""

    services: Mapping[str, Address]
    clients: Mapping[str, Client]
    token_url: str

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> "Stack":
        """The stack of which `facts` were written down. Raises LoadError when they do not describe one."""
        try:
            return TypeAdapter(cls).validate_python(facts)
        except ValidationError as error:
            raise LoadError("The stack file does not describe a stack. Write it again with `make up`.") from error

    @classmethod
    def read(cls, path: Path) -> "Stack":
        """The stack that `make up` has written down. Raises LoadError when there is none."""
        try:
            return cls.of(json.loads(path.read_bytes()))
        except FileNotFoundError as error:
            raise LoadError(f"{path} does not exist. Start the stack with `make up`.") from error
        except json.JSONDecodeError as error:
            raise LoadError(f"{path} is not JSON. Write it again with `make up`.") from error


@dataclass(frozen=True)
class Caller:
    """Who calls: a role, and the agency, provider or person (by id) it speaks for."""

    role: str
    kind: Literal["agency", "provider", "person"] | None = None
    id: str | None = None


class Session:
    """Requests to the services of a stack, each with a good token of its caller."""

    def __init__(self, stack: Stack, http: httpx2.AsyncClient) -> None:
        self._stack = stack
        self._http = http
        self._tokens: dict[Caller, tuple[str, float]] = {}

    async def get(self, caller: Caller, service: str, path: str, **query: str | int) -> httpx2.Response:
        """The answer whatever its status. Raises LoadError when there is none."""
        headers = await self._headers(caller)
        with _told_what_to_do(service):
            return await self._http.get(self._url(service, path), params=query, headers=headers)

    async def post(self, caller: Caller, service: str, path: str, body: Mapping[str, object]) -> httpx2.Response:
        """The answer whatever its status. Raises LoadError when there is none."""
        headers = await self._headers(caller)
        with _told_what_to_do(service):
            return await self._http.post(self._url(service, path), json=body, headers=headers)

    async def upload(
        self, caller: Caller, service: str, path: str, lines: AsyncIterator[bytes]
    ) -> AsyncGenerator[Answer, None]:
        """Sends NDJSON and gives the answers line by line. Raises LoadError when the upload is refused or breaks."""
        headers = await self._headers(caller) | {"content-type": "application/x-ndjson"}
        with _told_what_to_do(service):
            async with self._http.stream("POST", self._url(service, path), content=lines, headers=headers) as response:
                await insist(response, f"upload to {service}/{path}")
                async for line in response.aiter_lines():
                    yield _answer(json.loads(line))

    def _url(self, service: str, path: str) -> str:
        return f"{self._stack.services[service].url}/v1/{path}"

    async def _headers(self, caller: Caller) -> dict[str, str]:
        token, good_until = self._tokens.get(caller, ("", 0.0))
        if time.monotonic() > good_until - TOKEN_MARGIN:
            token, good_until = self._tokens[caller] = await self._token(caller)
        return {"authorization": f"Bearer {token}"}

    async def _token(self, caller: Caller) -> tuple[str, float]:
        client = self._stack.clients.get(caller.role)
        if client is None:
            raise LoadError(f"The stack has no client for the role {caller.role}. Write it again with `make up`.")
        form = {
            "grant_type": "client_credentials",
            "client_id": client.client_id,
            "client_secret": client.client_secret,
        }
        if caller.kind and caller.id:
            form[caller.kind] = caller.id
        asked = time.monotonic()
        with _told_what_to_do("the token endpoint"):
            response = await self._http.post(self._stack.token_url, data=form)
        await insist(response, f"token for the role {caller.role}")
        body = response.json()
        return body["access_token"], asked + float(body["expires_in"])


@asynccontextmanager
async def connect(stack: Stack, transport: httpx2.AsyncBaseTransport | None = None) -> AsyncIterator[Session]:
    """A session; `transport` reaches the services in another way than by the network."""
    async with httpx2.AsyncClient(timeout=TIMEOUT, transport=transport) as http:
        yield Session(stack, http)


async def insist(response: httpx2.Response, what: str) -> None:
    """Raises LoadError, with the service's own words, unless the answer is a success."""
    if response.is_success:
        return
    await response.aread()
    try:
        problem: dict[str, Any] = response.json()
    except ValueError:
        problem = {}
    said = f"{response.status_code} {problem.get('code', '')} {problem.get('title', '')}".strip()
    raise LoadError(f"The {what} was answered with: {said}. {_ADVICE.get(response.status_code, _LOOK)}")


_LOOK = f"Look into the log of the service. {SEND_AGAIN}"
_ADVICE = {
    401: "The token is not one of this stack's issuer: start the stack again with `make up`.",
    403: "The demo client of this role lacks the role: start the stack again with `make up`.",
    404: "This stack does not serve that address, or not for this caller: is it of the same version as this loader?",
    413: "Raise the service's BATCH_BODY_LIMIT, or load fewer people.",
    503: f"Its database or Kafka is away: wait until /readyz answers 200. {SEND_AGAIN}",
}


@contextmanager
def _told_what_to_do(service: str) -> Iterator[None]:
    try:
        yield
    except httpx2.TransportError as error:
        raise LoadError(
            f"No answer from {service} ({type(error).__name__}). Is the stack up? Start it with `make up`. {SEND_AGAIN}"
        ) from error


def _answer(line: dict[str, Any]) -> Answer:
    return Answer(line["line"], line["status"], line.get("id"), line.get("code"), line.get("field"))
