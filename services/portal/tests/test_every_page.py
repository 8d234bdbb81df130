"""Every page of the portal, found by its own links: who can use it, what it weighs, and what somebody may try on it.

A new page is walked by itself when a link leads to it and `furnished.py` has something for it to show.
"""

import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import httpx2
from fastapi.routing import iter_route_contexts

from portal.features import FEATURES
from services.portal.tests.drawn import charts
from services.portal.tests.test_pages import HEADERS, Inline

NO_PAGES = {"/login", "/callback", "/language/{language}", "/zone", "/assets/{name}"}
"""Routes that show nothing of their own."""
FILES = {"/checking/{check_id}/files/{file_id}", "/data/{file_id}/{form}"}
"""Routes that give what somebody has sent, or a file of one's own data, as it is."""
UNFOUND = """No link leads to this page, or what it shows is not there. Furnish it in services/portal/tests/furnished.py. Where a mail
or a paper leads is named there in `led`, and a route that shows nothing of its own in NO_PAGES or FILES."""
ASSET = re.compile(r'(?:href|src)="(/assets/[^"]+)"')
FIRST_VIEW = 150_000
"""Bytes that a page with all it loads may weigh on its way (002.26)."""

DRAWN = {
    "/nation": 2, "/agency": 1, "/agencies/{}": 1, "/people/{}": 1, "/decisions": 1, "/card": 2, "/credit": 2, "/desk/{}": 1,
    "/views/{}": 1,
}  # fmt: skip
"""How many charts each kind of page has, also where it leads on to another; each is told in words and numbers (`drawn.py`)."""


def routes(method: str) -> Iterator[Any]:
    for feature in FEATURES:
        for route in iter_route_contexts([*import_module(f"portal.{feature}.api").router.routes]):
            if method in (route.methods or ()):
                yield route


def is_page(answer: httpx2.Response) -> bool:
    return answer.headers["content-type"].startswith("text/html")


async def test_every_page_is_found_by_links_and_can_be_used_by_everybody(furnished, page, served, hindrances) -> None:
    """In light and dark, by whatever reads it aloud, 360 px wide, on A4 and under 150 KB: one browser walks them all."""
    found = await furnished.pages()
    missing = {
        route.path
        for route in routes("GET")
        if not any(re.fullmatch(re.sub(r"{[^}]+}", "[^/]+", route.path), shape) for shape in found)
    }
    wrong: dict[str, Any] = dict.fromkeys(missing ^ (NO_PAGES | FILES), UNFOUND)
    weights: dict[str, int] = {}
    drawn: dict[str, int] = {}
    for shape, (who, answer) in found.items():
        if answer.status_code != 200:
            wrong[shape] = f"a link leads there, and it says {answer.status_code}"
        if not is_page(answer) or answer.status_code != 200:
            continue
        assert answer.headers.items() >= HEADERS.items(), shape
        assert Inline(answer.text).found == [], shape
        shown = charts(answer.text)
        drawn[shape] = len(shown)
        loaded = set(ASSET.findall(answer.text))
        for name in loaded - weights.keys():
            weights[name] = (await who.get(name)).num_bytes_downloaded
        weight = answer.num_bytes_downloaded + sum(weights[name] for name in loaded)
        await page.context.clear_cookies()
        cookies = [{"name": each.name, "value": each.value, "url": served} for each in who.http.cookies.jar]
        await page.context.add_cookies(cookies)
        await page.goto(served + answer.url.raw_path.decode())
        hindered = sum((each.faults for each in shown), await hindrances()) + (
            [f"{weight} bytes"] if weight > FIRST_VIEW else []
        )
        if hindered:
            wrong[shape] = hindered
    assert wrong == {}
    assert {shape: number for shape, number in drawn.items() if number} == DRAWN
