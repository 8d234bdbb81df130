"""Who calls, and what they may: OIDC bearer tokens and a typed Principal.

Any standard issuer works. Only RS256 and ES256 are accepted: a token without a signature, or one
signed with a shared secret, never passes. Every route has a right (`contracts.rights`), which names roles;
`assert_guarded` refuses to start an application that has a route without it. Which roles there are,
and the claims each needs, a service says when it is built.
"""

import hashlib
import time
from collections.abc import Callable, Collection, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Any
from uuid import UUID

import jwt
from fastapi import Depends, FastAPI, Request
from fastapi.routing import iter_route_contexts
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, FiniteFloat

from common.refused import Refused
from common.settings import ServiceSettings
from common.web.keys import ALGORITHMS, Key, KeySet
from common.web.parts import parts_of

TOKEN_LIMIT = 8 * 1024
"""Characters of a token: one with twenty roles and every claim has some 1,500."""
TOKENS_REMEMBERED = 10_000
ITSELF = "system"
LEEWAY_SECONDS = 10
LONGEST_LIFE_SECONDS = 30 * 86_400
"""A token that is good for longer is a mistake of the issuer: it outlives whatever it says."""
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
class CallerRole:
    """A role of callers: the claims without which nobody holds it, and whether it reaches everything whatever they are."""

    name: str
    needs: tuple[str, ...] = ()
    unbound: bool = False


@dataclass(frozen=True)
class Callers:
    """Whom a service knows: the roles by name, and the claims that say whom a caller speaks for, each the id of one."""

    roles: Mapping[str, CallerRole]
    claims: tuple[str, ...]


@dataclass(frozen=True)
class Principal:
    """Whom a token stands for: a subject, the roles it names, and whom it speaks for by its claims.

    A caller does not hold a role whose claims the token lacks: `roles` and all that follows from them leave it out.
    """

    subject: str
    named: frozenset[CallerRole]
    claims: Mapping[str, UUID] = field(default_factory=dict[str, UUID], hash=False)

    @cached_property
    def held(self) -> frozenset[CallerRole]:
        """The roles that the token names with all the claims they need."""
        return frozenset(role for role in self.named if self.claims.keys() >= set(role.needs))

    @cached_property
    def roles(self) -> frozenset[str]:
        """The names of the roles held."""
        return frozenset(role.name for role in self.held)

    @property
    def unbound(self) -> bool:
        """Whether a role held reaches everybody."""
        return any(role.unbound for role in self.held)

    def speaks_for(self, claim: str) -> UUID:
        """Whom the caller speaks for by a claim.

        Raises Refused `forbidden` where the token says nobody: a query that compares with nothing finds what is nobody's.
        """
        if claim not in self.claims:
            raise Refused("forbidden")
        return self.claims[claim]

    def bound_to(self, claim: str) -> UUID | None:
        """The one that the caller is bound to by a claim; None for one who is unbound.

        Raises Refused `forbidden` for a caller who neither is unbound nor holds a role by that claim.
        """
        if self.unbound:
            return None
        if not any(claim in role.needs for role in self.held):
            raise Refused("forbidden")
        return self.speaks_for(claim)


def _printable(text: str) -> str:
    """A subject is kept and compared: no NUL, which PostgreSQL does not take, and nothing that looks like nothing.

    Nor is anybody called as the services call themselves where they act by themselves.
    """
    if not text.isprintable() or text.isspace() or text == ITSELF:
        raise ValueError("no subject")
    return text


class _Claims(BaseModel):
    """What every token says, in the types of RFC 7519; PyJWT would also take numbers written as text."""

    model_config = ConfigDict(strict=True)

    sub: Annotated[str, Field(min_length=1, max_length=255), AfterValidator(_printable)]
    iat: FiniteFloat
    exp: FiniteFloat
    nbf: FiniteFloat = 0
    roles: list[str] = []


