"""Signatures of Standard Webhooks (standardwebhooks.com, spec 1.0): HMAC-SHA256 over id, time and the raw bytes of a body.

PyPI's `standardwebhooks` reads the machine's clock itself, so tests alone use it, as a judge from outside.
"""

import base64
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta

from common.refused import Refused

PREFIX = "whsec_"
VERSION = "v1"
TOLERANCE = timedelta(minutes=5)
"""How far the moment of a message may be from ours, before and after."""
LONGEST = 4096
"""Characters of a header with signatures: one that holds more is none."""


def secret_of(key: bytes) -> str:
    """A key as it is told."""
    return PREFIX + base64.b64encode(key).decode()


def key_of(secret: str) -> bytes:
    """The key that a secret tells. Raises ValueError for what is none: 24 to 64 bytes."""
    key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    if not 24 <= len(key) <= 64:
        raise ValueError("a secret has 24 to 64 bytes")
    return key


def sign(key: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    """The signature of a message, `timestamp` being the seconds since 1970 at which it is sent."""
    signed = hmac.digest(key, f"{message_id}.{timestamp}.".encode() + body, "sha256")
    return f"{VERSION},{base64.b64encode(signed).decode()}"


def check(keys: Iterable[bytes], message_id: str, timestamp: str, signatures: str, body: bytes, now: datetime) -> None:
    """Raises Refused: `webhook-clock` for a message of another time than now, `webhook-signature` for any other fault.

    One of several signatures that is by one of several keys is enough: so keys are changed without a moment between.
    """
    if not message_id or not timestamp.isascii() or not timestamp.isdecimal() or len(timestamp) > 12:
        raise Refused("webhook-signature")
    given = [each.encode() for each in signatures[:LONGEST].split(" ")]
    wanted = [sign(key, message_id, int(timestamp), body).encode() for key in keys]
    if not any(hmac.compare_digest(one, other) for one in wanted for other in given):
        raise Refused("webhook-signature")
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE.total_seconds():
        raise Refused("webhook-clock", minutes=TOLERANCE.seconds // 60)
