"""Pictures of the portal's pages: every kind of page that links lead to, as somebody who may see it does.

`make demo` leaves them with a page that shows them. All people on them are synthetic.
"""

import asyncio
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import httpx2
from playwright.async_api import Browser, Error

from contracts.roles import ROLES
from jejak_local.books import rows
from jejak_local.browser import chromium
from jejak_local.login import PAGES
from jejak_local.processes import LocalError
from jejak_local.stack import Stack
from jejak_local.visitor import Visitor, shape

TABS = 4
WIDTH, LEAST, MOST = 1000, 700, 3000
"""Pixels of a picture across, and down: a list may be longer."""
FIRST = ("person", "agency_hr")
"""Whose pages are shown as they see them, where others see them too."""
WHO = {
    "person": ("mentoring", "SELECT mentee_id FROM pairs ORDER BY state <> 'active', id LIMIT 1"),
    "provider": ("training", "SELECT provider_id FROM courses ORDER BY id LIMIT 1"),
    "connection": ("connectors", "SELECT connection_id FROM platform_courses ORDER BY connection_id LIMIT 1"),
    "region": ("registry", "SELECT region FROM agency_places WHERE region IS NOT NULL ORDER BY region LIMIT 1"),
    "position": ("training", "SELECT position FROM posts ORDER BY position LIMIT 1"),
    "agency": ("training", "SELECT agency_id FROM people WHERE person_id = '{person}'"),
}
"""By which row of which service somebody is found who has something to look at; a later one may name an earlier."""


@dataclass(frozen=True)
class Seen:
    """A page as one who wears a hat has found it."""

    kind: str
    hat: str
    address: str
    title: str
    cookies: Sequence[tuple[str, str]]


async def somebody(stack: Stack) -> Mapping[str, Any]:
    """What the tokens name of those who look: people and places of this stack."""
    claims: dict[str, Any] = {}
    for name, (service, query) in WHO.items():
        for (value,) in await rows(stack, service, query.format_map(claims)):
            claims[name] = value
    return claims


async def pictures(url: str, claims: Mapping[str, Any], folder: Path) -> str:
    """Takes them of the portal at `url`; says in one line what came of it. Where no Chromium can start none is taken, and that is said."""
    shutil.rmtree(folder, ignore_errors=True)
    try:
        async with chromium() as browser:
            found = await _found(url, claims)
            folder.mkdir(parents=True)
            tabs = asyncio.Semaphore(TABS)
            files = (folder / f"{number}.png" for number in range(len(found)))
            await asyncio.gather(
                *(_take(url, browser, tabs, each, file) for each, file in zip(found, files, strict=True))
            )
    except (LocalError, Error) as error:
        return f"No pictures of the pages: {str(error).splitlines()[0]}"
    shown = PAGES.get_template("pictures.html").render(pages=found)
    (folder / "index.html").write_text(shown, encoding="utf-8")
    return f"Pictures of {len(found)} pages: {folder / 'index.html'}"


async def _take(url: str, browser: Browser, tabs: asyncio.Semaphore, seen: Seen, file: Path) -> None:
    async with tabs:
        context = await browser.new_context(locale="id-ID", viewport={"width": WIDTH, "height": LEAST})
        await context.add_cookies([{"name": name, "value": value, "url": url} for name, value in seen.cookies])
        page = await context.new_page()
        await page.goto(url + seen.address)
        high = await page.evaluate("document.documentElement.scrollHeight")
        await page.set_viewport_size({"width": WIDTH, "height": min(max(high, LEAST), MOST)})
        await page.screenshot(path=file)
        await context.close()


async def _found(url: str, claims: Mapping[str, Any]) -> list[Seen]:
    """Each kind of page once: a hat passes over what another has shown."""
    found: dict[str, Seen] = {}
    for hat in ("", *FIRST, *(hat for hat in ROLES if hat not in FIRST)):
        for each in await _seen(url, hat, claims, {*found}):
            found.setdefault(each.kind, each)
    return [*found.values()]


async def _seen(url: str, hat: str, claims: Mapping[str, Any], known: set[str]) -> list[Seen]:
    """What links show to one who wears this hat; nothing when nobody is known to wear it."""
    wanted = {*ROLES[hat].needs, *ROLES[hat].either} if hat else set[str]()
    if hat and not {*ROLES[hat].needs} <= claims.keys():
        return []
    async with httpx2.AsyncClient(base_url=url, timeout=60) as http:
        visitor = Visitor(http)
        if hat:
            await visitor.log_in(hat, **{name: claims[name] for name in wanted & claims.keys()})
        pages = await visitor.crawl("/home" if hat else "/", known=known)
        cookies = [(each.name, each.value or "") for each in http.cookies.jar]
    return [
        Seen(kind, hat, answer.url.raw_path.decode(), unescape(title[1]), cookies)
        for kind, answer in pages.items()
        if kind == shape(answer.url.path) and answer.status_code == 200
        if answer.headers["content-type"].startswith("text/html")
        if (title := re.search(r"<title>(.*?)</title>", answer.text))
    ]
