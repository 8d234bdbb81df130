"""Reading certificates: as papers, as a list, and as whoever has one checks it."""

from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.papers import code
from common.refused import Refused
from common.texts import Language
from common.web.pages import BY_ID, Page, Window
from contracts.callers import Caller
from contracts.papers import initials_of, number_of, signed, signer_of
from contracts.service import SigningSettings
from training.catalogue.tables import Provider
from training.certificates.schemas import CertificateOut, CheckOut
from training.certificates.tables import Certificate
from training.classes.tables import Result
from training.domain.rules import Book
from training.records.reach import visible
from training.records.tables import Record
from training.restrictions.tables import RESTRICTIONS
from training.texts import say

TEMPLATE = (Path(__file__).parent / "certificate.typ").read_bytes()
FOUND = (
    select(Certificate, Result, Record, Provider)
    .join(
        Result,
        (col(Result.class_id) == col(Certificate.class_id)) & (col(Result.person_id) == col(Certificate.person_id)),
    )
    .join(Record, col(Record.id) == col(Result.record_id))
    .join(Provider, col(Provider.id) == col(Certificate.provider_id))
)


async def certificate_page(
    session: AsyncSession,
    window: Window,
    caller: Caller[Book],
    settings: SigningSettings,
    class_id: UUID | None,
    person_id: UUID | None,
) -> Page[CertificateOut]:
    """Certificates in the order they were issued."""
    found = FOUND.where(visible(caller))
    if class_id is not None:
        found = found.where(col(Certificate.class_id) == class_id)
    if person_id is not None:
        found = found.where(col(Certificate.person_id) == person_id)
    rows = await session.execute(window.narrow(found, col(Certificate.id), BY_ID))
    return window.page([_shown(row, settings) for row in rows], lambda shown: [shown.id])


async def paper(
    session: AsyncSession, certificate_id: UUID, language: Language, caller: Caller[Book], settings: SigningSettings
) -> tuple[CertificateOut, bytes]:
    """A certificate as a signed PDF, which says what the result and its record say now. Raises Refused `not-found`, `certificate-revoked`."""
    row = await _one(session, FOUND.where(col(Certificate.id) == certificate_id, visible(caller)))
    shown, said = _shown(row, settings), _said(row)
    if shown.state == "revoked":
        raise Refused("certificate-revoked")
    signer = signer_of(settings)
    data: dict[str, Any] = {
        "language": language,
        "title": say("paper.title", language),
        "number": say("paper.number", language, number=shown.number),
        "opening": say("paper.opening", language),
        "name": row.Result.name,
        "passed": say("paper.passed", language),
        "course": said.title,
        "given": say(
            "paper.given", language, provider=said.provider, begins_on=said.begins_on, ends_on=said.ends_on, jp=said.jp
        ),
        "issued": say("paper.issued", language, day=said.issued_on),
        "signed": say("paper.signed", language, signer=signer.name),
        "check": say("paper.check", language),
        "url": shown.check_url,
        "code": code(shown.check_url),
    }
    return shown, await signed(signer, TEMPLATE, data, caller)


async def check(session: AsyncSession, token: str) -> CheckOut:
    """What a certificate says, to whoever has its check address. Raises Refused: `not-found`, `at-rest` while the record rests."""
    row = await _one(session, FOUND.where(col(Certificate.token) == token))
    rests = exists().where(
        RESTRICTIONS.c.person_id == row.Certificate.person_id, RESTRICTIONS.c.parts.has_key("trainings")
    )
    if await session.scalar(select(rests)):
        raise Refused("at-rest")
    return _said(row)


async def _one(session: AsyncSession, found: Select[*tuple[Any, ...]]) -> Any:
    row = (await session.execute(found)).one_or_none()
    if row is None:
        raise Refused("not-found")
    return row


def _said(row: Any) -> CheckOut:
    certificate: Certificate = row.Certificate
    return CheckOut(
        number=number_of(row.Provider.code, certificate.year, certificate.number),
        state=row.Record.state,
        initials=initials_of(row.Result.name),
        title=row.Record.title,
        provider=row.Provider.name,
        begins_on=row.Record.start_date,
        ends_on=row.Record.end_date,
        jp=row.Record.jp_stated,
        issued_on=certificate.issued_on,
    )


def _shown(row: Any, settings: SigningSettings) -> CertificateOut:
    certificate: Certificate = row.Certificate
    return CertificateOut(
        id=certificate.id,
        number=number_of(row.Provider.code, certificate.year, certificate.number),
        state=row.Record.state,
        class_id=certificate.class_id,
        person_id=certificate.person_id,
        record_id=row.Record.id,
        issued_on=certificate.issued_on,
        check_url=f"{settings.public_url.rstrip('/')}/v1/certificate-checks/{certificate.token}",
    )
