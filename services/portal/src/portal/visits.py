"""Somebody looks at a page: who they are, in which hat, in which language, and what they have typed.

`Page` is the dependency of every route: it says whom the page is for, and gives the `Visit`.
"""

import hmac
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from typing import Any
from urllib.parse import quote, urlencode, urlsplit
from uuid import UUID, uuid4

import httpx2
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import iter_route_contexts
from starlette.datastructures import UploadFile

from common.refused import Refused
from common.texts import LANGUAGES, Language, text_named
from common.web.auth import EVERYBODY
from common.web.keys import KeySet
from common.web.parts import WebParts, parts_of
from common.web.problems import language_of
from common.web.rates import READING
from portal import issuer, menu, sessions
from portal.asking import Answer, Asker, Question, post
from portal.assets import Assets
from portal.forms import Form
from portal.sealing import Seal
from portal.sessions import Acting, Signed
from portal.settings import Settings
from portal.tables import Session
from portal.texts import ZONES, templates

LEEWAY = timedelta(seconds=30)
"""A token that ends so soon is renewed before services are asked with it."""
SAME_SITE = {"same-origin", "none"}
"""Where a browser says that a request comes from when it comes from our own pages, or from its address bar."""


@dataclass
class Portal:
    """What the portal is made of, once a process."""

    settings: Settings
    http: httpx2.AsyncClient
    assets: Assets

    @cached_property
    def seal(self) -> Seal:
        """By which sessions are sealed."""
        return Seal(self.settings.session_key.get_secret_value())

    @cached_property
    def keys(self) -> KeySet:
        """The issuer's, for what it says of who logs in."""
        return KeySet(self.settings.jwks_url)

    def acting(self, row: Session) -> Mapping[str, str] | None:
        """For whom the one of a session acts."""
        return self.seal.open(row.acting) if row.acting else None

    @property
    def secure(self) -> bool:
        """Whether people reach it by TLS."""
        return self.settings.public_url.startswith("https:")

    @property
    def cookie(self) -> str:
        """The name of the cookie of a session; a browser lets nobody but this very host set the one with the prefix."""
        return "__Host-jejak" if self.secure else "jejak"


class LogInFirst(Exception):  # noqa: N818 - what has to be done
    """Nobody is logged in (any more) who could see the page; `parked` is the name of what they had typed."""

    def __init__(self, parked: str | None = None) -> None:
        super().__init__()
        self.parked = parked


class SendAgain(Exception):  # noqa: N818 - what has to be done
    """A form was not done, or nobody knows; what they had typed waits for them under `parked`, and `told` names why."""

    def __init__(self, parked: str | None, told: str) -> None:
        super().__init__()
        self.parked = parked
        self.told = told


class OtherHat(Exception):  # noqa: N818 - what has to be done
    """The page is for another hat that they have: they choose, and come back."""


