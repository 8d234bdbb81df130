"""Sending to an address of somebody else's: to none inside our own network, and after no redirect."""

import asyncio
import socket
from collections.abc import Mapping
from contextlib import suppress

import httpx2

from connectors.domain.addresses import is_outside
from connectors.domain.delivering import Tried, fault_of


async def send(
    client: httpx2.AsyncClient,
    address: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    inside: bool,
    seconds: float,
    most: int = 0,
    method: str = "POST",
) -> tuple[Tried, bytes]:
    """Sends something once, to the address that its name stands for now and was looked at; no redirect is followed.

    Returns how it ended, and as much of what was answered as `most` bytes.
    """
    url = httpx2.URL(address)
    try:
        async with asyncio.timeout(seconds):
            found = await addresses_of(url)
            if not inside and not all(map(is_outside, found)):
                return Tried(None, "inside"), b""
            request = client.build_request(
                method,
                url.copy_with(host=found[0]),
                content=body,
                headers={**headers, "host": url.netloc.decode("ascii")},
                extensions={"sni_hostname": url.host},
            )
            answer = await client.send(request, stream=True, follow_redirects=False)
            said = bytearray()
            if most:
                async for part in answer.aiter_bytes():
                    said += part[: most - len(said)]
                    if len(said) >= most:
                        break
            await answer.aclose()
    except socket.gaierror:
        return Tried(None, "unknown-host"), b""
    except TimeoutError:
        return Tried(None, "timeout"), b""
    except (httpx2.HTTPError, OSError, ValueError):
        return Tried(None, "connection"), b""
    following = answer.links.get("next", {}).get("url")
    ended = Tried(answer.status_code, fault_of(answer.status_code), answer.headers.get("retry-after"), following)
    return ended, bytes(said)


async def addresses_of(url: httpx2.URL) -> list[str]:
    """The addresses of IP that the name of a target stands for. Raises OSError for one that stands for none."""
    found = await asyncio.get_running_loop().getaddrinfo(
        url.host, url.port or {"http": 80, "https": 443}[url.scheme], type=socket.SOCK_STREAM
    )
    return [str(address[0]) for *_, address in found]


async def leads_inside(url: httpx2.URL) -> bool:
    """Whether a target is one that nothing would ever be sent to. One that nobody knows yet is asked about when something is sent."""
    with suppress(OSError, UnicodeError, TimeoutError):
        async with asyncio.timeout(2):
            return not all(map(is_outside, await addresses_of(url)))
    return False
