"""Help is one step away on each page, in words, and leads only to pages that open."""

import re

import pytest

from portal.help.api import STEPS
from portal.menu import items
from portal.texts import ROLES

TAGGED = {"tag": "hasil-penyetaraan", "valid_from": "2026-01-01", "paper": "SK 1"}


def test_every_hat_has_first_steps_which_begin_in_its_menu() -> None:
    """But for whoever has none, and services, which look at no page."""
    assert STEPS.keys() == ROLES.keys() - {"", "service"}
    for hat, steps in STEPS.items():
        assert {step.address.partition("?")[0] for step in steps} <= {item.address for item in items(hat)}, hat


@pytest.mark.parametrize("hat", STEPS)
async def test_each_first_step_leads_to_a_page_of_that_hat(visitor, hat, person_id, agency) -> None:
    ids = {"person": person_id, "agency": agency, "provider": agency, "connection": agency}
    await visitor.log_in(hat, **ids, region="Bali", position="Analis")
    page = await visitor.get("/help")
    own = page.text[page.text.index("<ol>") : page.text.index("</ol>")]
    addresses = re.findall(r'<li><a href="([^"]+)">', own)
    assert addresses == [step.address for step in STEPS[hat]]
    for address in addresses:
        opened = await visitor.follow(await visitor.get(address))
        assert opened.status_code == 200, address
        assert f'href="/help#{hat}"' in opened.text, "help on each main screen"


async def test_the_words_of_the_field_are_explained_without_a_log_in(visitor) -> None:
    words = await visitor.see("/glossary")
    for word in ("JP", "AK", "PAK", "SKJ", "IP ASN"):
        assert word in words
    for path in ("/help", "/help/penyetaraan", "/help/login"):
        assert (await visitor.get(path)).status_code == 200


async def test_whose_post_was_turned_into_a_functional_one_begins_with_what_that_means(
    at_browser, registered, api_of, agency
) -> None:
    people = [await registered(f"19900101201501100{number}") for number in (1, 2)]
    tagged = await api_of("registry").call("agency_hr", "POST", f"/people/{people[0]}/tags", TAGGED, agency=agency)
    assert tagged.status_code == 200, tagged.text
    for person, first in zip(people, ("/help/penyetaraan", "/card"), strict=True):
        browser = at_browser()
        await browser.log_in("person", person=person)
        assert (await browser.get("/home")).headers["location"] == first
        assert (await browser.get("/home")).headers["location"] == "/card", "once"


async def test_everybody_can_use_help(page, served, accessible) -> None:
    await page.goto(f"{served}/help")
    await accessible()
    await page.goto(f"{served}/help/penyetaraan")
    await accessible()
