"""Taking in what platforms say of courses, and reporting what follows: for xAPI, webhooks and the bus of Open edX alike.

What follows is worked out anew from all that was said of a user and a course (`domain/finishing.py`), so it does not
matter what came first, nor how often. Statements do not grow with what comes.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.messages.waiting import look
from common.store.sets import columns_of, insert, lists, unnest
from connectors.domain.completions import Says
from connectors.domain.finishing import Completion, Word, completions
from connectors.mapping.names import PlatformCourse, User
from connectors.mapping.tables import PlatformUser
from connectors.reports.commands import HOLD, Activity, SentBy, lay, note, row_of, settle
from connectors.reports.resolving import know_users
from connectors.reports.tables import Report, ToldCourse
from connectors.signals.tables import Signal
from connectors.signing.tables import Connection
from contracts.zone import JAKARTA

USER = ("key", "found", "anywhere", "told", "nip_hash")
COURSE = ("key", "told", "title")
SIGNAL = ("id", "actor", "course", "sign", "says", "at", "day", "voided")
KEY = itemgetter(0)
ONCE = "ON CONFLICT DO NOTHING"
Pair = tuple[bytes, bytes]
"""A user and a course of a connection."""
PAIR = columns_of(Signal.table(), ("actor", "course"))
SAID = text(
    f"SELECT s.* FROM {unnest(PAIR)} JOIN signals s"  # noqa: S608 - built of names in this code
    " ON s.connection_id = :connection AND s.actor = given.actor AND s.course = given.course"
)
VOID = text(
    "UPDATE signals SET voided = true WHERE connection_id = :connection AND id = ANY(CAST(:ids AS uuid[])) AND NOT voided"
    " RETURNING actor, course"
)
REFERENCE = columns_of(Report.table(), ("reference",))
THERE = text(
    "SELECT r.id, r.reference, r.happened_at, r.dispute"  # noqa: S608 - built of names in this code
    f" FROM {unnest(REFERENCE)} JOIN reports r ON r.connection_id = :connection AND r.source_name = :source"
    " AND r.reference = given.reference"
)
OTHERWISE = columns_of(Report.table(), ("id", "happened_at", "dispute"))
CHANGE = text(
    "UPDATE reports r SET dispute = given.dispute, happened_at = given.happened_at,"  # noqa: S608 - built of names in this code
    " anew = r.anew OR r.announced AND r.happened_at <> given.happened_at"
    f" FROM {unnest(OTHERWISE)} WHERE r.id = given.id"
)
"""What was first said of an earlier moment is told anew: it may be another day where the person served."""


@dataclass(frozen=True)
class Said:
    """A word of a platform: `id` is the same for the same word, however often it comes."""

    id: UUID
    user: User
    course: PlatformCourse
    sign: str
    says: Says
    at: datetime
    voided: bool = False

    @property
    def day(self) -> date:
        """On which it was said to be finished, in Jakarta."""
        return self.at.astimezone(JAKARTA).date()


async def take(
    session: AsyncSession, connection: Connection, words: Sequence[Said], voided: Collection[UUID], now: datetime
) -> None:
    """Takes in words, and that others were taken back by `voided` ids, and reports what follows."""
    given = {"connection": connection.id}
    await session.execute(HOLD, {"id": connection.id})
    await look(session)
    new = await _keep(session, connection.id, words)
    pairs = {(each.user.key, each.course.key) for each in words if each.id in new}
    if voided:
        pairs |= {(row.actor, row.course) for row in await session.execute(VOID, given | {"ids": list(voided)})}
    fresh = await _report(session, connection, pairs, now) if pairs else 0
    finished = sum(each.says == "finished" and each.id in new for each in words)
    await note(session, connection.id, now, duplicates=len(words) - len(new) + finished - fresh)


async def _keep(session: AsyncSession, connection_id: UUID, words: Sequence[Said]) -> set[UUID]:
    """Keeps what is new, and gives its ids."""
    users = {each.user.key: each.user for each in words}
    courses = {each.course.key: each.course for each in words}
    of = {"connection_id": connection_id}
    rows = [
        (each.key, each.found, each.anywhere, msgspec.json.encode(each.told).decode(), each.nip_hash)
        for each in users.values()
    ]
    added = await insert(session, PlatformUser.table(), USER, sorted(rows, key=KEY), f"{ONCE} RETURNING nip_hash", **of)
    if added and (hashes := {row.nip_hash for row in added if row.nip_hash}):
        await know_users(session, hashes)
    named = [(each.key, each.told, each.title) for each in courses.values()]
    await insert(session, ToldCourse.table(), COURSE, sorted(named, key=KEY), ONCE, **of)
    signals = {
        each.id: (
            each.id,
            each.user.key,
            each.course.key,
            each.sign,
            each.says,
            each.at,
            each.day,
            each.voided,
        )
        for each in words
    }
    kept = await insert(session, Signal.table(), SIGNAL, list(signals.values()), f"{ONCE} RETURNING id", **of)
    return {row.id for row in kept or ()}


async def _report(session: AsyncSession, connection: Connection, pairs: Collection[Pair], now: datetime) -> int:
    """Reports what follows for these users and courses; returns how many completions are new."""
    given = {"connection": connection.id}
    said: defaultdict[Pair, list[Word]] = defaultdict(list)
    for row in await session.execute(SAID, lists(PAIR, sorted(pairs)) | given):
        said[row.actor, row.course].append(Word(row.says, row.at, row.day, row.voided))
    found = {reference_of(pair, each.day): (pair, each) for pair, words in said.items() for each in completions(words)}
    source = source_of(connection)
    there = {
        row.reference: row
        for row in await session.execute(THERE, {"reference": list(found), "source": source, **given})
    }
    sent_by = SentBy(f"connection:{connection.id}")
    rows: list[dict[str, Any]] = []
    changed: list[tuple[UUID, datetime, str | None]] = []
    for reference, (pair, each) in found.items():
        before = there.get(reference)
        if before is None:
            activity = _activity(source, reference, pair, each)
            rows.append(row_of(activity, connection, sent_by, now) | {"day": each.day, "dispute": each.dispute})
        elif (before.happened_at, before.dispute) != (each.at, each.dispute):
            changed.append((before.id, each.at, each.dispute))
    if changed:
        await session.execute(CHANGE, lists(OTHERWISE, changed))
    await lay(session, rows)
    await settle(session, [*(row["id"] for row in rows), *(each for each, _, _ in changed)], now)
    return len(rows)


def source_of(connection: Connection) -> str:
    """The name under which what a platform says becomes a report; it is the same whatever the connection is called."""
    return f"connection {connection.id}"


def reference_of(pair: Pair, day: date) -> str:
    """What the completion of a course by a user on a day is known by."""
    actor, course = pair
    return f"{actor.hex()[:32]}/{course.hex()[:32]}/{day}"


def _activity(source: str, reference: str, pair: Pair, completion: Completion) -> Activity:
    actor, course = pair
    return Activity(source_name=source, reference=reference, happened_at=completion.at, actor=actor, course=course)
