"""Who acts: in which of their roles a caller sends, under whose name, and whether the case is their own."""

from typing import Literal, NamedTuple
from uuid import UUID

from common.refused import Refused
from common.web.auth import Principal

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


def acting_people(caller: Principal) -> frozenset[UUID]:
    """The people who act when this caller does: whose token it is, where that is known."""
    return frozenset({caller.claims["person"]} if "person" in caller.claims else ())


def hands_of(caller: Principal) -> frozenset[str]:
    """By what a caller's act is remembered: two who share any of it are one and the same."""
    return frozenset({caller.subject, *map(str, acting_people(caller))})


def is_own_case(caller: Principal, person_id: UUID) -> bool:
    """Whether one of those who act is the person concerned: nobody decides in a case of their own."""
    return person_id in acting_people(caller)