@dataclass(frozen=True)
class Visit:
    """One look at one page."""

    request: Request
    parts: WebParts
    portal: Portal
    language: Language
    zone: str
    signed: Signed | None
    typed: Mapping[str, str] = field(default_factory=dict[str, str])
    files: Mapping[str, UploadFile] = field(default_factory=dict[str, UploadFile])

    @property
    def who(self) -> Signed:
        """Who is logged in, on a page for those who are."""
        assert self.signed is not None  # noqa: S101 - `Page` has let them in
        return self.signed

    @property
    def person(self) -> UUID:
        """Whose own pages these are. Raises Refused `forbidden` for whose token names no person."""
        return self.who.principal.speaks_for("person")

    @property
    def agency(self) -> UUID:
        """For which agency they speak. Raises Refused `forbidden` for whose token names none."""
        return self.who.principal.speaks_for("agency")

    def address(self, **changes: object) -> str:
        """This page with other values in its address; None takes one out."""
        kept = {name: value for name, value in self.request.query_params.items() if name not in changes}
        query = urlencode({**kept, **{name: value for name, value in changes.items() if value is not None}})
        return self.request.url.path + (f"?{query}" if query else "")

    async def names(self, ids: Iterable[str], *by: Answer) -> Mapping[str, str]:
        """What people are called whom the one who looks may see, or whom these answers introduce, by their ids.

        Of others, and while registry is away, nothing.
        """
        wanted = [*dict.fromkeys(ids)]
        if not wanted:
            return {}
        asked = {"person_ids": wanted, "introductions": [each.introduction for each in by if each.introduction]}
        [found] = await self.ask(post("registry", "/people:names", asked))
        return {each["person_id"]: each["name"] for each in found.items}

    def typed_id(self, name: str) -> UUID:
        """An id that a form of ours has sent along. Raises Refused `not-found` for what is none."""
        try:
            return UUID(self.typed.get(name, ""))
        except ValueError:
            raise Refused("not-found") from None

    @property
    def form(self) -> Form:
        """What was typed on this page."""
        return Form(self.typed)

    async def ask(self, *questions: Question) -> list[Answer]:
        """What services say, in the order of the questions. Raises LogInFirst when one takes the token no more."""
        settings = self.portal.settings
        token = self.signed.access if self.signed else None
        address = self.request.client.host if self.request.client else ""
        whom = self.signed.acting.person if self.signed and self.signed.acting else None
        asker = Asker(self.portal.http, settings.services, settings.answer_seconds, token, self.language, address, whom)
        answers = await asker.ask(*questions)
        if self.signed and any(answer.status == 401 for answer in answers):
            raise LogInFirst(await park(self))
        return answers

    async def do(self, question: Question) -> Answer:
        """What a service says to something that is to be done. Raises SendAgain when it says nothing: it may have been done."""
        [sent] = await self.ask(question)
        if sent.away:
            raise SendAgain(await park(self), text_named("again.away"))
        return sent

    def page(self, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """The page of a template, with these values; the layout has the visit beside them."""
        shown = templates(self.language).get_template(template)
        hat = self.signed.hat if self.signed else None
        body = shown.render(
            visit=self,
            assets=self.portal.assets,
            menu=menu.items(hat),
            csrf=csrf_of(self.portal, self.signed) if self.signed else "",
            zone=self.zone,
            once=self.form["once"] or str(uuid4()),
            **values,
        )
        return HTMLResponse(
            body, status, headers={"content-language": self.language, "vary": "Cookie, Accept-Language"}
        )


def to(address: str) -> RedirectResponse:
    """Go on to another of our pages, by GET: a page that has changed something ends so, and is not sent again by accident."""
    return RedirectResponse(address, 303)


def inside(address: str | None) -> str:
    """An address if it is one of our own pages, else the first page: nobody is led away from here by a link to here."""
    if not address or not address.isprintable() or "\\" in address or not address.startswith("/"):
        return "/"
    try:
        parts = urlsplit(address)
    except ValueError:
        return "/"
    return "/" if parts.scheme or parts.netloc or address.startswith("//") else address


def here(request: Request) -> str:
    """The address of the page that was asked for, without what stands before the path."""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def csrf_of(portal: Portal, session: "Signed | _Was") -> str:
    """What every form of a session carries, and nobody else can know: of this very session and for whom it acts, and of whose it is.

    So a form that was opened in one's own name is not done in another's.
    """
    here = f"{session.cookie} {session.acting.person if session.acting else ''}"
    return f"{portal.seal.mark('csrf', here)}.{portal.seal.mark('csrf-of', session.whose)}"


def portal_of(request: Request) -> Portal:
    """The portal that was asked."""
    return request.app.state.portal


def spoken(request: Request) -> tuple[Language, str]:
    """The language and the zone of a browser: as chosen, else as it asks, and the time of Jakarta."""
    chosen, zone = request.cookies.get("language"), request.cookies.get("zone")
    language: Language = chosen if chosen in LANGUAGES else language_of(request.headers.get("accept-language"))
    return language, zone if zone in ZONES else next(iter(ZONES))


@dataclass(frozen=True)
class Page:
    """Whom a page is for: who wears one of these hats; with none named everybody, or whoever is logged in."""

    roles: tuple[str, ...]
    signed_in: bool

    def __init__(self, *roles: str, signed_in: bool = False) -> None:
        object.__setattr__(self, "roles", roles)
        object.__setattr__(self, "signed_in", signed_in or bool(roles))

    @property
    def allowed_roles(self) -> frozenset[str]:
        """What `common.web.auth.guards` reads: no page takes a bearer token."""
        return EVERYBODY

    def opens_to(self, hat: str | None) -> bool:
        """Whether whoever wears that hat may look."""
        return (hat is not None or not self.signed_in) and (not self.roles or hat in self.roles)

    async def __call__(self, request: Request) -> AsyncIterator[Visit]:
        """Who looks; files that were sent are gone with the answer. Raises as `_let_in` does."""
        try:
            yield await self._let_in(request)
        finally:
            await request.close()

    async def _let_in(self, request: Request) -> Visit:
        """Who looks. Raises LogInFirst, OtherHat; Refused: `form-foreign`, `hat-other`, `too-many-requests`."""
        visit, was = await _visit(request)
        if request.method not in READING:
            visit = await _sent(visit, was, anybody=not self.signed_in)
        if not self.signed_in:
            return visit
        if visit.signed is None:
            raise LogInFirst(await park(visit, was))
        await visit.parts.rates.subject(visit.signed.principal.subject, request.method)
        if not self.opens_to(visit.signed.hat):
            if request.method in READING and visit.signed.principal.roles & {*self.roles}:
                raise OtherHat
            raise Refused("hat-other")
        return await _resumed(visit)


@dataclass(frozen=True)
class _Was:
    """A session that a browser has: whose it is, also after its end."""

    cookie: str
    whose: str
    acting: Acting | None


async def _visit(request: Request) -> tuple[Visit, _Was | None]:
    parts, portal = parts_of(request), portal_of(request)
    language, zone = spoken(request)
    visit = Visit(request, parts, portal, language, zone, None)
    cookie = request.cookies.get(portal.cookie)
    if not cookie:
        return visit, None
    async with parts.database.reading() as session:
        row = await sessions.found(session, cookie)
    if row is None:
        return visit, None
    now, settings = parts.clock.now(), portal.settings
    acting = portal.acting(row)
    was = _Was(cookie, row.whose, Acting(**acting) if acting else None)
    said = portal.seal.open(row.sealed) if row.sealed else None
    if said is None or now >= row.ends_at or now >= row.seen_at + settings.idle:
        return visit, was
    signed: Signed | None = sessions.read(cookie, row, said, acting)
    if signed.good_until <= now + LEEWAY:
        signed = await _renewed(visit, cookie)
    elif signed.seen_at <= now - sessions.TOUCH:
        async with parts.database.transaction() as session:
            await sessions.change(session, cookie, seen_at=now)
    return replace(visit, signed=signed), was


async def _renewed(visit: Visit, cookie: str) -> Signed | None:
    """The session with new tokens; None when the issuer gives none, which ends it. Of two pages at once, one asks."""
    portal, now = visit.portal, visit.parts.clock.now()
    async with visit.parts.database.transaction() as session:
        row = await sessions.found(session, cookie, lock=True)
        said = portal.seal.open(row.sealed) if row and row.sealed else None
        if row is None or said is None:
            return None
        signed = sessions.read(cookie, row, said, portal.acting(row))
        if signed.good_until > now + LEEWAY:
            return signed
        tokens = await issuer.renewed(portal.settings, portal.keys, visit.parts.authenticator, signed)
        if tokens is None:
            await sessions.change(session, cookie, sealed=None)
            return None
        row.sealed, row.seen_at = portal.seal.close(tokens.said()), now
        return sessions.read(cookie, row, tokens.said(), portal.acting(row))


async def _sent(visit: Visit, was: _Was | None, *, anybody: bool) -> Visit:
    """The visit with what was typed.

    Raises Refused `form-foreign` for a form that is not one of this browser's session, and SendAgain for one of a session
    before by the same person, who has logged in again in another tab. On a page for anybody, who has no session has
    nothing that a form from elsewhere could use.
    """
    if was is None and not anybody:
        raise Refused("form-foreign")  # before a file has come that nobody may send
    form = await visit.request.form()
    typed = {name: value for name, value in form.items() if isinstance(value, str)}
    files = {name: value for name, value in form.items() if isinstance(value, UploadFile) and value.filename}
    site = visit.request.headers.get("sec-fetch-site")
    key = typed.pop("csrf", "")
    visit = replace(visit, typed=typed, files=files)
    if site is not None and site not in SAME_SITE:
        raise Refused("form-foreign")
    own = csrf_of(visit.portal, was) if was else key
    if not hmac.compare_digest(key.encode(), own.encode()):
        if not hmac.compare_digest(key.partition(".")[2].encode(), own.partition(".")[2].encode()):
            raise Refused("form-foreign")
        raise SendAgain(await park(visit, was), text_named("again.before"))
    return visit


async def park(visit: Visit, was: _Was | None = None) -> str | None:
    """Keeps what was typed for whoever's session has ended; the name of it, or None where nothing was."""
    whose = visit.signed.whose if visit.signed else was.whose if was else None
    if not visit.typed or whose is None:
        return None
    async with visit.parts.database.transaction() as session:
        sealed = visit.portal.seal.close(dict(visit.typed))
        return await sessions.park(session, visit.parts.clock.now(), whose, sealed)


async def _resumed(visit: Visit) -> Visit:
    """The visit with what they had typed before they had to log in again."""
    name = visit.request.query_params.get("parked")
    if not name or visit.request.method not in READING:
        return visit
    async with visit.parts.database.reading() as session:
        sealed = await sessions.parked(session, visit.parts.clock.now(), name, visit.who.whose)
    return replace(visit, typed=visit.portal.seal.open(sealed) or {}) if sealed else visit


def pages_of(app: FastAPI) -> Mapping[tuple[str, str], Page]:
    """Whom each page is for, by (method, path)."""
    return {
        (method, str(context.path)): each.call
        for context in iter_route_contexts(app.routes)
        if (dependant := getattr(context, "dependant", None))
        for each in dependant.dependencies
        if isinstance(each.call, Page)
        for method in context.methods or ()
    }


async def unwatched() -> None:
    """A dependency that says: this route is for everybody, shows nothing of anybody, and is asked for with every page."""


unwatched.allowed_roles = EVERYBODY  # pyright: ignore[reportFunctionMemberAccess] - read by `guards`


def login_address(address: str) -> str:
    """Where to log in, and come back to a page of ours."""
    return f"/login?next={quote(inside(address), safe='')}"
