"""Log-in and log-out, hats, and how somebody wants to be spoken to."""

import secrets
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from common.refused import Refused
from common.texts import LANGUAGES
from common.web.auth import everybody
from contracts.introductions import MOST_INTRODUCED
from portal import issuer, rights, sessions
from portal.asking import get
from portal.assets import Asset
from portal.sessions import Acting
from portal.texts import ZONES
from portal.visits import Visit, inside, portal_of, to, unwatched

router = APIRouter(include_in_schema=False)

LOGIN_SECONDS = 600
"""How long somebody may take to log in."""
YEAR_SECONDS = 31_536_000
FIRST_ZONE = next(iter(ZONES))
ACTED = ("verifier", "validator")
"""The duties of a role that a deputy does by pages; they are called as the role is."""

Anybody = Annotated[Visit, Depends(rights.ANYBODY)]
SignedIn = Annotated[Visit, Depends(rights.SIGNED_IN)]


@router.get("/login", dependencies=[Depends(everybody)])
async def log_in(visit: Anybody, next: str = "/home") -> Response:  # noqa: A002 - the name in the address
    """To the issuer; what belongs to this log-in is in a cookie of its own, so that two at once do not disturb each other."""
    portal = visit.portal
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    answer = to(await issuer.login_url(portal.settings, state=state, nonce=nonce, verifier=verifier))
    kept = portal.seal.close({"state": state, "nonce": nonce, "verifier": verifier, "next": inside(next)})
    answer.set_cookie(
        _cookie(state), kept.decode(), max_age=LOGIN_SECONDS, path="/callback", httponly=True, samesite="lax", secure=portal.secure
    )  # fmt: skip
    return answer


@router.get("/callback", dependencies=[Depends(everybody)])
async def log_in_comes_back(visit: Anybody, state: str, code: str = "") -> Response:
    """With a code from the issuer, and the cookie of the log-in it is for: a session begins, under a new name."""
    portal, request = visit.portal, visit.request
    kept = portal.seal.open(request.cookies.get(_cookie(state), ""), LOGIN_SECONDS)
    if kept is None or kept["state"] != state or not code:
        raise Refused("login-failed")
    tokens = await issuer.tokens_for(
        portal.settings, portal.keys, visit.parts.authenticator, code, nonce=kept["nonce"], verifier=kept["verifier"]
    )
    whose, sid = portal.seal.mark("subject", tokens.principal.subject), tokens.issuer_session
    async with visit.parts.database.transaction() as session:
        cookie = await sessions.begin(
            session,
            visit.parts.clock.now(),
            portal.settings.longest,
            whose=whose,
            issuer_session=portal.seal.mark("sid", sid) if sid else None,
            sealed=portal.seal.close(tokens.said()),
            old=request.cookies.get(portal.cookie),
        )
    answer = to(kept["next"])
    answer.delete_cookie(_cookie(state), path="/callback")
    answer.set_cookie(portal.cookie, cookie, httponly=True, samesite="lax", secure=portal.secure)
    return answer


def _cookie(state: str) -> str:
    return f"login-{state[:12]}"


@router.post("/logout")
async def log_out(visit: SignedIn) -> Response:
    """Ends the session here, and then the issuer's; what the browser has kept of us goes."""
    async with visit.parts.database.transaction() as session:
        await sessions.end(session, visit.who.cookie)
    answer = RedirectResponse(issuer.logout_url(visit.portal.settings, visit.who.identity), 303)
    answer.delete_cookie(visit.portal.cookie, httponly=True, samesite="lax", secure=visit.portal.secure)
    answer.headers["clear-site-data"] = '"cache", "storage"'
    return answer


@router.post("/backchannel-logout", dependencies=[Depends(everybody)])
async def log_out_from_behind(request: Request) -> Response:
    """The issuer says that a session of its own is over, or all of somebody (OIDC Back-Channel Logout 1.0)."""
    portal, parts = portal_of(request), request.app.state.parts
    form = await request.form()
    subject, sid = await issuer.logged_out(portal.settings, portal.keys, str(form.get("logout_token", "")))
    async with parts.database.transaction() as session:
        await sessions.end_of(
            session,
            whose=portal.seal.mark("subject", subject),
            issuer_session=portal.seal.mark("sid", sid) if sid else None,
        )
    return Response(status_code=200)


@router.get("/hat")
async def choose_hat(visit: SignedIn, next: str = "/home") -> Response:  # noqa: A002 - the name in the address
    return visit.page("login/hat.html", next=inside(next), others=await _acts_for(visit))


@router.post("/hat")
async def wear_hat(visit: SignedIn) -> Response:
    """Wears another of one's own hats, or that of somebody for whom one acts. Raises Refused `hat-other` for one that is neither."""
    hat, duty = visit.typed.get("hat", ""), visit.typed.get("duty")
    if duty:
        acting = (await _acts_for(visit)).get(duty)
        if acting is None:
            raise Refused("hat-other")
        worn: dict[str, Any] = {"acting": visit.portal.seal.close(acting.said())}
    elif hat in visit.who.hats:
        worn = {"hat": hat, "acting": None}
    else:
        raise Refused("hat-other")
    async with visit.parts.database.transaction() as session:
        await sessions.change(session, visit.who.cookie, **worn)
    return to(inside(visit.typed.get("next")))


async def _acts_for(visit: Visit) -> Mapping[str, Acting]:
    """For whom one may act today, by the id of the delegation; nobody while the registry is away."""
    me, today = visit.who.principal.claims.get("person"), visit.parts.clock.today().isoformat()
    if me is None or "person" not in visit.who.principal.roles:
        return {}
    acts: dict[str, Acting] = {}
    after: str | None = None
    while True:
        [found] = await visit.ask(get("registry", "/people/me/deputies", after=after, limit=MOST_INTRODUCED))
        todays = [
            each
            for each in found.items
            if each["deputy_id"] == str(me) and each["duty"] in ACTED and each["valid_from"] <= today < each["valid_to"]
        ]
        names = await visit.names((each["person_id"] for each in todays), found)
        for each in todays:
            acts[each["id"]] = Acting(each["person_id"], each["duty"], names.get(each["person_id"], each["person_id"]))
        after = found.body["next"] if found.ok else None
        if after is None:
            return acts


@router.get("/language/{language}")
async def speak(visit: Anybody, language: str, next: str = "/") -> Response:  # noqa: A002 - the name in the address
    return _remember(visit, "language", language if language in LANGUAGES else LANGUAGES[0], next)


@router.get("/zone")
async def use_zone(visit: Anybody, zone: str, next: str = "/") -> Response:  # noqa: A002 - the name in the address
    return _remember(visit, "zone", zone if zone in ZONES else FIRST_ZONE, next)


def _remember(visit: Visit, name: str, value: str, address: str) -> Response:
    answer = to(inside(address))
    answer.set_cookie(name, value, max_age=YEAR_SECONDS, httponly=True, samesite="lax", secure=visit.portal.secure)
    return answer


@router.get("/assets/{name}", dependencies=[Depends(unwatched)])
async def get_asset(request: Request, name: str) -> Response:
    """A style sheet or a script. Its name changes with its content, so a browser may keep it for ever."""
    asset: Asset | None = portal_of(request).assets.served.get(name)
    if asset is None:
        raise Refused("not-found")
    told = {"cache-control": f"public, max-age={YEAR_SECONDS}, immutable", "vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(asset.packed, media_type=asset.media_type, headers=told | {"content-encoding": "gzip"})
    return Response(asset.content, media_type=asset.media_type, headers=told)
