"""A small OpenID Connect issuer for the laptop and the tests: real RS256 signatures, one demo client per role.

It hands out any role to whoever asks, so it refuses to exist outside the local profile.
"""

import base64
import os
import time
from typing import Any, Literal
from urllib.parse import parse_qsl

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from jwt.algorithms import RSAAlgorithm

from jejak_local.processes import LocalError

ROLES = (
    "lan",
    "analis",
    "agency_hr",
    "verifier",
    "validator",
    "provider",
    "person",
    "inspector",
    "service",
    "operator",
)
SECRET = "jejak-local"
AUDIENCE = "jejak"
SCOPES = ("agency", "person", "provider", "connection")
LIFETIME = 3600


class Issuer:
    """Keys and tokens. Only the newest key signs; older ones stay in the JWKS, so that their tokens stay valid."""

    def __init__(self, url: str) -> None:
        if os.environ.get("JEJAK_PROFILE") != "local":
            raise LocalError("The local issuer gives any role to anybody. It runs only with JEJAK_PROFILE=local.")
        self.url = url
        self._keys: list[tuple[str, rsa.RSAPrivateKey]] = []
        self.rotate()

    @property
    def jwks_url(self) -> str:
        return f"{self.url}/jwks"

    @property
    def token_url(self) -> str:
        return f"{self.url}/token"

    def rotate(self) -> str:
        """Signs with a new key from now on; gives its id."""
        key_id = f"local-{len(self._keys) + 1}"
        self._keys.append((key_id, rsa.generate_private_key(public_exponent=65537, key_size=2048)))
        return key_id

    def jwks(self) -> dict[str, Any]:
        return {
            "keys": [
                {**RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": key_id, "use": "sig", "alg": "RS256"}
                for key_id, key in self._keys
            ]
        }

    def token(
        self,
        role: str,
        *,
        agency: object = None,
        person: object = None,
        provider: object = None,
        connection: object = None,
        subject: str | None = None,
    ) -> str:
        """A valid token for the role, within the given agency, person, provider or connection (UUIDs)."""
        return self.mint(role, agency=agency, person=person, provider=provider, connection=connection, subject=subject)

    def mint(
        self,
        *roles: str,
        agency: object = None,
        person: object = None,
        provider: object = None,
        connection: object = None,
        subject: str | None = None,
        expires_in: float = LIFETIME,
        audience: str | None = AUDIENCE,
        issuer: str | None = None,
        algorithm: Literal["RS256", "HS256", "none"] = "RS256",
        key_id: str | None = None,
    ) -> str:
        """Any token at all, for tests of what must be refused.

        `expires_in` is in seconds and may be negative; HS256 signs with the public key as the secret (the classic
        confusion of algorithms); `key_id` names another key than the one that signs.
        """
        now = int(time.time())
        scope = {"agency": agency, "person": person, "provider": provider, "connection": connection}
        claims: dict[str, Any] = {
            "sub": subject or ":".join(["-".join(roles), *(str(value) for value in scope.values() if value)]),
            "iss": issuer or self.url,
            "aud": audience,
            "iat": now,
            "exp": now + int(expires_in),
            "roles": list(roles),
            **{name: str(value) for name, value in scope.items() if value},
        }
        claims = {name: value for name, value in claims.items() if value is not None}
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
        routes = APIRouter()

        @routes.get("/.well-known/openid-configuration")
        def configuration() -> dict[str, Any]:
            return {
                "issuer": self.url,
                "token_endpoint": self.token_url,
                "jwks_uri": self.jwks_url,
                "grant_types_supported": ["client_credentials"],
                "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "subject_types_supported": ["public"],
                "response_types_supported": ["token"],
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
            client, secret = _client(request, form)
            if form.get("grant_type") != "client_credentials":
                return _refused("unsupported_grant_type", "Only grant_type=client_credentials, as a form.")
            if client not in ROLES or secret != SECRET:
                return _refused(
                    "invalid_client", f"client_id is one of {', '.join(ROLES)}; see .jejak/stack.json.", 401
                )
            token = self.token(client, **{name: form.get(name) for name in SCOPES})
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


def _refused(error: str, description: str, status: int = 400) -> JSONResponse:
    return JSONResponse({"error": error, "error_description": description}, status)
