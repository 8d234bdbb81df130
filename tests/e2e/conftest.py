"""The whole system, black box: real Kafka, PostgreSQL, SMTP, and every role a process of its own."""

import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import compress, count
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit
from uuid import uuid4

import asyncpg
import httpx2
import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from contracts.topics import TOPICS
from jejak_local.books import balance, records, rest
from jejak_local.postgres import temporary_folder
from jejak_local.services import services
from jejak_local.stack import Stack, running_stack

SPLIT = {service.name: service.roles for service in services() if service.consumes}

_sequence = count(1)


@dataclass
class Jejak:
    """The system as an outside client sees it."""

    stack: Stack
    http: httpx2.AsyncClient
    said_at_start: dict[str, list[str]]
    """The lines each process had logged when all were ready."""
    tokens: dict[tuple, str] = field(default_factory=dict)

    def logs(self) -> dict[str, list[str]]:
        """The lines each process of a service has logged."""
        files = {name: self.stack.root / "logs" / f"{name}.log" for name in self.stack.processes}
        return {name: file.read_text().splitlines() for name, file in files.items()}

    async def call(
        self,
        service: str,
        method: str,
        path: str,
        *,
        role: str = "service",
        agency=None,
        person=None,
        provider=None,
        **options,
    ) -> httpx2.Response:
        scope = (role, agency, person, provider)
        if scope not in self.tokens:
            self.tokens[scope] = await self.stack.token(role, agency=agency, person=person, provider=provider)
        headers = {"authorization": f"Bearer {self.tokens[scope]}", **options.pop("headers", {})}
        return await self.http.request(method, f"{self.stack.url(service)}/v1{path}", headers=headers, **options)

    async def get(self, service: str, path: str, **options) -> Any:
        answer = await self.call(service, "GET", path, **options)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, service: str, path: str, body: Any = None, **options) -> Any:
        answer = await self.call(service, "POST", path, json=body, **options)
        assert answer.status_code < 300, answer.text
        return answer.json()

    async def batch(self, service: str, path: str, lines: list[Any], **options) -> list[dict[str, Any]]:
        raw = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
        answer = await self.call(
            service, "POST", path, content=raw, headers={"content-type": "application/x-ndjson"}, timeout=120, **options
        )
        assert answer.status_code == 200, answer.text
        return [json.loads(line) for line in answer.text.splitlines()]

    async def run(self, service: str, *arguments: str) -> tuple[int, str]:
        """A command of a service, as an operator or a CronJob runs it."""
        process = next(p for p in self.stack.processes.values() if p.service == service)
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            service,
            *arguments,
            env={**os.environ, **process.environment},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await child.communicate()
        return child.returncode or 0, output.decode()

    async def until(self, condition, seconds: float = 90) -> Any:
        """Waits for a state; the limit only keeps a broken test from hanging."""
        async with asyncio.timeout(seconds):
            while not (found := await condition()):
                await asyncio.sleep(0.1)
        return found

    @asynccontextmanager
    async def held(self, service: str, table: str) -> AsyncIterator[Callable[[], Awaitable[Any]]]:
        """Keeps a table to itself while the block runs: whoever comes to write there waits. Gives whether somebody does."""
        connection = await asyncpg.connect(self.stack.databases[service].owner.dsn)
        try:
            async with connection.transaction():
                await connection.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
                yield lambda: connection.fetchval(WAITING, table)
        finally:
            await connection.close()

    async def agency(self, **changes) -> dict[str, Any]:
        """A new agency with one unit and a PIC."""
        number = next(_sequence)
        code = f"T-{uuid4().hex[:6]}"
        made = await self.post(
            "registry",
            "/agencies",
            {"code": code, "name": f"Badan Uji {number}", "kind": "L", "region": None} | changes,
        )
        unit = await self.post("registry", f"/agencies/{made['id']}/units", {"code": "U1", "name": "Bagian Umum"})
        pic = {
            "rank": "main", "name": "Petugas Uji", "email": f"pic.{code.lower()}@instansi.example",
            "language": "id", "time_zone": "Asia/Jakarta",
        }  # fmt: skip
        answer = await self.call("registry", "PUT", f"/agencies/{made['id']}/pics", json={"pics": [pic]})
        assert answer.status_code == 200, answer.text
        return made | {"unit": unit, "pic": pic["email"]}

    def person(self, agency: dict[str, Any], **changes) -> dict[str, Any]:
        """A line for the registry: a PNS, Ahli Pertama III/a."""
        number = next(_sequence)
        born = f"19{70 + number // 300 % 25:02}{number // 28 % 12 + 1:02}{number % 28 + 1:02}"
        return {
            "nip": f"{born}201003{1 + number % 2}{number % 999 + 1:03}", "name": f"Pegawai {number}", "staff_type": "PNS",
            "agency_id": agency["id"], "unit_id": agency["unit"]["id"], "jenjang": "ahli_pertama", "golongan": "III/a",
            "position": "Analis", "education": "S1", "joined_on": "2010-03-01", "status": "active",
        } | changes  # fmt: skip

    async def people(self, agency: dict[str, Any], number: int, **changes) -> list[dict[str, Any]]:
        """New people of an agency, known to training and credit when this returns."""
        lines = [self.person(agency, **changes) for _ in range(number)]
        answers = await self.batch("registry", "/people:batch", lines)
        assert {answer["status"] for answer in answers} == {"stored"}, answers
        made = [line | {"id": answer["id"]} for line, answer in zip(lines, answers, strict=True)]

        async def known(service: str, path: str) -> bool:
            found = [await self.call(service, "GET", f"/people/{person['id']}/{path}") for person in made[-12:]]
            return all(answer.status_code == 200 for answer in found)

        await self.until(lambda: known("training", "jp?year=2026"))
        await self.until(lambda: known("credit", "credit"))
        return made

    async def checked_address(self, person: dict[str, Any]) -> str:
        """Gives somebody a checked address, by the link of its mail."""
        address = f"{uuid4().hex}@instansi.example"
        contact = "/people/me/contact"
        me = {"role": "person", "person": person["id"]}
        said = await self.call("registry", "PUT", contact, json={"email": address}, **me)
        assert said.status_code == 200, said.text

        async def check():
            return [mail for mail in self.stack.mail.mails() if address in mail.recipients]

        [mail] = await self.until(check)
        link = re.search(r"http\S+/contact/check\?token=\S+", mail.body())
        assert link
        token = parse_qs(urlsplit(link[0]).query)["token"][0]
        await self.post("registry", f"{contact}/check", {"token": token}, **me)
        return address

    def training(self, person: dict[str, Any], **changes) -> dict[str, Any]:
        """A line for training: eight hours of technical training in March."""
        return {
            "source_name": "uji", "reference": uuid4().hex, "nip": person["nip"], "form": "KL03", "title": "Pelatihan teknis",
            "start_date": "2026-03-02", "end_date": "2026-03-03", "jp": "8",
        } | changes  # fmt: skip

    async def topics_with(self, words: list[str], but: Collection[str] = ()) -> set[str]:
        """The topics and dead-letter topics, but for these, in which one of these words stands."""
        at_once = asyncio.Semaphore(8)

        async def holds(topic: str) -> bool:
            async with at_once:
                said = [
                    json.dumps(headers) + body.decode(errors="replace")
                    async for headers, body in records(self.stack.kafka.bootstrap, topic)
                ]
            return any(word.lower() in each.lower() for word in words for each in said)

        names = sorted({name for each in TOPICS for name in (each.name, each.dead_letters)} - {*but})
        return set(compress(names, await asyncio.gather(*map(holds, names))))

    async def at_rest(self) -> None:
        """Waits until nothing is on its way."""
        await rest(self.stack)

    async def books_balance(self) -> None:
        """Holds the services' own invariants and those between them; the stack must be at rest."""
        broken = [finding for finding in await balance(self.stack) if not finding.ok]
        assert not broken, broken


