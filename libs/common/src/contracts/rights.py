"""What somebody may do, by whom, and how far it reaches: the rows of a service's `rights.py`.

Guards, the API's documents and docs/rights.md follow from these rows, and nothing else says who may call a route.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, FastAPI, Request
from fastapi.routing import iter_route_contexts
from sqlalchemy import ColumnElement, Row, false, or_, text, true

from common.refused import Refused
from common.web.auth import authenticated
from common.web.parts import WebParts, parts_of
from common.web.principals import CallerRole, Principal, roles_among
from contracts.callers import Caller, Predecessor


@dataclass(frozen=True)
class Right:
    """Who may do something: the names of the roles, and in plain words whose things they reach.

    What is nobody's in particular (rules, a catalogue) is `shared`: every role reaches all of it. Of anything else a role
    reaches what its claim names, and only an unbound one reaches everything (`jejak_local.scopes` holds routes to it).
    As the dependency of a route it lets only them through, and gives the Caller. Whoever speaks for an agency that a
    reform has closed reads what they read, and changes nothing: a route changes something unless it is asked by GET or
    its right `asks` (a question that is too long for an address). Who `decides` about somebody must be a person: nobody
    else can be held to the rules of who may not decide for whom. Raises Refused `claim-missing` for a token that names none.
    """

    roles: tuple[str, ...]
    reach: str
    shared: bool = False
    asks: bool = False
    decides: bool = False

    @property
    def allowed_roles(self) -> frozenset[str]:
        """What `common.web.auth.guards` reads."""
        return frozenset(self.roles)

    async def __call__(self, request: Request, principal: Annotated[Principal, Depends(authenticated)]) -> Caller[Any]:
        held = roles_among(principal, self.roles)
        if self.decides and "person" not in principal.claims:
            raise Refused("claim-missing", field="person")
        return await caller_of(request, principal, held, asks=self.asks)


OPERATE = Right(
    ("operator",), "how the workers of the service do, and where dead letters lie; never what one says", shared=True
)
"""Of every service that consumes (`contracts.operations`)."""


@dataclass(frozen=True)
class Detail:
    """A part of an answer that not everybody needs whom a route lets in: who is shown it; for others it is null."""

    roles: tuple[str, ...]
    reach: str

    def shown(self, caller: Caller[Any], *agency_columns: ColumnElement[UUID]) -> ColumnElement[bool]:
        """The condition that it is for the caller: what is of an agency that one of these roles is for; all for an unbound one."""
        held = [role for role in caller.held if role.name in self.roles]
        if any(role.unbound for role in held):
            return true()
        if not any("agency" in role.needs for role in held):
            return false()
        return or_(*(column.in_(caller.offices) for column in agency_columns))


async def caller_of(
    request: Request, principal: Principal, held: frozenset[CallerRole], *, asks: bool = False
) -> Caller[Any]:
    """The caller in these of a principal's roles, with what their claims stand for: a region's agencies, an agency's past.

    Raises Refused: `claim-gone` for a region in which there are no agencies (any more), `claim-succeeded` where something
    is to be changed in the name of an agency that was closed.
    """
    parts = parts_of(request)
    found = await _expanded(parts, principal, held)
    region = frozenset((row.agency_id, row.valid_from, row.valid_to) for row in found.get("region", ()))
    gone = "region" in found and all(after is not None for _, _, after in region)
    if gone and all("region" in role.needs for role in held):
        raise Refused("claim-gone", field="region")
    own, before = principal.claims.get("agency"), set[Predecessor]()
    for row in found.get("agency", ()):
        if row.agency_id != own:
            before.add(Predecessor(row.agency_id, row.closed_on, row.successors[0] == str(own)))
        elif row.closed_on <= parts.clock.today() and request.method != "GET" and not asks:
            held = frozenset(role for role in held if "agency" not in role.needs)
            if not held:
                raise Refused("claim-succeeded", field="agency", by=", ".join(row.successors))
    return Caller(
        subject=principal.subject,
        named=held,
        token_roles=principal.roles,
        region=region,
        predecessors=frozenset(before),
        claims=principal.claims,
        client=principal.client,
        clock=parts.clock,
        rules=parts.rules,
        nip_key=parts.settings.nip_key.get_secret_value(),
    )


async def _expanded(
    parts: WebParts, principal: Principal, held: frozenset[CallerRole]
) -> Mapping[str, Sequence[Row[Any]]]:
    claims = {claim for role in held for claim in role.needs if claim in parts.expands}
    if not claims:
        return {}
    async with parts.database.reading() as session:
        return {
            claim: (await session.execute(text(parts.expands[claim]), {claim: principal.speaks_for(claim)})).all()
            for claim in claims
        }


def rights_of(app: FastAPI) -> Mapping[tuple[str, str], Right]:
    """The right of every route that has one, by (method, path)."""
    return {
        (method, str(context.path)): right
        for context in iter_route_contexts(app.routes)
        for right in _rights(getattr(context, "dependant", None))
        for method in context.methods or ()
    }


def _rights(dependant: Any) -> list[Right]:
    if dependant is None:
        return []
    own = [dependant.call] if isinstance(dependant.call, Right) else []
    return own + [right for child in dependant.dependencies for right in _rights(child)]
