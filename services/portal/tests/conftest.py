"""The portal in front of real services: their applications in this process, each on its own PostgreSQL; no Kafka.

`beside` puts a service there; one that is not is away. `visitor` is somebody at a browser without JavaScript, `page` one at
a real browser, whose portal is served at the address it knows itself by.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

import httpx2
import pytest
from fastapi import FastAPI
from playwright.async_api import Page

from jejak_local import authority
from jejak_local.browser import AXE
from jejak_local.harness import AGENCY, Api, FixedClock, World
from jejak_local.issuer import Issuer
from jejak_local.processes import free_port
from jejak_local.serve import serving
from jejak_local.services import NAMES, service_of
from jejak_local.visitor import Visitor

EVERY_RULE = {"rules": {"target-size": {"enabled": True}}}
COLOURS = {"runOnly": ["color-contrast"]}
"""What axe is asked: all it knows, and once more in the dark what may differ there."""
PHONE, PAPER = 360, 672
"""Pixels across a small phone, and an A4 sheet within the margins of the style sheet."""


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
        "answer_seconds": 60,  # a busy machine is no service that is away
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


@pytest.fixture
async def at_browser(app: FastAPI, calls: Beside, address: str) -> AsyncIterator[Callable[[], Visitor]]:
    """`at_browser()`: somebody at another browser."""
    clients: list[httpx2.AsyncClient] = []

    def sit() -> Visitor:
        transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
        clients.append(httpx2.AsyncClient(transport=transport, base_url=address))
        return Visitor(clients[-1])

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
def hindrances(page: Page) -> Callable[[], Awaitable[list[Any]]]:
    """`await hindrances()`: what keeps somebody from using the page, light and dark, on a phone 360 px wide and on paper."""
    axe = AXE.read_text(encoding="utf-8")

    async def found() -> list[Any]:
        wrong: list[Any] = []
        await page.evaluate(axe)
        for scheme, asked in (("light", EVERY_RULE), ("dark", COLOURS)):
            await page.emulate_media(color_scheme=scheme)
            said: Mapping[str, Any] = await page.evaluate("asked => axe.run(asked)", asked)
            serious = [each for each in said["violations"] if each["impact"] in {"serious", "critical"}]
            wrong += [(scheme, each["id"], [node["html"] for node in each["nodes"]]) for each in serious]
        for medium, width in (("screen", PHONE), ("print", PAPER)):
            await page.emulate_media(media=medium)
            await page.set_viewport_size({"width": width, "height": 740})
            if (wide := await page.evaluate("document.documentElement.scrollWidth")) > width:
                wrong.append((medium, f"{wide} px"))
        await page.emulate_media(media="screen", color_scheme="light")
        await page.set_viewport_size({"width": 1280, "height": 720})
        return wrong

    return found


@pytest.fixture
def accessible(hindrances: Callable[[], Awaitable[list[Any]]]) -> Callable[[], Awaitable[None]]:
    """`await accessible()`: whoever looks at the page in whatever way can use it."""

    async def check() -> None:
        assert await hindrances() == []

    return check


@pytest.fixture
async def furnished(
    beside: Callable[[str], Awaitable[World]],
    api_of: Callable[[str], Api],
    at_browser: Callable[[], Visitor],
    calls: Beside,
    clock: FixedClock,
) -> Any:
    """Everything beside the portal, and a little in each of it: see `furnished.Furnished`."""
    from services.portal.tests.furnished import Furnished, furnish  # only here: it needs most of the services

    return await furnish(Furnished(beside, api_of, at_browser, calls, clock))


@pytest.fixture
def person_id() -> UUID:
    """Whose pages they are."""
    return UUID("0199a000-0000-7000-8000-00000000c001")


@pytest.fixture
def agency() -> UUID:
    """Where they serve."""
    return AGENCY
