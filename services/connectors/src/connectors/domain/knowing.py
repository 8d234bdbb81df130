"""Whether a message is of the platform that it says it is of: what each signs, and how.

Secrets are compared in constant time. What is good to read of a message is its payload.
"""

import base64
import hmac
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256

import msgspec

from common.refused import Refused
from connectors.domain import signatures
from connectors.domain.payloads import Kind
from connectors.domain.signatures import TOLERANCE

Headers = Mapping[str, str]
Check = Callable[[Headers, str, bytes, Sequence[str], datetime], bytes]
"""Raises Refused, or gives what tells a message from any other; of headers, path, body, the good secrets, and now."""


def check_standard(headers: Headers, _: str, body: bytes, secrets: Sequence[str], now: datetime) -> bytes:
    """Standard Webhooks. Raises Refused: `webhook-signature`, `webhook-clock`."""
    message_id = headers.get("webhook-id", "")
    signatures.check(
        [signatures.key_of(each) for each in secrets],
        message_id,
        headers.get("webhook-timestamp", ""),
        headers.get("webhook-signature", ""),
        body,
        now,
    )
    return sha256(message_id.encode()).digest()


def check_cornerstone(headers: Headers, path: str, body: bytes, secrets: Sequence[str], now: datetime) -> bytes:
    """Cornerstone's HMAC: of method, path and the values of the headers that `Authorization` names, among them a hash of the body.

    Source: csod.dev, "Security Features"; in which order these are joined is our reading (belum dikonfirmasi).
    Raises Refused: `webhook-signature`, `webhook-clock`.
    """
    scheme, _, said = headers.get("authorization", "").partition(" ")
    parts: dict[str, str] = {}
    for part in said[: signatures.LONGEST].split("&"):
        name, _, value = part.partition("=")
        parts[name] = value
    named = parts.get("SignedHeaders", "").lower().split(";")
    hashed = base64.b64encode(sha256(body).digest()).decode()
    if (
        scheme.upper() != "HMAC-SHA256"
        or not {"date", "x-content-sha256"} <= set(named)
        or not hmac.compare_digest(headers.get("x-content-sha256", "").encode(), hashed.encode())
    ):
        raise Refused("webhook-signature")
    text = "\n".join(("POST", path, ";".join(headers.get(name, "") for name in named))).encode()
    wanted = [base64.b64encode(hmac.digest(base64.b64decode(each), text, "sha256")) for each in secrets]
    given = parts.get("Signature", "").encode()
    if not any(hmac.compare_digest(each, given) for each in wanted):
        raise Refused("webhook-signature")
    try:
        sent = parsedate_to_datetime(headers["date"])
    except ValueError as error:
        raise Refused("webhook-signature") from error
    if abs(now - (sent if sent.tzinfo else sent.replace(tzinfo=UTC))) > TOLERANCE:
        raise Refused("webhook-clock", minutes=TOLERANCE.seconds // 60)
    return sha256(body).digest()


class _WithToken(msgspec.Struct):
    token: str = ""


def check_moodle(_: Headers, __: str, body: bytes, secrets: Sequence[str], ___: datetime) -> bytes:
    """The token that `local_webhooks` puts into each body. It signs nothing, so a body tells no time that could be checked.

    Raises Refused: `webhook-signature`, `invalid-json`.
    """
    try:
        token = msgspec.json.decode(body, type=_WithToken).token.encode(errors="replace")
    except msgspec.ValidationError as error:
        raise Refused("webhook-signature") from error
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Refused("invalid-json") from error
    if not any(hmac.compare_digest(each.encode(), token) for each in secrets):
        raise Refused("webhook-signature")
    return sha256(body).digest()


CHECKS: Mapping[Kind, Check] = {
    "standard": check_standard,
    "cornerstone": check_cornerstone,
    "moodle": check_moodle,
}
"""Canvas signs by keys of its own, which are asked for."""
