"""Where the link in a digest leads until there is a portal."""

from urllib.parse import urlsplit

import httpx2
from playwright.async_api import Page

from jejak_local.processes import free_port
from jejak_local.serve import serving
from notification.messages.mail import link_to


async def test_the_link_of_a_digest_leads_to_a_page_that_says_what_to_do(page: Page, app, database, make) -> None:
    port = free_port()
    link = urlsplit(link_to("http://portal", make.sweep, make.agency_id("K-001")))
    address = f"http://127.0.0.1:{port}{link.path}?{link.query}"
    async with serving(app, port):
        answer = await page.goto(address)
        assert answer is not None
        assert answer.status == 200
        assert await page.get_by_role("heading", level=1).inner_text() == "Sounding Bangkom: rincian instansi"
        assert await page.get_by_role("listitem").count() == 3
        assert "K-001" not in await page.content()
        async with httpx2.AsyncClient() as client:
            english = await client.get(address, headers={"accept-language": "en"})
        assert "Sounding Bangkom: your agency in detail" in english.text
