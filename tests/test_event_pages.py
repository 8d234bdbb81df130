"""The page of the events, as a person reads it."""

from pathlib import Path

from playwright.async_api import Page

EVENTS = Path(__file__).parents[1] / "docs" / "events" / "index.html"


async def test_the_event_page_shows_code_as_code(page: Page) -> None:
    await page.set_content(EVENTS.read_text(encoding="utf-8"))
    assert await page.get_by_role("heading", name="TrainingCompleted").count() == 1
    assert "`" not in await page.inner_text("body")
    assert await page.locator("p > code", has_text="jp_counted").count() == 1
