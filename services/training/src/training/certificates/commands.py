"""Issuing certificates."""

from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.ids import new_id
from common.store.sets import insert
from contracts.callers import Caller
from contracts.papers import draw, new_token, number_of
from training.catalogue.tables import Provider
from training.certificates.schemas import IssuedOut
from training.certificates.tables import Certificate, CertificateSeries
from training.classes.desk import hold
from training.domain.rules import Book

OWED = text("""
    SELECT r.person_id FROM class_results r JOIN enrolments e USING (class_id, person_id)
    JOIN records t ON t.id = r.record_id AND t.state = 'valid'
    WHERE r.class_id = :class_id AND NOT EXISTS (
        SELECT FROM certificates c WHERE c.class_id = r.class_id AND c.person_id = r.person_id
    ) ORDER BY e.id
""")
COLUMNS = ("id", "class_id", "person_id", "provider_id", "year", "number", "token", "issued_on")


async def issue(session: AsyncSession, class_id: UUID, caller: Caller[Book]) -> IssuedOut:
    """Issues a certificate to everybody who has passed a class and has none, in the order they came to it.

    Done again, it issues those that came since. Raises Refused `not-found`, `class-cancelled`.
    """
    desk = await hold(session, class_id, caller)
    owed = (await session.scalars(OWED, {"class_id": class_id})).all()
    provider = await session.get_one(Provider, desk.found.provider_id)
    year = caller.today.year
    drawn = await draw(session, CertificateSeries.table(), year, {provider.id: len(owed)} if owed else {})
    numbers = drawn.get(provider.id, range(0))
    rows = [
        (new_id(), class_id, person_id, provider.id, year, number, new_token(), caller.today)
        for person_id, number in zip(owed, numbers, strict=True)
    ]
    await insert(session, Certificate.table(), COLUMNS, rows)
    held = select(func.count()).where(col(Certificate.class_id) == class_id)
    return IssuedOut(
        class_id=class_id,
        issued=len(rows),
        certificates=(await session.execute(held)).scalar_one(),
        first=number_of(provider.code, year, numbers[0]) if rows else None,
        last=number_of(provider.code, year, numbers[-1]) if rows else None,
    )
