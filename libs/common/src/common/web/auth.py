"""Who may call which route: the dependencies that ask for a token, and what they say of every route.

A dependency that guards a route names the roles it lets through as `allowed_roles`. `assert_guarded` refuses to start
an application that has a route without one.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request
from fastapi.routing import iter_route_contexts
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from common.refused import Refused
from common.web.parts import parts_of
from common.web.principals import CallerRole, Principal

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


async def authenticated(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
) -> Principal:
    """Whom the request's token stands for. Raises Refused: `unauthorized`, `too-many-requests`."""
    if credentials is None:
        raise Refused("unauthorized")
    parts = parts_of(request)
    principal = await parts.authenticator.principal(credentials.credentials)
    await parts.rates.subject(principal.subject, request.method)
    request.state.subject = principal.subject
    return principal


async def everybody(request: Request) -> None:
    """A dependency that says: this route is for everybody, token or not. It may show nothing of anybody.

    Raises Refused `too-many-requests`: nobody asks such a route so often that what it tells could be counted by trying.
    """
    await parts_of(request).rates.open(request.client.host if request.client else "")


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
