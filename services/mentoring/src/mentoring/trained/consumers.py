"""What mentoring reads of the training service."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Received
from common.messages.inbox import Subscription
from common.parts import Parts
from common.store.sets import Row, add, one_of
from contracts import topics
from mentoring.completion.commands import note_revoked
from mentoring.trained.excerpts import Completed, Corrected, Revoked
from mentoring.trained.tables import TrainedRecord


def subscription(parts: Parts) -> Subscription:
    """Keeps what people were trained in; a record that is revoked behind a pair's sessions is noted there."""
    del parts
    return Subscription("mentoring.records", topics.RECORDS, (Completed, Corrected, Revoked), _keep)


async def _keep(session: AsyncSession, batch: Sequence[Received]) -> None:
    # The events of a record come in their order, so the last one of a batch is how it stands.
    newest: dict[UUID, Completed | Revoked] = {each.event.record_id: each.event for each in batch}
    kept: list[Row] = [
        {
            "record_id": record_id,
            "person_id": record.person_id,
            "competency": competency,
            "jp": record.jp_counted,
            "ended_on": record.end_date,
        }
        for record_id, record in newest.items()
        if isinstance(record, Completed) and record.verified
        for competency in set(record.competencies)
    ]
    table = TrainedRecord.table()
    await session.execute(table.delete().where(one_of(table.c.record_id, newest)))
    await add(session, table, kept)
    revoked = [(record.person_id, name) for name, record in newest.items() if isinstance(record, Revoked)]
    await note_revoked(session, revoked)
