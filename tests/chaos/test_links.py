"""What a proxy does to the connections that go through it."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from chaos.links import Link


@pytest_asyncio.fixture
async def link() -> AsyncIterator[Link]:
    """A proxy before a server that says everything back."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1000):
            writer.write(data)
        writer.close()

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
