"""Who shows somebody another may introduce them: the registry then tells the name, which it alone knows.

A service knows who is paired with whom, and who is in whose class. Its route that shows them says `@shows(..., introduces=True)`, and
its answer carries in the header `Introduction` whom it showed: signed, for that caller alone, and good for minutes. `POST /v1/people:names`
takes it. Nobody else is named by it, and it shows nothing but the name.
"""

import base64
import hmac
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import jwt

from common.refused import Refused
from contracts.callers import Caller

HEADER = "introduction"
MOST_INTRODUCED = 100
"""People in one introduction: it travels in a header. An answer about more of them introduces nobody, and is asked for by the page."""
LASTS = timedelta(minutes=10)
ALGORITHM = "HS256"
ID_BYTES = 16


def introduce(caller: Caller[Any], person_ids: Iterable[UUID]) -> str:
    """Says that the caller was shown these people."""
    ids = base64.b64encode(b"".join(person_id.bytes for person_id in person_ids)).decode()
    return jwt.encode({"sub": caller.subject, "ids": ids, "exp": caller.now + LASTS}, _key(caller), ALGORITHM)


def introduced(caller: Caller[Any], given: Sequence[str]) -> frozenset[UUID]:
    """Whom services have introduced to the caller. Raises Refused `introduction-invalid`: forged, another's, or of some time ago."""
    return frozenset(person_id for each in given for person_id in _people(caller, each))


def _people(caller: Caller[Any], given: str) -> Iterable[UUID]:
    try:
        # Whether it is still good is judged by our own clock.
        options: Any = {"verify_exp": False, "require": ["sub", "ids", "exp"]}
        said: Mapping[str, Any] = jwt.decode(given, _key(caller), [ALGORITHM], options=options)
        ids, until = base64.b64decode(said["ids"]), datetime.fromtimestamp(said["exp"], UTC)
    except jwt.InvalidTokenError as error:
        raise Refused("introduction-invalid", "introductions") from error
    if said["sub"] != caller.subject or until <= caller.now:
        raise Refused("introduction-invalid", "introductions")
    return (UUID(bytes=ids[at : at + ID_BYTES]) for at in range(0, len(ids), ID_BYTES))


def _key(caller: Caller[Any]) -> bytes:
    """Made of the key that all services have, and no other use of it makes the same."""
    return hmac.digest(caller.nip_key.encode(), b"introductions", "sha256")
