"""Ending pairs, telling of their sessions for the hours they give, and hearing what training made of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from operator import attrgetter
from typing import Any, get_args
from uuid import UUID

from sqlalchemy import Row, TextClause, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import Clock
from common.events import Received
from common.ids import derived_id
from common.refused import Refused
from common.store.outbox import emit
from common.store.sets import Columns, lists, unnest
from contracts.callers import Caller
from contracts.events.mentoring import MentoringCompleted, MentoringCorrected
from contracts.events.training import MentoringAnswered
from mentoring.completion.held import Source, years_of
from mentoring.completion.tables import Completion
from mentoring.domain.completion import is_due, why_completed, why_corrected
from mentoring.domain.sessions import By
from mentoring.letters import tell_calendars, write
from mentoring.pairs.reach import held_for_desk, held_pair
from mentoring.pairs.reviews import note
from mentoring.pairs.tables import Pair
from mentoring.profiles.queries import stood
from mentoring.programmes.tables import Programme

YEARS: Mapping[Source, TextClause] = {source: years_of(source) for source in get_args(Source)}
TOLD = (
    "title",
    "year",
    "minutes",
    "kind",
    "pair_id",
    "programme_id",
    "mentee_id",
    "mentor_id",
    "mentee_agency_id",
    "mentee_unit_id",
    "mentor_agency_id",
    "mentor_unit_id",
)
ANSWER: Columns = {"completion_id": "uuid", "version": "int", "record_id": "uuid", "refused": "text"}
ANSWERED = text(
    "UPDATE completions c SET answered = given.version, record_id = given.record_id,"  # noqa: S608 - built of names in this code
    " refused = CASE WHEN given.record_id = ANY(c.revoked) THEN 'record-revoked' ELSE given.refused END"
    f" FROM {unnest(ANSWER)} WHERE c.id = given.completion_id AND c.answered < given.version"
)
RECORD: Columns = {"person_id": "uuid", "record_id": "uuid"}
REVOKED = text(f"""
    UPDATE completions c SET revoked = c.revoked || given.records,
        refused = CASE WHEN c.record_id = ANY(given.records) THEN 'record-revoked' ELSE c.refused END
    FROM (SELECT person_id, array_agg(record_id) AS records FROM {unnest(RECORD)} GROUP BY 1) given
    WHERE c.mentee_id = given.person_id AND (c.record_id = ANY(given.records) OR c.answered < c.version)
""")  # noqa: S608 - built of names in this code
"""On the row itself and in no table beside it, so that an answer that is taken in meanwhile waits for it and sees it."""

MAILED_FOR = timedelta(days=30)
"""How long the mail that a pair has ended waits for an address."""
CALL_OFF = text("""
    UPDATE mentoring_sessions SET state = 'cancelled', cancelled_by = :side, cancel_reason = :reason,
        sequence = sequence + 1, version = version + 1
    WHERE pair_id = :pair AND state = 'planned' AND ends_at > :now
    RETURNING id, state, sequence, starts_at, ends_at, place
""")


async def end(session: AsyncSession, pair_id: UUID, reason: str, caller: Caller[None]) -> None:
    """Ends a pair of the caller's before its time. Raises Refused `not-found`, `pair-not-active`."""
    two = await held_pair(session, pair_id, caller)
    await end_held(session, two.pair, two.side, reason, caller)


async def end_reviewed(session: AsyncSession, pair_id: UUID, reason: str, caller: Caller[None]) -> Pair:
    """Ends a pair that is up for review, for a reason that both read.

    Raises Refused `not-found`, `pair-not-in-review`, `pair-not-active`.
    """
    pair = await held_for_desk(session, pair_id, caller)
    if pair.review is None:
        raise Refused("pair-not-in-review")
    review = pair.review
    await end_held(session, pair, "desk", reason, caller)
    pair.review = None
    note(session, pair, f"ended-{review}", reason, caller)
    return pair


