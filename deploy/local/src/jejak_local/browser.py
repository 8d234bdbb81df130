"""A real Chromium for tests of pages, and for pictures of them."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from jejak_local.processes import STATE, LocalError

VARIABLE = "JEJAK_CHROMIUM"
HOME = STATE / "browser"
AXE = HOME / "axe.min.js"
"""What says whether everybody can use a page: `await page.evaluate(AXE.read_text())`, then `axe.run()`."""
ARGUMENTS = [
    "--headless=shell",
    "--no-sandbox",  # needs rights that neither root nor a container has; the pages are our own
    "--no-zygote",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A browser of its own, for as long as the block runs.

    It is the one that `make setup` installs, or that the environment variable JEJAK_CHROMIUM names.
    Raises LocalError when there is none.
    """
    program = Path(os.environ.get(VARIABLE) or HOME / "chromium")
    if not program.exists():
        raise LocalError(
            f"There is no Chromium at {program}. On Linux on x86-64 run: make setup; elsewhere install Chromium and "
            f"name it: export {VARIABLE}=/path/to/chromium"
        )
    environment: dict[str, str | float | bool] = {
        **os.environ,
        "LD_LIBRARY_PATH": str(HOME / "lib"),
        "FONTCONFIG_PATH": str(HOME),
    }
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=ARGUMENTS, env=environment)
        try:
            yield browser
        finally:
            await browser.close()
