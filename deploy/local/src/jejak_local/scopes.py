"""Walks every route of a service as every role that has a right there, for its own things, another's, and as nobody's.

What each cell has to say follows from the right alone: an unbound role reaches everything, `shared` things are everybody's,
and any other role reaches what its claims name and nothing else. So a route whose query forgets whose things it shows is
found, whatever its right says. (Who is let in at all, and what a missing claim does: `doors`.)
"""

import json
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx2
from fastapi import FastAPI

from common.store.database import Database
from contracts.rights import Right, rights_of
from contracts.roles import CLAIMS, IDS, ROLES
from jejak_local.doors import JSON, knocking, request_of, rows_of
from jejak_local.issuer import Issuer

NOBODY = UUID("0199a000-0000-7000-8000-00000000dead")
NOBODYS = {claim: NOBODY if claim in IDS else "nowhere" for claim in CLAIMS}
"""A token that is good and names an agency, region, person ... of which there is nothing."""
NOT_UNDERSTOOD = {"field-missing", "field-invalid", "field-unknown", "invalid-json", "media-type-unsupported"}
REFUSED = {403, 404, 409, 422}


@dataclass(frozen=True)
class Things:
    """What is of one agency and its people: the claims that name it, and ids by the name of a path's or query's parameter.

    `of_role` are the ids that differ for a role: the record of a provider is not that of a platform. `secrets` are what
    of it only some roles are shown, whatever else they see.
    """

    claims: Mapping[str, Any]
    ids: Mapping[str, Any]
    of_role: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    secrets: Mapping[str, Collection[str]] = field(default_factory=dict[str, Collection[str]])

    def ids_of(self, role: str) -> Mapping[str, Any]:
        """The ids as a role may ask for them."""
        return {**self.ids, **self.of_role.get(role, {})}

    def hidden_from(self, role: str) -> frozenset[str]:
        """What a role is not shown even of its own."""
        return frozenset(secret for secret, roles in self.secrets.items() if role not in roles)

    @property
    def names(self) -> frozenset[str]:
        """What an answer must not hold that is not for whom it names."""
        every = [self.ids, *self.of_role.values()]
        return frozenset(str(value) for ids in every for name, value in ids.items() if name.endswith("_id"))


@dataclass(frozen=True)
class _Cell:
    """Somebody asks a route for somebody's things; they reach them or not, and the answer must not hold `strange` ids."""

    said: str
    claims: Mapping[str, Any]
    ids: Mapping[str, Any]
    within: bool
    strange: frozenset[str]
    narrowed: bool = True
    """Whether the ids are named where a route need not be told them."""


async def strays(
    app: FastAPI,
    database: Database,
    issuer: Issuer,
    own: Things,
    other: Things,
    bodies: Mapping[str, Any],
    foreign: str | None = None,
) -> list[str]:
    """Every cell in which a role reaches what is not its own, or does not reach what is.

    `own` and `other` are things of two agencies; `bodies` are good bodies about the other's, by operation (`POST
    /v1/people`), a list of lines for an upload, None for a write that cannot name what is another's. Where the routes of a
    `foreign` standard begin they are asked as that says, which their own tests know; any other has to be documented.
    """
    found: list[str] = []
    before = await rows_of(database)
    async with knocking(app) as client:
        for (method, path), right in rights_of(app).items():
            if method.lower() not in app.openapi()["paths"].get(path, ()):
                if foreign is None or not path.startswith(foreign):
                    found.append(f"{method} {path}: is not documented")
                continue
            for role in right.roles:
                for cell in _cells(method, path, right, role, own, other):
                    found += [
                        f"{method} {path}: {role}, {cell.said}: {fault}"
                        async for fault in _faults(client, app, issuer, method, path, role, cell, bodies)
                    ]
    if await rows_of(database) != before:
        found.append("rows were changed")
    return found


def _cells(method: str, path: str, right: Right, role: str, own: Things, other: Things) -> Iterator[_Cell]:
    mine, theirs, hidden = own.ids_of(role), other.ids_of(role), own.hidden_from(role)
    free, bound = ROLES[role].unbound or right.shared, bool(ROLES[role].needs)
    strange = hidden if free else hidden | other.names if bound else hidden | own.names | other.names
    if method == "GET":
        yield _Cell("its own", own.claims, mine, within=free or bound, strange=strange)
        yield _Cell("all it may see", own.claims, mine, within=free or bound, strange=strange, narrowed=False)
    elif free:
        return
    if _named(path) <= theirs.keys():
        yield _Cell("another's", own.claims, theirs, within=free, strange=strange)
    # A region of which there is nothing any more is no claim.
    within = free and "region" not in ROLES[role].needs
    yield _Cell("as nobody's", NOBODYS, mine, within=within, strange=strange if free else strange | own.names)


async def _faults(
    client: httpx2.AsyncClient,
    app: FastAPI,
    issuer: Issuer,
    method: str,
    path: str,
    role: str,
    cell: _Cell,
    bodies: Mapping[str, Any],
) -> AsyncIterator[str]:
    if unknown := _named(path) - cell.ids.keys():
        yield f"nobody tells of a {', '.join(sorted(unknown))}"
        return
    operation = f"{method} {path}"
    body = bodies.get(operation)
    if body is None and operation in bodies:
        return
    if method != "GET" and not _named(path) and body is None:
        if "/me" not in path:
            yield "nobody tells of a body"
        return
    either = [claim for claim in ROLES[role].either if claim in cell.claims]
    claims = {claim: cell.claims[claim] for claim in (*ROLES[role].needs, *either[-1:]) if claim in cell.claims}
    headers = JSON | {"authorization": f"Bearer {issuer.token(role, subject=role, **claims)}"}
    if isinstance(body, list):
        headers["content-type"] = "application/x-ndjson"
    got = await client.request(
        **request_of(app.openapi(), method, path, cell.ids, body, narrowed=cell.narrowed), headers=headers
    )
    if got.status_code >= 500:
        yield f"answered {got.status_code}"
    elif method != "GET":
        for fault in _unrefused(got):
            yield fault
    else:
        # What is not ready yet is told so, to whoever may have it.
        reached = got.status_code in {200, 409}
        # A list that is asked for as nobody's is there, and empty.
        if cell.within != reached and (cell.within or _named(path)):
            yield f"answered {got.status_code}"
        if shown := sorted(each for each in cell.strange if each in got.text):
            yield f"shown {', '.join(shown)}"


def _unrefused(got: httpx2.Response) -> Iterator[str]:
    """What a write of another's was answered that was no refusal for whose it is."""
    said: Sequence[Mapping[str, Any]]
    if got.headers["content-type"].startswith("application/x-ndjson"):
        said = [json.loads(line) for line in got.text.splitlines()]
    elif got.status_code in REFUSED:
        said = [got.json()]
    elif got.status_code == 200 and got.json().get("items") == []:
        said = []  # a question that is too long for an address, and nothing was found
    else:
        said = [{"status": got.status_code}]
    for each in said:
        if "code" not in each:
            yield f"answered {each['status']}"
        elif each["code"] in NOT_UNDERSTOOD:
            yield f"not asked: {each['code']} {each.get('field') or each.get('errors')}"


def _named(path: str) -> frozenset[str]:
    return frozenset(part[1:-1] for part in path.split("/") if part.startswith("{"))
