"""Drawing sessions to look into, and saying what was found."""

from collections import Counter
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.ids import derived_id, new_id
from common.refused import Refused
from common.store.outbox import emit
from common.store.sets import insert
from contracts.callers import Caller
from contracts.events.notification import MessageRequested
from mentoring.audits.schemas import AuditIn, FindingIn
from mentoring.audits.tables import AuditedSession, AuditSample
from mentoring.pairs.tables import Pair
from mentoring.people import PEOPLE
from mentoring.programmes.commands import held
from mentoring.programmes.tables import Programme
from mentoring.sessions.tables import MentoringSession
from roster.outside import given, stood_above

MAILED_FOR = timedelta(days=90)
"""How long the mail waits for an address."""
# By a hash of seed and id: as good as by lot, and the same each time. `held_on` is of sessions that count alone.
DRAWN = text("""
    SELECT s.id, p.mentee_id, p.mentor_id FROM mentoring_sessions s JOIN pairs p ON p.id = s.pair_id
    WHERE p.programme_id = :programme AND s.held_on BETWEEN :since AND :until
    ORDER BY md5(CAST(CAST(:seed AS bigint) AS text) || CAST(s.id AS text)), s.id LIMIT :size
""")


async def draw(session: AsyncSession, programme_id: UUID, asked: AuditIn, caller: Caller[None]) -> UUID:
    """Draws sessions by lot, gives each to an auditor outside, and mails whoever was given some.

    Raises Refused: `not-found`, `dates-reversed`, `not-in-service`, `nothing-held`.
    """
    if asked.until < asked.since:
        raise Refused("dates-reversed", field="until")
    programme = await held(session, programme_id, caller)
    people = await PEOPLE.lock(session, asked.auditor_ids)
    for number, person_id in enumerate(asked.auditor_ids):
        if (person := people.by_id.get(person_id)) is None or not person.in_service(caller.today):
            raise Refused("not-in-service", field=f"auditor_ids.{number}")
    which = asked.model_dump(exclude={"auditor_ids"})
    drawn = (await session.execute(DRAWN, which | {"programme": programme.id})).all()
    if not drawn:
        raise Refused("nothing-held")
    pairs = [frozenset((row.mentee_id, row.mentor_id)) for row in drawn]
    above = await stood_above(session, {*people.by_id, *frozenset[UUID]().union(*pairs)}, caller.today)
    auditors = given(pairs, sorted(people.by_id), above)
    sample = AuditSample(
        id=new_id(), programme_id=programme.id, **which, ordered_by=caller.subject, drawn_at=caller.now
    )
    session.add(sample)
    await session.flush()
    rows = [(new_id(), sample.id, row.id, auditor) for row, auditor in zip(drawn, auditors, strict=True)]
    await insert(session, AuditedSession.table(), ("id", "sample_id", "session_id", "auditor_id"), rows)
    for auditor, sessions in sorted(Counter(each for each in auditors if each is not None).items()):
        _mail(session, programme, sample, auditor, sessions, caller)
    return sample.id


async def find(session: AsyncSession, item_id: UUID, document: FindingIn, caller: Caller[None]) -> None:
    """Says what was found of a session that was given to the caller. The session stays as it is.

    Raises Refused `not-found`, `finding-given`, and `not-outside` for who has come into the line of one of the two since.
    """
    item = await session.get(AuditedSession, item_id, with_for_update=True)
    if item is None or item.auditor_id is None or item.auditor_id != caller.speaks_for("person"):
        raise Refused("not-found")
    if item.finding is not None:
        raise Refused("finding-given")
    whose = select(col(Pair.mentee_id), col(Pair.mentor_id)).join(
        MentoringSession, col(MentoringSession.pair_id) == col(Pair.id)
    )
    two = frozenset((await session.execute(whose.where(col(MentoringSession.id) == item.session_id))).one())
    if given([two], [item.auditor_id], await stood_above(session, {*two, item.auditor_id}, caller.today)) == [None]:
        raise Refused("not-outside")
    item.finding, item.words, item.found_at = document.finding, document.words, caller.now


def _mail(
    session: AsyncSession, programme: Programme, sample: AuditSample, auditor: UUID, sessions: int, caller: Caller[None]
) -> None:
    asked = MessageRequested(
        request_id=derived_id("session-audit", sample.id, auditor),
        recipient="person",
        recipient_id=auditor,
        template="session-audit",
        values={"title": programme.title, "sessions": sessions},
        reason="auditor",
        expires_at=caller.now + MAILED_FOR,
        asked_by=programme.agency_id,
    )
    emit(session, asked, sequence=1, time=caller.now)
