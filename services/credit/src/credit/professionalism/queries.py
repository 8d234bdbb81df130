"""Reading the index of somebody."""

import hmac
from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping, Sequence
from datetime import date
from typing import Any, cast
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from common.small_groups import Parts, Path, told
from common.texts import Language
from contracts.callers import Caller
from contracts.looks import looked
from credit.conflicts.queries import unit_sql
from credit.domain.books import Regulations
from credit.domain.professionalism import (
    DIMENSIONS,
    Group,
    Index,
    IndexRules,
    Professional,
    Training,
    average,
    index_on,
)
from credit.ledger.queries import seen_person
from credit.professionalism.schemas import AgencyIndexOut, DimensionOut, GroupIndexOut, IndexOut, MoreOut, PartOut
from credit.rule_packs.schemas import readings_shown
from credit.texts import INDEX, say
from roster.days import covers_sql, in_service_sql
from roster.lines import paths_sql

OPEN = frozenset({"agency_hr", "agency_head"})
"""Who may read of each of these people anyway, and is told of every group."""

DAY = "CAST(:day AS date)"
_KNOWN = f"""
    SELECT p.person_id, {unit_sql("p.person_id", DAY)} AS unit_id, p.jenjang, post.position, established.type, established.jenjang AS level,
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
    WHERE
"""  # noqa: S608 - built of names in our own code
_OF_AGENCY = f"p.agency_id = :id AND {in_service_sql('p', DAY)}"
KNOWN, KNOWN_OF_AGENCY = text(f"{_KNOWN} p.person_id = :id"), text(f"{_KNOWN} {_OF_AGENCY}")
_TRAINED = """
    SELECT person_id, form, jp_counted, end_date FROM evidence JOIN people p USING (person_id)
    WHERE state = 'active' AND verified AND form IS NOT NULL AND end_date <= :day AND
"""
TRAINED, TRAINED_OF_AGENCY = text(f"{_TRAINED} p.person_id = :id"), text(f"{_TRAINED} {_OF_AGENCY}")
PATHS = text(paths_sql("CAST(:units AS uuid[])", DAY))


async def read_index(
    session: AsyncSession, person_id: UUID, caller: Caller[Regulations], language: Language
) -> IndexOut:
    """The index of somebody today, from what is verified. Raises Refused `not-found`."""
    await seen_person(session, person_id, caller)
    day, pack = caller.today, caller.rules.professionalism.at(caller.today)
    rules = pack.tables
    [(_, who)] = await _professionals(session, KNOWN, TRAINED, person_id, day)
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


async def read_agency_index(
    session: AsyncSession, agency_id: UUID, unit_id: UUID | None, caller: Caller[Regulations]
) -> AgencyIndexOut:
    """The index over an agency, or a unit with those below it, and over each unit directly below; in as many statements whatever their size.

    Whoever may not read of each person there is told of no small group, nor of what would give one away. Raises Refused `not-found`.
    """
    if not caller.reaches(agency_id):
        raise Refused("not-found")
    day, pack = caller.today, caller.rules.professionalism.at(caller.today)
    people = await _professionals(session, KNOWN_OF_AGENCY, TRAINED_OF_AGENCY, agency_id, day)
    units = sorted({row.unit_id for row, _ in people if row.unit_id})
    ways: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for way in await session.execute(PATHS, {"units": units, "day": day}):
        ways[way.down_to].append(way.unit_id)
    depth = max(map(len, ways.values()), default=0)
    leaves: defaultdict[Path, list[Index]] = defaultdict(list)
    served: dict[UUID, Path] = {}
    for row, who in people:
        way = ways.get(row.unit_id, [])
        leaf = served[row.person_id] = (*way, *[None] * (depth - len(way)))
        leaves[leaf].append(index_on(pack.tables, who, day))
    least = caller.rules.waiting.at(day).tables.published.smallest_group
    groups = _groups(leaves, 1 if OPEN & caller.roles else least, pack.tables, caller)
    asked = next((path for path in groups if path and path[-1] == unit_id), None) if unit_id else ()
    below = [path for path in groups if asked is not None and path[:-1] == asked and path and path[-1] is not None]
    # The average of few is close to what each of them has: whoever is told it leaves an entry.
    few = {path for path in (asked, *below) if path in groups and groups[path].people < least}
    looked(session, caller, "credit", [each for each, leaf in served.items() if _is_within(leaf, few)], None, "credit")
    return AgencyIndexOut(
        agency_id=agency_id,
        unit_id=unit_id,
        day=day,
        whole=groups.get(asked) if asked is not None else None,
        units=[groups[path] for path in sorted(below, key=str)],
        smallest_group=least,
        rule_pack=pack.id,
        source=pack.source,
    )


def _is_within(leaf: Path, groups: Collection[Path]) -> bool:
    return any(leaf[:height] in groups for height in range(len(leaf) + 1))


def _groups(
    leaves: Mapping[Path, Sequence[Index]], least: int, rules: IndexRules, caller: Caller[Regulations]
) -> dict[Path, GroupIndexOut]:
    """The average of every group of the tree that may be told."""
    of: defaultdict[Path, list[Index]] = defaultdict(list)
    for leaf, found in leaves.items():
        for height in range(len(leaf) + 1):
            of[leaf[:height]] += found

    def counts(found: Sequence[Index]) -> Parts:
        known = sum(each.at_least == each.at_most for each in found)
        return known, len(found) - known

    def order(path: Hashable) -> bytes:
        return hmac.digest(caller.nip_key.encode(), repr(path).encode(), "sha256")

    opened = told({leaf: counts(found) for leaf, found in leaves.items()}, least, order)
    return {
        path: GroupIndexOut(
            unit_id=cast("UUID", path[-1]) if path and path[-1] else None,
            people=size,
            known=parts[0] if parts else None,
            **average(rules, of[path]).__dict__,
        )
        for path, (size, parts) in opened.items()
    }


async def _professionals(
    session: AsyncSession, known: TextClause, trained: TextClause, of: UUID, day: date
) -> list[tuple[Any, Professional]]:
    """What is known of people, each with their row."""
    trainings: defaultdict[UUID, list[Training]] = defaultdict(list)
    for each in await session.execute(trained, {"id": of, "day": day}):
        trainings[each.person_id].append(Training(each.form, each.jp_counted, each.end_date))
    return [
        (
            row,
            Professional(_group(row), row.position, row.degree, row.predikat, row.discipline, trainings[row.person_id]),
        )
        for row in await session.execute(known, {"id": of, "day": day})
    ]


def _group(row: Any) -> Group | None:
    """By the functional post served in, or else by the post held; None where neither is on record."""
    if row.jenjang is not None or row.type == "JF":
        return "functional"
    if row.type is None:
        return None
    return "staff" if row.level == "pelaksana" else "structural"
