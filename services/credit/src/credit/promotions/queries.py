"""Reading whether people can rise."""

from datetime import date
from typing import get_args
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from common.texts import Language
from common.web.pages import BY_ID, Page, Window
from contracts.callers import Caller
from credit.domain.books import Regulations
from credit.domain.promotion import Act
from credit.domain.rising import Judgement, judge_act
from credit.ledger.queries import seen_person
from credit.people import PEOPLE
from credit.promotions.gathering import Officer, gather
from credit.promotions.schemas import PromotionLineOut, PromotionOut, act_shown, first_of, open_codes

ACTS: tuple[Act, ...] = get_args(Act)


async def read_promotion(
    session: AsyncSession, person_id: UUID, caller: Caller[Regulations], language: Language
) -> PromotionOut:
    """Whether somebody can rise today, and what is missing. Raises Refused `not-found`."""
    await seen_person(session, person_id, caller)
    [officer] = await gather(session, [person_id], caller.rules, caller.today)
    ladder = officer.ladder
    judged = [judge_act(ladder, officer.known, act, caller.today) for act in ACTS] if ladder else []
    return PromotionOut(
        person_id=person_id,
        day=caller.today,
        jenjang=officer.known.jenjang,
        golongan=officer.known.golongan,
        first=first_of(ladder, judged) if ladder else None,
        acts=[act_shown(ladder, each, caller.rules, language) for each in judged] if ladder else [],
    )


async def list_promotions(
    session: AsyncSession, window: Window, caller: Caller[Regulations], agency_id: UUID | None
) -> Page[PromotionLineOut]:
    """Whether those who serve in functional posts can rise today, in the order of their ids: five statements a page."""
    asked = select(PEOPLE.c.person_id).where(
        PEOPLE.seen_by(caller),
        PEOPLE.c.jenjang.is_not(None),
        PEOPLE.c.joined_on <= caller.today,
        or_(PEOPLE.c.left_on.is_(None), PEOPLE.c.left_on > caller.today),
    )
    if agency_id is not None:
        asked = asked.where(PEOPLE.c.agency_id == agency_id)
    ids = (await session.scalars(window.narrow(asked, PEOPLE.c.person_id, BY_ID))).all()
    officers = await gather(session, ids, caller.rules, caller.today)
    today = caller.today
    return window.page([_line(officer, today) for officer in officers], lambda line: [line.person_id])


def _line(officer: Officer, day: date) -> PromotionLineOut:
    known, ladder = officer.known, officer.ladder
    rank, level = (judge_act(ladder, known, act, day) if ladder else Judgement(act, None, []) for act in ACTS)
    return PromotionLineOut(
        person_id=officer.person_id,
        jenjang=known.jenjang,
        golongan=known.golongan,
        rank=rank.state,
        rank_to=rank.to,
        rank_open=open_codes(rank),
        level=level.state,
        level_to=level.to,
        level_open=open_codes(level),
    )
