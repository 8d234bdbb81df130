"""In which of their roles a caller sends, and under whose name."""

from typing import Literal, NamedTuple

from common.refused import Refused
from common.web.principals import Principal

Capacity = Literal["service", "agency_hr", "provider", "person"]
SenderKind = Literal["agency", "provider", "person", "connection"]

SENDERS: tuple[Capacity, ...] = ("service", "agency_hr", "provider", "person")
"""The roles that may send, the widest first."""

SPEAKS_FOR: dict[Capacity, tuple[SenderKind, ...]] = {
    "service": ("agency", "provider", "person", "connection"),
    "agency_hr": ("agency",),
    "provider": ("provider",),
    "person": ("person",),
}
"""The claims that say whom a role speaks for; the first that a token holds does."""


class Sender(NamedTuple):
    """Under whose name a reference is kept: nobody can take those of somebody else beforehand.

    `id` is that of the agency, provider, person or connection; a connection without an id of its own is known by
    the subject of its token.
    """

    kind: SenderKind
    id: str


def capacity(caller: Principal) -> Capacity:
    """In which of their roles a caller acts: the widest.

    Raises Refused `forbidden` for a role whose token does not say which agency, provider or person it speaks for.
    """
    for acting in SENDERS:
        if acting in caller.roles and _named(caller, acting):
            return acting
    raise Refused("forbidden")


def sender_of(caller: Principal, acting: Capacity) -> Sender:
    """Whom a caller sends for, acting in a role that `capacity` gives."""
    named = _named(caller, acting)
    if named is None:
        raise Refused("forbidden")
    return named


def _named(caller: Principal, acting: Capacity) -> Sender | None:
    for kind in SPEAKS_FOR[acting]:
        claim = caller.claims.get(kind)
        if claim is not None:
            return Sender(kind, str(claim))
    return Sender("connection", caller.subject) if acting == "service" else None