@dataclass
class Authenticator:
    """Turns a bearer token into a Principal. `now` gives seconds since 1970."""

    issuer: str
    audience: str
    keys: KeySet
    callers: Callers
    now: Callable[[], float] = time.time
    _remembered: dict[bytes, tuple[Principal, float, Key]] = field(
        default_factory=dict[bytes, tuple[Principal, float, Key]], repr=False
    )

    @classmethod
    def of(cls, settings: ServiceSettings, callers: Callers) -> "Authenticator":
        return cls(settings.issuer, settings.audience, KeySet(settings.jwks_url), callers)

    async def principal(self, token: str) -> Principal:
        """Who the token stands for. Raises Refused: `unauthorized` for anything but a good token, `unavailable`.

        A token once verified is remembered until it expires or the issuer no longer names its key.
        """
        if len(token) > TOKEN_LIMIT:
            raise Refused("unauthorized")
        await self.keys.renew()
        mark = hashlib.sha256(token.encode()).digest()
        known = self._remembered.get(mark)
        if known is None or self.now() >= known[1] or known[2] not in self.keys:
            known = await self._verified(token)
            if len(self._remembered) >= TOKENS_REMEMBERED:
                self._remembered.clear()
            self._remembered[mark] = known
        return known[0]

    async def _verified(self, token: str) -> tuple[Principal, float, Key]:
        with _anything_is_a_refusal():
            header = jwt.get_unverified_header(token)
            key_id, algorithm = header.get("kid"), header["alg"]
            if algorithm not in ALGORITHMS:
                raise Refused("unauthorized")
        try:
            key = await self.keys.key(key_id, algorithm)
        except KeyError:
            raise Refused("unauthorized") from None
        with _anything_is_a_refusal():
            claims = jwt.decode(
                token,
                key.public,
                algorithms=[algorithm],
                audience=self.audience,
                issuer=self.issuer,
                options={
                    "require": ["iss", "aud"],
                    "verify_exp": False,  # `_lives` looks at the times, by a clock that tests can set
                    "verify_nbf": False,
                    "verify_iat": False,
                },
            )
            read = _Claims.model_validate(claims)
            return self._principal(read, claims), self._lives(read), key

    def _principal(self, read: _Claims, claims: Mapping[str, Any]) -> Principal:
        named = frozenset(self.callers.roles[name] for name in read.roles if name in self.callers.roles)
        spoken_for = {claim: _named(claims.get(claim)) for claim in self.callers.claims}
        return Principal(read.sub, named, {claim: id_ for claim, id_ in spoken_for.items() if id_ is not None})

    def _lives(self, read: _Claims) -> float:
        """Until when a token is good. Raises ValueError for one that is not good now, or good beyond reason."""
        now = self.now()
        until = read.exp + LEEWAY_SECONDS
        if not (max(read.iat, read.nbf) - LEEWAY_SECONDS <= now < until <= now + LONGEST_LIFE_SECONDS):
            raise ValueError("not good now")
        return until


@contextmanager
def _anything_is_a_refusal() -> Generator[None]:
    """Whatever the bytes of a token make a library raise, it is the token that is no good."""
    try:
        yield
    except Exception as error:
        raise Refused("unauthorized") from error


def _named(claim: Any) -> UUID | None:
    """Whom a claim names: an id, or the list of one that some issuers make of any attribute; empty is nobody.

    Raises ValueError or TypeError for anything else.
    """
    if isinstance(claim, list):
        [claim] = claim  # pyright: ignore[reportUnknownVariableType] - a list of JSON holds anything
    if claim is None or claim == "":
        return None
    if not isinstance(claim, str):
        raise TypeError("not an id")
    return UUID(claim)


async def authenticated(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
) -> Principal:
    """Whom the request's token stands for. Raises Refused: `unauthorized`, `too-many-requests`."""
    if credentials is None:
        raise Refused("unauthorized")
    parts = parts_of(request)
    principal: Principal = await parts.authenticator.principal(credentials.credentials)
    await parts.rates.subject(principal.subject, request.method)
    request.state.subject = principal.subject
    return principal


def roles_among(principal: Principal, names: Collection[str]) -> frozenset[CallerRole]:
    """The roles held of those named. Raises Refused `forbidden` for none.

    A use case sees no other: who may read everything and write in one place is unbound where they read, and bound to
    that place where they write.
    """
    roles = frozenset(role for role in principal.held if role.name in names)
    if not roles:
        raise Refused("forbidden")
    return roles


async def everybody() -> None:
    """A dependency that says: this route is for everybody, token or not. It may show nothing of anybody."""


EVERYBODY = frozenset({"everybody"})
everybody.allowed_roles = EVERYBODY  # pyright: ignore[reportFunctionMemberAccess] - read by `guards`


def guards(app: FastAPI) -> dict[tuple[str, str], frozenset[str]]:
    """The roles of every route by (method, path): what its dependencies name as `allowed_roles`, none where it has none."""
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


def assert_guarded(app: FastAPI, roles: Mapping[str, CallerRole]) -> None:
    """Refuses an application with a route that names nobody, or none of these `roles`. Raises RuntimeError that lists them."""
    unknown = sorted(frozenset[str]().union(*guards(app).values()) - EVERYBODY - roles.keys())
    if unknown:
        raise RuntimeError(f"roles that are not in the service's table: {', '.join(unknown)}")
    bare = sorted({path for (_, path), roles in guards(app).items() if not roles and path not in OPEN_PATHS})
    if bare:
        raise RuntimeError(f"routes without a right: {', '.join(bare)}")
