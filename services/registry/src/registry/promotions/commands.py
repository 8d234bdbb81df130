"""Promotions are recorded and taken back, one or hundreds at a time by the same path."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.answers import Answer, Done, answer_each
from common.refused import Refused
from contracts.callers import Caller
from registry.domain.person import Person, demoted, promoted
from registry.people import store as people
from registry.promotions.schemas import PromotionIn, PromotionLine


async def promote(session: AsyncSession, person_id: UUID, document: PromotionIn, caller: Caller[None]) -> None:
    """A person risen as the document says. Raises Refused."""
    person = (await people.present(session, [person_id], lock=True)).get(person_id)
    if person is None or not caller.reaches(person.place_on(caller.today).agency_id):
        raise Refused("not-found")
    after = _risen(person, document, caller)
    if after != person:
        await people.save(session, [(person, after)], caller)


async def promote_many(session: AsyncSession, lines: Sequence[PromotionLine], caller: Caller[None]) -> list[Answer]:
    """Promotions of people by NIP, each line seeing those before it. The number of statements does not grow with the lines."""
    owner = await people.owners(session, {line.nip for line in lines})
    before = await people.present(session, owner.values(), lock=True)
    after = dict(before)

    def decide(line: PromotionLine) -> Done:
        person = after.get(owner[line.nip]) if line.nip in owner else None
        if person is None:
            raise Refused("person-unknown", "nip")
        if not caller.reaches(person.place_on(caller.today).agency_id):
            raise Refused("agency-mismatch", "nip")
        risen = after[person.id] = _risen(person, line, caller)
        return Done("unchanged" if risen == person else "stored", person.id)

    answers = answer_each(lines, decide)
    pairs = [(before[person_id], person) for person_id, person in after.items() if person != before[person_id]]
    await people.save(session, pairs, caller)
    return answers


def _risen(person: Person, document: PromotionIn, caller: Caller[None]) -> Person:
    if caller.actor.is_own_case(person.id):
        raise Refused("own-record")
    if document.withdrawn:
        return demoted(person, document.kind, document.valid_from, caller.today)
    if document.decree_date > caller.today:
        raise Refused("decree-in-future", "decree_date")
    paper = document.decree, document.decree_date
    return promoted(person, document.kind, document.valid_from, document.position, paper, caller.today)
