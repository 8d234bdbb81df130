"""Documents: which one is meant, when it may change, and how one is laid over another (xAPI 1.0.3, part 3, 2.2 and 3.1)."""

import re
from dataclasses import dataclass
from hashlib import sha1, sha256
from typing import Any
from uuid import UUID

import msgspec

from common.refused import Refused

TAG = re.compile(r'"([^"]*)"')


@dataclass(frozen=True)
class Place:
    """What documents belong to: a kind of resource, and whom and what it is about; each document there has a name."""

    kind: str
    activity_id: str
    agent: str
    registration: UUID | None

    @property
    def owner(self) -> bytes:
        """Its hash, whatever the registration."""
        return sha256(f"{self.kind}\x00{self.activity_id}\x00{self.agent}".encode(errors="surrogatepass")).digest()

    def key(self, name: str) -> bytes:
        """What a document of that name is kept under."""
        return sha256(self.owner + f"{self.registration or ''}\x00{name}".encode(errors="surrogatepass")).digest()


@dataclass(frozen=True)
class Conditions:
    """What a request asks of the document that is there: `If-Match` and `If-None-Match`, None where they are not sent."""

    matches: str | None
    matches_none: str | None

    def check(self, etag: str | None) -> None:
        """Raises Refused `changed-meanwhile` where they do not hold for the tag of the document, None where there is none."""
        if self.matches is not None and not _names(self.matches, etag):
            raise Refused("changed-meanwhile", field="If-Match")
        if self.matches_none is not None and _names(self.matches_none, etag):
            raise Refused("changed-meanwhile", field="If-None-Match")

    def check_said(self, etag: str | None) -> None:
        """Nobody writes over a profile that they have not seen. Raises Refused `xapi-unseen`, `xapi-unconditional`."""
        if self.matches is None and self.matches_none is None:
            raise Refused("xapi-unconditional" if etag is None else "xapi-unseen", field="If-Match")


def _names(header: str, etag: str | None) -> bool:
    return etag is not None and (header.strip() == "*" or etag in TAG.findall(header))


def etag_of(content: bytes) -> str:
    """The tag of a document, which 1.0.3 wants to be its SHA-1."""
    return sha1(content, usedforsecurity=False).hexdigest()


def laid_over(before: bytes, new: bytes) -> bytes:
    """A document with the members of another, which take the place of its own. Raises Refused `xapi-no-merge`."""
    return msgspec.json.encode({**members(before), **members(new)})


def members(content: bytes) -> dict[str, Any]:
    """The members of a document. Raises Refused `xapi-no-merge` for what is no object."""
    try:
        read = msgspec.json.decode(content)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise Refused("xapi-no-merge") from None
    if not isinstance(read, dict):
        raise Refused("xapi-no-merge")
    return read  # pyright: ignore[reportUnknownVariableType] - of JSON
