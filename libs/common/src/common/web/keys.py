"""The issuer's signing keys: asked for by one request for all callers, and kept while the issuer is in trouble.

Known keys serve while they are fetched anew. A key that the issuer no longer names is gone with the answer that leaves
it out, within KEYS_FRESH_SECONDS as long as the issuer answers at all.
"""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx2
import jwt

from common.refused import Refused
from common.telemetry import log
from common.trust import trust

ALGORITHMS = ("RS256", "ES256")
KEYS_FRESH_SECONDS = 300
"""Older keys are not used before the issuer was asked again."""
KEYS_RENEW_SECONDS = 150
"""Keys of this age are fetched anew while they still serve, so that under steady use nobody waits for the issuer."""
KEYS_RETRY_SECONDS = 5
"""The pause after a try, whatever came of it and whoever asks: an unknown key id is not a reason to ask each time."""
KEYS_WAIT_SECONDS = 1
"""How long callers wait for an issuer that answered last time before the keys they know must do."""
KEYS_ANSWER_SECONDS = 5
KEYS_BYTES = 256 * 1024


@dataclass(frozen=True)
class Key:
    """A public key. Two are equal when the issuer describes them by the same words."""

    id: str | None
    algorithm: str
    described: str = field(repr=False)
    public: Any = field(repr=False, compare=False)


@dataclass
class KeySet:
    """The keys found at `url`. `clock` counts seconds from any moment."""

    url: str
    clock: Callable[[], float] = time.monotonic
    answer_seconds: float = KEYS_ANSWER_SECONDS
    _known: dict[tuple[str | None, str], Key] = field(default_factory=dict[tuple[str | None, str], Key], init=False)
    _fetched: float = field(default=float("-inf"), init=False)
    _tried: float = field(default=float("-inf"), init=False)
    _in_trouble: bool = field(default=False, init=False)
    _try: asyncio.Task[None] | None = field(default=None, init=False)

    def __contains__(self, key: Key) -> bool:
        return self._known.get((key.id, key.algorithm)) == key

    async def renew(self) -> None:
        """Asks the issuer again where that is due. Callers wait for it only when keys have become too old unasked."""
        age = self.clock() - self._fetched
        if age < KEYS_RENEW_SECONDS:
            return
        attempt = self._attempt()
        if attempt is not None and age >= KEYS_FRESH_SECONDS and not self._in_trouble:
            _, silent = await asyncio.wait([attempt], timeout=KEYS_WAIT_SECONDS)
            if silent:
                self._in_trouble = True  # one wait in vain is enough for all who come after

    async def key(self, key_id: str | None, algorithm: str) -> Key:
        """The key of that id, None being the id of an issuer's only key.

        Raises KeyError when the issuer does not have it, Refused `unavailable` when the issuer cannot be asked.
        """
        if (key_id, algorithm) not in self._known and (attempt := self._attempt()) is not None:
            await asyncio.wait([attempt])
        try:
            return self._known[key_id, algorithm]
        except KeyError:
            if self._in_trouble:
                raise Refused("unavailable") from None
            raise

    def _attempt(self) -> asyncio.Task[None] | None:
        """The try that is under way, else a new one; none so soon after the last."""
        if self._try is None or self._try.done():
            if self.clock() - self._tried < KEYS_RETRY_SECONDS:
                return None
            self._try = asyncio.create_task(self._fetch())
        return self._try

    async def _fetch(self) -> None:
        began = self.clock()
        try:
            async with asyncio.timeout(self.answer_seconds):
                known = signing_keys(json.loads(await _download(self.url)))
            if not known:
                raise ValueError("no key to verify with")  # noqa: TRY301 - no answer to forget the known keys for
        except Exception as error:  # noqa: BLE001 - whatever an issuer in trouble says, the keys we know stay good
            self._in_trouble = True
            log.warning("issuer named no keys", error=type(error).__name__)
        else:
            self._known, self._fetched, self._in_trouble = known, began, False
        finally:
            self._tried = self.clock()


async def _download(url: str) -> bytes:
    body = bytearray()
    headers = {"accept-encoding": "identity"}  # a packed answer could be of any size
    # `_fetch` limits the time of the whole.
    async with (
        httpx2.AsyncClient(timeout=None, verify=trust()) as client,
        client.stream("GET", url, headers=headers) as answer,
    ):
        answer.raise_for_status()
        async for part in answer.aiter_raw():
            body += part
            if len(body) > KEYS_BYTES:
                raise ValueError("larger than any set of keys")
    return bytes(body)


def signing_keys(document: Any) -> dict[tuple[str | None, str], Key]:
    """The keys of a JWKS that tokens may be verified with, by id and algorithm; what is not understood is skipped.

    A key without an id is taken where it is the only one. Raises KeyError or TypeError for what is no JWKS.
    """
    keys = [key for offered in document["keys"] if (key := _signing_key(offered)) is not None]
    if len(keys) > 1:
        keys = [key for key in keys if key.id is not None]
    return {(key.id, key.algorithm): key for key in keys}


def _signing_key(offered: Any) -> Key | None:
    try:
        key_id, use, operations = (offered.get(name) for name in ("kid", "use", "key_ops"))
        if use not in {None, "sig"} or (operations is not None and "verify" not in operations):
            return None
        found = jwt.PyJWK(offered)
    except Exception:  # noqa: BLE001 - PyJWT raises more than its own errors for what is no key
        return None
    if found.algorithm_name not in ALGORITHMS or not isinstance(key_id, str | None):
        return None
    return Key(key_id, found.algorithm_name, json.dumps(offered, sort_keys=True), found.key)
