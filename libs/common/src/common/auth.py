"""Who calls, and what they may: OIDC bearer tokens and a typed Principal.

Any standard issuer works. Only RS256 and ES256 are accepted: a token without a signature, or one
signed with a shared secret, never passes. Every route names its roles through `allow(...)`;
`assert_guarded` refuses to start an application that has a route without it.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any
from uuid import UUID

import httpx2
import jwt
from fastapi import Depends, FastAPI, Request
from fastapi.routing import iter_route_contexts
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import ColumnElement, true
from sqlalchemy.orm import InstrumentedAttribute

from common.problems import Problem
from common.rates import rates_of
from common.settings import ServiceSettings

ALGORITHMS = ["RS256", "ES256"]
KEYS_FRESH_SECONDS = 300
KEYS_RETRY_SECONDS = 5
TOKENS_REMEMBERED = 10_000
NATIONAL_ROLES = frozenset({"lan", "analis", "service", "operator"})
OPEN_PATHS = frozenset(
    {
        "/healthz",
        "/readyz",
        "/docs",
        "/docs/oauth2-redirect",
        "/redoc",
        "/static-offline-docs",
        "/openapi.json",
    }
)

bearer = HTTPBearer(auto_error=False, description="OIDC access token")


@dataclass(frozen=True)
class Principal:
    """A caller: subject, roles, and the agency, person, provider or connection the caller speaks for."""

    subject: str
    roles: frozenset[str]
    agency: UUID | None = None
    person: UUID | None = None
    provider: UUID | None = None
    connection: UUID | None = None

    @property
    def national(self) -> bool:
        """Whether the caller may see every agency."""
        return not self.roles.isdisjoint(NATIONAL_ROLES)

    @property
    def agency_scope(self) -> UUID | None:
        """The one agency the caller is bound to; None for a national caller.

        Raises Problem `forbidden` for a caller who is neither national nor of an agency.
        """
        if self.national:
            return None
        if self.agency is None:
            raise Problem("forbidden")
        return self.agency

    def sees(self, agency_column: ColumnElement[UUID] | InstrumentedAttribute[UUID] | Any) -> ColumnElement[bool]:
        """The condition that keeps a query inside the caller's agency."""
        scope = self.agency_scope
        return true() if scope is None else agency_column == scope


@dataclass
class KeySet:
    """The issuer's signing keys, fetched when first needed, when old, and when an unknown one is named."""

    url: str
    keys: dict[str, jwt.PyJWK] = field(default_factory=dict[str, jwt.PyJWK])
    fetched: float = -KEYS_FRESH_SECONDS
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def key(self, key_id: str) -> jwt.PyJWK:
        """The key of that id. Raises KeyError when the issuer does not have it."""
        age = time.monotonic() - self.fetched
        if age >= KEYS_FRESH_SECONDS or (key_id not in self.keys and age >= KEYS_RETRY_SECONDS):
            async with self.lock:
                if time.monotonic() - self.fetched >= min(age, KEYS_RETRY_SECONDS):
                    await self._fetch()
        return self.keys[key_id]

    async def _fetch(self) -> None:
        try:
            async with httpx2.AsyncClient(timeout=5) as client:
                answer = await client.get(self.url)
            answer.raise_for_status()
        except httpx2.HTTPError:
            if not self.keys:
                raise Problem("unavailable") from None
            return  # the keys we have stay good while the issuer is away
        self.keys = {key["kid"]: jwt.PyJWK(key) for key in answer.json()["keys"] if key.get("use", "sig") == "sig"}
        self.fetched = time.monotonic()


