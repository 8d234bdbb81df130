"""A small OpenID Connect issuer for the laptop and the tests: real RS256 signatures, one demo client per role.

It hands out any role to whoever asks, so it refuses to exist outside the local profile.
"""

import base64
import json
import os
import time
import uuid
from typing import Any, Literal
from urllib.parse import parse_qsl

import jwt
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from jwt.algorithms import RSAAlgorithm

from contracts import roles
from contracts.roles import CLAIMS
from jejak_local.login import LIFETIME, Login, refused
from jejak_local.processes import LocalError

ROLES = tuple(roles.ROLES)
SECRET = "jejak-local"
AUDIENCE = "jejak"
DECIDERS = {"verifier", "validator", "agency_head", "agency_hr", "programme_manager"}
"""Whoever decides has to be a person. A provider mostly gives classes: who is to decide about reports for one is named."""


class Issuer:
    """Keys and tokens. Only the newest key signs; older ones stay in the JWKS, so that their tokens stay valid."""

    def __init__(self, url: str) -> None:
        if os.environ.get("JEJAK_PROFILE") != "local":
            raise LocalError("The local issuer gives any role to anybody. It runs only with JEJAK_PROFILE=local.")
        self.url = url
        self._keys: list[tuple[str, rsa.RSAPrivateKey]] = []
        self._made = 0
        self.login = Login(self.claims, self.sign)
        self.rotate()

    @property
    def jwks_url(self) -> str:
        return f"{self.url}/jwks"

    @property
    def token_url(self) -> str:
        return f"{self.url}/token"

    def rotate(self) -> str:
        """Signs with a new key from now on; gives its id."""
        self._made += 1
        key_id = f"local-{self._made}"
        self._keys.append((key_id, rsa.generate_private_key(public_exponent=65537, key_size=2048)))
        return key_id

    def forget(self) -> None:
        """Signs with a new key from now on, and no longer names those before: their tokens are to be refused."""
        self.rotate()
        del self._keys[:-1]

    def jwks(self) -> dict[str, Any]:
        return {
            "keys": [
                {**RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": key_id, "use": "sig", "alg": "RS256"}
                for key_id, key in self._keys
            ]
        }

    def claims(
        self, *roles: str, subject: str | None = None, client: str | None = None, **scope: object
    ) -> dict[str, Any]:
        """What a good token says; its client is called as the roles are. Raises TypeError for a scope that is no claim.

        A decider for whom no person is given is one of their own: always the same of one subject.
        """
        if not scope.keys() <= set(CLAIMS):
            raise TypeError(f"scopes are {', '.join(CLAIMS)}")
        now = int(time.time())
        given = {name: str(value) for name, value in scope.items() if value}
        subject = subject or ":".join(["-".join(roles), *dict.fromkeys(given.values())])
        if DECIDERS.intersection(roles):
            given.setdefault("person", str(uuid.uuid5(uuid.NAMESPACE_URL, subject)))
        return {
            "sub": subject,
            "iss": self.url,
            "aud": AUDIENCE,
            "azp": client or "-".join(roles),
            "iat": now,
            "exp": now + LIFETIME,
            "roles": list(roles),
            **given,
        }

    def sign(self, claims: Any, **header: Any) -> str:
        """A token of whatever JSON, signed with the newest key."""
        newest_id, key = self._keys[-1]
        signed = ".".join(
            base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
            for part in ({"alg": "RS256", "typ": "JWT", "kid": newest_id} | header, claims)
        )
        signature = key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{signed}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"

    def token(self, role: str, *, subject: str | None = None, **scope: Any) -> str:
        """A valid token for the role, within the given agency, person, provider, connection, address (UUIDs), region or position."""
        return self.mint(role, subject=subject, **scope)

    def mint(
        self,
        *roles: str,
        subject: str | None = None,
        client: str | None = None,
        expires_in: float = LIFETIME,
        audience: str = AUDIENCE,
        issuer: str | None = None,
        algorithm: Literal["RS256", "HS256", "none"] = "RS256",
        key_id: str | None = None,
        **scope: object,
    ) -> str:
        """Any token that keeps to the types of JWT, for tests of what must be refused; see `sign` for the others.

        `expires_in` is in seconds and may be negative; HS256 signs with the public key as the secret (the classic
        confusion of algorithms); `key_id` names another key than the one that signs.
        """
        claims = self.claims(*roles, subject=subject, client=client, **scope)
        claims |= {"iss": issuer or self.url, "aud": audience, "exp": claims["iat"] + int(expires_in)}
        newest_id, key = self._keys[-1]
        headers = {"kid": key_id or newest_id}
        match algorithm:
            case "RS256":
                return jwt.encode(claims, key, algorithm, headers=headers)
            case "HS256":
                modulus = self.jwks()["keys"][-1]["n"]
                return jwt.encode(claims, modulus, algorithm, headers=headers)
            case "none":
                return jwt.encode(claims, "", algorithm, headers=headers)

    def routes(self) -> APIRouter:
        routes = self.login.routes()

        @routes.get("/.well-known/openid-configuration")
        def configuration() -> dict[str, Any]:
            return {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": self.token_url,
                "end_session_endpoint": f"{self.url}/logout",
                "jwks_uri": self.jwks_url,
                "grant_types_supported": ["client_credentials", "authorization_code", "refresh_token"],
                "code_challenge_methods_supported": ["S256"],
                "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "subject_types_supported": ["public"],
                "response_types_supported": ["code"],
            }

        @routes.get("/jwks")
        def keys() -> dict[str, Any]:
            return self.jwks()

        @routes.post("/rotate")
        def new_key() -> dict[str, str]:
            return {"kid": self.rotate()}

        @routes.post("/token")
        async def issue(request: Request) -> JSONResponse:
            form = dict(parse_qsl((await request.body()).decode()))
            if form.get("grant_type") in {"authorization_code", "refresh_token"}:
                return self.login.redeem(form)
            client, secret = _client(request, form)
            if form.get("grant_type") != "client_credentials":
                return refused("unsupported_grant_type", "Only grant_type=client_credentials, as a form.")
            if client not in ROLES or secret != SECRET:
                return refused("invalid_client", f"client_id is one of {', '.join(ROLES)}; see .jejak/stack.json.", 401)
            token = self.token(client, **{name: form.get(name) for name in CLAIMS})
            return JSONResponse(
                {"access_token": token, "token_type": "Bearer", "expires_in": LIFETIME},
                headers={"Cache-Control": "no-store"},
            )

        return routes


def clients() -> dict[str, dict[str, str]]:
    """The demo clients, one per role and named like it."""
    return {role: {"client_id": role, "client_secret": SECRET} for role in ROLES}


def _client(request: Request, form: dict[str, str]) -> tuple[str, str]:
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        client, _, secret = base64.b64decode(credentials, validate=False).decode(errors="replace").partition(":")
        return client, secret
    return form.get("client_id", ""), form.get("client_secret", "")
