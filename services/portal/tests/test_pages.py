"""What holds for every page, and that the portal is a service of the house."""

import gzip
import re
from html.parser import HTMLParser

import pytest

from common.web.auth import OPEN_PATHS, guards
from portal import rights
from portal.menu import items
from portal.texts import ROLES
from portal.visits import Page, pages_of

HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
}


async def test_it_is_what_the_house_asks_of_every_service(assert_service) -> None:
    await assert_service({})


def test_every_page_is_for_hats_of_the_table_and_each_row_of_it_has_a_page(app) -> None:
    """But for the files, what the issuer calls, and what tells of the portal's health."""
    pages = pages_of(app)
    assert set(pages.values()) == {value for value in vars(rights).values() if isinstance(value, Page)}
    bare = {path for method, path in guards(app).keys() - pages.keys()}
    assert bare - OPEN_PATHS == {"/assets/{name}", "/backchannel-logout"}


async def test_an_intern_and_a_researcher_find_nothing_but_totals(app, visitor, calls) -> None:
    """002.30, 000.8: what is for every hat asks services for totals alone."""
    hats = {"intern", "researcher"}
    found = {
        path for (_, path), page in pages_of(app).items() if page.signed_in and (not page.roles or hats & {*page.roles})
    }
    assert found == {"/home", "/hat", "/logout", "/totals", "/waiting-times"}
    for hat in sorted(hats):
        await visitor.log_in(hat)
        for path in sorted(found - {"/logout"}):
            assert (await visitor.follow(await visitor.get(path))).status_code == 200
    assert set(calls.calls) == {"GET training /v1/duty-totals", "GET credit /v1/waiting-times"}


@pytest.mark.parametrize("path", ["/", "/glossary", "/help/login", "/nowhere", "/card", "/certificates/x"])
async def test_every_answer_lets_the_browser_do_little(visitor, path) -> None:
    answer = await visitor.get(path)
    assert answer.headers.items() >= HEADERS.items()
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "frame-ancestors 'none'; base-uri 'none'" in policy
    assert "unsafe" not in policy


class Inline(HTMLParser):
    """What the policy would not let run or show."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if (
            tag == "style"
            or (tag == "script" and "src" not in told)
            or any(name.startswith("on") or name == "style" for name in told)
        ):
            self.found.append(f"{tag} {told}")


@pytest.mark.parametrize("path", ["/", "/glossary", "/help/login"])
async def test_no_page_holds_script_or_style_of_its_own(visitor, path) -> None:
    assert Inline((await visitor.get(path)).text).found == []


async def test_a_file_is_kept_for_ever_under_a_name_that_its_content_gives_it(visitor) -> None:
    page = await visitor.get("/")
    names = re.findall(r'(?:href|src)="(/assets/[^"]+)"', page.text)
    assert {name.split(".")[0] for name in names} == {"/assets/portal", "/assets/jejak", "/assets/htmx"}
    packed = 0
    for name in set(names):
        got = await visitor.get(name, headers={"accept-encoding": "gzip"})
        assert got.headers["cache-control"] == "public, max-age=31536000, immutable"
        packed += int(got.headers["content-length"])
    assert packed + len(gzip.compress(page.content)) < 150_000, "more than a first view may weigh (002.26)"
    assert (await visitor.get("/assets/portal.000000000000.css")).status_code == 404


async def test_pages_speak_indonesian_first_and_english_when_chosen(visitor) -> None:
    assert '<html lang="id">' in (await visitor.get("/glossary")).text
    asked = await visitor.get("/glossary", headers={"accept-language": "en"})
    assert '<html lang="en">' in asked.text
    chosen = await visitor.get("/language/en?next=/glossary")
    assert chosen.headers["location"] == "/glossary"
    assert "Glossary" in await visitor.see("/glossary")


async def test_a_page_that_is_not_there_says_so_as_a_page(visitor) -> None:
    answer = await visitor.get("/nowhere")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "<h1>Itu tidak dapat dilakukan</h1>" in answer.text


@pytest.mark.parametrize("hat", ROLES)
async def test_every_page_of_a_menu_opens_to_its_hat(visitor, hat, person_id, agency, calls) -> None:
    """Whatever is away: each opens, and says what it is for."""
    ids = {"person": person_id, "agency": agency, "provider": agency, "connection": agency}
    await visitor.log_in(hat, **ids, region="Jawa Barat", position="Analis")
    for item in items(hat):
        page = await visitor.follow(await visitor.get(item.address))
        assert page.status_code == 200, (item.address, page.text)
        assert '<p class="job">' in page.text
        assert Inline(page.text).found == []
