"""Making transcripts, and checking what was signed here."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.refused import Refused
from common.texts import Language, day, number
from contracts.callers import Caller
from contracts.nip import nip_hash
from contracts.papers import signed, signer_of
from contracts.service import SigningSettings
from training.domain.duty import progress
from training.domain.rules import Book, pack_named
from training.ledger.tables import LedgerRow
from training.people import PEOPLE
from training.records.tables import Record, by_year
from training.texts import say
from training.transcripts.schemas import LearntOut, SealOut, TranscriptIn, TranscriptOut, YearOut

TEMPLATE = (Path(__file__).parent / "transcript.typ").read_bytes()


async def transcript(session: AsyncSession, person_id: UUID, nip: str, caller: Caller[Book]) -> TranscriptOut:
    """What somebody has learnt, the latest year first, in three statements. Raises Refused: `not-found`, `nip-of-another`."""
    known = await session.scalar(select(PEOPLE.c.nip_hash).where(PEOPLE.c.person_id == person_id))
    if known is None:
        raise Refused("not-found")
    if nip_hash(nip, caller.nip_key) != known:
        raise Refused("nip-of-another", "nip")
    found = await session.scalars(
        select(Record)
        .where(col(Record.person_id) == person_id, col(Record.state) == "valid")
        .order_by(col(Record.end_date), col(Record.id))
    )
    learnt: defaultdict[int, list[LearntOut]] = defaultdict(list)
    for record in found:
        for year, counted in by_year(record).items():
            learnt[year].append(_learnt(record, counted, caller.rules))
    laid = await session.scalars(
        select(LedgerRow).where(col(LedgerRow.person_id) == person_id).order_by(col(LedgerRow.year).desc())
    )
    return TranscriptOut(nip=nip, issued_at=caller.now, years=[_year(row, learnt) for row in laid])


async def handed_out(
    session: AsyncSession, asked: TranscriptIn, language: Language, caller: Caller[Book], settings: SigningSettings
) -> bytes:
    """The caller's transcript, signed now. Raises Refused: `not-found`, `nip-of-another`, `signer-away`."""
    said = await transcript(session, caller.speaks_for("person"), asked.nip, caller)
    signer = signer_of(settings)
    if asked.form == "pdf":
        return await signed(signer, TEMPLATE, _printed(said, signer.name, language), caller)
    return await asyncio.to_thread(signer.sign_data, said.model_dump_json().encode(), caller.now)


async def checked(content: bytes, settings: SigningSettings) -> SealOut:
    """What the signature of a file says: of a transcript, or of any other paper of ours. Raises Refused `signer-away`."""
    seal = await asyncio.to_thread(signer_of(settings).verify, content)
    return SealOut.model_validate(seal, from_attributes=True)


def _learnt(record: Record, counted: Decimal, rules: Book) -> LearntOut:
    return LearntOut(
        record_id=record.id,
        title=record.title,
        form=pack_named(rules, record.rule_pack).tables.forms[record.form].label,
        start_date=record.start_date,
        end_date=record.end_date,
        counted=counted,
        verified=record.verified,
    )


def _year(row: LedgerRow, learnt: Mapping[int, list[LearntOut]]) -> YearOut:
    reached = progress(row.target, row.ceiling, row.verified)
    return YearOut(
        year=row.year,
        target=row.target,
        verified=row.verified,
        unverified=row.unverified,
        left=reached.left,
        fulfilled=reached.fulfilled,
        rule_pack=row.pack,
        records=learnt[row.year],
    )


def _printed(said: TranscriptOut, signer: str, language: Language) -> dict[str, Any]:
    return {
        "language": language,
        "title": say("transcript.title", language),
        "nip": say("transcript.nip", language, nip=said.nip),
        "head": [
            say("transcript.training", language),
            say("transcript.form", language),
            say("transcript.days", language),
            "JP",
            say("transcript.state", language),
        ],
        "years": [
            {
                "year": str(year.year),
                "total": say(
                    "transcript.total", language, verified=year.verified, target=year.target, unverified=year.unverified
                ),
                "rows": [_row(each, language) for each in year.records],
            }
            for year in said.years
        ],
        "nothing": say("transcript.nothing", language),
        "signed": say("paper.signed", language, signer=signer),
        "check": say("transcript.check", language),
    }


def _row(learnt: LearntOut, language: Language) -> list[str]:
    state = say("transcript.verified", language) if learnt.verified else say("transcript.unverified", language)
    days = f"{day(learnt.start_date, language)} - {day(learnt.end_date, language)}"
    return [learnt.title, learnt.form, days, number(learnt.counted, language), state]
