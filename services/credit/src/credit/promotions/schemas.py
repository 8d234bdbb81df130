"""Promotions as they are shown."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field

from common.texts import Language
from credit.domain.books import Regulations
from credit.domain.promotion import Act
from credit.domain.rising import Code, Judgement, Ladder, State
from credit.rule_packs.schemas import ReadingOut, readings_shown
from credit.texts import CONDITIONS, say


class ConditionOut(BaseModel):
    """A condition of an act: whether it is met, the sentence why, and the rule. `unknown`: what would tell it is on no record here."""

    code: Code
    state: State
    explanation: str
    rule_pack: str
    source: str
    status: str = Field(description="how far the rule is confirmed")
    sources: list[str]


class ActOut(BaseModel):
    """A kenaikan pangkat (`rank`) or a kenaikan jenjang (`level`): the golongan or jenjang it leads `to`, and whether it can be.

    `to` is null where nothing is above, and then nothing is met. `readings` are what the sources leave open.
    """

    act: Act
    to: str | None
    state: State
    explanation: str
    conditions: list[ConditionOut]
    readings: list[ReadingOut]


class PromotionOut(BaseModel):
    """Whether a person can rise on a day; `acts` is empty outside the functional posts.

    `first` is the act that comes first where both can be: the other follows with the same AK.
    """

    person_id: UUID
    day: date
    jenjang: str | None
    golongan: str | None
    first: Act | None
    acts: list[ActOut]


class PromotionLineOut(BaseModel):
    """Whether somebody can rise, in short: by act, the state and the conditions that are not met or not known."""

    person_id: UUID
    jenjang: str | None
    golongan: str | None
    rank: State
    rank_to: str | None
    rank_open: list[Code]
    level: State
    level_to: str | None
    level_open: list[Code]


def name_of(ladder: Ladder, act: Act, to: str | None) -> str:
    """What an act leads to, as people call it."""
    return ladder.above.name if act == "level" and ladder.above else to or ""


def act_shown(ladder: Ladder, judged: Judgement, book: Regulations, language: Language) -> ActOut:
    """An act with the sentence and the rule of each condition."""
    act = judged.act
    verdict = "none" if judged.to is None else judged.state
    return ActOut(
        act=act,
        to=judged.to,
        state=judged.state,
        explanation=say(CONDITIONS[act, verdict], language, to=name_of(ladder, act, judged.to)),
        conditions=[
            ConditionOut(
                code=condition.code,
                state=condition.state,
                explanation=say(CONDITIONS[condition.code, condition.state], language, **condition.values),
                **ladder.basis(act, condition.code).shown,
            )
            for condition in judged.conditions
        ],
        readings=readings_shown(book.readings_of(act, [ladder.promotion.id]), language),
    )


def open_codes(judged: Judgement) -> list[Code]:
    """The conditions that are not met, or not known."""
    return [condition.code for condition in judged.conditions if condition.state != "met"]


def first_of(ladder: Ladder, judged: Sequence[Judgement]) -> Act | None:
    """The act that comes first where both can be."""
    if all(each.state == "met" for each in judged):
        return "level" if ladder.promotion.tables.order.level_first else "rank"
    return None
