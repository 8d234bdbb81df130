"""Secrets by which webhooks of platforms are known: a platform may have made one, so they are kept encrypted, not as hashes."""

import base64
import hmac
import secrets

from cryptography.fernet import Fernet

from common.refused import Refused
from connectors.domain.payloads import Kind
from connectors.domain.signatures import key_of, secret_of


def new_secret(kind: Kind) -> str | None:
    """A secret for a platform that takes one of ours. None for Canvas, which signs by keys of its own.

    Raises Refused `receiver-secret` for Cornerstone, which makes its own.
    """
    match kind:
        case "standard":
            return secret_of(secrets.token_bytes(32))
        case "moodle":
            return secrets.token_urlsafe(32)
        case "cornerstone":
            raise Refused("receiver-secret", field="secret")
        case "canvas":
            return None


def check_secret(kind: Kind, secret: str) -> None:
    """Raises Refused `receiver-secret` for a secret that is none of this platform."""
    try:
        if kind == "standard":
            key_of(secret)
        good = (
            kind != "canvas"
            and len(secret) >= 16
            and (kind != "cornerstone" or base64.b64decode(secret, validate=True))
        )
    except ValueError as error:
        raise Refused("receiver-secret", field="secret") from error
    if not good:
        raise Refused("receiver-secret", field="secret")


def box(nip_key: str) -> Fernet:
    """What encrypts them, by a key that is made of the one that all services have."""
    return Fernet(base64.urlsafe_b64encode(hmac.digest(nip_key.encode(), b"receivers", "sha256")))
