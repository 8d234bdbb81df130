"""A cohort of mentoring as a client: applications, a match, offers answered, sessions held and taken back, pairs that end.

Mentoring has a swift clock (`chaos.arena.Swift`), so that what takes an hour there takes a second. Both of a pair are one
client's, so what they were told last is what must be stored.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from chaos.clients import Agency, Client
from chaos.cohorts import MINUTES, Cohort, Met, Two

MENTEES = 8
SEATS = 3
ROUNDS = 3
"""Of what a cohort does with each of its pairs, also where its time is over before it has begun."""
LAWFUL = frozenset({"pair-not-offered", "pair-not-active", "session-cancelled", "claim-expired"})
"""Codes with which somebody is refused who comes late, or comes again after an answer that was lost."""
AGREED = {
    "goals": [{"competency": "menulis", "start": 2, "wanted": 4}],
    "plan": "Enam pertemuan",
    "confidentiality": "Tetap di antara kita",
}


async def cohort(client: Client) -> None:
    """Opens a programme of an agency, matches who has applied, and does with the pairs what people do."""
    agency = client.chance.choice(client.history.agencies)
    desk = {"role": "programme_manager", "agency": agency.id}
    made = await _opened(client, agency, desk)
    client.history.cohorts.append(made)
    for side, people in (("mentee", made.mentees), ("mentor", made.mentors)):
        for person in people:
            await _apply(client, made, side, person)
    await _offer(client, made, desk)
    rounds = 0
    while not client.over.is_set() or rounds < ROUNDS:
        pairs = (await _read(client, f"/programmes/{made.id}/pairs?limit=100", **desk))["items"]
        _seats_hold(client, made, pairs)
        for pair in pairs:  # one by one: twenty cohorts at once would leave the machine to nobody else
            await _live(client, made, pair)
        rounds += 1
        await asyncio.sleep(client.chance.uniform(0.3, 1))
    await asyncio.sleep(0.5)  # every session that was planned is over, and what both say of it counts
    for name in made.pairs:
        await _end(client, made, name)


async def _opened(client: Client, agency: Agency, desk: dict[str, Any]) -> Cohort:
    """A programme with its people; one that was opened and not answered stays empty."""
    rules = {"mentee_jenjang": ["ahli_pertama"], "first_jenjang": [], "seats": SEATS}
    asked = {"title": "Mentoring", "opens_on": "2020-01-01", "closes_on": "2040-01-01", "rules": rules}
    answer = await client.insist("mentoring", "POST", "/programmes", json=asked, **desk)
    if answer.status_code != 201:
        client.wrong(f"a programme was answered {answer.status_code}: {answer.text[:200]}")
    mentees = [person.id for person in client.chance.sample(agency.changing, k=MENTEES)]
    mentors = [mentor.id for mentor in agency.mentors]
    return Cohort(answer.json()["id"], mentees, mentors, dict.fromkeys(mentors, SEATS))


async def _apply(client: Client, made: Cohort, side: str, person: str, **said: Any) -> None:
    """Insists until mentoring knows the person."""
    path = f"/programmes/{made.id}/applications/me"
    while True:
        answer = await client.insist(
            "mentoring", "PUT", path, json={"side": side, **said}, role="person", person=person
        )
        if answer.status_code == 200:
            return
        if answer.json().get("code") != "not-in-service":
            client.wrong(f"an application was answered {answer.status_code}: {answer.text[:200]}")
            return
        await asyncio.sleep(0.1)


async def _offer(client: Client, made: Cohort, desk: dict[str, Any]) -> None:
    """A run, its drafts, and their offers; then a mentor takes fewer mentees than were offered one."""
    run = (await client.insist("mentoring", "POST", f"/programmes/{made.id}/runs", json={}, **desk)).json()
    while (await _read(client, f"/runs/{run['id']}", **desk))["matched"] is None:
        await asyncio.sleep(0.2)
    await client.insist("mentoring", "POST", f"/runs/{run['id']}/draft", **desk)
    await client.insist("mentoring", "POST", f"/programmes/{made.id}/publish", **desk)
    first = made.mentors[0]
    made.seats[first] = 1
    await _apply(client, made, "mentor", first, seats=1)


def _seats_hold(client: Client, made: Cohort, pairs: Sequence[dict[str, Any]]) -> None:
    taken = Counter(pair["mentor_id"] for pair in pairs if pair["state"] == "active")
    for mentor, number in taken.items():
        if number > made.seats[mentor]:
            client.wrong(
                f"{client.history.source}: mentor {mentor} has {number} mentees and {made.seats[mentor]} seats"
            )


async def _live(client: Client, made: Cohort, pair: dict[str, Any]) -> None:
    """What the two of a pair do next."""
    chance = client.chance
    both = [pair["mentee_id"], pair["mentor_id"]]
    if pair["state"] == "offered" and chance.random() < 0.1:
        await _do(client, chance.choice(both), "POST", f"/pairs/{pair['id']}/decline", {"reason": "Jadwal"})
    elif pair["state"] == "offered":
        await asyncio.gather(*(_do(client, each, "POST", f"/pairs/{pair['id']}/accept") for each in both))
    elif pair["state"] == "active":
        two = made.pairs.setdefault(pair["id"], Two(*both))
        if two.agreed:
            await _meet(client, made, pair["id"], two)
        else:
            await _agree(client, pair["id"], two)


async def _agree(client: Client, pair: str, two: Two) -> None:
    proposed = await _do(client, two.mentee, "PUT", f"/pairs/{pair}/agreement", AGREED)
    if proposed:
        version = {"version": proposed["proposed"]["version"]}
        two.agreed = bool(await _do(client, two.mentor, "POST", f"/pairs/{pair}/agreement/sign", version))


async def _meet(client: Client, made: Cohort, pair: str, two: Two) -> None:
    """A session that the two hold; mostly both say so, at once and some again, and now and then it is taken back."""
    chance = client.chance
    starts_at = client.arena.swift.now()
    asked = {"starts_at": starts_at.isoformat(), "minutes": MINUTES}
    refused = LAWFUL | {"session-overlaps"}
    planned = await _do(client, two.mentee, "POST", f"/pairs/{pair}/sessions", asked, refused)
    if planned is None:
        # Sent again after an answer that was lost it overlaps with itself.
        found = (await _read(client, f"/pairs/{pair}/sessions?limit=100", role="person", person=two.mentee))["items"]
        planned = next((each for each in found if each["id"] not in made.sessions), None)
        if planned is None:
            return
    met = made.sessions[planned["id"]] = Met(pair, datetime.fromisoformat(planned["starts_at"]))
    if planned["state"] == "pending":  # told of when it was over already, which says that it was held
        met.said.add("mentee")
    await asyncio.sleep(0.3)
    sides = ["mentee", "mentor"] if chance.random() < 0.8 else ["mentee"]
    await asyncio.gather(
        *(_confirm(client, planned["id"], met, side, two) for side in sides * chance.choice((1, 1, 3)))
    )
    if chance.random() < 0.1:
        await _take_back(client, planned["id"], met, two)


async def _confirm(client: Client, session: str, met: Met, side: str, two: Two) -> None:
    refused = LAWFUL | {"session-not-over"}
    who = two.mentee if side == "mentee" else two.mentor
    if await _do(client, who, "POST", f"/sessions/{session}/confirm", None, refused):
        met.said.add(side)


async def _take_back(client: Client, session: str, met: Met, two: Two) -> None:
    who = client.chance.choice((two.mentee, two.mentor))
    if await _do(client, who, "POST", f"/sessions/{session}/cancel", {"reason": "Keliru"}):
        met.cancelled = True


async def _end(client: Client, made: Cohort, pair: str) -> None:
    """Ends most pairs; what is confirmed or taken back afterwards corrects what was told."""
    two, chance = made.pairs[pair], client.chance
    if chance.random() < 0.2:
        return
    await _do(client, two.mentee, "POST", f"/pairs/{pair}/end", {"reason": "Pindah tugas"})
    two.ended = True
    for name, met in made.sessions.items():
        if met.pair != pair or met.cancelled:
            continue
        if met.counts and chance.random() < 0.2:
            await _take_back(client, name, met, two)
        elif not met.counts and chance.random() < 0.5:
            await asyncio.gather(*(_confirm(client, name, met, side, two) for side in ("mentee", "mentor")))


async def _do(
    client: Client, person: str, method: str, path: str, body: Any = None, lawful: frozenset[str] = LAWFUL
) -> dict[str, Any] | None:
    """What somebody is answered; None where they come late."""
    answer = await client.insist("mentoring", method, path, json=body, role="person", person=person)
    if answer.is_success:
        return answer.json()
    if answer.json().get("code") not in lawful:
        client.wrong(f"{method} {path} was answered {answer.status_code}: {answer.text[:200]}")
    return None


async def _read(client: Client, path: str, **caller: Any) -> dict[str, Any]:
    answer = await client.insist("mentoring", "GET", path, **caller)
    if answer.status_code != 200:
        client.wrong(f"GET {path} was answered {answer.status_code}: {answer.text[:200]}")
    return answer.json()
