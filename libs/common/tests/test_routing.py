"""Finding the route of a request: what begins otherwise is not looked at, and everything else is answered as before."""

import httpx2
import pytest
from fastapi import APIRouter, FastAPI
from starlette.routing import Match, Route
from starlette.types import Scope

from common.web.routing import Headed


class Unasked(Route):
    """A route that nobody may try."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        raise AssertionError(scope["path"])


async def answer() -> str:
    return "found"


def app() -> FastAPI:
    things, outer = APIRouter(prefix="/v1/things"), APIRouter()
    things.get("/{thing_id}")(answer)
    things.post(":batch")(answer)
    outer.include_router(things, prefix="/inner")
    others = APIRouter()
    others.routes.append(Unasked("/v1/others/{other_id}", answer))
    made = FastAPI()
    for router in (others, outer, things):
        made.include_router(Headed(router))
    return made


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/things/1", 200),
        ("POST", "/v1/things:batch", 200),
        ("GET", "/inner/v1/things/1", 200),
        ("GET", "/v1/things:batch", 405),
        ("GET", "/v1/thing", 404),
    ],
)
async def test_a_router_is_passed_over_for_an_address_that_begins_otherwise(method, path, status) -> None:
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app()), base_url="http://x") as client:
        assert (await client.request(method, path)).status_code == status
