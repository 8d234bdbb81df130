"""The books of addresses: what agencies and platforms were told, beside the events of their people and reports."""

import json
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress

from chaos.addresses import Version
from chaos.arena import Arena
from chaos.faults import AGAIN
from chaos.findings import differences, finding
from contracts.events.training import ActivityTaken
from contracts.topics import ACTIVITY_ANSWERS, RECORDS
from jejak_local.books import Finding, records, rows

RESTING = "SELECT person_id::text FROM restrictions WHERE jsonb_exists(parts, 'trainings')"
"""Whose messages are kept back."""
UNTOLD = f"SELECT count(*) FROM deliveries WHERE state = 'waiting' AND person_id::text NOT IN ({RESTING})"


async def told_of(arena: Arena) -> Finding:
    """Each event of an agency's people, and of what a platform reported, has arrived at its address, in the order of each person,
    and no other.
    """
    events: defaultdict[str, dict[Version, str]] = defaultdict(dict)
    forged: set[str] = set()
    async for headers, body in records(arena.stack.kafka.bootstrap, RECORDS.name):
        if headers.get(AGAIN) == "poison":
            with suppress(ValueError):
                # What others alone cannot read is told like any other.
                forged.add(json.loads(body).get("record_id", ""))
            continue
        event, version = json.loads(body), Version(headers["ce_subject"], int(headers["ce_sequence"]))
        events[event["agency_id"]].setdefault(version, event["person_id"])
    connections = dict(await rows(arena.stack, "connectors", "SELECT id::text, connection_id::text FROM reports"))
    async for headers, body in records(arena.stack.kafka.bootstrap, ACTIVITY_ANSWERS.name):
        if headers["ce_type"] == ActivityTaken.type:
            version = Version(headers["ce_subject"], int(headers["ce_sequence"]))
            events[connections[version.record]].setdefault(version, json.loads(body)["person_id"])
    resting = {person for (person,) in await rows(arena.stack, "connectors", RESTING)}
    broken, messages = list(arena.addresses.wrong), 0
    for whose in arena.addresses.secrets:
        own, arrived = (
            {v: person for v, person in each.items() if person not in resting and v.record not in forged}
            for each in (events[whose], arena.addresses.told.get(whose, {}))
        )
        messages += len(arrived)
        broken += [f"{whose}: {each}" for each in [*differences(own, arrived), *out_of_order(own, arrived)]]
    return finding(
        "12 an agency is told of all events of its people, a platform of its reports, in order for each person, and of nobody else's",
        broken,
        f"{messages:,} messages",
    )


def out_of_order(events: Mapping[Version, str], arrived: Mapping[Version, str]) -> list[str]:
    """People of whom something was told before what happened earlier."""
    places = {version: place for place, version in enumerate(arrived)}
    last: dict[str, int] = {}
    found: list[str] = []
    for version, person in events.items():
        if version in places:
            if places[version] < last.get(person, -1):
                found.append(f"{version} of person {person} came after what followed it")
            last[person] = places[version]
    return found
