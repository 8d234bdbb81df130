"""Issuing papers, one or a thousand at a time, and revoking one.

Locks are taken in one order: people by id, then the series of agencies by id.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from common.answers import Answer, Done, answer_each
from common.ids import derived_id, new_id
from common.refused import Refused
from common.store.outbox import emit
from common.store.sets import insert
from contracts.callers import Caller
from contracts.events.credit import Origin, PakIssued, PakRevoked
from contracts.papers import draw, new_token, number_of
from credit.domain.amounts import shown_ak, total
from credit.domain.books import Regulations
from credit.domain.cases import check_not_own
from credit.domain.sheets import Part, sums, verdicts
from credit.papers.queries import paper_seen
from credit.papers.schemas import PaperIn, ResultOut
from credit.papers.tables import papers, series
from credit.people import PEOPLE, find_people

HOLDERS = text(
    """
    SELECT p.person_id, p.agency_id, p.jenjang, p.golongan, a.code, coalesce(held.position, '') AS position,
        EXISTS (SELECT FROM restrictions r WHERE r.person_id = p.person_id AND jsonb_exists(r.parts, 'credit')) AS rests
    FROM people p LEFT JOIN agencies a USING (agency_id)
    LEFT JOIN LATERAL (
        SELECT position FROM posts
        WHERE posts.person_id = p.person_id AND valid_from <= :today AND (valid_to IS NULL OR :today < valid_to) LIMIT 1
    ) held ON true
    WHERE p.person_id = ANY(CAST(:ids AS uuid[]))
    """
)
ENTERED = text(
    """
    SELECT e.person_id, e.number, e.jenjang, coalesce(undone.kind, e.kind) AS kind, e.months, e.twelfths, e.percent, e.base,
        e.period_start, e.period_end, e.predikat, e.case_id, c.claim ->> 'way' AS way, c.claim ->> 'method' AS method,
        c.source_name, c.reference, c.performance_result, c.performance_outcome, c.evidence
    FROM entries e LEFT JOIN entries undone ON undone.id = e.reverses
    LEFT JOIN cases c ON c.id = coalesce(undone.case_id, e.case_id)
    WHERE e.person_id = ANY(CAST(:ids AS uuid[])) ORDER BY e.person_id, e.number
    """
)
ISSUED = text(
    "SELECT * FROM papers WHERE person_id = ANY(CAST(:ids AS uuid[])) AND revoked_on IS NULL ORDER BY issued_at, id"
)
REPLACE = text("UPDATE papers SET replaced_on = :today WHERE id = ANY(CAST(:ids AS uuid[])) AND replaced_on IS NULL")
PAPER = (
    "id", "kind", "person_id", "agency_id", "serial", "number", "token", "case_id", "jenjang", "golongan", "name", "position",
    "official", "since", "through", "twelfths", "said", "replaces",
)  # fmt: skip


@dataclass(frozen=True)
class Draft:
    """A paper that is to be issued: of whom, what it says, and which it replaces."""

    id: UUID
    line: PaperIn
    holder: Row[Any]
    jenjang: str
    entered: Sequence[Row[Any]]
    since: int
    said: Mapping[str, Any]
    replaced: Row[Any] | None

    @property
    def through(self) -> int:
        return self.entered[-1].number

    @property
    def new(self) -> Sequence[Row[Any]]:
        """The entries that the paper before did not sum up."""
        return [row for row in self.entered if row.number > self.since]

    @property
    def same(self) -> tuple[Any, ...]:
        """What makes it the paper that was issued before."""
        return self.through, self.holder.golongan, self.line.name, self.line.official


async def issue(session: AsyncSession, lines: Sequence[PaperIn], caller: Caller[Regulations]) -> list[Answer]:
    """Issues papers. Each line is answered `stored`, `duplicate` of the paper that says the same, or why not.

    A newer paper replaces the one before it. The numbers of an agency and year run from 1 on without a gap.
    """
    people = await find_people(session, lines, caller)
    asked = {"ids": sorted({person_id for person_id in people if person_id})}
    holders = {row.person_id: row for row in await session.execute(HOLDERS, asked | {"today": caller.today})}
    entered: defaultdict[UUID, list[Row[Any]]] = defaultdict(list)
    for row in await session.execute(ENTERED, asked):
        entered[row.person_id].append(row)
    issued = {_place(row): row for row in await session.execute(ISSUED, asked)}
    new: dict[tuple[Any, ...], Draft] = {}

    def decide(named: tuple[PaperIn, UUID | None]) -> Done:
        line, person_id = named
        if person_id is None:
            raise Refused("person-unknown", "nip" if line.nip else "person_id")
        check_not_own(person_id, caller.actor)
        holder = holders[person_id]
        if holder.rests:
            raise Refused("at-rest", "person_id")
        if not holder.code:
            raise Refused("agency-unknown", "person_id")
        draft = _draft(line, holder, entered[person_id], issued, caller)
        place = (line.kind, person_id, line.case_id or draft.jenjang)
        if place in new:
            raise Refused("paper-twice", "person_id")
        before = draft.replaced
        if before is not None and before.replaced_on is None and draft.same == _same(before):
            return Done("duplicate", before.id)
        new[place] = draft
        return Done("stored", draft.id)

    answers = answer_each(zip(lines, people, strict=True), decide)
    await _store(session, list(new.values()), caller)
    return answers


async def revoke(session: AsyncSession, paper_id: UUID, reason: str, caller: Caller[Regulations]) -> None:
    """Makes a paper valid no more; done again, it changes nothing. Raises Refused `not-found`, `own-case`."""
    seen = await paper_seen(session, paper_id, caller)
    await PEOPLE.lock(session, [seen.person_id])
    check_not_own(seen.person_id, caller.actor)
    revoked = await session.execute(
        update(papers)
        .where(papers.c.id == paper_id, papers.c.revoked_on.is_(None))
        .values(revoked_on=caller.today, revoked_by=caller.subject, revocation=reason)
        .returning(papers.c.kind, papers.c.person_id, papers.c.agency_id, papers.c.number)
    )
    for row in revoked:
        if row.kind == "determination":
            told = PakRevoked(
                paper_id=paper_id,
                person_id=row.person_id,
                agency_id=row.agency_id,
                number=row.number,
                revoked_on=caller.today,
            )
            emit(session, told, sequence=2, event_id=derived_id("PakRevoked", paper_id), time=caller.now)


def _place(row: Row[Any]) -> tuple[Any, ...]:
    return row.kind, row.person_id, row.case_id or row.jenjang


def _same(row: Row[Any]) -> tuple[Any, ...]:
    return row.through, row.golongan, row.name, row.official


def _draft(
    line: PaperIn,
    holder: Row[Any],
    entered: Sequence[Row[Any]],
    issued: Mapping[tuple[Any, ...], Row[Any]],
    caller: Caller[Regulations],
) -> Draft:
    """What a paper would say. Raises Refused `no-functional-post`, `nothing-to-issue`."""
    jenjang = holder.jenjang
    if line.case_id is not None:
        found = [row for row in entered if row.case_id == line.case_id and row.kind == "conversion"]
        jenjang = found[-1].jenjang if found else jenjang
    else:
        found = [row for row in entered if row.jenjang == jenjang]
    level = caller.rules.at(caller.today).tables.jenjang.get(jenjang or "")
    if level is None:
        raise Refused("no-functional-post", "person_id")
    if not found:
        raise Refused("nothing-to-issue", "case_id" if line.case_id else "person_id")
    before = issued.get((line.kind, holder.person_id, line.case_id or level.code))
    since = 0
    if before:
        # One that only says something else anew, such as a name, has the same paper before it.
        since = before.through if before.through < found[-1].number else before.since
    said: dict[str, Any] = {"results": _results(row for row in found if row.number > since)}
    if line.kind == "determination":
        parts = [Part(**{name: getattr(row, name) for name in Part.__annotations__}) for row in found]
        said["sums"] = [
            {"row": each.row, "before": shown_ak(each.before), "new": shown_ak(each.new), "total": shown_ak(each.total)}
            for each in sums(parts, since)
        ]
        said["verdicts"] = [
            {
                "act": each.act,
                "need": str(each.need),
                "surplus": shown_ak(max(each.difference, Decimal(0))),
                "short": shown_ak(max(-each.difference, Decimal(0))),
                "considered": each.considered,
            }
            for each in verdicts(level, holder.golongan, total(row.twelfths for row in found))
        ]
    else:
        said["lines"] = [_listed(row) for row in found]
    return Draft(new_id(), line, holder, level.code, found, since, said, before)


def _listed(row: Row[Any]) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "period_start": row.period_start.isoformat(),
        "period_end": row.period_end.isoformat(),
        "predikat": row.predikat,
        "months": row.months,
        "percent": row.percent,
        "base": str(row.base),
        "ak": shown_ak(row.twelfths),
        "twelfths": str(row.twelfths),
    }


def _results(rows: Any) -> list[dict[str, Any]]:
    """The performance results that predikat name, each once."""
    named = {tuple(getattr(row, name) for name in ResultOut.model_fields) for row in rows if row.reference}
    return [dict(zip(ResultOut.model_fields, each, strict=True)) for each in sorted(named, key=lambda each: each[:2])]


async def _store(session: AsyncSession, drafts: Sequence[Draft], caller: Caller[Regulations]) -> None:
    if not drafts:
        return
    today, now = caller.today, caller.now
    more = Counter(draft.holder.agency_id for draft in drafts)
    drawn = {agency: iter(numbers) for agency, numbers in (await draw(session, series, today.year, more)).items()}
    await session.execute(REPLACE, {"today": today, "ids": [draft.replaced.id for draft in drafts if draft.replaced]})
    rows: list[tuple[Any, ...]] = []
    for draft in drafts:
        line, holder, before = draft.line, draft.holder, draft.replaced
        serial = next(drawn[holder.agency_id])
        number = number_of(holder.code, today.year, serial)
        rows.append(
            (draft.id, line.kind, holder.person_id, holder.agency_id, serial, number, new_token(), line.case_id, draft.jenjang,
             holder.golongan, line.name, holder.position, line.official, draft.since, draft.through,
             total(row.twelfths for row in draft.entered), json.dumps(draft.said),
             before and before.id)
        )  # fmt: skip
        if line.kind == "determination":
            told = _told(draft, number, today)
            emit(session, told, sequence=1, event_id=derived_id("PakIssued", draft.id), time=now)
    await insert(
        session,
        papers,
        PAPER,
        rows,
        year=today.year,
        issued_on=today,
        issued_at=now,
        issued_by=caller.subject,
        acting_for=caller.acting_for,
    )


def _told(draft: Draft, number: str, today: date) -> PakIssued:
    new = draft.new
    fresh, whole = (total(row.twelfths for row in rows) for rows in (new, draft.entered))
    return PakIssued(
        paper_id=draft.id,
        person_id=draft.holder.person_id,
        agency_id=draft.holder.agency_id,
        number=number,
        issued_on=today,
        jenjang=draft.jenjang,
        golongan=draft.holder.golongan,
        period_start=min(row.period_start for row in new),
        period_end=max(row.period_end for row in new),
        origin=_origin(new),
        ak_new=shown_ak(fresh),
        ak_total=shown_ak(whole),
        twelfths_new=fresh,
        twelfths=whole,
        replaces=draft.replaced.id if draft.replaced else None,
    )


def _origin(new: Sequence[Row[Any]]) -> Origin:
    if any(row.method in {"conventional", "integrated"} for row in new):
        return "integration"
    return "first" if any(row.way == "first" for row in new) else "conversion"
