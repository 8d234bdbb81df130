"""Drafts become law from a day that has not come yet, and every process takes them over long before (`common/enacting.py`)."""

from datetime import date
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from contracts.callers import Caller
from credit.domain.books import POINTS, Regulations, read_draft
from credit.drafts.commands import proved
from credit.drafts.tables import activations, drafts, replays

LOCK = text("SELECT pg_advisory_xact_lock(hashtext('activations'))")
LAW = text(
    "SELECT d.subject, d.content, a.law_from FROM activations a JOIN drafts d ON d.id = a.draft_id"
    " WHERE d.pack <> ALL(CAST(:known AS text[])) ORDER BY a.activated_at, d.id"
)


async def enacted(session: AsyncSession, rules: Regulations) -> Regulations:
    """The rules with the drafts that were made law since; one that a later release brings as a file stands already."""
    for row in (await session.execute(LAW, {"known": sorted(rules.ids)})).all():
        rules = rules.with_law(row.subject, read_draft(rules, row.subject, row.content), row.law_from)
    return rules


async def activate(session: AsyncSession, draft_id: UUID, law_from: date, caller: Caller[Regulations]) -> None:
    """Makes a draft law from a day on, in place of the pack that would hold then.

    Raises Refused: `not-found`; `draft-is-law`; `draft-of-own` for whoever has loaded it; `day-not-ahead`; `draft-invalid` where
    its cases do not pass any more; `draft-before-rules`; `day-taken` where a pack begins on that day; `draft-not-replayed` where it
    makes points and was not gone through in place of the pack that it follows.
    """
    await session.execute(LOCK)
    draft = (await session.execute(select(drafts).where(drafts.c.id == draft_id))).one_or_none()
    if draft is None:
        raise Refused("not-found")
    if await session.scalar(select(activations.c.draft_id).where(activations.c.draft_id == draft_id)):
        raise Refused("draft-is-law", "draft_id")
    if not caller.actor.hands.isdisjoint(draft.hands):
        raise Refused("draft-of-own", "draft_id")
    if law_from <= caller.today:
        raise Refused("day-not-ahead", "law_from")
    # What another process has made law meanwhile, this one may not have taken over yet.
    rules = await enacted(session, caller.rules)
    proved(rules, draft.subject, draft.content)
    try:
        follows = rules.of(draft.subject).at(law_from)
    except LookupError:
        raise Refused("draft-before-rules", "law_from") from None
    if follows.valid_from == law_from:
        raise Refused("day-taken", "law_from", pack=follows.id)
    replay_id = None
    if draft.subject in POINTS:
        replay_id = await session.scalar(
            select(replays.c.id)
            .where(replays.c.draft_id == draft_id, replays.c.replaces == follows.id, replays.c.ended_at.is_not(None))
            .order_by(replays.c.ended_at.desc())
            .limit(1)
        )
        if replay_id is None:
            raise Refused("draft-not-replayed", "draft_id", pack=follows.id)
    made = {"draft_id": draft_id, "law_from": law_from, "replay_id": replay_id, "activated_by": caller.subject}
    hands = sorted(caller.actor.hands)
    await session.execute(activations.insert().values(**made, hands=hands, activated_at=caller.now))