@dataclass
class Chair:
    """A browser in front of the portal, and whoever sits there: they use the keyboard."""

    page: Page
    jejak: Jejak

    @property
    def main(self) -> Locator:
        """What the page is about."""
        return self.page.locator("main")

    async def sit(self, role: str, path: str, **claims: object) -> None:
        """Somebody else takes the chair: logs in by the issuer's page, and is where they wanted to be."""
        url = self.jejak.stack.url("portal")
        await self.page.context.clear_cookies()
        await self.page.goto(path if path.startswith(url) else f"{url}/login?next={quote(path, safe='')}")
        await self.page.get_by_role("checkbox", name=role, exact=True).check()
        for name, value in claims.items():
            await self.page.get_by_role("textbox", name=name, exact=True).fill(str(value))
        await self.page.get_by_role("button").press("Enter")

    async def press(self, role: Any, name: str) -> None:
        """What is called so, the first of the page; another page comes."""
        found = self.main.get_by_role(role, name=name).first
        await expect(found, f"no {role} {name} in: {await self.main.inner_text()}").to_be_visible()
        async with self.page.expect_navigation():
            await found.press("Enter")

    async def reads(self, *words: str) -> None:
        """What the page says, looked at again and again until news has come to it; the limit only keeps a broken test from hanging."""

        shown = ""

        async def said() -> bool:
            nonlocal shown
            shown = " ".join((await self.main.inner_text()).split())
            if all(each in shown for each in words):
                return True
            await self.page.reload()
            return False

        try:
            await self.jejak.until(said)
        except TimeoutError:
            raise AssertionError(f"{words} is not all said in: {shown}") from None


WAITING = "SELECT count(*) FROM pg_locks WHERE relation = CAST($1::text AS regclass) AND NOT granted"
IMPATIENT = {"NOTIFICATION_RETRY_WAITS": "[1, 3, 5, 10, 30, 60]", "NOTIFICATION_NOTICE_WINDOW": "2"}
"""A mail that waits for minutes in production must be seen to leave by a test."""


@pytest.fixture(scope="session")
def folder() -> Iterator[Any]:
    with temporary_folder("e2e") as made:
        yield made


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def jejak(folder) -> AsyncIterator[Jejak]:
    """The running system with one process a role; every request is traced."""
    async with (
        running_stack(folder, roles=SPLIT, trace_ratio=1.0, environment=IMPATIENT) as stack,
        httpx2.AsyncClient(timeout=30) as http,
    ):
        jejak = Jejak(stack, http, {})
        jejak.said_at_start = jejak.logs()
        yield jejak


@pytest.fixture
def chair(page: Page, jejak: Jejak) -> Chair:
    page.set_default_timeout(60_000)
    return Chair(page, jejak)
