"""A TCP proxy on 127.0.0.1 whose connections can be cut, stalled and slowed."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Self

from jejak_local.processes import free_port

PIECE = 64 * 1024
REFUSAL_SECONDS = 0.2
NOBODY = 0


@dataclass(eq=False)
class Connection:
    """The two ends of a connection that goes through."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    is_cut: bool = False
    """Then the end of one side is not the end of the other."""


def _reset(end: asyncio.StreamWriter) -> None:
    """Ends a connection as a firewall does: not by its end but by a reset."""
    if through := end.get_extra_info("socket"):  # else it is closed already
        with contextlib.suppress(OSError, ValueError):  # closed by now: uvloop says so by a ValueError
            through.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    end.transport.abort()


class Link:
    """What lies between a service and a server; `upstream` is the server's port."""

    def __init__(self, upstream: int = 0) -> None:
        self.upstream = upstream
        self.port = free_port()
        self._connections: set[Connection] = set()
        self._passing = asyncio.Event()
        self._passing.set()
        self._delay = 0.0
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
        await self.cut()

    async def cut(self, *, server_learns_after: float = 0) -> None:
        """Resets every connection; the server may learn of it later and hold its locks until then."""
        cut = list(self._connections)
        for connection in cut:
            connection.is_cut = True
            _reset(connection.client)
        if server_learns_after:
            await asyncio.sleep(server_learns_after)
        for connection in cut:
            _reset(connection.server)

    @contextlib.contextmanager
    def stalled(self) -> Iterator[None]:
        """While the block runs nothing gets through, and nobody is told."""
        self._passing.clear()
        try:
            yield
        finally:
            self._passing.set()

    @contextlib.asynccontextmanager
    async def refused(self) -> AsyncIterator[None]:
        """Resets every connection, and while the block runs every new one."""
        upstream, self.upstream = self.upstream, NOBODY
        await self.cut()
        try:
            yield
        finally:
            self.upstream = upstream

    @contextlib.contextmanager
    def slowed(self, seconds: float) -> Iterator[None]:
        """While the block runs every piece of data waits this long in each direction."""
        self._delay = seconds
        try:
            yield
        finally:
            self._delay = 0

    async def _accept(self, from_client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        try:
            from_server, to_server = await asyncio.open_connection("127.0.0.1", self.upstream)
        except OSError:
            # At once, it would be asked again at once, by clients that wait only for who does not listen.
            await asyncio.sleep(REFUSAL_SECONDS)
            _reset(to_client)
            return
        connection = Connection(to_client, to_server)
        self._connections.add(connection)
        try:
            await asyncio.gather(
                self._pump(connection, from_client, to_server), self._pump(connection, from_server, to_client)
            )
        finally:
            self._connections.discard(connection)

    async def _pump(self, connection: Connection, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):  # cut
            while data := await source.read(PIECE):
                if self._delay:
                    await asyncio.sleep(self._delay)
                await self._passing.wait()
                if target.is_closing():
                    return
                target.write(data)
                await target.drain()
        if not connection.is_cut:
            target.close()
