"""What the portal's web application has beside its routes: its parts, headers for every answer, and errors as pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote, urlsplit

import httpx2
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from common.refused import Refused
from common.store.transient import is_transient
from common.texts import text_named
from common.trust import trust
from common.web.parts import WebParts
from common.web.rates import READING
from portal.assets import Assets
from portal.settings import Settings
from portal.texts import templates
from portal.visits import LogInFirst, OtherHat, Portal, SendAgain, here, login_address, spoken

CODES = {404: "not-found", 405: "method-not-allowed", 413: "body-too-large"}


def outfit(app: FastAPI) -> None:
    """Makes of a web application the portal's."""
    parts: WebParts = app.state.parts
    app.state.portal = Portal(
        settings=parts.settings,
        http=httpx2.AsyncClient(timeout=None, trust_env=False, verify=trust()),  # each question has its own time
        assets=Assets.read(),
    )
    app.add_middleware(LargeAsPage)
    app.add_middleware(Headers, settings=parts.settings)
    app.add_exception_handler(LogInFirst, _log_in_first)
    app.add_exception_handler(SendAgain, _send_again)
    app.add_exception_handler(OtherHat, _other_hat)
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.add_exception_handler(Exception, _anything)


def headers(settings: Settings) -> Mapping[str, str]:
    """What every answer says to the browser: nothing from elsewhere, nothing inline, no frames, nothing kept."""
    issuer = {_origin(url) for url in (settings.authorization_url, settings.logout_url)}
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data: blob:",
        "connect-src": "'self'",
        "form-action": " ".join(["'self'", *sorted(issuer)]),
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }
    said = {
        "content-security-policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=()",
        "cross-origin-opener-policy": "same-origin",
        "cache-control": "no-store",
    }
    if settings.public_url.startswith("https:"):
        said["strict-transport-security"] = "max-age=31536000; includeSubDomains"
    return said


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


@dataclass
class Headers:
    """Gives every answer the headers of the portal, but for those it has itself."""

    app: ASGIApp
    settings: Settings

    @cached_property
    def said(self) -> Mapping[str, str]:
        return headers(self.settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                found = MutableHeaders(scope=message)
                for name, value in self.said.items():
                    found.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)


@dataclass
class LargeAsPage:
    """A body over the limit of its route is refused before any handler, as a problem for programs: says it as a page."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = False

        async def as_page(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start" and message["status"] == 413:
                refused = not MutableHeaders(scope=message).get("content-type", "").startswith("text/html")
            if not refused:
                await send(message)
            elif message["type"] == "http.response.body" and not message.get("more_body"):
                await _problem(Request(scope), Refused("body-too-large"))(scope, receive, send)

        await self.app(scope, receive, as_page if scope["type"] == "http" else send)


async def _log_in_first(request: Request, error: Any) -> Response:
    """To the log-in and back; a program that loads a part of a page is told to load the whole."""
    assert isinstance(error, LogInFirst)  # noqa: S101 - tells the type checker what the registration says
    if request.headers.get("hx-request"):
        page = urlsplit(request.headers.get("hx-current-url", ""))
        address = page.path + (f"?{page.query}" if page.query else "")
        return Response(status_code=204, headers={"hx-redirect": login_address(address)})
    if request.method in READING:
        return RedirectResponse(login_address(here(request)), 303)
    told = text_named("again.kept") if error.parked else text_named("again.nothing")
    address, title, go = (
        login_address(_kept(request, error.parked)),
        text_named("again.title"),
        text_named("again.log-in"),
    )
    return _page(request, "login/again.html", 401, address=address, title=title, told=told, go=go)


async def _send_again(request: Request, error: Any) -> Response:
    assert isinstance(error, SendAgain)  # noqa: S101 - as above
    address, title, go = _kept(request, error.parked), text_named("again.not-sent"), text_named("again.look")
    return _page(request, "login/again.html", 409, address=address, title=title, told=error.told, go=go)


def _kept(request: Request, parked: str | None) -> str:
    """The page of a form with what was typed on it, if anything was."""
    return f"{request.url.path}?parked={parked}" if parked else request.url.path


async def _other_hat(request: Request, _: Any) -> Response:
    return RedirectResponse(f"/hat?next={quote(here(request), safe='')}", 303)


async def _refused(request: Request, error: Any) -> Response:
    assert isinstance(error, Refused)  # noqa: S101 - as above
    return _problem(request, error)


async def _http(request: Request, error: Any) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - as above
    return _problem(request, Refused(CODES.get(error.status_code, "field-invalid")))


async def _not_understood(request: Request, _: Any) -> Response:
    """A page's address holds what the page itself has put there: one that it does not understand is no page."""
    return _problem(request, Refused("not-found"))


async def _anything(request: Request, error: Exception) -> Response:
    return _problem(request, Refused("unavailable" if is_transient(error) else "internal-error"))


def _problem(request: Request, refused: Refused) -> Response:
    catalogue = request.app.state.parts.catalogue
    language, _ = spoken(request)
    return _page(
        request,
        "problem.html",
        catalogue.statuses[refused.code],
        code=refused.code,
        told=catalogue.message(refused, language),
    )


def _page(request: Request, template: str, status: int, **values: Any) -> Response:
    """A page that needs nobody to be logged in and nothing to be asked: also when all else fails."""
    language, zone = spoken(request)
    assets = request.app.state.portal.assets
    shown = templates(language).get_template(template)
    body = shown.render(visit=None, assets=assets, menu=(), csrf="", zone=zone, **values)
    return HTMLResponse(body, status, headers={"content-language": language})