async def end_held(session: AsyncSession, pair: Pair, by: By, reason: str, caller: Caller[None]) -> None:
    """Ends a pair that is held: what they held counts, what was planned is off, and both get a mail.

    Raises Refused `pair-not-active`.
    """
    if pair.state != "active":
        raise Refused("pair-not-active")
    pair.state, pair.ends_on, pair.ended_reason = "ended", caller.today, reason
    pair.version += 1
    both = (pair.mentee_id, pair.mentor_id)
    programme = await session.get_one(Programme, pair.programme_id)
    for row in await session.execute(CALL_OFF, {"pair": pair.id, "side": by, "reason": reason, "now": caller.now}):
        tell_calendars(session, both, programme.title, row, caller.now)
    ended = {"title": programme.title, "ended_on": caller.today}
    write(session, both, "pair-ended", ended, "your-pair", (pair.id,), caller.now + MAILED_FOR, caller.now)
    await tell(session, [pair.id], caller.clock)


async def tell(session: AsyncSession, some: Collection[UUID], clock: Clock, source: Source = "pair_id") -> None:
    """Tells the years of these pairs, circles or talks that are due and were not told as they are now. They must be held."""
    await session.flush()
    found = (await session.execute(YEARS[source], {"some": list(some)})).all()
    due = [row for row in found if row.before is not None or is_due(row.year, clock.today(), row.state)]
    stand = await _stand(session, due, clock)
    rows: list[dict[str, object]] = []
    for row in due:
        version = (row.version or 0) + 1
        # A pair and a talk have one mentee, whose id adds nothing to theirs.
        of = (row.circle_id, row.mentee_id) if row.circle_id else (row.pair_id or row.talk_id,)
        completion_id = derived_id(row.kind, *of, row.year)
        said: dict[str, Any] = {name: getattr(row, name) for name in TOLD}
        said |= {"completion_id": completion_id, "session_dates": row.days}
        if row.pair_id is None:
            said |= _places(stand[row.mentee_id], stand[row.mentor_id])
        event = (
            MentoringCompleted(**said, reason=why_completed(row.state))
            if row.before is None
            else MentoringCorrected(**said, reason=why_corrected(row.before, row.days))
        )
        emit(session, event, sequence=version, event_id=derived_id("told", completion_id, version), time=clock.now())
        rows.append(
            {
                "id": completion_id,
                "kind": row.kind,
                "pair_id": row.pair_id,
                "circle_id": row.circle_id,
                "talk_id": row.talk_id,
                "mentee_id": row.mentee_id,
                "year": row.year,
                "days": row.days,
                "version": version,
                "told_at": clock.now(),
                "answered": 0,
                "revoked": [],
            }
        )
    if rows:
        news = insert(Completion)
        told_anew = {name: news.excluded[name] for name in ("days", "version", "told_at")}
        await session.execute(news.on_conflict_do_update(index_elements=["id"], set_=told_anew), rows)


async def take_answers(session: AsyncSession, batch: Sequence[Received]) -> None:
    """Keeps what training made of what was told; of several answers to one completion the newest."""
    newest: dict[UUID, Received] = {
        each.event.completion_id: each for each in sorted(batch, key=attrgetter("sequence"))
    }
    rows: list[tuple[UUID, int, UUID | None, str | None]] = []
    for completion_id, received in newest.items():
        answer: MentoringAnswered = received.event
        rows.append((completion_id, received.sequence, answer.record_id, answer.refused))
    await session.execute(ANSWERED, lists(ANSWER, rows))


async def note_revoked(session: AsyncSession, records: Iterable[tuple[UUID, UUID]]) -> None:
    """Notes on completions that the record behind them was revoked, of each given whose it was and its id."""
    await session.execute(REVOKED, lists(RECORD, records))


async def _stand(session: AsyncSession, rows: Sequence[Row[Any]], clock: Clock) -> dict[UUID, Row[Any]]:
    """Where mentees and mentors stand today, of those rows with which no match has kept it."""
    people = sorted({each for row in rows if row.pair_id is None for each in (row.mentee_id, row.mentor_id)})
    return {row.person_id: row for row in await stood(session, people, clock.today())} if people else {}


def _places(mentee: Row[Any], mentor: Row[Any]) -> dict[str, UUID | None]:
    return {
        "mentee_agency_id": mentee.agency_id,
        "mentee_unit_id": mentee.unit_id,
        "mentor_agency_id": mentor.agency_id,
        "mentor_unit_id": mentor.unit_id,
    }
