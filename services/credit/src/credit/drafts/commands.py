"""Drafts are loaded, and all points gone through under them in a copy, step by step."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.ids import new_id
from common.parts import Parts
from common.refused import Refused
from common.rules import RulePack, RulePackError
from common.runner import Step, Turn
from common.store.jobs import order
from common.store.sets import fetched, insert
from contracts.callers import Caller
from credit.domain.books import POINTS, Regulations, Subject, read_draft
from credit.domain.entry import Opening
from credit.domain.replays import Replay, changes, more_opened, replay_of
from credit.drafts.tables import drafts, replay_changes, replays
from credit.ledger.rises import rises_of
from credit.people import tenures

JOB = "replay"
PEOPLE_A_STEP = 5_000
ENTRIES = """
    SELECT person_id, id, case_id, segment, kind, jenjang, period_start, months, predikat, twelfths, rule_pack, reverses
    FROM entries WHERE person_id > $1 AND person_id <= $2 AND rise_on IS NULL ORDER BY person_id, number
"""
LAST = """
    SELECT person_id FROM (SELECT person_id FROM balances WHERE person_id > $1 GROUP BY person_id ORDER BY person_id LIMIT $2) next
    ORDER BY person_id DESC LIMIT 1
"""
OPENINGS = """
    SELECT id, person_id, CAST(claim AS text) AS claim, paper_date FROM cases
    WHERE kind = 'opening' AND state IN ('attested', 'reversed') AND person_id > $1 AND person_id <= $2