@dataclass
class Authenticator:
    """Turns a bearer token into a Principal."""

    issuer: str
    audience: str
    keys: KeySet
    remembered: dict[str, tuple[Principal, float]] = field(
        default_factory=dict[str, tuple[Principal, float]], repr=False
    )

    @classmethod
    def of(cls, settings: ServiceSettings) -> "Authenticator":
        return cls(settings.issuer, settings.audience, KeySet(settings.jwks_url))

    async def principal(self, token: str) -> Principal:
        """Who the token stands for. Raises Problem `unauthorized` for anything but a good token.

        A token once verified is remembered for as long as keys count as fresh, or until it expires.
        """
        known = self.remembered.get(token)
        if known is None or time.time() >= known[1]:
            known = await self._verified(token)
            if len(self.remembered) >= TOKENS_REMEMBERED:
                self.remembered.clear()
            self.remembered[token] = known
        return known[0]

    async def _verified(self, token: str) -> tuple[Principal, float]:
        try:
            header = jwt.get_unverified_header(token)
            if header.get("alg") not in ALGORITHMS:
                raise Problem("unauthorized")
            key = await self.keys.key(str(header.get("kid", "")))
            claims = jwt.decode(
                token,
                key.key,
                algorithms=ALGORITHMS,
                audience=self.audience,
                issuer=self.issuer,
                leeway=10,
                options={"require": ["exp", "iat", "iss", "aud", "sub"]},
            )
            return _principal(claims), min(float(claims["exp"]), time.time() + KEYS_FRESH_SECONDS)
        except (jwt.PyJWTError, KeyError, ValueError, TypeError) as error:
            raise Problem("unauthorized") from error


def _principal(claims: Mapping[str, Any]) -> Principal:
    return Principal(
        subject=claims["sub"],
        roles=frozenset(claims.get("roles", [])),
        agency=_uuid(claims.get("agency")),
        person=_uuid(claims.get("person")),
        provider=_uuid(claims.get("provider")),
        connection=_uuid(claims.get("connection")),
    )


def _uuid(claim: str | None) -> UUID | None:
    return UUID(claim) if claim else None


async def caller(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
) -> Principal:
    """The authenticated caller."""
    if credentials is None:
        raise Problem("unauthorized")
    authenticator: Authenticator = request.app.state.authenticator
    principal = await authenticator.principal(credentials.credentials)
    await rates_of(request).subject(principal.subject, request.method)
    request.state.subject = principal.subject
    return principal


def allow(*roles: str) -> Callable[..., Awaitable[Principal]]:
    """A dependency that lets through callers with at least one of `roles` and gives the Principal.

    The Principal keeps only the roles named here: who may read everything and write in one agency
    is national where they read and bound to the agency where they write.
    """
    wanted = frozenset(roles)

    async def allowed(principal: Annotated[Principal, Depends(caller)]) -> Principal:
        if wanted.isdisjoint(principal.roles):
            raise Problem("forbidden")
        return replace(principal, roles=principal.roles & wanted)

    allowed.allowed_roles = wanted  # pyright: ignore[reportFunctionMemberAccess] - read by `guards`
    return allowed


def guards(app: FastAPI) -> dict[tuple[str, str], frozenset[str]]:
    """The roles of every route by (method, path): the right matrix. An unguarded route has none."""
    matrix: dict[tuple[str, str], frozenset[str]] = {}
    for context in iter_route_contexts(app.routes):
        dependant = getattr(context, "dependant", None)
        roles = _roles(dependant) if dependant is not None else frozenset[str]()
        for method in getattr(context, "methods", None) or {"ANY"}:
            matrix[method, str(context.path)] = roles
    return matrix


def _roles(dependant: Any) -> frozenset[str]:
    own: frozenset[str] = getattr(dependant.call, "allowed_roles", frozenset[str]())
    return own.union(*(_roles(child) for child in dependant.dependencies))


def assert_guarded(app: FastAPI) -> None:
    """Refuses an application with a route that names nobody. Raises RuntimeError that lists them."""
    bare = sorted({path for (_, path), roles in guards(app).items() if not roles and path not in OPEN_PATHS})
    if bare:
        raise RuntimeError(f"routes without allow(...): {', '.join(bare)}")
