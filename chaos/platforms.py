"""A learning platform as a client: it sends what its users have finished, in batches, until it is answered.

One of its courses is mapped to the catalogue before anybody has finished it, the other afterwards.
"""

import asyncio
from collections.abc import Generator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2

from chaos.clients import NEW_YEAR, Agency, Client, have_told
from chaos.courses import HOURS, Platform

DAYS = 150
"""On which somebody may finish a course: a day each time, since what is finished twice on one day is finished once."""
BATCH = 40
LEAST = 100
"""Statements that are sent in any case: to be connected may take as long as the faults."""
AGAIN = 0.3
"""How often what was answered is sent again, whole or in part: a platform that has lost the answer cannot know."""
COURSE = "https://w3id.org/xapi/cmi5/activitytype/course"
COMPLETED = "http://adlnet.gov/expapi/verbs/completed"


class ByToken(httpx2.Auth):
    """Signs in with a token of the platform's key (OAuth 2.0 client credentials), a new one each time."""

    requires_response_body = True

    def __init__(self, url: str, key: tuple[str, str]) -> None:
        form = {"grant_type": "client_credentials", "client_id": key[0], "client_secret": key[1]}
        self._asked = {"method": "POST", "url": f"{url}/oauth/token", "data": form}

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        answer = yield httpx2.Request(**self._asked)
        if answer.is_success:  # else the request is answered 401, and sent again
            request.headers["authorization"] = f"Bearer {answer.json()['access_token']}"
        yield request


async def platform(client: Client) -> None:
    """Connects a platform of an agency and sends statements, some of them again, some batches twice at once."""
    agency = client.chance.choice(client.history.agencies)
    names = [f"{client.history.source}-{client.reference()}" for _ in range(2)]
    await _publish(client, names)
    made = await _connect(client, agency, names[0])
    await have_told(client, agency, made.connection)
    client.history.platforms.append(made)
    early, late = names
    await _map(client, agency, made, early)
    while not client.over.is_set() or len(made.statements) < LEAST:
        batch = [_finish(client, agency, made, name) for name in client.chance.choices(names, k=_size(client))]
        if made.statements and client.chance.random() < AGAIN:
            batch += client.chance.sample([*made.statements.values()], k=min(len(made.statements), _size(client)))
            client.chance.shuffle(batch)
        await asyncio.gather(*(_send(client, made, batch) for _ in range(client.chance.choice((1, 1, 1, 2)))))
        await asyncio.sleep(client.chance.uniform(0, 0.5))
    await _map(client, agency, made, late)


def _size(client: Client) -> int:
    return client.chance.randint(1, BATCH)


async def _publish(client: Client, names: Sequence[str]) -> None:
    """Courses of an accredited provider in the catalogue, each called as its code."""
    code = client.history.source
    accreditation = {"form": "KL03", "valid_from": "2015-01-01", "valid_to": None}
    provider = {"code": code, "name": "Balai Uji", "accreditations": [accreditation]}
    courses = [
        {"code": name, "provider_code": code, "title": name, "form": "KL03", "jp": str(HOURS), "valid_from": "2015-01-01"}
        for name in names
    ]  # fmt: skip
    answers = await client.upload("training", "/providers:batch", [provider], role="lan")
    answers += await client.upload("training", "/courses:batch", courses)
    if any(answer["status"] == "refused" for answer in answers):
        client.wrong(f"a catalogue was answered {answers}")


async def _connect(client: Client, agency: Agency, name: str) -> Platform:
    made = await _ask(client, agency, "/connections", {"name": name, "platform": "moodle"})
    key = await _ask(client, agency, f"/connections/{made['id']}/credentials", None)
    return Platform(made["id"], (key["id"], key["secret"]), f"https://{name}.example")


async def _ask(client: Client, agency: Agency, path: str, body: Any) -> dict[str, Any]:
    answer = await client.insist("connectors", "POST", path, json=body, role="agency_hr", agency=agency.id)
    if answer.status_code != 201:
        client.wrong(f"{path} was answered {answer.status_code}: {answer.text[:200]}")
    return answer.json()


async def _map(client: Client, agency: Agency, made: Platform, name: str) -> None:
    """Insists until the catalogue's course is known."""
    path, body = f"/connections/{made.connection}/course-mappings", {"course": _course(made, name), "course_code": name}
    while True:
        answer = await client.insist("connectors", "POST", path, json=body, role="agency_hr", agency=agency.id)
        if answer.status_code == 201:
            return
        if answer.json().get("code") != "course-unknown":
            client.wrong(f"a mapping was answered {answer.status_code}: {answer.text[:200]}")
            return
        await asyncio.sleep(0.2)


def _course(made: Platform, name: str) -> str:
    return f"{made.site}/course/view.php?id={name}"


def _finish(client: Client, agency: Agency, made: Platform, name: str) -> dict[str, Any]:
    """That somebody has finished a course on a day on which they have not yet."""
    while True:
        person = client.chance.choice(agency.people)
        day = NEW_YEAR + timedelta(days=client.chance.randrange(DAYS))
        if (person.id, name, day) not in made.finished:
            break
    made.finished.add((person.id, name, day))
    return {
        "id": str(UUID(int=client.chance.getrandbits(128), version=4)),
        "actor": {"account": {"homePage": made.site, "name": person.nip}},
        "verb": {"id": COMPLETED},
        "object": {"id": _course(made, name), "definition": {"type": COURSE}},
        "timestamp": f"{day}T05:00:00Z",
    }


async def _send(client: Client, made: Platform, batch: Sequence[dict[str, Any]]) -> None:
    """By the key itself or by a token of it."""
    by_token = ByToken(client.arena.stack.url("connectors"), made.key)
    answer = await client.insist(
        "connectors",
        "POST",
        "/statements",
        under="/xapi/1.0.3",
        auth=client.chance.choice((made.key, by_token)),
        json=list(batch),
        headers={"x-experience-api-version": "1.0.3"},
    )
    ids = [each["id"] for each in batch]
    if answer.status_code != 200 or answer.json() != ids:
        client.wrong(f"a batch of statements was answered {answer.status_code}: {answer.text[:200]}")
    made.statements |= {each["id"]: each for each in batch}
