"""The HTTP server of a service: how much of a request it takes in, and how long it waits for one.

uvicorn's parser has no limits of its own: whoever may connect could fill the memory with headers
before any token is looked at, or hold connections for ever by sending a byte now and then.
"""

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, cast

import uvicorn
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from common.refused import Refused
from common.settings import ServiceSettings
from common.web.problems import Catalogue, response

API_PAGES = frozenset({"/docs", "/redoc"})
OWN_ASSETS = "default-src 'self' 'unsafe-inline' data: blob:"
BODY_LEAST_BYTES = 1024
"""What must arrive of a body in each `body_seconds`, unless we ourselves make the sender wait."""


def http_server(app: ASGIApp, settings: ServiceSettings, catalogue: Catalogue, *, stop_seconds: int) -> uvicorn.Server:
    """A server for `app` on the settings' address; it ends what is under way within `stop_seconds`."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            http=cast("type[asyncio.Protocol]", partial(LimitedProtocol, catalogue, settings)),
            ws="none",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=stop_seconds,
            server_header=False,
        )
    )


@dataclass(frozen=True)
class OwnAssetsOnly:
    """Lets the pages of the API load nothing from elsewhere: ReDoc, for one, asks for a logo."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["content-security-policy"] = OWN_ASSETS
            await send(message)

        await self.app(scope, receive, with_policy if scope.get("path") in API_PAGES else send)


class LimitedProtocol(HttpToolsProtocol):
    """One connection, within the limits of the settings.

    Too many or too large headers are answered 431, a head or a body that does not come 408, and what
    is no HTTP 400; then the connection ends.
    """

    def __init__(self, catalogue: Catalogue, settings: ServiceSettings, **server: Any) -> None:
        super().__init__(**server)
        self._catalogue = catalogue
        self._settings = settings
        self._expects: Literal["head", "body", "nothing"] = "head"
        self._head_bytes = 0
        self._head_lines = 0
        self._unheard_bytes = 0
        self._body_bytes = 0
        self._was_paused = False
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride] - as uvicorn has it
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Timers stand only for a request that did not come in one piece: most never need one."""
        if self.transport.is_closing():
            return
        self._unheard_bytes += len(data)
        self._body_bytes += len(data)
        super().data_received(data)
        # The parser gathers a long header, trailer or chunk extension and tells nobody before its end.
        if self._unheard_bytes > self._settings.head_bytes:
            self._refuse(431, "headers-too-large")
        elif self._expects == "nothing" and not self._idle():
            self._stop_waiting()
        elif self._timer is None:
            self._wait()

    def _idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete  # pyright: ignore[reportUnnecessaryComparison] - None at first

    # What the parser tells

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._expects, self._head_bytes, self._head_lines = "head", 0, 0

    def on_url(self, url: bytes) -> None:
        self._head_bytes += len(url)
        if not self._head_too_large():
            super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Also told of trailers, which come after the body."""
        self._unheard_bytes = 0
        self._head_bytes += len(name) + len(value)
        self._head_lines += 1
        if not self._head_too_large():
            super().on_header(name, value)
        elif self._expects == "body":
            self._refuse(431, "headers-too-large")

    def on_headers_complete(self) -> None:
        self._unheard_bytes = self._body_bytes = 0
        self._stop_waiting()
        if self._head_too_large():
            self._refuse(431, "headers-too-large")
            return
        self._expects = "body"
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._unheard_bytes = 0
        if not self.transport.is_closing():
            super().on_body(body)

    def on_message_complete(self) -> None:
        self._unheard_bytes = 0
        self._expects = "nothing"
        if not self.transport.is_closing():
            super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        del msg  # uvicorn's English; a caller gets a problem
        self._refuse(400, "no-http")

    def _head_too_large(self) -> bool:
        return self._head_bytes > self._settings.head_bytes or self._head_lines > self._settings.head_lines

    # Waiting

    def _wait(self) -> None:
        if self._expects == "body":
            self._timer = self.loop.call_later(self._settings.body_seconds, self._look_at_body)
        else:
            self._timer = self.loop.call_later(self._settings.head_seconds, self._refuse, 408, "too-slow")

    def _look_at_body(self) -> None:
        """Lets a sender go on who sends, or who waits for us; who has waited has not had the whole time to send since."""
        was_paused, self._was_paused = self._was_paused, self.flow.read_paused
        if was_paused or self._was_paused or self._body_bytes >= BODY_LEAST_BYTES:
            self._body_bytes = 0
            self._wait()
        else:
            self._refuse(408, "too-slow")

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _refuse(self, status: int, code: str) -> None:
        """Answers with a problem, unless an answer is already on its way, and ends the connection."""
        self._stop_waiting()
        if self.transport.is_closing():
            return
        if self._idle() or not self.cycle.response_started:
            asked = Headers(raw=self.headers or [])
            body = bytes(response(self._catalogue, [Refused(code)], asked).body)
            self.transport.write(
                STATUS_LINE[status]
                + b"content-type: application/problem+json\r\nconnection: close\r\n"
                + b"content-length: %d\r\n\r\n" % len(body)
                + body
            )
        self.transport.close()
