"""Wow 9: fifty pairs that make their sessions up, planted among five thousand, and how many of them a person is shown.

The five thousand are as people are: mentors with several mentees, who may sit at one table; sessions told of late by two or
three; weeks with three sessions; words used again. Some of the fifty are careful, and are not found.
"""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import pytest

from common.ids import new_id
from common.store.sets import add, insert
from jejak_local.harness import AGENCY
from mentoring.agreements.tables import Agreement
from mentoring.flags.finding import find
from mentoring.pairs.tables import Pair
from mentoring.sessions.tables import MentoringSession

PAIRS, COLLUDING = 5_000, 50
FIRST = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
Session = tuple[datetime, int, datetime, str | None]
"""When it began, its minutes, when both had said so, and its log."""


class Planted(NamedTuple):
    pairs: list[dict[str, Any]]
    sessions: dict[UUID, list[Session]]
    guilty: dict[UUID, str]


def a_pair(programme_id: UUID, mentor: UUID, mentee: UUID) -> dict[str, Any]:
    return {
        **dict.fromkeys(Pair.table().columns.keys()),
        "id": new_id(),
        "programme_id": programme_id,
        "mentee_id": mentee,
        "mentor_id": mentor,
        "score": 0,
        "state": "active",
        "answer_by": FIRST,
        "mentee_accepted_at": FIRST,
        "mentor_accepted_at": FIRST,
        "begins_on": FIRST.date(),
        "ends_on": FIRST.date() + timedelta(days=300),
        "mentee_agency_id": AGENCY,
        "mentor_agency_id": AGENCY,
        "next_sought": False,
        "version": 1,
    }


def honest(rng: random.Random, slot: int) -> list[Session]:
    """Six sessions or fewer, about a month apart, in an hour that is the pair's own of its mentor's week."""
    found: list[Session] = []
    day = rng.randrange(5)
    for _ in range(rng.randrange(1, 7)):
        start = FIRST + timedelta(days=day, hours=2 * slot)
        found.append((start, rng.choice((45, 60, 90)), start + HOUR * rng.randrange(2, 200), log_of(rng)))
        day += rng.choice((2, 3, 14, 28, 28, 28, 35))
    if rng.random() < 0.05:  # told of late, two or three at once
        told = max(each[2] for each in found) + timedelta(days=20)
        found = [(*each[:2], told, each[3]) if at >= len(found) - 3 else each for at, each in enumerate(found)]
    return found


def log_of(rng: random.Random) -> str | None:
    if rng.random() < 0.3:
        return None
    if rng.random() < 0.1:
        return "Diskusi rutin"  # short, and the same for many
    return f"Membahas tulisan {rng.getrandbits(64):x}, langkah berikutnya, dan bacaan"


