"""The token endpoint over HTTP, as RFC 6749 has it (4.4 and 5): its errors are no problem documents."""

import base64
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from common.refused import Refused
from common.web.auth import everybody
from common.web.parts import parts_of
from connectors.signing.credentials import LIFE, give_token

router = APIRouter(include_in_schema=False)  # its standard tells of it

SCOPE = "xapi:write"
NEVER_KEPT = {"cache-control": "no-store"}
FORM = "application/x-www-form-urlencoded"


@router.post("/oauth/token", dependencies=[Depends(everybody)])
async def create_token(request: Request) -> JSONResponse:
    try:
        form = await _form(request)
        key, secret = _client(request, form)
    except ValueError:
        return _refused("invalid_request")
    if form.get("grant_type") != "client_credentials":
        return _refused("unsupported_grant_type")
    if form.get("scope", SCOPE).split() != [SCOPE]:
        return _refused("invalid_scope")
    try:
        token = await give_token(parts_of(request), key, secret)
    except Refused as refused:
        if refused.code == "connection-disabled":
            return _refused("unauthorized_client", description="connection-disabled")
        return _refused("invalid_client", status=401)
    told = {"access_token": token, "token_type": "Bearer", "expires_in": int(LIFE.total_seconds()), "scope": SCOPE}
    return JSONResponse(told, headers=NEVER_KEPT)


async def _form(request: Request) -> dict[str, str]:
    """What a form says. Raises ValueError for what is none, or says something twice."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise ValueError("no form")
    given = parse_qsl((await request.body()).decode(), keep_blank_values=True, max_num_fields=20)
    if len(dict(given)) != len(given):
        raise ValueError("said twice")
    return dict(given)


def _client(request: Request, form: dict[str, str]) -> tuple[str, str]:
    """The key and the secret, of the form or of HTTP Basic, in which both are written as in a form. Raises ValueError for both ways at once."""
    scheme, _, told = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return form.get("client_id", ""), form.get("client_secret", "")
    if "client_secret" in form:
        raise ValueError("told in two ways")
    key, _, secret = base64.b64decode(told, validate=True).decode().partition(":")
    return unquote_plus(key), unquote_plus(secret)


def _refused(error: str, *, status: int = 400, description: str | None = None) -> JSONResponse:
    told: dict[str, Any] = {"error": error} | ({"error_description": description} if description else {})
    headers = NEVER_KEPT | ({"www-authenticate": "Basic"} if status == 401 else {})
    return JSONResponse(told, status, headers)
