"""Trying a predikat."""

from typing import cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from common.rules import RulePack
from common.texts import Language, text_named
from contracts.acting import capacity
from contracts.callers import Caller
from contracts.nip import nip_hash
from credit.cases.queries import left_out_shown, segments_shown
from credit.domain.amounts import shown_ak, total
from credit.domain.books import Regulations
from credit.domain.rules import Rules
from credit.people import PEOPLE, find_people
from credit.predicates.commands import decide_each
from credit.predicates.schemas import PredicateIn
from credit.rule_packs.schemas import readings_shown
from credit.texts import TEXTS, say
from credit.trials.schemas import Becomes, TrialOut

REASONS = {
    "months-already-booked": "booked",
    "reference-conflict": "booked",
    "no-functional-post": "no-functional-post",
    "another-jenjang": "no-functional-post",
    "jenjang-unknown": "no-functional-post",
    "not-in-service": "not-joined",
}
"""The reason of the pack behind the code of a refusal; every other rests on the pack as a whole."""
SAYS = {
    "stored": text_named("trial.stored"),
    "updated": text_named("trial.updated"),
    "duplicate": text_named("trial.duplicate"),
}


async def try_out(
    session: AsyncSession, line: PredicateIn, caller: Caller[Regulations], language: Language
) -> TrialOut:
    """What would become of a predikat if it were sent now. Stores nothing. Raises Refused `person-unknown`."""
    person_id = await _person(session, line, caller)
    if person_id is None:
        raise Refused("person-unknown", "nip" if line.nip else "person_id")
    decided = await decide_each(session, [line], [person_id], caller, trial=True)
    [answer] = decided.answers
    pack = caller.rules.at(line.period_end)
    if isinstance(answer, Refused):
        return TrialOut(
            person_id=person_id,
            status="refused",
            code=answer.code,
            field=answer.field,
            explanation=TEXTS.problem(answer)[language],
            rule_pack=pack.id,
            source=_source(pack, answer.code),
            ak=None,
            twelfths=None,
            segments=[],
            left_out=[],
            readings=[],
        )
    made = [*decided.new, *(judged.outcome for judged in decided.repaired)]
    segments = [segment for each in made for segment in each.segments]
    comes_to = total(segment.twelfths for segment in segments)
    packs = {segment.rule_pack for segment in segments}
    return TrialOut(
        person_id=person_id,
        status=cast("Becomes", answer.status),
        code=None,
        field=None,
        explanation=say(SAYS[answer.status], language),
        rule_pack=pack.id,
        source=pack.source if made else _source(pack, "reference-conflict"),
        ak=shown_ak(comes_to) if made else None,
        twelfths=comes_to if made else None,
        segments=segments_shown(segments),
        left_out=left_out_shown([out for each in made for out in each.left_out], language),
        readings=readings_shown(caller.rules.readings_of("conversion", packs), language),
    )


async def _person(session: AsyncSession, line: PredicateIn, caller: Caller[Regulations]) -> UUID | None:
    """Whom the line names: of a person who tries for themselves, nobody else."""
    if capacity(caller) != "person":
        [found] = await find_people(session, [line], caller)
        return found
    hashes = {nip_hash(line.nip, caller.nip_key)} if line.nip else set[str]()
    people = await PEOPLE.lock(session, {line.person_id} if line.person_id else (), hashes)
    return caller.person if caller.person in people.by_id else None


def _source(pack: RulePack[Rules], code: str) -> str:
    return pack.tables.reasons.get(REASONS.get(code, ""), pack.source)
