"""The local issuer's log-in: authorization code with PKCE (RFC 7636), and a page that asks who you want to be.

It believes whatever it is told, so like the issuer it exists in the local profile alone.
"""

import base64
import hashlib
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from contracts import roles
from contracts.roles import CLAIMS

CLIENT = "portal"
LIFETIME = 3600
"""Seconds a token lives."""
CODE_SECONDS = 60
HERE = {"127.0.0.1", "localhost"}
PAGES = Environment(
    loader=PackageLoader("jejak_local", "pages"), autoescape=select_autoescape(), undefined=StrictUndefined
)


@dataclass(frozen=True)
class Grant:
    """Whom somebody has chosen to be, for one client."""

    client: str
    redirect_uri: str
    challenge: str
    nonce: str | None
    roles: tuple[str, ...]
    scope: Mapping[str, str]
    name: str
    subject: str
    session: str
    made: float = field(default_factory=time.monotonic)


class Login:
    """Codes and refresh tokens that are good for one use each."""

    def __init__(self, claims: Callable[..., dict[str, Any]], sign: Callable[[Any], str]) -> None:
        self._claims = claims
        self._sign = sign
        self.lifetime = LIFETIME
        self._codes: dict[str, Grant] = {}
        self._refresh: dict[str, Grant] = {}

    def forget(self) -> None:
        """Renews nobody's tokens any more."""
        self._refresh.clear()

    def code_for(self, asked: Mapping[str, str], chosen: list[tuple[str, str]]) -> str:
        """A code for whom the form of the page says somebody wants to be."""
        named = dict(chosen)
        held = tuple(value for name, value in chosen if name == "role" and value in roles.ROLES)
        scope = {name: named[name].strip() for name in CLAIMS if named.get(name, "").strip()}
        code = secrets.token_urlsafe(16)
        self._codes[code] = Grant(
            client=asked["client_id"],
            redirect_uri=asked["redirect_uri"],
            challenge=asked["code_challenge"],
            nonce=asked.get("nonce"),
            roles=held,
            scope=scope,
            name=named.get("name", ""),
            subject=self._claims(*held, **scope)["sub"],
            session=secrets.token_urlsafe(16),
        )
        return code

    def redeem(self, form: Mapping[str, str]) -> JSONResponse:
        """Tokens for a code and the verifier that belongs to it, or for a refresh token; neither is good again."""
        if form["grant_type"] == "refresh_token":
            grant = self._refresh.pop(form.get("refresh_token", ""), None)
            if grant is None:
                return refused("invalid_grant", "This refresh token is unknown or used up.")
            return self._tokens(grant, nonce=None)
        grant = self._codes.pop(form.get("code", ""), None)
        verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if (
            grant is None
            or time.monotonic() > grant.made + CODE_SECONDS
            or form.get("redirect_uri") != grant.redirect_uri
            or form.get("client_id") != grant.client
            or base64.urlsafe_b64encode(verifier).rstrip(b"=").decode() != grant.challenge
        ):
            return refused("invalid_grant", "The code, its client, its address and its verifier do not go together.")
        return self._tokens(grant, nonce=grant.nonce)

    def _tokens(self, grant: Grant, nonce: str | None) -> JSONResponse:
        access = self._claims(*grant.roles, subject=grant.subject, client=grant.client, **grant.scope)
        access["exp"] = access["iat"] + self.lifetime
        identity: dict[str, Any] = {name: access[name] for name in ("iss", "sub", "iat", "exp")}
        identity |= {"aud": grant.client, "sid": grant.session, "name": grant.name}
        if nonce is not None:
            identity["nonce"] = nonce
        refresh = secrets.token_urlsafe(16)
        self._refresh[refresh] = grant
        given = {
            "access_token": self._sign(access),
            "id_token": self._sign(identity),
            "refresh_token": refresh,
            "token_type": "Bearer",
            "expires_in": self.lifetime,
        }
        return JSONResponse(given, headers={"Cache-Control": "no-store"})

    def routes(self) -> APIRouter:
        routes = APIRouter()

        @routes.get("/authorize")
        def ask(request: Request) -> Response:
            if (fault := _fault(request.query_params)) is not None:
                return refused("invalid_request", fault)
            page = PAGES.get_template("who.html").render(roles=sorted(roles.ROLES), claims=CLAIMS)
            return HTMLResponse(page, headers={"Cache-Control": "no-store"})

        @routes.post("/authorize")
        async def choose(request: Request) -> Response:
            if (fault := _fault(request.query_params)) is not None:
                return refused("invalid_request", fault)
            asked = dict(request.query_params)
            code = self.code_for(asked, parse_qsl((await request.body()).decode()))
            back = urlencode({"code": code, "state": asked.get("state", "")})
            return RedirectResponse(f"{asked['redirect_uri']}?{back}", 303)

        @routes.get("/logout")
        def log_out(post_logout_redirect_uri: str) -> Response:
            if urlsplit(post_logout_redirect_uri).hostname not in HERE:
                return refused("invalid_request", "post_logout_redirect_uri is on this machine.")
            return RedirectResponse(post_logout_redirect_uri, 303)

        return routes


def refused(error: str, description: str, status: int = 400) -> JSONResponse:
    """An answer of OAuth that says no."""
    return JSONResponse({"error": error, "error_description": description}, status)


def _fault(asked: Mapping[str, str]) -> str | None:
    if asked.get("client_id") != CLIENT or asked.get("response_type") != "code":
        return f"Only client_id={CLIENT} with response_type=code."
    if urlsplit(asked.get("redirect_uri", "")).hostname not in HERE:
        return "redirect_uri is on this machine."
    if asked.get("code_challenge_method") != "S256" or not asked.get("code_challenge"):
        return "PKCE with code_challenge_method=S256."
    return None
