"""The pages of the events: who sends and who reads what, as the services declare it and as a person reads it."""

import json
from pathlib import Path

import pytest
from playwright.async_api import Page

from common.events import event_of
from contracts import PUBLISHED
from docs.generate import readers_of
from jejak_local.services import parts_of, services

EVENTS = Path(__file__).parents[1] / "docs" / "events" / "index.html"
DOCUMENT = json.loads(EVENTS.with_name("asyncapi.json").read_text(encoding="utf-8"))
SUBSCRIPTIONS = {each.name: each for service in services() for each in service.subscriptions(parts_of(service))}


def types_of(operation) -> set[str]:
    """The types of events of an operation, by way of its channel."""
    found = set()
    for reference in operation["messages"]:
        _, _, channel, _, message = reference["$ref"].split("/")
        name = DOCUMENT["channels"][channel]["messages"][message]["$ref"].rsplit("/", 1)[-1]
        headers = DOCUMENT["components"]["messages"][name]["headers"]["properties"]
        found.add(headers["ce_type"]["const"])
    return found


def operations(action: str) -> dict[str, tuple[str, set[str]]]:
    """Topic and types of events of each operation."""
    return {
        name: (DOCUMENT["channels"][name]["address"], types_of(operation))
        for name, operation in DOCUMENT["operations"].items()
        if operation["action"] == action
    }


def test_the_document_says_of_every_subscription_what_it_reads_and_of_no_other() -> None:
    assert operations("receive") == {
        name: (each.topic.name, {event_of(want).type for want in each.wanted}) for name, each in SUBSCRIPTIONS.items()
    }


def test_the_document_says_of_every_event_who_sends_it() -> None:
    sent = {
        (topic, kind, DOCUMENT["operations"][name]["summary"])
        for name, (topic, types) in operations("send").items()
        for kind in types
    }
    assert sent == {(event.topic.name, event.type, f"Sent by {event.source[1:]}.") for event in PUBLISHED}


def test_nothing_that_only_faststream_knows_is_in_the_document() -> None:
    assert "correlation" not in json.dumps(DOCUMENT).lower()


@pytest.mark.parametrize("event", PUBLISHED, ids=lambda event: event.__name__)
async def test_the_page_says_who_reads_an_event(page: Page, event) -> None:
    await page.set_content(EVENTS.read_text(encoding="utf-8"))
    told = await page.locator(f"h3:text-is('{event.__name__}') ~ p.quiet").first.locator("code").all_inner_texts()
    readers = sorted(
        name for name, each in SUBSCRIPTIONS.items() if event.type in {event_of(want).type for want in each.wanted}
    )
    assert told == [event.source[1:], *readers]
    assert readers_of(DOCUMENT).get(event.type, []) == readers


async def test_the_event_page_shows_code_as_code(page: Page) -> None:
    await page.set_content(EVENTS.read_text(encoding="utf-8"))
    assert await page.get_by_role("heading", name="TrainingCompleted").count() == 1
    assert "`" not in await page.inner_text("body")
    assert await page.locator("p > code", has_text="jp_counted").count() == 1
