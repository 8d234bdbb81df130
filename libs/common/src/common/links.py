"""Links that are given to somebody by mail: signed, for one purpose, and good until a moment.

Whoever gives one remembers its id, and forgets it when the link is used: so it is good once.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import jwt

from common.refused import Refused

ALGORITHM = "HS256"


@dataclass(frozen=True)
class Link:
    """What a link is about: its own id, and whom it was given to."""

    id: UUID
    subject: UUID


@dataclass(frozen=True)
class Signer:
    """Signs the links of one purpose: what was signed for another is none of its links."""

    key: str
    purpose: str

    def token(self, link: Link, until: datetime) -> str:
        """What the address of the link carries."""
        return jwt.encode({"jti": str(link.id), "sub": str(link.subject), "exp": until}, self._secret, ALGORITHM)

    def link(self, token: str, now: datetime) -> Link:
        """The link that a token is of. Raises Refused: `link-invalid`, or `link-expired` for one that was good once."""
        try:
            # Whether it is still good is judged by our own clock, below.
            said: Mapping[str, Any] = jwt.decode(
                token,
                self._secret,
                [ALGORITHM],
                options={"verify_exp": False, "require": ["jti", "sub", "exp"]},
            )
            link, until = Link(UUID(said["jti"]), UUID(said["sub"])), datetime.fromtimestamp(said["exp"], UTC)
        except (jwt.InvalidTokenError, ValueError) as error:
            raise Refused("link-invalid", "token") from error
        if until <= now:
            raise Refused("link-expired", "token")
        return link

    @property
    def _secret(self) -> bytes:
        return hmac.digest(self.key.encode(), self.purpose.encode(), "sha256")
