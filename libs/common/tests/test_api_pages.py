"""The pages of an API in a real browser, on a machine without internet."""

from pathlib import Path

import pytest
from fastapi import APIRouter, Depends
from playwright.async_api import Page

from common.clock import Clock
from common.parts import Parts
from common.store.database import Database
from contracts.rights import Right
from contracts.service import Settings
from contracts.zone import JAKARTA
from jejak_local.harness import app_of, settings_of
from jejak_local.issuer import Issuer
from jejak_local.processes import free_port
from jejak_local.serve import serving

router = APIRouter(prefix="/v1")


@router.get("/things", summary="All the things there are", dependencies=[Depends(Right(("lan",), "all things"))])
async def things() -> list[str]:
    return []


@pytest.mark.parametrize("address", ["/docs", "/redoc"])
async def test_the_pages_of_an_api_need_nothing_from_outside(
    page: Page, blank: Database, issuer: Issuer, tmp_path: Path, address: str
) -> None:
    settings = Settings(**settings_of(blank, issuer))
    app = app_of(Parts(settings, blank, Clock(JAKARTA)), router)
    port = free_port()
    async with serving(app, port):
        await page.goto(f"http://127.0.0.1:{port}{address}")
        await page.get_by_text("All the things there are").first.wait_for()
        await page.screenshot(path=tmp_path / "page.png")
