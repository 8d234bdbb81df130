"""The pages of an API in a real browser, on a machine without internet."""

from pathlib import Path

import pytest
from fastapi import APIRouter, Depends
from playwright.async_api import Page

from common.service import Service, create_app
from common.settings import ServiceSettings
from common.store.database import Database
from common.web.auth import allow
from contracts.roles import ROLES
from jejak_local.harness import settings_of
from jejak_local.issuer import Issuer
from jejak_local.processes import free_port
from jejak_local.serve import serving

router = APIRouter(prefix="/v1")


@router.get("/things", summary="All the things there are", dependencies=[Depends(allow("lan"))])
async def things() -> list[str]:
    return []


@pytest.mark.parametrize("address", ["/docs", "/redoc"])
async def test_the_pages_of_an_api_need_nothing_from_outside(
    page: Page, blank: Database, issuer: Issuer, tmp_path: Path, address: str
) -> None:
    (tmp_path / "problems.toml").write_text("")
    settings = ServiceSettings(**settings_of(blank, issuer))
    app = create_app(Service("common", "Kit", settings, [router], tmp_path / "problems.toml", ROLES), blank)
    port = free_port()
    async with serving(app, port):
        await page.goto(f"http://127.0.0.1:{port}{address}")
        await page.get_by_text("All the things there are").first.wait_for()
        await page.screenshot(path=tmp_path / "page.png")
