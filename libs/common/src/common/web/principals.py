"""Whom a token can stand for: roles of callers, the claims they need, and the Principal that holds them.

Which roles there are, and which claims, a service says in its declaration.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from common.refused import Refused


@dataclass(frozen=True)
class CallerRole:
    """A role of callers: the claims without which nobody holds it, and whether it reaches everything whatever they are.

    Of the claims of `either`, where there are any, one is enough.
    """

    name: str
    needs: tuple[str, ...] = ()
    unbound: bool = False
    either: tuple[str, ...] = ()

    def held_by(self, claims: Collection[str]) -> bool:
        """Whether these claims are all it needs."""
        return set(self.needs) <= set(claims) and (not self.either or not set(self.either).isdisjoint(claims))


@dataclass(frozen=True)
class Callers:
    """Whom a service knows: the roles by name, and the claims that say whom a caller speaks for.

    Each is the id of one, but those of `names`: each of these is a name that many have in common.
    """

    roles: Mapping[str, CallerRole]
    claims: tuple[str, ...]
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Principal:
    """Whom a token stands for: a subject, the roles it names, and whom it speaks for by its claims.

    A caller does not hold a role whose claims the token lacks: `roles` and all that follows from them leave it out.
    """

    subject: str
    named: frozenset[CallerRole]
    claims: Mapping[str, Any] = field(default_factory=dict[str, Any], hash=False)
    client: str | None = None
    """The program that the token was given to, where the issuer says so."""

    @cached_property
    def held(self) -> frozenset[CallerRole]:
        """The roles that the token names with all the claims they need."""
        return frozenset(role for role in self.named if role.held_by(self.claims))

    @cached_property
    def roles(self) -> frozenset[str]:
        """The names of the roles held."""
        return frozenset(role.name for role in self.held)

    @property
    def unbound(self) -> bool:
        """Whether a role held reaches everybody."""
        return any(role.unbound for role in self.held)

    def holds_by(self, claim: str) -> bool:
        """Whether a role held needs that claim."""
        return any(claim in role.needs for role in self.held)

    def speaks_for(self, claim: str) -> Any:
        """Whom the caller speaks for by a claim.

        Raises Refused `forbidden` where the token says nobody: a query that compares with nothing finds what is nobody's.
        """
        if claim not in self.claims:
            raise Refused("forbidden")
        return self.claims[claim]

    def bound_to(self, claim: str) -> Any:
        """The one that the caller is bound to by a claim; None for one who is unbound.

        Raises Refused `forbidden` for a caller who neither is unbound nor holds a role by that claim.
        """
        if self.unbound:
            return None
        if not self.holds_by(claim):
            raise Refused("forbidden")
        return self.speaks_for(claim)


def roles_among(principal: Principal, names: Collection[str]) -> frozenset[CallerRole]:
    """The roles held of those named. Raises Refused `forbidden` for none.

    A use case sees no other: who may read everything and write in one place is unbound where they read, and bound to
    that place where they write.
    """
    roles = frozenset(role for role in principal.held if role.name in names)
    if not roles:
        raise Refused("forbidden")
    return roles
