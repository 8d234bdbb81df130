"""Reading bearer tokens of OIDC: any standard issuer works.

Only RS256 and ES256 are accepted: a token without a signature, or one signed with a shared secret, never passes.
"""

import hashlib
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any
from uuid import UUID

import jwt
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, FiniteFloat

from common.refused import Refused
from common.settings import ServiceSettings
from common.web.keys import ALGORITHMS, Key, KeySet
from common.web.principals import Callers, Principal

TOKEN_LIMIT = 8 * 1024
"""Characters of a token: one with twenty roles and every claim has some 1,500."""
NAME_LIMIT = 255
"""Characters of a claim that is a name."""
TOKENS_REMEMBERED = 10_000
ITSELF = "system"
LEEWAY_SECONDS = 10
LONGEST_LIFE_SECONDS = 30 * 86_400
"""A token that is good for longer is a mistake of the issuer: it outlives whatever it says."""


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
    azp: Annotated[str, Field(max_length=255), AfterValidator(_printable)] | None = None
    client_id: Annotated[str, Field(max_length=255), AfterValidator(_printable)] | None = None

    @property
    def client(self) -> str | None:
        """Whom the token was given to: `azp` of OIDC, `client_id` of RFC 9068."""
        return self.azp or self.client_id


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
        spoken_for = {claim: _one(claims.get(claim), UUID) for claim in self.callers.claims}
        spoken_for |= {claim: _one(claims.get(claim), _name) for claim in self.callers.names}
        bound = {claim: whom for claim, whom in spoken_for.items() if whom is not None}
        return Principal(read.sub, named, bound, read.client)

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
    except (
        Exception
    ) as error:  # PyJWT, cryptography and pydantic each raise kinds of their own, for odd bytes others too
        raise Refused("unauthorized") from error


def _one(claim: Any, read: Callable[[str], Any]) -> Any:
    """Whom a claim means: a text, or the list of one that some issuers make of any attribute; empty is nobody.

    Raises ValueError or TypeError for anything else.
    """
    if isinstance(claim, list):
        [claim] = claim  # pyright: ignore[reportUnknownVariableType] - a list of JSON holds anything
    if claim is None or claim == "":
        return None
    if not isinstance(claim, str):
        raise TypeError("not a text")
    return read(claim)


def _name(text: str) -> str:
    if len(text) > NAME_LIMIT or not text.isprintable() or text.isspace():
        raise ValueError("no name")
    return text
