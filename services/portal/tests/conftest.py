"""The portal in front of real services: their applications in this process, each on its own PostgreSQL; no Kafka.

`beside` puts a service there; one that is not is away. `visitor` is somebody at a browser without JavaScript, `page` one at
a real browser, whose portal is served at the address it knows itself by.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit
from uuid import UUID

import httpx2
import pytest
from fastapi import FastAPI
from playwright.async_api import Page

from contracts.roles import CLAIMS
from jejak_local import authority
from jejak_local.browser import AXE
from jejak_local.harness import AGENCY, Api, World
from jejak_local.issuer import Issuer
from jejak_local.processes import free_port
from jejak_local.serve import serving
from jejak_local.services import NAMES, service_of


@pytest.fixture(scope="session")
def address() -> str:
    """Where people reach the portal: a real address, for the tests with a browser."""
    return f"http://127.0.0.1:{free_port()}"


@pytest.fixture
def own_settings(issuer: Issuer, address: str) -> dict[str, Any]:
    return {
        "public_url": address,
        "services": {name: f"http://{name}" for name in NAMES},
        "session_key": "test-session-key",
        "authorization_url": f"{issuer.url}/authorize",
        "token_url": issuer.token_url,
        "logout_url": f"{issuer.url}/logout",
    }


class Beside(httpx2.AsyncBaseTransport):
    """Brings a call to the application of its host; a host that has none refuses it, as one that is down does."""

    def __init__(self) -> None:
        self.apps: dict[str, FastAPI] = {}
        self.calls: list[str] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.calls.append(f"{request.method} {request.url.host} {request.url.path}")
        if request.url.host not in self.apps:
            raise httpx2.ConnectError("nobody is there", request=request)
        return await httpx2.ASGITransport(self.apps[request.url.host]).handle_async_request(request)


@pytest.fixture
def calls(app: FastAPI) -> Beside:
    """What the portal asks, and of whom."""
    switch, portal = Beside(), app.state.portal
    portal.http = httpx2.AsyncClient(transport=switch)
    return switch


@pytest.fixture
def beside(
    calls: Beside, made_once: Callable[..., Awaitable[Any]], clock, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Awaitable[World]]:
    """`await beside("training")`: the service, empty, by the portal's clock; what it is told and holds is in a `World`."""

    async def put(name: str) -> World:
        folder, mail = (
            tmp_path_factory.getbasetemp() / "files",
            {"smtp_host": "127.0.0.1", "smtp_sender": "jejak@jejak.example"},
        )
        own = {
            "files": folder,
            "link_key": "test",
            "public_url": "https://jejak.example",
            "portal_url": "https://jejak.example",
        }
        own |= mail
        service = service_of(name)
        wanted = {
            key: value for key, value in (own | authority.settings()).items() if key in service.settings.model_fields
        }
        made = await made_once(service, **wanted)
        made.clock.moment = clock.moment
        await made.empty()
        calls.apps[name] = made.app
        return World(made.database, service, made.parts)

    return put


@pytest.fixture
async def api_of(calls: Beside, issuer: Issuer) -> AsyncIterator[Callable[[str], Api]]:
    """`api_of("credit")`: a service that was put beside, over HTTP and in any role; the portal's calls stay counted apart."""
    clients: list[httpx2.AsyncClient] = []

    def of(name: str) -> Api:
        transport = httpx2.ASGITransport(calls.apps[name])
        clients.append(httpx2.AsyncClient(transport=transport, base_url=f"http://{name}"))
        return Api(clients[-1], issuer)

    yield of
    for client in clients:
        await client.aclose()


@pytest.fixture
async def registry(beside: Callable[[str], Awaitable[World]], api_of: Callable[[str], Api], agency: UUID) -> World:
    """The registry, which knows the agency."""
    registry = await beside("registry")
    office = {"id": str(agency), "code": "K-001", "name": "Kementerian Contoh", "kind": "K"}
    made = await api_of("registry").call("lan", "POST", "/agencies", office)
    assert made.status_code == 201, made.text
    return registry


@pytest.fixture
def registered(registry: World, api_of: Callable[[str], Api], agency: UUID) -> Callable[[str], Awaitable[str]]:
    """`await registered("199001012015011001")`: somebody of the agency whom the registry knows; their id."""

    async def register(nip: str) -> str:
        somebody = {
            "nip": nip, "name": f"Siti Rahma {nip[-1]}", "staff_type": "PNS", "agency_code": "K-001", "jenjang": "ahli_muda",
            "golongan": "III/c", "position": "Analis", "education": "S1", "joined_on": "2015-01-01",
        }  # fmt: skip
        made = await api_of("registry").call("agency_hr", "POST", "/people", somebody, agency=agency)
        assert made.status_code == 201, made.text
        return made.json()["id"]

    return register


