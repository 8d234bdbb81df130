"""Trying a predikat, and the paper of an opening balance."""

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.answers import Answer
from common.refused import Refused
from common.rules import RuleBook, RulePack
from common.texts import Language, text_named
from contracts.acting import capacity
from contracts.callers import Caller
from contracts.nip import nip_hash
from credit.cases.opening import NewCase
from credit.cases.queries import left_out_shown, segments_shown
from credit.domain.amounts import shown_ak, total
from credit.domain.books import Regulations
from credit.domain.periods import Converted
from credit.domain.rules import Rules
from credit.openings.commands import decide_openings
from credit.openings.schemas import OpeningIn
from credit.people import PEOPLE, Naming, find_people
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
    decided = await decide_each(session, [line], [person_id], caller, trial=True)
    [answer] = decided.answers
    made = [*decided.new, *(judged.outcome for judged in decided.repaired)]
    pack: RulePack[Any] = caller.rules.at(line.period_end)
    source = pack.source if made else _source(pack, answer)
    if isinstance(answer, Refused) and answer.code == "result-missing":
        pack = caller.rules.results.at(line.period_end)
        source = pack.source
    return _told(person_id, answer, made, "conversion", (pack.id, source), caller.rules, language)


async def try_opening_out(
    session: AsyncSession, line: OpeningIn, caller: Caller[Regulations], language: Language
) -> TrialOut:
    """What would become of the paper of an opening balance. Stores nothing. Raises Refused `person-unknown`."""
    person_id = await _person(session, line, caller)
    [answer], made = await decide_openings(session, [line], [person_id], caller, trial=True)
    rule = _rule_of(caller.rules, line)
    return _told(person_id, answer, made, "opening", (rule.id, rule.source), caller.rules, language)


def _told(
    person_id: UUID,
    answer: Answer,
    made: Sequence[NewCase | Converted],
    kind: str,
    rule: tuple[str, str],
    book: Regulations,
    language: Language,
) -> TrialOut:
    """The answer that sending it would get, by the rule (its id and source), and what it would come to."""
    segments = [segment for each in made for segment in each.segments]
    comes_to = total(segment.twelfths for segment in segments)
    refused = answer if isinstance(answer, Refused) else None
    status = "refused" if isinstance(answer, Refused) else answer.status
    return TrialOut(
        person_id=person_id,
        status=cast("Becomes", status),
        code=refused and refused.code,
        field=refused and refused.field,
        explanation=TEXTS.problem(refused)[language] if refused else say(SAYS[status], language),
        rule_pack=rule[0],
        source=rule[1],
        ak=shown_ak(comes_to) if made else None,
        twelfths=comes_to if made else None,
        segments=segments_shown(segments),
        left_out=left_out_shown([out for each in made for out in each.left_out], language),
        readings=readings_shown(book.readings_of(kind, {segment.rule_pack for segment in segments}), language),
    )


def _rule_of(book: Regulations, line: OpeningIn) -> RulePack[Any]:
    """The rule behind what an opening balance comes to: of its method on the day of the paper, or of the entry; the newest where none held."""
    methods: dict[str, RuleBook[Any]] = {"conventional": book.conventional, "integrated": book.integration}
    packs = methods.get(line.method or "", book) if line.way == "balance" else book.entry
    try:
        return packs.at(line.paper_date if line.way == "balance" else line.day)
    except LookupError:
        return packs.packs[-1]


async def _person(session: AsyncSession, line: Naming, caller: Caller[Regulations]) -> UUID:
    """Whom the line names: of a person who tries for themselves, nobody else. Raises Refused `person-unknown`."""
    if capacity(caller) != "person":
        [found] = await find_people(session, [line], caller)
    else:
        hashes = {nip_hash(line.nip, caller.nip_key)} if line.nip else set[str]()
        people = await PEOPLE.lock(session, {line.person_id} if line.person_id else (), hashes)
        found = caller.person if caller.person in people.by_id else None
    if found is None:
        raise Refused("person-unknown", "nip" if line.nip else "person_id")
    return found


def _source(pack: RulePack[Rules], answer: Answer) -> str:
    """What an answer without points rests on: a predikat that is known already is refused as its months are booked."""
    code = answer.code if isinstance(answer, Refused) else "reference-conflict"
    return pack.tables.reasons.get(REASONS.get(code, ""), pack.source)
