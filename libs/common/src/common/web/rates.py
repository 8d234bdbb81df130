"""How often a caller may call: limits per subject and per address, each 0 when there is none.

Every process counts for itself, so behind a gateway that spreads calls over three replicas a caller
has three times as many. Nothing is shared, because a limit must hold while everything else is away.
"""

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

from limits import RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from common.refused import Refused
from common.settings import ServiceSettings
from common.web.problems import Catalogue, response

HEALTH = frozenset({"/healthz", "/readyz"})
READING = frozenset({"GET", "HEAD", "OPTIONS"})
UPLOAD_RETRY_SECONDS = 10


@dataclass
class Rates:
    """What has been called in the last second, and which uploads are under way."""

    settings: ServiceSettings
    limiter: SlidingWindowCounterRateLimiter = field(
        default_factory=lambda: SlidingWindowCounterRateLimiter(MemoryStorage())
    )
    uploads: Counter[str] = field(default_factory=Counter[str])

    async def address(self, host: str) -> None:
        """Counts a call from an address. Raises Refused `too-many-requests` for one too many."""
        await self._count(self.settings.calls_a_second, "address", host)

    async def open(self, host: str) -> None:
        """Counts a call from an address to what asks for no token. Raises Refused `too-many-requests` for one too many."""
        await self._count(self.settings.open_calls_a_second, "open", host)

    async def subject(self, subject: str, method: str) -> None:
        """Counts a caller's read or single write. Raises Refused `too-many-requests` for one too many."""
        if method in READING:
            await self._count(self.settings.reads_a_second, "reads", subject)
        else:
            await self._count(self.settings.singles_a_second, "singles", subject)

    async def _count(self, most: int, kind: str, who: str) -> None:
        if most and not await self.limiter.hit(RateLimitItemPerSecond(most), kind, who):
            raise Refused("too-many-requests", retry_after=1)

    @contextmanager
    def upload(self, subject: str) -> Generator[None]:
        """An upload of the caller, while the block runs. Raises Refused `too-many-uploads` for one too many."""
        most = self.settings.uploads_at_once
        if most and self.uploads[subject] >= most:
            raise Refused("too-many-uploads", retry_after=UPLOAD_RETRY_SECONDS, most=most)
        self.uploads[subject] += 1
        try:
            yield
        finally:
            self.uploads[subject] -= 1
            if not self.uploads[subject]:
                del self.uploads[subject]


@dataclass(frozen=True)
class LimitByAddress:
    """Counts every call before a token is looked at, but those that ask for the health of the process.

    Behind a gateway the address is what the gateway says in `X-Forwarded-For`, if uvicorn's
    `FORWARDED_ALLOW_IPS` names the gateway; without it all callers share the gateway's own.
    """

    app: ASGIApp
    rates: Rates
    catalogue: Catalogue

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] not in HEALTH:
            try:
                await self.rates.address(scope["client"][0] if scope["client"] else "")
            except Refused as refused:
                await response(self.catalogue, [refused], Headers(scope=scope))(scope, receive, send)
                return
        await self.app(scope, receive, send)
