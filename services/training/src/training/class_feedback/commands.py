"""Saying something of a class, which only those may who were there; and asking whether it was used."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import Clock
from common.ids import derived_id
from common.refused import Refused
from common.store.database import Database
from common.store.outbox import emit
from common.store.sets import insert
from contracts.callers import Caller
from contracts.events.notification import MessageRequested
from training.class_feedback.queries import attendee
from training.class_feedback.schemas import EvaluationIn, ReflectionIn, UseIn
from training.class_feedback.tables import Evaluation, Reflection, Use
from training.domain.after_classes import BOOK
from training.domain.rules import Book

AT_ONCE = 500
ANSWERABLE = timedelta(days=30)
EVALUATION = ("class_id", "person_id", "later", "content", "teaching", "organisation", "words", "said_at")
LOCK = text("SELECT id FROM classes WHERE id = :class_id FOR NO KEY UPDATE")
# What is told differs from one time to the next by as many people as are told at a time: nobody's answer is the difference.
TELL = {
    name: text(f"""
        UPDATE {name} SET told = {said} WHERE class_id = :class_id AND told IS DISTINCT FROM {said} AND {apart}
            AND :least <= (
                SELECT count(*) FROM {name} WHERE class_id = :class_id AND told IS DISTINCT FROM {said} AND {apart}
            )
    """)  # noqa: S608 - built of names in this code
    for name, said, apart in (
        ("class_evaluations", "true", "later = :later"),
        ("class_reflections", "served", "true"),
        ("class_uses", "used", "true"),
    )
}
ASK = text("""
    WITH due AS (
        SELECT DISTINCT a.class_id, a.person_id FROM classes c JOIN class_attendance a ON a.class_id = c.id AND a.present
        JOIN people p ON p.person_id = a.person_id AND (p.left_on IS NULL OR p.left_on > :today)
        WHERE c.ends_on BETWEEN :first AND :last AND NOT EXISTS (
            SELECT FROM class_uses u WHERE u.class_id = a.class_id AND u.person_id = a.person_id
        ) ORDER BY a.class_id, a.person_id LIMIT :most
    ), asked AS (
        INSERT INTO class_uses (class_id, person_id, asked_on) SELECT class_id, person_id, :today FROM due
        ON CONFLICT DO NOTHING RETURNING class_id, person_id
    )
    SELECT class_id, person_id, title, ends_on FROM asked
    JOIN classes c ON c.id = class_id JOIN courses k ON k.id = c.course_id ORDER BY class_id, person_id
""")


async def evaluate(
    session: AsyncSession, class_id: UUID, document: EvaluationIn, caller: Caller[Book], *, later: bool
) -> None:
    """Keeps what an attendee says of a class, once when it is over and once `later`, when they were asked whether they used it.

    Raises Refused: `not-attended`, `class-not-over`, `not-asked`, `evaluated-already`.
    """
    person_id = await attendee(session, class_id, caller)
    if later and await session.get(Use, {"class_id": class_id, "person_id": person_id}) is None:
        raise Refused("not-asked")
    row = (class_id, person_id, later, *document.model_dump().values(), caller.now)
    then = "ON CONFLICT DO NOTHING RETURNING person_id"
    kept = await insert(session, Evaluation.table(), EVALUATION, [row], then)
    if kept is None or kept.first() is None:
        raise Refused("evaluated-already")
    await _tell(session, "class_evaluations", class_id, caller, later=later)


async def reflect(session: AsyncSession, class_id: UUID, document: ReflectionIn, caller: Caller[Book]) -> None:
    """Keeps what a class gave an attendee, in place of what they said before, also at the same moment.

    Raises Refused: `not-attended`, `class-not-over`.
    """
    person_id = await attendee(session, class_id, caller)
    said = {"words": document.words, "served": sorted(set(document.served)), "said_at": caller.now}
    kept = upsert(Reflection).values(class_id=class_id, person_id=person_id, **said)
    await session.execute(kept.on_conflict_do_update(index_elements=["class_id", "person_id"], set_=said))
    await _tell(session, "class_reflections", class_id, caller)


async def use(session: AsyncSession, class_id: UUID, document: UseIn, caller: Caller[Book]) -> None:
    """Keeps whether an attendee has used it. Raises Refused: `not-attended`, `class-not-over`, `not-asked` before they were asked."""
    person_id = await attendee(session, class_id, caller)
    asked = await session.get(Use, {"class_id": class_id, "person_id": person_id}, with_for_update=True)
    if asked is None:
        raise Refused("not-asked")
    asked.used, asked.words, asked.said_at = document.used, document.words, caller.now
    await _tell(session, "class_uses", class_id, caller)


async def ask_all(database: Database, clock: Clock) -> int:
    """Asks everybody who was in a class so many days ago whether they have used it, once; returns how many.

    Safe to run at any time: each round is a transaction of its own, and finds whoever is left.
    """
    asked = 0
    while True:
        async with database.transaction() as session:
            found = await _ask(session, clock)
        asked += found
        if found < AT_ONCE:
            return asked


async def _tell(session: AsyncSession, name: str, class_id: UUID, caller: Caller[Book], **apart: bool) -> None:
    """Has the provider read what was not told yet, or is told otherwise by now, once that is of enough people."""
    await session.flush()
    await session.execute(LOCK, {"class_id": class_id})
    await session.execute(TELL[name], {"class_id": class_id, "least": BOOK.at(caller.today).tables.least, **apart})


async def _ask(session: AsyncSession, clock: Clock) -> int:
    today = clock.today()
    first, last = BOOK.at(today).tables.ended(today)
    given = {"today": today, "first": first, "last": last, "most": AT_ONCE}
    rows = (await session.execute(ASK, given)).all()
    for row in rows:
        asked = MessageRequested(
            request_id=derived_id("class-use", row.class_id, row.person_id),
            recipient="person",
            recipient_id=row.person_id,
            template="class-use",
            values={"title": row.title, "ended_on": row.ends_on.isoformat()},
            reason="your-class",
            expires_at=clock.now() + ANSWERABLE,
        )
        emit(session, asked, sequence=1, time=clock.now())
    return len(rows)
