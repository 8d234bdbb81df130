"""What a proxy does to the connections that go through it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
import uvloop

from chaos.links import Link


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionResetError):
        while data := await reader.read(1000):
            writer.write(data)
    writer.close()


@pytest_asyncio.fixture
async def link() -> AsyncIterator[Link]:
    """A proxy before a server that says everything back."""
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with Link(server.sockets[0].getsockname()[1]) as link:
        yield link
    server.close()


async def said_back(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
    writer.write(b"word")
    return await reader.read(1000)


async def test_words_go_through_and_back(link: Link) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", link.port)
    assert await said_back(reader, writer) == b"word"
    writer.close()


async def test_a_cut_ends_what_is_open_and_not_what_comes_later(link: Link) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", link.port)
    await said_back(reader, writer)
    await link.cut()
    with pytest.raises(ConnectionResetError):
        await reader.read(1000)
    reader, writer = await asyncio.open_connection("127.0.0.1", link.port)
    assert await said_back(reader, writer) == b"word"
    writer.close()


async def test_a_server_may_learn_of_a_cut_later_than_its_client() -> None:
    learnt = asyncio.Event()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"word")
        with contextlib.suppress(ConnectionResetError):
            await reader.read()
        learnt.set()
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    async with Link(server.sockets[0].getsockname()[1]) as link:
        reader, writer = await asyncio.open_connection("127.0.0.1", link.port)
        await reader.read(4)
        cut = asyncio.create_task(link.cut(server_learns_after=3600))
        with pytest.raises(ConnectionResetError):
            await reader.read()
        # Whoever comes after the cut is answered after the server would have learnt of it.
        later, later_writer = await asyncio.open_connection("127.0.0.1", link.port)
        assert await later.read(4) == b"word"
        assert not learnt.is_set()
        cut.cancel()
        await link.cut()
        await learnt.wait()
        writer.close()
        later_writer.close()
    server.close()


async def test_who_is_refused_is_refused_until_the_block_ends(link: Link) -> None:
    async with link.refused():
        reader, writer = await asyncio.open_connection("127.0.0.1", link.port)
        with pytest.raises(ConnectionResetError):
            await said_back(reader, writer)
    reader, writer = await asyncio.open_connection("127.0.0.1", link.port)
    assert await said_back(reader, writer) == b"word"
    writer.close()


async def test_what_was_sent_into_a_black_hole_arrives_when_it_is_none_any_more(link: Link) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", link.port)
    await said_back(reader, writer)
    with link.stalled():
        writer.write(b"late")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.read(1000), 0.2)
    assert await reader.read(1000) == b"late"
    writer.close()


def test_a_connection_may_be_cut_again_before_its_server_has_learnt_of_the_first_cut() -> None:
    async def scene() -> None:
        server = await asyncio.start_server(echo, "127.0.0.1", 0)
        async with Link(server.sockets[0].getsockname()[1]) as link:
            reader, writer = await asyncio.open_connection("127.0.0.1", link.port)
            await said_back(reader, writer)
            first = asyncio.create_task(link.cut(server_learns_after=0.2))
            with pytest.raises(ConnectionResetError):
                await reader.read()
            await link.cut()
            await first
            writer.close()
        server.close()
        await server.wait_closed()

    uvloop.run(scene())  # the harness runs on it, and its sockets are not asyncio's
