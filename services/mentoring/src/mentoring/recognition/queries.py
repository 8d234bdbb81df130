"""Reading what a mentor has done, and making a certificate of it."""

import asyncio
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.papers import pdf
from common.refused import Refused
from common.texts import Language, day, number
from contracts.callers import Caller
from mentoring.pairs.reach import own_pair
from mentoring.pairs.tables import Pair
from mentoring.recognition.schemas import RecognitionOut, RecognitionsOut, ThanksOut
from mentoring.recognition.tables import Recognition, Thanks
from mentoring.texts import say

TEMPLATE = (Path(__file__).parent / "certificate.typ").read_bytes()
SAID = select(Thanks, col(Pair.mentee_id), col(Pair.mentor_id)).join(Pair, col(Pair.id) == col(Thanks.pair_id))


async def recognitions(session: AsyncSession, caller: Caller[None]) -> RecognitionsOut:
    """What the caller has done as a mentor."""
    me: UUID = caller.speaks_for("person")
    years = await session.scalars(
        select(Recognition).where(col(Recognition.mentor_id) == me).order_by(col(Recognition.year))
    )
    said = await session.execute(SAID.where(col(Pair.mentor_id) == me).order_by(col(Thanks.said_at)))
    return RecognitionsOut(person_id=me, years=[_shown(row) for row in years], thanks=[_thanks(*row) for row in said])


async def thanks(session: AsyncSession, pair_id: UUID, caller: Caller[None]) -> ThanksOut:
    """What the mentee of a pair of the caller's has said. Raises Refused `not-found`."""
    pair = await own_pair(session, pair_id, caller)
    row = (await session.execute(SAID.where(col(Thanks.pair_id) == pair.id))).one_or_none()
    if row is None:
        raise Refused("not-found")
    return _thanks(*row)


async def certificate(session: AsyncSession, year: int, language: Language, caller: Caller[None]) -> tuple[UUID, bytes]:
    """What the caller has done as a mentor in a year, on paper. Raises Refused `not-found`."""
    me: UUID = caller.speaks_for("person")
    found = await session.get(Recognition, {"mentor_id": me, "year": year})
    if found is None or not found.sessions:
        raise Refused("not-found")
    shown = _shown(found)
    paper: dict[str, Any] = {
        "language": language,
        "title": say("certificate.title", language),
        "opening": say("certificate.opening", language, person=str(me)),
        "figures": say(
            "certificate.figures",
            language,
            year=str(year),
            sessions=shown.sessions,
            hours=number(shown.hours, language),
            mentees=shown.mentees,
        ),
        "source": say("certificate.source", language, day=day(found.told_at.date(), language), version=found.version),
    }
    return me, await asyncio.to_thread(pdf, TEMPLATE, paper, found.told_at)


def _shown(row: Recognition) -> RecognitionOut:
    return RecognitionOut(
        year=row.year,
        sessions=row.sessions,
        hours=round(Decimal(row.minutes) / 60, 2),
        mentees=row.mentees,
        corrections=row.version - 1,
        told_at=row.told_at,
    )


def _thanks(row: Thanks, mentee_id: UUID, mentor_id: UUID) -> ThanksOut:
    return ThanksOut(**row.model_dump(), mentee_id=mentee_id, mentor_id=mentor_id)
