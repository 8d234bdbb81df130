"""The issuer, where people log in: OIDC by the code flow with PKCE, and what it says of whoever has done so."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# (authlib ships no types)

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import httpx2
import jwt
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client

from common.refused import Refused
from common.telemetry import log
from common.trust import trust
from common.web.keys import ALGORITHMS, KeySet
from common.web.tokens import LEEWAY_SECONDS, Authenticator
from portal.sessions import Signed, Tokens
from portal.settings import Settings

SECONDS = 10
LOGGED_OUT = "http://schemas.openid.net/event/backchannel-logout"


def _client(settings: Settings) -> AsyncOAuth2Client:
    secret = settings.client_secret
    return AsyncOAuth2Client(
        settings.client_id,
        secret.get_secret_value() if secret else None,
        token_endpoint_auth_method="client_secret_basic" if secret else "none",
        redirect_uri=f"{settings.public_url}/callback",
        scope="openid",
        code_challenge_method="S256",
        timeout=SECONDS,
        verify=trust(),
    )


async def login_url(settings: Settings, *, state: str, nonce: str, verifier: str) -> str:
    """Where to send somebody who wants to log in."""
    async with _client(settings) as client:
        url, _ = client.create_authorization_url(
            settings.authorization_url, state=state, nonce=nonce, code_verifier=verifier
        )
    return url


async def tokens_for(
    settings: Settings, keys: KeySet, authenticator: Authenticator, code: str, *, nonce: str, verifier: str
) -> Tokens:
    """What the issuer gives for the code that somebody came back with. Raises Refused: `login-failed`, `unavailable`."""
    try:
        async with _client(settings) as client:
            given = await client.fetch_token(settings.token_url, code=code, code_verifier=verifier)
    except AuthlibBaseError as error:
        raise Refused("login-failed") from error
    except httpx2.HTTPError as error:
        raise Refused("unavailable") from error
    return await _read(settings, keys, authenticator, given, nonce)


async def renewed(settings: Settings, keys: KeySet, authenticator: Authenticator, signed: Signed) -> Tokens | None:
    """New tokens for a session; None when the issuer gives none. Raises Refused `unavailable` when it cannot be asked."""
    if signed.refresh is None:
        return None
    try:
        async with _client(settings) as client:
            given = await client.refresh_token(settings.token_url, refresh_token=signed.refresh)
        given = {"refresh_token": signed.refresh, "id_token": signed.identity, **given}
        tokens = await _read(settings, keys, authenticator, given, None)
    except AuthlibBaseError as error:
        log.info("session not renewed", error=type(error).__name__)
        return None
    except httpx2.HTTPError as error:
        raise Refused("unavailable") from error
    return tokens if tokens.principal.subject == signed.principal.subject else None


async def _read(
    settings: Settings, keys: KeySet, authenticator: Authenticator, given: dict[str, Any], nonce: str | None
) -> Tokens:
    """What tokens say. The access token is checked as every service does; the identity is for us alone, and of this log-in."""
    principal = await authenticator.principal(given["access_token"])
    claims = await _claims(settings, keys, given["id_token"], lives=nonce is not None)
    if claims["sub"] != principal.subject or (nonce is not None and claims.get("nonce") != nonce):
        raise Refused("login-failed")
    return Tokens(
        principal=principal,
        name=str(claims.get("name") or ""),
        access=given["access_token"],
        refresh=given.get("refresh_token"),
        identity=given["id_token"],
        good_until=datetime.fromtimestamp(given["expires_at"], UTC),
        issuer_session=claims.get("sid"),
    )


async def _claims(settings: Settings, keys: KeySet, token: str, *, lives: bool = True) -> dict[str, Any]:
    try:
        header = jwt.get_unverified_header(token)
        if header["alg"] not in ALGORITHMS:
            raise Refused("login-failed")
        key = await keys.key(header.get("kid"), header["alg"])
        return jwt.decode(
            token,
            key.public,
            algorithms=[key.algorithm],
            audience=settings.client_id,
            issuer=settings.issuer,
            leeway=LEEWAY_SECONDS,
            options={"require": ["iss", "aud", "sub", "iat"], "verify_exp": lives},
        )
    except (jwt.PyJWTError, KeyError) as error:
        raise Refused("login-failed") from error


async def logged_out(settings: Settings, keys: KeySet, token: str) -> tuple[str, str | None]:
    """The subject, and the session if it is one alone, that the issuer says is over. Raises Refused `login-failed`."""
    claims = await _claims(settings, keys, token)
    if LOGGED_OUT not in claims.get("events", {}) or "nonce" in claims:
        raise Refused("login-failed")
    return claims["sub"], claims.get("sid")


def logout_url(settings: Settings, identity: str) -> str:
    """Where to end the issuer's own session, and come back from."""
    asked = {
        "id_token_hint": identity,
        "client_id": settings.client_id,
        "post_logout_redirect_uri": f"{settings.public_url}/",
    }
    return f"{settings.logout_url}?{urlencode(asked)}"
