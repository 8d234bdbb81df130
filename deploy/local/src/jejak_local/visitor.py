"""Somebody at a browser that runs no JavaScript: for tests of the portal.

`crawl` goes from what a hat finds in its menu on, link by link, and gives each kind of page once.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx2

from common.trust import trust
from contracts.roles import CLAIMS

ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NO_PAGES = ("/login", "/language/", "/assets/", "/zone")
"""Links of every page that lead to none of their own."""


@dataclass
class Form:
    """A form of a page: where it goes, and what each of its fields holds; of a list, what may be chosen."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict[str, str])
    kinds: dict[str, str] = field(default_factory=dict[str, str])
    choices: dict[str, list[str]] = field(default_factory=dict[str, list[str]])


class Read(HTMLParser):
    """The links and the forms of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[Form] = []
        self._words: str | None = None
        self._list = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        name, value, kind = told.get("name", ""), told.get("value", ""), told.get("type", "text")
        if tag == "a" and "href" in told:
            self.links.append(told["href"])
        elif tag == "form":
            self.forms.append(Form(told.get("action", ""), told.get("method", "get")))
        elif self.forms and tag == "option" and self._list:
            self.forms[-1].choices[self._list].append(value)
            if "selected" in told or not self.forms[-1].fields[self._list]:
                self.forms[-1].fields[self._list] = value
        elif self.forms and name and tag in {"input", "textarea", "select", "button"}:
            form, self._words = self.forms[-1], name if tag == "textarea" else None
            form.kinds[name] = kind if tag == "input" else tag
            if tag == "select":
                self._list, form.choices[name] = name, []
            if kind != "radio" or "checked" in told or name not in form.fields:
                form.fields[name] = value

    def handle_data(self, data: str) -> None:
        if self._words:
            self.forms[-1].fields[self._words] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._words = None
        elif tag == "select":
            self._list = ""

    @property
    def hidden(self) -> Mapping[str, str]:
        """What the page's forms send of themselves."""
        return {
            name: form.fields[name]
            for form in self.forms
            if form.method == "post"
            for name, kind in form.kinds.items()
            if kind == "hidden"
        }


@dataclass
class Visitor:
    """Somebody at a browser that runs no JavaScript; `http` reaches the portal and keeps its cookies."""

    http: httpx2.AsyncClient

    async def get(self, path: str, **options: Any) -> httpx2.Response:
        return await self.http.get(path, **options)

    async def see(self, path: str) -> str:
        """The words of a page that is there, on one line."""
        return words(await self.get(path))

    async def send(self, path: str, action: str | None = None, **typed: str) -> httpx2.Response:
        """Fills in the form of a page and sends it; the answer as it comes, before the browser goes on."""
        page = await self.get(path)
        assert page.status_code == 200, page.text
        return await self.http.post(action or urlsplit(path).path, data={**Read(page.text).hidden, **typed})

    async def follow(self, answer: httpx2.Response) -> httpx2.Response:
        """What the browser shows after it was sent on."""
        while answer.is_redirect:
            answer = await self.get(urljoin(str(answer.url), answer.headers["location"]))
        return answer

    async def log_in(self, *roles: str, to: str = "/home", name: str = "Sari Contoh", **claims: Any) -> httpx2.Response:
        """Goes by the issuer's page, and comes back; gives what the portal then says."""
        asked = await self.get("/login", params={"next": to})
        assert asked.status_code == 303
        return await self.get(await self.chosen(asked.headers["location"], *roles, name=name, **claims))

    async def chosen(self, address: str, *roles: str, name: str = "Sari Contoh", **claims: Any) -> str:
        """Where the issuer's page sends whoever has chosen to be so."""
        form: list[tuple[str, Any]] = [
            ("name", name),
            *(("role", role) for role in roles),
            *((key, str(value)) for key, value in claims.items()),
        ]
        async with httpx2.AsyncClient(verify=trust()) as issuer:
            page = await issuer.get(address)
            assert all(f'name="{claim}"' in page.text for claim in CLAIMS)
            back = await issuer.post(address, content=str(httpx2.QueryParams(form)))
        assert back.status_code == 303, back.text
        return back.headers["location"]

    async def crawl(self, *first: str, known: Collection[str] = ()) -> dict[str, httpx2.Response]:
        """Every kind of page that links lead to from these, by its shape; each once, with what its address asks for.

        Kinds that are `known` are passed over, but for the first.
        """
        found: dict[str, httpx2.Response] = {}
        waiting, seen = [*first], set[tuple[str, frozenset[str]]]()
        while waiting:
            address = waiting.pop(0)
            parts = urlsplit(address)
            asked = dict(parse_qsl(parts.query))
            kind = shape(address), frozenset(asked)
            if (
                kind in seen
                or (kind[0] in known and address not in first)
                or "as" in asked
                or parts.netloc
                or not address.startswith("/")
                or address.startswith(NO_PAGES)
            ):
                continue
            seen.add(kind)
            answer = await self.follow(await self.get(address))
            found.setdefault(kind[0], answer)
            found.setdefault(shape(answer.url.path), answer)
            if answer.headers["content-type"].startswith("text/html"):
                waiting += [urljoin(answer.url.path, link) for link in Read(answer.text).links]
        return found


def shape(address: str) -> str:
    """The path of an address, with `{}` for each id in it: alike for pages of one kind."""
    return ID.sub("{}", urlsplit(address).path)


def words(answer: httpx2.Response) -> str:
    """What stands on a page, without its marks, on one line."""
    assert answer.status_code == 200, answer.text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))
