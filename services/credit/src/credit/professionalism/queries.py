"""Reading the index of somebody."""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.texts import Language
from contracts.callers import Caller
from credit.domain.books import Regulations
from credit.domain.professionalism import DIMENSIONS, Group, Professional, Training, index_on
from credit.ledger.queries import seen_person
from credit.professionalism.schemas import DimensionOut, IndexOut, MoreOut, PartOut
from credit.rule_packs.schemas import readings_shown
from credit.texts import INDEX, say
from roster.days import covers_sql

DAY = "CAST(:day AS date)"
KNOWN = text(f"""
    SELECT p.jenjang, post.position, established.type, established.jenjang AS level,
        (SELECT degree FROM educations d WHERE d.person_id = p.person_id AND d.valid_from <= {DAY}
            ORDER BY d.valid_from DESC, d.number DESC LIMIT 1) AS degree,
        (SELECT predikat FROM entries e WHERE e.person_id = p.person_id AND e.kind = 'conversion' AND e.period_end <= {DAY}
            AND NOT EXISTS (SELECT FROM entries r WHERE r.reverses = e.id)
            ORDER BY e.period_end DESC, e.number DESC LIMIT 1) AS predikat,
        (SELECT level FROM facts f WHERE f.person_id = p.person_id AND f.kind = 'discipline' AND f.withdrawn_at IS NULL
            AND f.day <= {DAY} ORDER BY array_position(ARRAY['heavy', 'medium', 'light', 'none'], f.level) LIMIT 1) AS discipline
    FROM people p
    LEFT JOIN LATERAL (
        SELECT position FROM posts h WHERE h.person_id = p.person_id AND {covers_sql("h", DAY)}
        ORDER BY h.valid_from DESC LIMIT 1
    ) post ON true
    LEFT JOIN LATERAL (
        SELECT s.type, s.jenjang FROM holdings h JOIN post_states s ON s.post_id = h.post_id AND {covers_sql("s", DAY)}
        WHERE h.person_id = p.person_id AND h.kind = 'definitive' AND {covers_sql("h", DAY)}
        ORDER BY h.valid_from LIMIT 1
    ) established ON true
    WHERE p.person_id = :id
""")  # noqa: S608 - built of names in our own code
TRAINED = text(
    "SELECT form, jp_counted, end_date FROM evidence WHERE person_id = :id AND state = 'active' AND verified"
    " AND form IS NOT NULL AND end_date <= :day ORDER BY end_date, record_id"
)


async def read_index(
    session: AsyncSession, person_id: UUID, caller: Caller[Regulations], language: Language
) -> IndexOut:
    """The index of somebody today, from what is verified. Raises Refused `not-found`."""
    await seen_person(session, person_id, caller)
    day, pack = caller.today, caller.rules.professionalism.at(caller.today)
    rules = pack.tables
    row = (await session.execute(KNOWN, {"id": person_id, "day": day})).one()
    trained = await session.execute(TRAINED, {"id": person_id, "day": day})
    trainings = [Training(each.form, each.jp_counted, each.end_date) for each in trained]
    who = Professional(_group(row), row.position, row.degree, row.predikat, row.discipline, trainings)
    found = index_on(rules, who, day)
    competence = found.scores["competence"] or 0
    return IndexOut(
        person_id=person_id,
        day=day,
        group=who.group,
        index=found.at_least if found.at_least == found.at_most else None,
        at_least=found.at_least,
        at_most=found.at_most,
        band=found.band,
        dimensions=[
            DimensionOut(
                dimension=name,
                score=found.scores[name],
                most=getattr(rules.weights, name),
                explanation=say(INDEX[name, "unknown" if found.scores[name] is None else "known"], language),
                status=getattr(rules, name).status,
                sources=[rules.sources[key] for key in getattr(rules, name).sources],
            )
            for name in DIMENSIONS
        ],
        parts=[PartOut(**part.__dict__) for part in found.parts],
        more=[
            MoreOut(
                **more.__dict__,
                competence=competence + more.gain,
                at_least=found.at_least + more.gain,
                explanation=say(INDEX["more", more.part], language, gain=more.gain, jp=more.jp or 0),
            )
            for more in found.more
        ],
        rule_pack=pack.id,
        source=pack.source,
        readings=readings_shown(rules.readings, language),
    )


def _group(row: Any) -> Group | None:
    """By the functional post served in, or else by the post held; None where neither is on record."""
    if row.jenjang is not None or row.type == "JF":
        return "functional"
    if row.type is None:
        return None
    return "staff" if row.level == "pelaksana" else "structural"
