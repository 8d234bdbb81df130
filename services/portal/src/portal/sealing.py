"""What the portal keeps or hands to a browser and nobody may read or make: sealed, or as a keyed hash."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any

from cryptography.fernet import Fernet, InvalidToken


@dataclass(frozen=True)
class Seal:
    """Seals with keys that are made of one secret, each for one use."""

    secret: str = field(repr=False)

    def close(self, said: Any) -> bytes:
        """Something of JSON, sealed."""
        return self._fernet.encrypt(json.dumps(said).encode())

    def open(self, closed: bytes | str, seconds: int | None = None) -> Any:
        """What was sealed, within so many seconds; None for what we have not sealed, or longer ago."""
        try:
            return json.loads(self._fernet.decrypt(closed, ttl=seconds))
        except InvalidToken:
            return None

    def mark(self, use: str, text: str) -> str:
        """A keyed hash of a text, another for each use."""
        return hmac.digest(self._key("mark"), f"{use}\0{text}".encode(), "sha256").hex()

    @property
    def _fernet(self) -> Fernet:
        return Fernet(base64.urlsafe_b64encode(self._key("seal")))

    def _key(self, use: str) -> bytes:
        return hashlib.blake2b(use.encode(), key=hashlib.sha256(self.secret.encode()).digest(), digest_size=32).digest()