"""
RISEN = "SELECT DISTINCT person_id FROM promotions WHERE kind = 'level' AND person_id > $1 AND person_id <= $2"
ADVANCE = text(
    "UPDATE replays SET people = people + :people, entries = entries + :entries,"
    " ended_at = CASE WHEN :ended THEN CAST(:now AS timestamptz) END,"
    " totals = CASE WHEN :ended THEN coalesce((SELECT jsonb_object_agg(jenjang, told) FROM ("
    "  SELECT jenjang, jsonb_build_object("
    "   'gain', count(*) FILTER (WHERE would_be > was), 'lose', count(*) FILTER (WHERE would_be < was),"
    "   'gained', CAST(coalesce(sum(would_be - was) FILTER (WHERE would_be > was), 0) AS text),"
    "   'lost', CAST(coalesce(sum(was - would_be) FILTER (WHERE would_be < was), 0) AS text)) AS told"
    "  FROM replay_changes WHERE replay_id = :id GROUP BY jenjang) each), '{}') ELSE totals END"
    " WHERE id = :id"
)
FIRST = UUID(int=0)


class Addend(NamedTuple):
    """An entry as ENTRIES gives it."""

    person_id: UUID
    id: UUID
    case_id: UUID
    segment: int
    kind: str
    jenjang: str
    period_start: date
    months: int
    predikat: str | None
    twelfths: Decimal
    rule_pack: str
    reverses: UUID | None


async def load_draft(session: AsyncSession, subject: Subject, content: str, caller: Caller[Regulations]) -> UUID:
    """Keeps a draft that its own cases prove. Raises Refused: `draft-invalid`, `draft-known`."""
    pack = proved(caller.rules, subject, content)
    if pack.id in caller.rules.ids or await session.scalar(select(drafts.c.id).where(drafts.c.pack == pack.id)):
        raise Refused("draft-known", "content", pack=pack.id)
    draft_id = new_id()
    said = {name: getattr(pack, name) for name in ("title", "source", "valid_from")}
    by = {"loaded_by": caller.subject, "hands": sorted(caller.actor.hands), "loaded_at": caller.now}
    row = {"id": draft_id, "subject": subject, "pack": pack.id, "content": content}
    await session.execute(drafts.insert().values(**row, **said, **by))
    return draft_id


def proved(book: Regulations, subject: Subject, content: str) -> RulePack[Any]:
    """The pack of a draft, proved by its own cases. Raises Refused `draft-invalid`."""
    try:
        return read_draft(book, subject, content)
    except RulePackError as error:
        raise Refused("draft-invalid", "content", why=str(error)) from error


async def order_replay(session: AsyncSession, draft_id: UUID, caller: Caller[Regulations]) -> UUID:
    """Orders all points to be gone through under a draft. Raises Refused: `not-found`, `draft-makes-no-points`, `draft-before-rules`."""
    draft = (await session.execute(select(drafts).where(drafts.c.id == draft_id))).one_or_none()
    if draft is None:
        raise Refused("not-found")
    if draft.subject not in POINTS:
        raise Refused("draft-makes-no-points", "draft_id", subject=draft.subject)
    try:
        replaced = caller.rules.of(draft.subject).at(draft.valid_from)
    except LookupError:
        raise Refused("draft-before-rules", "draft_id") from None
    replay_id = new_id()
    row = (replay_id, draft_id, replaced.id, 0, 0, "{}")
    columns = ("id", "draft_id", "replaces", "people", "entries", "totals")
    await insert(session, replays, columns, [row], ordered_by=caller.subject, ordered_at=caller.now)
    await order(session, JOB, {"replay": replay_id, "draft": draft_id}, caller.subject)
    return replay_id


async def step(session: AsyncSession, parts: Parts, turn: Turn) -> Step:
    """Goes through the points of the next people. The ledger is only read."""
    replay_id, position = UUID(turn.plan["replay"]), turn.position or {"after": str(FIRST), "done": 0, "total": None}
    draft = (
        await session.execute(select(drafts.c.subject, drafts.c.content).where(drafts.c.id == UUID(turn.plan["draft"])))
    ).one()
    after, total = UUID(position["after"]), position["total"]
    if total is None:
        total = await session.scalar(text("SELECT count(DISTINCT person_id) FROM balances"))
    found = await fetched(session, LAST, after, PEOPLE_A_STEP)
    last: UUID | None = found[0][0] if found else None
    people, entries = 0, 0
    if last is not None:
        replay = replay_of(parts.rules, draft.subject, draft.content)
        people, entries = await _go_through(session, replay, replay_id, after, last)
    told = {"id": replay_id, "people": people, "entries": entries, "ended": last is None, "now": parts.clock.now()}
    await session.execute(ADVANCE, told)
    done = position["done"] + people
    return Step(done, max(total, done), None if last is None else {"after": last, "done": done, "total": total})


async def _go_through(
    session: AsyncSession, replay: Replay, replay_id: UUID, after: UUID, last: UUID
) -> tuple[int, int]:
    rows: Sequence[Any] = await fetched(session, ENTRIES, after, last)
    risen = [row[0] for row in await fetched(session, RISEN, after, last)]
    rises = await rises_of(session, risen) if risen else {}
    more = await _more_opened(session, replay, after, last)
    held: defaultdict[UUID, list[Addend]] = defaultdict(list)
    for row in rows:
        held[row["person_id"]].append(Addend(*row))
    found: list[tuple[UUID, str, Decimal, Decimal]] = [
        (person_id, jenjang, was, would_be)
        for person_id, theirs in held.items()
        for jenjang, (was, would_be) in changes(replay, theirs, rises.get(person_id, ()), more).items()
    ]
    await insert(session, replay_changes, ("person_id", "jenjang", "was", "would_be"), found, replay_id=replay_id)
    return len(held), len(rows)


async def _more_opened(session: AsyncSession, replay: Replay, after: UUID, last: UUID) -> dict[UUID, Decimal]:
    """What the opening balances of these people would come to beyond what they do, by case."""
    rows = await fetched(session, OPENINGS, after, last)
    tenure_of = await tenures(session, sorted({row["person_id"] for row in rows})) if rows else {}
    return {
        row["id"]: more_opened(
            replay,
            tenure_of[row["person_id"]],
            msgspec.json.decode(row["claim"], type=Opening, strict=False),
            row["paper_date"],
        )
        for row in rows
    }
