"""Whom a breach concerned: the people and parts that a suspected client, or anybody in a time span, was shown.

UU 27/2022, Pasal 46: within 3 x 24 hours the people concerned and the authority are told in writing what was disclosed,
when and how, and what was done about it.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# (asyncpg ships no complete types)

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import asyncpg

from common.texts import Language
from contracts.parts import PARTS
from registry.texts import PARTS as WORDS
from registry.texts import moment, say

Group = tuple[str, ...]
"""The parts of their record that somebody was shown."""
SHOWN = "FROM looks WHERE seen_at >= $1 AND seen_at < $2 AND ($3::text IS NULL OR client = $3)"
# `concat`, since with `json_build_object` all of it takes half as much CPU again. In no order: to sort a nation takes as long
# as all else.
TOUCHED = f"""
    SELECT shown, concat('{{"person_id": "', person_id, '", "times": ', times,
        ', "first": ', to_json(first), ', "last": ', to_json(last), '}}')
    FROM (
        SELECT person_id, bit_or(1::bigint << array_position($4::text[], part) - 1) AS shown, count(*) AS times,
            min(seen_at) AS first, max(seen_at) AS last
        FROM (SELECT unnest(person_ids) AS person_id, part, seen_at {SHOWN}) AS looks
        GROUP BY person_id
    ) AS touched
"""  # noqa: S608 - built of names in this code


async def list_touched(dsn: str, into: Path, since: datetime, until: datetime, client: str | None) -> Counter[Group]:
    """Writes whose records were shown from `since` on and before `until`, to a client or to anybody, a line each: the
    parts, how often, and when; in no order. Gives how many were shown the same parts.

    PostgreSQL writes the lines (COPY), but for what those have in common who were shown the same parts.
    """
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            await connection.execute(
                "SET LOCAL work_mem = '320MB'"
            )  # twice that for a hash: a nation is counted in memory
            span = (since, until, client)
            parts = [row["part"] for row in await connection.fetch(f"SELECT DISTINCT part {SHOWN} ORDER BY 1", *span)]
            counts: Counter[bytes] = Counter()
            endings: dict[bytes, bytes] = {}
            with into.open("wb") as lines:
                rest = b""

                async def take(data: bytes) -> None:
                    nonlocal rest
                    *whole, rest = (rest + data).split(b"\n")
                    for line in whole:
                        shown, _, told = line.partition(b"\t")
                        if shown not in endings:
                            group = _group(shown, parts)
                            more = json.dumps({"parts": group})
                            endings[shown] = f", {more[1:]}\n".encode()
                        counts[shown] += 1
                        lines.write(told[:-1] + endings[shown])

                await connection.copy_from_query(TOUCHED, *span, parts, output=take)
            return Counter({_group(shown, parts): count for shown, count in counts.items()})
    finally:
        await connection.close()


def _group(shown: bytes, parts: Sequence[str]) -> Group:
    """The parts whose bits are set."""
    return tuple(part for bit, part in enumerate(parts) if int(shown) >> bit & 1)


def fields_of(parts: Sequence[str]) -> list[str]:
    """The fields that these parts show."""
    return sorted({field for part in parts for field in PARTS[part]})


@dataclass(frozen=True)
class Breach:
    """What is told of a breach: the span, what was shown of how many, how it came about, and what was done."""

    since: datetime
    until: datetime
    client: str | None
    people: int
    parts: Sequence[str]
    how: str | None
    done: str | None


def notice_to_people(breach: Breach, parts: Sequence[str], language: Language) -> str:
    """The draft of what those are told of whom these parts were shown."""
    return say("breach.people", language, **_values(breach, parts, language))


def notice_to_authority(breach: Breach, language: Language) -> str:
    """The draft of what the authority is told."""
    return say("breach.authority", language, people=breach.people, **_values(breach, breach.parts, language))


def _values(breach: Breach, parts: Sequence[str], language: Language) -> dict[str, object]:
    open_ = say("breach.open", language)
    return {
        "what": ", ".join(say(WORDS[part], language) for part in parts),
        "since": moment(breach.since, language),
        "until": moment(breach.until, language),
        "client": breach.client or say("breach.anybody", language),
        "how": breach.how or open_,
        "done": breach.done or open_,
    }
