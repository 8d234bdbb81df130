"""Clients that keep units, posts, contacts, deputies, ids of other systems and restrictions, and one that looks at people's records."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from chaos.clients import Agency, Client, Person
from contracts.zone import JAKARTA

UNITS = 6
POSTS = 8
LAWFUL = frozenset(
    {
        "unit-loop",
        "superior-loop",
        "seats-exceeded",
        "post-twice",
        "acting-twice",
        "post-closed",
        "unit-closed",
        "deputy-twice",
        "deputy-loop",
        "delegation-over",
        "identifier-taken",
    }
)
"""Codes with which a change that was made up is refused: two of them may not go together."""
DAYS = [f"2026-{month:02}-01" for month in range(1, 7)]


async def organiser(client: Client) -> None:
    """Gives the agencies units and posts, and moves and renames these; gives the posts to people, and takes them."""
    chance = client.chance
    for agency in client.history.agencies:
        await _send(client, "units", [_unit(agency, number, (number - 1) // 2) for number in range(UNITS)])
        await _send(client, "posts", [_post(client, agency, number, (number - 1) // 2) for number in range(POSTS)])
    while not client.over.is_set():
        agency = chance.choice(client.history.agencies)
        units = [_unit(agency, *chance.sample(range(UNITS), 2)) | _since(client) for _ in range(chance.randint(1, 3))]
        await _send(client, "units", units)
        posts = [_post(client, agency, *chance.sample(range(POSTS), 2)) for _ in range(chance.randint(1, 3))]
        await _send(client, "posts", [post | _since(client) for post in posts])
        people = chance.sample(agency.people, k=chance.randint(1, 20))
        await _send(client, "holdings", [_holding(client, agency, person.nip) for person in people])
        await _send(client, "contacts", [_contact(client, person.nip) for person in people])
        await _identify(client, chance.sample(agency.people, k=6))
        await _stand_in(client, agency)
        await _rest(client, agency)
        await asyncio.sleep(chance.uniform(0, 0.5))


async def looker(client: Client) -> None:
    """Reads of people as their agency's HR; whatever was answered must have left an entry."""
    chance = client.chance
    while not client.over.is_set():
        agency = chance.choice(client.history.agencies)
        person = chance.choice(agency.people)
        service, path = chance.choice(
            [
                ("registry", f"/people/{person.id}"),
                ("registry", f"/people/{person.id}/place"),
                ("training", f"/people/{person.id}/jp?year=2026"),
                ("credit", f"/people/{person.id}/credit"),
            ]
        )
        answer = await client.insist(service, "GET", path, role="agency_hr", agency=agency.id)
        if answer.status_code == 200:
            client.history.looks[f"agency_hr:{agency.id}", person.id] += 1
        elif person in agency.steady:  # others may have come a moment ago
            client.wrong(f"GET {path} was answered {answer.status_code}: {answer.text[:200]}")
        await asyncio.sleep(chance.uniform(0, 0.3))


async def _send(client: Client, kind: str, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    answers = await client.upload("registry", f"/{kind}:batch", lines)
    for answer in answers:
        if answer["status"] == "refused" and answer["code"] not in LAWFUL:
            client.wrong(f"a line of {kind} was answered {answer}")
    return answers


async def _identify(client: Client, people: list[Person]) -> None:
    """Tells ids of another system, so few that two people are now and then given one; takes some away again."""
    ids = [f"P{client.chance.randrange(50)}" for _ in people]
    lines = [{"kind": "person", "nip": person.nip} for person in people]
    await _send(client, "identifiers", [line | {"siasn": each} for line, each in zip(lines, ids, strict=True)])
    await _send(client, "identifiers", [line | {"siasn": None} for line in lines[:3]])


async def _stand_in(client: Client, agency: Agency) -> None:
    """Names deputies, and ends some again."""
    lines = [_deputy(client, *client.chance.sample(agency.people, 2)) for _ in range(client.chance.randint(1, 4))]
    for line, answer in zip(lines, await _send(client, "deputies", lines), strict=False):
        if answer["status"] == "stored" and client.chance.random() < 0.5:
            path = f"/deputies/{answer['id']}/end"
            ended = await client.insist("registry", "POST", path, json={"on": line["valid_from"]})
            # Sent again after an answer that was lost, it is over; a day may have gone by.
            if not ended.is_success and ended.json().get("code") not in {"delegation-over", "end-outside"}:
                client.wrong(f"the end of a delegation was answered {ended.status_code}: {ended.text[:200]}")


async def _rest(client: Client, agency: Agency) -> None:
    """Somebody asks that a part of their record rest, their HR grants it, and now and then they lift it."""
    person, part = client.chance.choice(agency.people), client.chance.choice(("hours", "posts", "history"))
    me = {"role": "person", "person": person.id}
    asked = {"kind": "restriction", "part": part, "wrong": "Sedang diperiksa"}
    made = await client.insist("registry", "POST", "/people/me/data-requests", json=asked, **me)
    if made.status_code != 201:
        client.wrong(f"a request about one's own data was answered {made.status_code}: {made.text[:200]}")
        return
    acts = [("grant", {"role": "agency_hr", "agency": agency.id}), ("lift", me)]
    for act, by in acts[: client.chance.randint(1, 2)]:
        path = f"/data-requests/{made.json()['id']}/{act}"
        done = await client.insist("registry", "POST", path, json={}, **by)
        # Sent again after an answer that was lost, it is done already.
        if not done.is_success and done.json().get("code") != "request-state":
            client.wrong(f"{act} of a restriction was answered {done.status_code}: {done.text[:200]}")


def _since(client: Client) -> dict[str, str]:
    return {"valid_from": client.chance.choice(DAYS)}


def _unit(agency: Agency, number: int, above: int) -> dict[str, Any]:
    """A unit of an agency under another one; the first of all is on top."""
    line = {"agency_id": agency.id, "code": f"U{number}", "name": f"Bagian {number} di bawah {above}"}
    return line | {"parent_code": f"U{above}"} if number else line


def _post(client: Client, agency: Agency, number: int, above: int) -> dict[str, Any]:
    line = {
        "agency_id": agency.id, "code": f"P{number}", "type": "JA", "jenjang": "pengawas",
        "name": f"Kepala {client.reference()}", "unit_code": f"U{client.chance.randrange(UNITS)}",
        "seats": client.chance.randint(1, 5),
    }  # fmt: skip
    return line | {"superior_code": f"P{above}"} if number else line


def _holding(client: Client, agency: Agency, nip: str) -> dict[str, Any]:
    chance = client.chance
    line = {
        "nip": nip, "agency_id": agency.id, "post_code": f"P{chance.randrange(POSTS)}", "valid_from": chance.choice(DAYS),
        "kind": chance.choice(("definitive", "definitive", "plt", "plh")),
    }  # fmt: skip
    return line | {"until": "2026-07-01"} if chance.random() < 0.3 else line


def _contact(client: Client, nip: str) -> dict[str, Any]:
    return {
        "nip": nip,
        "language": client.chance.choice(("id", "en")),
        "zone": client.chance.choice(("WIB", "WITA", "WIT")),
    }


def _deputy(client: Client, person: Person, deputy: Person) -> dict[str, Any]:
    begins = datetime.now(JAKARTA).date() + timedelta(days=client.chance.randint(0, 5))
    return {
        "person_id": person.id, "deputy_id": deputy.id, "duty": client.chance.choice(("superior", "digest", "verifier")),
        "valid_from": begins.isoformat(), "valid_to": (begins + timedelta(days=client.chance.randint(2, 9))).isoformat(),
    }  # fmt: skip