class Hidden(HTMLParser):
    """The fields of a page's forms that nobody types."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.sent = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "form":
            self.sent = told.get("method") == "post"
        if self.sent and tag == "input" and told.get("type") == "hidden":
            self.fields[str(told["name"])] = told.get("value") or ""


@dataclass
class Visitor:
    """Somebody at a browser that runs no JavaScript."""

    http: httpx2.AsyncClient
    issuer: Issuer
    claims: dict[str, Any] = field(default_factory=dict[str, Any])

    async def get(self, path: str, **options: Any) -> httpx2.Response:
        return await self.http.get(path, **options)

    async def see(self, path: str) -> str:
        """The words of a page that is there, on one line."""
        return words(await self.get(path))

    async def send(self, path: str, action: str | None = None, **typed: str) -> httpx2.Response:
        """Fills in the form of a page and sends it; the answer as it comes, before the browser goes on."""
        page = await self.get(path)
        assert page.status_code == 200, page.text
        return await self.http.post(action or urlsplit(path).path, data=Hidden(page.text).fields | typed)

    async def follow(self, answer: httpx2.Response) -> httpx2.Response:
        """What the browser shows after it was sent on."""
        while answer.is_redirect:
            answer = await self.get(urljoin(str(answer.url), answer.headers["location"]))
        return answer

    async def log_in(self, *roles: str, to: str = "/home", name: str = "Sari Contoh", **claims: Any) -> httpx2.Response:
        """Goes by the issuer's page, and comes back; gives what the portal then says."""
        asked = await self.get("/login", params={"next": to})
        assert asked.status_code == 303
        return await self.get(await self.chosen(asked.headers["location"], *roles, name=name, **claims))

    async def chosen(self, address: str, *roles: str, name: str = "Sari Contoh", **claims: Any) -> str:
        """Where the issuer's page sends whoever has chosen to be so."""
        form = [
            ("name", name),
            *(("role", role) for role in roles),
            *((key, str(value)) for key, value in claims.items()),
        ]
        async with httpx2.AsyncClient() as issuer:
            page = await issuer.get(address)
            assert all(f'name="{claim}"' in page.text for claim in CLAIMS)
            back = await issuer.post(address, content=str(httpx2.QueryParams(form)))
        assert back.status_code == 303, back.text
        return back.headers["location"]


def words(answer: httpx2.Response) -> str:
    """What stands on a page, without its marks, on one line."""
    assert answer.status_code == 200, answer.text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


@pytest.fixture
async def at_browser(app: FastAPI, calls: Beside, issuer: Issuer, address: str) -> AsyncIterator[Callable[[], Visitor]]:
    """`at_browser()`: somebody at another browser."""
    clients: list[httpx2.AsyncClient] = []

    def sit() -> Visitor:
        transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
        clients.append(httpx2.AsyncClient(transport=transport, base_url=address))
        return Visitor(clients[-1], issuer)

    yield sit
    for client in clients:
        await client.aclose()


@pytest.fixture
def visitor(at_browser: Callable[[], Visitor]) -> Visitor:
    return at_browser()


@pytest.fixture
async def served(app: FastAPI, calls: Beside, address: str) -> AsyncIterator[str]:
    """The portal at its address, for a real browser."""
    async with serving(app, int(address.rpartition(":")[2])):
        yield address


@pytest.fixture
def log_in(page: Page, served: str) -> Callable[..., Awaitable[None]]:
    """`await log_in("person", person=..., to="/card")`: in the real browser, by the issuer's page."""

    async def log_in(*roles: str, to: str = "/home", **claims: Any) -> None:
        await page.goto(f"{served}/login?next={to}")
        for role in roles:
            await page.get_by_role("checkbox", name=role, exact=True).check()
        for name, value in claims.items():
            await page.get_by_role("textbox", name=name, exact=True).fill(str(value))
        await page.get_by_role("button").click()

    return log_in


@pytest.fixture
def accessible(page: Page) -> Callable[[], Awaitable[None]]:
    """`await accessible()`: whoever looks at the page in whatever way can use it, light and dark, and 360 px wide."""

    async def check() -> None:
        axe = AXE.read_text(encoding="utf-8")
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)
            await page.evaluate(axe)
            found: Mapping[str, Any] = await page.evaluate("axe.run()")
            serious = [each for each in found["violations"] if each["impact"] in {"serious", "critical"}]
            assert serious == [], (scheme, [(each["id"], [node["html"] for node in each["nodes"]]) for each in serious])
        await page.set_viewport_size({"width": 360, "height": 740})
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360
        await page.set_viewport_size({"width": 1280, "height": 720})

    return check


@pytest.fixture
def person_id() -> UUID:
    """Whose pages they are."""
    return UUID("0199a000-0000-7000-8000-00000000c001")


@pytest.fixture
def agency() -> UUID:
    """Where they serve."""
    return AGENCY