def made_up(rng: random.Random, how: str, slot: int) -> list[Session]:
    """Sessions of a pair that colludes in this way."""
    starts = [FIRST + timedelta(days=28 * number, hours=2 * slot) for number in range(6)]
    told = [start + 3 * HOUR for start in starts]
    logs = [log_of(rng) for _ in starts]
    if how == "overlap":  # the same hours for several mentees
        starts = [FIRST + timedelta(days=7 * number, hours=9) for number in range(6)]
        told = [start + 3 * HOUR for start in starts]
    elif how == "rhythm":
        starts = [FIRST + timedelta(days=100 + number, hours=2 * slot) for number in range(6)]
        told = [start + 3 * HOUR for start in starts]
    elif how == "at-once":
        told = [starts[-1] + timedelta(days=5, minutes=number) for number in range(6)]
    elif how == "same-log":
        logs = ["Membahas kemajuan dan rencana tindak lanjut bulan depan"] * 6
    elif how == "careful":  # at once too, but in three sittings
        told = [starts[-1] + timedelta(days=5 + number // 2) for number in range(6)]
    return [(start, 60, said, log) for start, said, log in zip(starts, told, logs, strict=True)]


def planted(programme_id: UUID, rng: random.Random) -> Planted:
    """Five thousand pairs of which fifty collude: two thirds of the mentors have three mentees, a third fewer."""
    ways = ["overlap"] * 12 + ["rhythm"] * 10 + ["mutual"] * 10 + ["at-once"] * 9 + ["same-log"] * 6 + ["careful"] * 3
    pairs: list[dict[str, Any]] = []
    sessions: dict[UUID, list[Session]] = {}
    guilty: dict[UUID, str] = {}
    for at in range(0, 12, 3):  # a mentor who has three mentees in the same hours
        mentor = new_id()
        for slot, how in enumerate(ways[at : at + 3]):
            pairs.append(a_pair(programme_id, mentor, new_id()))
            guilty[pairs[-1]["id"]] = how
            sessions[pairs[-1]["id"]] = made_up(rng, how, slot)
    both = [new_id() for _ in range(10)]
    for at, how in enumerate(ways[12:]):
        two = (new_id(), new_id()) if how != "mutual" else (both[at - 10], both[(at - 10) ^ 1])
        pairs.append(a_pair(programme_id, *two))
        guilty[pairs[-1]["id"]] = how
        sessions[pairs[-1]["id"]] = made_up(rng, how, at % 2)
    for mentor, slot in mentors(rng, PAIRS - COLLUDING):
        pairs.append(a_pair(programme_id, mentor, new_id()))
        sessions[pairs[-1]["id"]] = honest(rng, slot)
        if slot == 1 and rng.random() < 0.03:  # once at one table with the one before
            start = sessions[pairs[-2]["id"]][0][0]
            sessions[pairs[-1]["id"]][0] = (start, 60, start + 5 * HOUR, None)
    return Planted(pairs, sessions, guilty)


def mentors(rng: random.Random, number: int) -> Iterator[tuple[UUID, int]]:
    """A mentor for each of so many pairs, and which of the mentor's own it is."""
    given = 0
    while given < number:
        mentor = new_id()
        for slot in range(min(rng.choice((1, 2, 3, 3, 3)), number - given)):
            yield mentor, slot
            given += 1


@pytest.fixture
def kept(world) -> Callable[[Planted], Any]:
    """Stores what was planted, each pair with its agreement."""

    async def done(all_: Planted) -> None:
        sessions = MentoringSession.table()
        rows = [
            {
                **dict.fromkeys(sessions.columns.keys()),
                "id": new_id(),
                "pair_id": pair_id,
                "starts_at": start,
                "ends_at": start + timedelta(minutes=minutes),
                "way": "online",
                "state": "confirmed",
                "mentee_said_at": told,
                "mentor_said_at": told - timedelta(minutes=1),
                "held_on": start.date(),
                "log": log,
                "actions": "[]",
                "sequence": 0,
                "reminded": 2,
                "version": 1,
            }
            for pair_id, theirs in all_.sessions.items()
            for start, minutes, told, log in theirs
        ]
        said = {"goals": "[]", "plan": "x", "every_days": 30, "confidentiality": "x", "proposed_by": "mentee"}
        signed = dict.fromkeys(("mentee_signed_at", "mentor_signed_at"), FIRST)
        names = Agreement.table().columns.keys()
        agreed = [{"pair_id": each["id"], "version": 1, **said, **signed} for each in all_.pairs]
        async with world.database.transaction() as session:
            await add(session, Pair.table(), all_.pairs)
            await insert(session, Agreement.table(), names, [[row[name] for name in names] for row in agreed])
            await add(session, sessions, rows)

    return done


async def test_of_fifty_colluding_pairs_among_five_thousand_most_are_shown_and_few_others(
    world, programme, kept, clock, capsys
) -> None:
    programme_id = UUID(await programme())
    all_ = planted(programme_id, random.Random(9))
    assert (len(all_.pairs), len(all_.guilty)) == (PAIRS, COLLUDING)
    await kept(all_)
    clock.moment = FIRST + timedelta(days=270)
    async with world.database.transaction() as session:
        await find(session, clock)
    found = {
        row.pair_id: row.kinds
        for row in await world.rows("SELECT pair_id, array_agg(kind) AS kinds FROM pair_flags GROUP BY 1")
    }
    caught = found.keys() & all_.guilty.keys()
    false = found.keys() - all_.guilty.keys()
    with capsys.disabled():
        print(  # noqa: T201 - the figures are what it is for
            f"\ncollusion: {len(caught)} of {COLLUDING} found (recall {len(caught) / COLLUDING:.0%}),"
            f" {len(false)} false alarms among {PAIRS - COLLUDING} ({len(false) / (PAIRS - COLLUDING):.2%}),"
            f" so {len(caught) / len(found):.0%} of what a person is shown is right"
        )
    assert {all_.guilty[each] for each in all_.guilty.keys() - caught} == {"careful"}
    assert all(all_.guilty[each] in found[each] for each in caught), "each by the sign that was planted"
    assert len(false) <= 25, "half a percent"
    assert await world.value("SELECT count(*) FROM mentoring_sessions WHERE state <> 'confirmed'") == 0
