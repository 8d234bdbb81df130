"""Asking a platform for its own list, over HTTP: at an address outside our network, and no redirect is followed."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx2
import msgspec

from connectors.domain.addresses import read_address
from connectors.outside import send

SECONDS = 30
ANSWER_BYTES = 32 * 1024 * 1024
MOST_PAGES = 10_000
FORM = {"content-type": "application/x-www-form-urlencoded"}


class ListRefused(Exception):  # noqa: N818 - the name says what has happened
    """A platform did not give its list; the text says why: its own code, a status, or what stood in the way."""


@dataclass(frozen=True)
class Site:
    """A platform that is asked: its address without a slash at the end, and the token of its web services."""

    client: httpx2.AsyncClient
    home: str
    token: str
    inside: bool

    async def post(self, path: str, form: Mapping[str, Any]) -> Any:
        """What it answers to a form. Raises ListRefused."""
        return (await self._ask("POST", f"{self.home}{path}", urlencode(form).encode(), FORM))[0]

    async def pages(self, path: str) -> AsyncIterator[Sequence[Any]]:
        """The pages of a list, each linked from the one before; none leads to another site. Raises ListRefused."""
        headers, following = {"authorization": f"Bearer {self.token}"}, f"{self.home}{path}"
        for _ in range(MOST_PAGES):
            said, told = await self._ask("GET", following, b"", headers)
            if not isinstance(said, list):
                raise ListRefused("not-a-list")
            yield said
            if told is None:
                return
            if not told.startswith(f"{self.home}/"):
                raise ListRefused("elsewhere")
            following = told
        raise ListRefused("endless")

    async def _ask(self, method: str, address: str, body: bytes, headers: Mapping[str, str]) -> tuple[Any, str | None]:
        read_address(address, inside=self.inside)
        headers = {"accept": "application/json", **headers}
        tried, said = await send(
            self.client, address, body, headers, inside=self.inside, seconds=SECONDS, most=ANSWER_BYTES, method=method
        )
        if tried.fault is not None:
            raise ListRefused(str(tried.status or tried.fault))
        try:
            return msgspec.json.decode(said), tried.following
        except (ValueError, RecursionError) as error:
            raise ListRefused("not-json") from error
