"""Reading what counts for somebody."""

from collections.abc import Iterator
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.rules import RulePack
from common.texts import Language
from contracts.callers import Caller
from credit.cases.judging import booked_by_person
from credit.cases.queries import left_out_shown
from credit.domain.amounts import MONTHS, conversion_twelfths, education_twelfths, shown_ak
from credit.domain.books import Regulations
from credit.domain.periods import months_since, sorted_out
from credit.domain.rules import Jenjang, Rules
from credit.guide.schemas import GuideOut, WayOut, YearOut, ZeroOut
from credit.ledger.queries import seen_person
from credit.people import degrees, tenures
from credit.rule_packs.schemas import readings_shown
from credit.texts import explain, say

GIVES = "higher-degree"
"""The one reason of the packs why something gives points; every other says why it gives none."""


async def read_guide(
    session: AsyncSession, person_id: UUID, caller: Caller[Regulations], language: Language
) -> GuideOut:
    """What counts for somebody today, of this year and the last. Raises Refused `not-found`."""
    person = await seen_person(session, person_id, caller)
    today, book = caller.today, caller.rules
    pack = book.at(today)
    level = pack.tables.jenjang.get(person.jenjang or "")
    held = (await degrees(session, [person_id])).get(person_id, [])
    first = today.replace(year=today.year - 1, month=1, day=1)
    booked = (await booked_by_person(session, [person_id], first, today))[person_id]
    tenure = (await tenures(session, [person_id]))[person_id]
    counted, left_out = sorted_out(book, tenure, booked, months_since(first, today))
    return GuideOut(
        person_id=person_id,
        day=today,
        jenjang=person.jenjang,
        counts=list(_ways(book, pack, level, held[-1].degree if held else None, language)) if level else [],
        nothing=[
            ZeroOut(code=code, explanation=explain(code, language), source=source)
            for code, source in pack.tables.reasons.items()
            if code != GIVES
        ],
        months=[
            YearOut(
                year=year,
                free=[month for month, _, _ in counted if month.year == year],
                left_out=left_out_shown([out for out in left_out if out.month.year == year], language),
            )
            for year in (today.year - 1, today.year)
        ],
        readings=readings_shown(pack.tables.readings, language),
    )


def _ways(
    book: Regulations, pack: RulePack[Rules], level: Jenjang, held: str | None, language: Language
) -> Iterator[WayOut]:
    rules = pack.tables
    for row in rules.conversion.predikat.values() if rules.conversion else ():
        year = shown_ak(conversion_twelfths(MONTHS, row.percent, level.coefficient))
        figures = {"label": row.label, "percent": row.percent, "coefficient": level.coefficient}
        yield _way("predikat", pack, row, say("guide.predikat", language, **figures), row.code, year)
    if rules.education:
        known = say("guide.education", language, held=held) if held else say("guide.education-unknown", language)
        gives = shown_ak(education_twelfths(rules.education.percent, level.kp_need))
        yield _way("education", pack, rules.education, known, None, gives)
    entry = book.entry.packs[-1]
    yield _way("opening", entry, entry.tables.first, say("guide.opening", language), None, None)


SENT_BY = {"predikat": "POST /v1/predicates", "education": "POST /v1/trainings", "opening": "POST /v1/openings"}


def _way(
    kind: Literal["predikat", "education", "opening"],
    pack: RulePack[Any],
    row: Any,
    explanation: str,
    code: str | None,
    ak: str | None,
) -> WayOut:
    return WayOut(
        kind=kind,
        code=code,
        ak=ak,
        explanation=explanation,
        sent_by=SENT_BY[kind],
        rule_pack=pack.id,
        source=pack.source,
        status=row.status,
        sources=[pack.tables.sources[key] for key in row.sources],
    )
