"""What a run is made of: gathered from what is known today, and kept with the run."""

import zlib
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
import numpy as np
from sqlalchemy import Row, exists, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.store.sets import one_of
from mentoring.applications.tables import Application
from mentoring.domain.load import free, most_on
from mentoring.domain.matching.pairs import NOTHING, Case, Pairs
from mentoring.domain.matching.people import Mentee, Mentor, family_of
from mentoring.domain.pairs import PROMISED, State
from mentoring.domain.programmes import Rules
from mentoring.people import PEOPLE
from mentoring.profiles.queries import levels_of, stood
from mentoring.restrictions.tables import RESTRICTIONS
from roster.days import in_service
from roster.outside import stood_above

TAKEN = text("""
    SELECT mentee_id, mentor_id, programme_id = :programme AS here FROM pairs
    WHERE state = ANY(CAST(:held AS text[]))
    AND (programme_id = :programme OR mentor_id = ANY(CAST(:ids AS uuid[])))
""")


def packed(case: Case) -> bytes:
    """A case as it is kept with its run."""
    return zlib.compress(msgspec.json.encode(case), level=6)


def unpacked(kept: bytes) -> Case:
    """The case of a run."""
    return msgspec.json.decode(zlib.decompress(kept), type=Case)


def packed_pairs(pairs: Pairs) -> bytes:
    """The pairs of a case as they are kept with its run: how many each mentee has, whom by the step from the one before, the scores."""
    parts = (np.diff(pairs.starts).astype(np.int32), np.diff(pairs.mentor, prepend=np.int32(0)), pairs.score)
    return zlib.compress(b"".join(part.tobytes() for part in parts), level=1)


def unpacked_pairs(kept: bytes, mentees: int) -> Pairs:
    """The pairs of a run. Nothing is kept of those left out."""
    found = np.frombuffer(zlib.decompress(kept), dtype=np.int32)
    steps, score = np.split(found[mentees:], 2)
    starts = np.concatenate([[0], np.cumsum(found[:mentees], dtype=np.int64)])
    nothing = np.full(mentees, NOTHING, dtype=np.int64)
    return Pairs(starts, np.cumsum(steps, dtype=np.int32), score, 0, nothing)


async def gather(
    session: AsyncSession,
    programme_id: UUID,
    rules: Rules,
    day: date,
    *,
    held: Sequence[State] = PROMISED,
    only: Collection[UUID] | None = None,
) -> tuple[Case, list[UUID]]:
    """Who takes part on a day, whose record does not rest, and who has no pair yet; and the mentees who may no longer: they have left, or changed their jenjang.

    Pairs in a state of `held` have their mentee and take their seat; `only` are the mentees asked for, else all. One statement
    for each kind of fact, however many people.
    """
    asked = select(Application).where(
        col(Application.programme_id) == programme_id,
        col(Application.withdrawn_at).is_(None),
        ~exists().where(
            RESTRICTIONS.c.person_id == col(Application.person_id), RESTRICTIONS.c.parts.has_key("mentoring")
        ),
    )
    if only is not None:
        asked = asked.where(or_(col(Application.side) == "mentor", one_of(Application.table().c.person_id, only)))
    applications = {row.person_id: row for row in await session.scalars(asked)}
    taken = {"programme": programme_id, "ids": sorted(applications), "held": list(held)}
    pairs = (await session.execute(TAKEN, taken)).all()
    paired = {row.mentee_id for row in pairs if row.here}
    taking = Counter(row.mentor_id for row in pairs if row.here)
    load = Counter(row.mentor_id for row in pairs)
    ids = sorted(applications.keys() - paired)
    serving = select(PEOPLE.c.person_id, PEOPLE.c.joined_on, PEOPLE.c.left_on).where(PEOPLE.c.person_id.in_(ids))
    there = {row.person_id for row in await session.execute(serving) if in_service(day, row.joined_on, row.left_on)}
    levels = await levels_of(session, ids, day)
    above = await stood_above(session, ids, day)
    most = most_on(day)
    mentees: list[Mentee] = []
    mentors: list[Mentor] = []
    left: list[UUID] = []
    for row in await stood(session, ids, day):
        said = applications[row.person_id]
        known = _known(row, said)
        known["levels"] = {name: level.level for name, level in levels.get(row.person_id, {}).items()}
        known["above"] = frozenset(above[row.person_id])
        may = rules.mentee_jenjang if said.side == "mentee" else rules.mentor_jenjang
        if row.person_id not in there or row.jenjang not in may:
            left += [row.person_id] if said.side == "mentee" else []
        elif said.side == "mentee":
            mentees.append(Mentee(**known, goals=said.goals))
        else:
            seats = free(said.seats - taking[row.person_id], load[row.person_id], most)
            mentors.append(Mentor(**known, seats=seats, load=load[row.person_id]))
    return Case(mentees, mentors, rules), left


def _known(row: Row[Any], said: Application) -> dict[str, Any]:
    return {
        "id": row.person_id,
        "jenjang": row.jenjang,
        "family": family_of(row.position, row.jenjang),
        "agency_id": row.agency_id,
        "region": row.region,
        # Until the registry has told of an agency, its clock is that of the capital.
        "zone": row.zone or "WIB",
        "languages": frozenset(said.languages),
        "meets": frozenset(said.meets),
        "free": frozenset(said.free),
        "wishes": tuple(said.wishes),
        "avoids": frozenset(said.avoids),
    }
