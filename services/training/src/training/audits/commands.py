"""Opening an audit: the agency's PIC is written to at once."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.ids import new_id
from common.refused import Refused
from common.store.outbox import emit
from contracts.callers import Caller
from contracts.events.notification import MessageRequested
from training.agencies.tables import AGENCIES
from training.audits.schemas import AuditIn, AuditOut
from training.audits.tables import Audit
from training.domain.rules import Book

MAILED_FOR = timedelta(days=90)
"""How long the mail waits for a PIC to be named."""


async def open_audit(session: AsyncSession, document: AuditIn, caller: Caller[Book]) -> AuditOut:
    """Opens an audit in an agency of the caller's. Raises Refused `agency-unknown`, also for one out of reach."""
    known: set[UUID] = await AGENCIES.known(session, [document.agency_id])
    if not known or not caller.reaches(document.agency_id):
        raise Refused("agency-unknown", field="agency_id")
    audit = Audit(
        id=new_id(),
        agency_id=document.agency_id,
        reason=document.reason,
        opened_by=caller.subject,
        opener_id=caller.person,
        role=min(caller.roles),
        opened_at=caller.now,
    )
    session.add(audit)
    emit(
        session,
        MessageRequested(
            request_id=audit.id,
            recipient="pic",
            recipient_id=audit.agency_id,
            template="audit",
            values={"opened_on": caller.today.isoformat()},
            reason="audit",
            expires_at=caller.now + MAILED_FOR,
        ),
        sequence=1,
        time=caller.now,
    )
    return AuditOut.model_validate(audit)
