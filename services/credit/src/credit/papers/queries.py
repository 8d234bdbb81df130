"""Reading papers: as they were issued, on paper, and as whoever has one checks it."""

from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from common.papers import code
from common.refused import Refused
from common.texts import Language
from common.web.pages import BY_ID, Page, Window
from contracts.callers import Caller
from contracts.nip import nip_hash
from contracts.papers import initials_of, signed, signer_of
from contracts.service import SigningSettings
from credit.agencies.tables import AGENCIES
from credit.domain.amounts import shown_ak
from credit.domain.books import Regulations
from credit.papers.printing import printed
from credit.papers.schemas import CheckOut, Kind, PaperOut, State
from credit.papers.tables import papers
from credit.people import PEOPLE
from credit.restrictions.tables import RESTRICTIONS

TEMPLATE = (Path(__file__).parent / "paper.typ").read_bytes()


async def paper_page(
    session: AsyncSession,
    window: Window,
    caller: Caller[Regulations],
    settings: SigningSettings,
    person_id: UUID | None,
    kind: Kind | None,
) -> Page[PaperOut]:
    """Papers in the order they were issued."""
    found = _papers(caller)
    if person_id is not None:
        found = found.where(papers.c.person_id == person_id)
    if kind is not None:
        found = found.where(papers.c.kind == kind)
    rows = await session.execute(window.narrow(found, papers.c.id, BY_ID))
    return window.page([shown(row, settings) for row in rows], lambda each: [each.id])


async def read_paper(
    session: AsyncSession, paper_id: UUID, caller: Caller[Regulations], settings: SigningSettings
) -> PaperOut:
    """A paper. Raises Refused `not-found` for one outside the caller's reach."""
    return shown(await paper_seen(session, paper_id, caller), settings)


async def print_paper(
    session: AsyncSession,
    paper_id: UUID,
    nip: str,
    language: Language,
    caller: Caller[Regulations],
    settings: SigningSettings,
) -> tuple[PaperOut, bytes]:
    """A paper as a signed PDF. Raises Refused: `not-found`, `paper-revoked`, `nip-of-another`."""
    row = await paper_seen(session, paper_id, caller)
    paper = shown(row, settings)
    if paper.state == "revoked":
        raise Refused("paper-revoked")
    if nip_hash(nip, caller.nip_key) != row.nip_hash:
        raise Refused("nip-of-another", "nip")
    signer = signer_of(settings)
    said = printed(paper, row, nip, signer.name, caller.rules, language) | {
        "url": paper.check_url,
        "code": code(paper.check_url),
    }
    return paper, await signed(signer, TEMPLATE, said, caller)


async def check(session: AsyncSession, token: str) -> CheckOut:
    """What a paper says, to whoever has its check address. Raises Refused: `not-found`, `at-rest` while its person's record rests."""
    row = (await session.execute(select(papers).where(papers.c.token == token))).one_or_none()
    if row is None:
        raise Refused("not-found")
    rests = exists().where(RESTRICTIONS.c.person_id == row.person_id, RESTRICTIONS.c.parts.has_key("credit"))
    if await session.scalar(select(rests)):
        raise Refused("at-rest")
    return CheckOut(
        number=row.number,
        state=_state(row),
        initials=initials_of(row.name),
        issued_on=row.issued_on,
        kind=row.kind,
        jenjang=row.jenjang,
        golongan=row.golongan,
        ak=shown_ak(row.twelfths),
    )


async def paper_seen(session: AsyncSession, paper_id: UUID, caller: Caller[Regulations]) -> Any:
    """The row of a paper that the caller may see. Raises Refused `not-found`."""
    row = (await session.execute(_papers(caller).where(papers.c.id == paper_id))).one_or_none()
    if row is None:
        raise Refused("not-found")
    return row


def shown(row: Any, settings: SigningSettings) -> PaperOut:
    """A paper as it is shown."""
    said: dict[str, Any] = {"lines": [], "sums": [], "verdicts": [], "results": []} | row.said
    return PaperOut(
        **row._asdict() | said,
        state=_state(row),
        ak=shown_ak(row.twelfths),
        check_url=f"{settings.public_url.rstrip('/')}/v1/paper-checks/{row.token}",
    )


def _papers(caller: Caller[Regulations]) -> Select[Any]:
    return (
        select(papers, PEOPLE.c.nip_hash, AGENCIES.c.name.label("agency"))
        .join(PEOPLE.table, PEOPLE.c.person_id == papers.c.person_id)
        .outerjoin(AGENCIES.table, AGENCIES.c.agency_id == papers.c.agency_id)
        .where(PEOPLE.seen_by(caller))
    )


def _state(row: Any) -> State:
    if row.revoked_on:
        return "revoked"
    return "replaced" if row.replaced_on else "valid"
